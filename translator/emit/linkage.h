// SPDX-License-Identifier: GPL-2.0
// Which names of the emitted C are seen by all files of a script: those that one file defines and another uses.
#pragma once

#include <set>
#include <string>

namespace kt2ko::emit_detail {

class Linkage {
 public:
  Linkage() = default;  // there is one file: no name is
  explicit Linkage(std::set<std::string> shared) : shared_(std::move(shared)) {}

  bool is_shared(const std::string& name) const { return shared_.count(name) != 0; }
  // What stands before its definition.
  const char* of(const std::string& name) const { return is_shared(name) ? "" : "static "; }

 private:
  std::set<std::string> shared_;
};

}  // namespace kt2ko::emit_detail
