// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <memory>
#include <string>

#include "lower/explanation.h"
#include "lower/kir.h"
#include "sema/model.h"
#include "support/source.h"

namespace kt2ko {

struct LowerOptions {
  std::string module_name;
  std::string file_name;
  bool unsafe = false;  // ffi may call C functions and write anywhere
  bool deferred_output = true;  // literal formats: handlers write arguments, readers make the text
  std::vector<kir::Limit> limits;
};

// Makes KIR of a script: storage is chosen, evaluation order made explicit.
// explanation: nullptr, or receives what was decided, and why.
// Requires: a model without errors.
std::unique_ptr<kir::Program> lower(const ast::Script& script, const sema::Model& model, const Source& source,
                                    const LowerOptions& options, Explanation* explanation = nullptr);

}  // namespace kt2ko
