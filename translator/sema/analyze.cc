// SPDX-License-Identifier: GPL-2.0
#include "sema/analyze.h"

namespace kt2ko::sema {

std::unique_ptr<Model> analyze(const ast::Script& script, const Source& source, KernelFacts* facts, bool unsafe,
                               Diags& diags, const Architecture& target) {
  auto model = std::make_unique<Model>();
  resolve_names(script, source, *model, diags);
  if (diags.has_errors()) return model;
  infer_ctypes(script, *model, diags);
  infer_types(script, *model);
  check(script, *model, target, diags);
  check_ffi(script, *model, unsafe, diags);
  resolve_user(script, *model, target, diags);
  check_blocked(script, diags);
  check_probe_fields(script, *model, diags);
  if (facts) check_facts(script, *model, *facts, diags);
  return model;
}

}  // namespace kt2ko::sema
