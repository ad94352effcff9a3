// SPDX-License-Identifier: GPL-2.0
// Constants, shared variables, event descriptions and the script descriptor.
#pragma once

#include "emit/c_writer.h"
#include "emit/linkage.h"
#include "lower/kir.h"

namespace kt2ko::emit_detail {

// The type of a variable that is no counter.
const char* c_type_of(const kir::Variable& v);
// Counters are numbers of an enum, which every file of a script has.
void emit_counters(const kir::Program& program, CWriter& out);
void emit_variables(const kir::Program& program, const Linkage& linkage, CWriter& out);
void emit_adders(const kir::Program& program, CWriter& out);
void emit_constants(const kir::Program& program, const Linkage& linkage, CWriter& out);
void emit_traces(const kir::Program& program, const Linkage& linkage, CWriter& out);
void emit_script(const kir::Program& program, CWriter& out);
// What a script uses of prebuilt tapsets; what a tapset's module has instead of a script's description.
void emit_linked(const kir::Program& program, CWriter& out);
void emit_prebuilt(const kir::Program& program, CWriter& out);

// As ktr_hash_bytes() of the runtime.
uint32_t hash_bytes(std::string_view bytes);

}  // namespace kt2ko::emit_detail
