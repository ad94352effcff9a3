// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <memory>

#include "ast/ast.h"
#include "support/architecture.h"
#include "catalog/kernel_facts.h"
#include "sema/model.h"
#include "support/diag.h"

namespace kt2ko::sema {

// Names, types and checks.
// Requires: a complete tree from parse().
// Ensures: every NameExpr has a meaning when no error was reported.
// facts: of the kernel that the module is for; nullptr: not known.
// unsafe: the script may call C functions and write to memory that is not its own.
// target: the architecture that the module is for.
// Reports: KT1018..KT1023, KT1026, KT1027, KT2xxx, KT3005..KT3016, KT3020..KT3022, KT3025, KT3026.
std::unique_ptr<Model> analyze(const ast::Script& script, const Source& source, KernelFacts* facts, bool unsafe,
                               Diags& diags, const Architecture& target = own_architecture());

// The passes, in their order.
void resolve_names(const ast::Script& script, const Source& source, Model& model, Diags& diags);
// The C types of what ffi gives, through variables, parameters and results.
// Reports: KT1026.
void infer_ctypes(const ast::Script& script, Model& model, Diags& diags);
void infer_types(const ast::Script& script, Model& model);
// The part of check() that is about aggregations.
void check_aggregates(const ast::Script& script, const Model& model, Diags& diags);
void check(const ast::Script& script, const Model& model, const Architecture& target, Diags& diags);
// The part of check() that is about ffi.
void check_ffi(const ast::Script& script, const Model& model, bool unsafe, Diags& diags);
void resolve_user(const ast::Script& script, Model& model, const Architecture& target, Diags& diags);
void check_blocked(const ast::Script& script, Diags& diags);
// Of probes, which have the fields of their definition on every kernel.
// Reports: KT3015.
void check_probe_fields(const ast::Script& script, const Model& model, Diags& diags);
// Fills in Model::event_uses.
void check_facts(const ast::Script& script, Model& model, KernelFacts& facts, Diags& diags);

}  // namespace kt2ko::sema
