// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

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
  // Hash of each tapset whose functions are those of a prebuilt module. Either none of the script's tapsets, or all.
  std::map<std::string, std::string> linked;
  std::string prebuilt;  // not empty: a module of the tapset of this name is made, whose hash is linked[prebuilt]
};

// C names in the module of a prebuilt tapset: of its description, and of a function.
std::string prebuilt_symbol(const std::string& tapset, const std::string& hash);
std::string prebuilt_function(const std::string& tapset, const std::string& name);

// Makes KIR of a script: storage is chosen, evaluation order made explicit.
// explanation: nullptr, or receives what was decided, and why.
// Requires: a model without errors.
std::unique_ptr<kir::Program> lower(const ast::Script& script, const sema::Model& model, const Source& source,
                                    const LowerOptions& options, Explanation* explanation = nullptr);

}  // namespace kt2ko
