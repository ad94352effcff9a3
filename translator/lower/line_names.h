// SPDX-License-Identifier: GPL-2.0
// File and line of the line numbers of a program, which go on from the script through its tapsets.
#pragma once

#include <cstdint>
#include <string>

#include "lower/kir.h"

namespace kt2ko::kir {

class LineNames {
 public:
  struct Name {
    const std::string& file;
    uint32_t line;
  };

  LineNames() = default;
  explicit LineNames(const Program& program) : script_(program.file_name), tapsets_(program.tapsets) {}

  Name of(uint32_t number) const&& = delete;  // its file would be gone
  Name of(uint32_t number) const& {
    for (auto file = tapsets_.rbegin(); file != tapsets_.rend(); ++file)
      if (number >= file->first_line) return {file->name, number - file->first_line + 1};
    return {script_, number};
  }
  // "line 3", "line 3 of tcp.kp"
  std::string text(uint32_t number) const {
    const Name name = of(number);
    const std::string line = "line " + std::to_string(name.line);
    return &name.file == &script_ ? line : line + " of " + name.file;
  }

 private:
  std::string script_;
  std::vector<File> tapsets_;
};

}  // namespace kt2ko::kir
