// SPDX-License-Identifier: GPL-2.0
// Text of a C file: indentation, blank lines, literals, comments, lazy #line. Knows C, not KIR.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lower/line_names.h"

namespace kt2ko::emit_detail {

class CWriter {
 public:
  // own_name: of the emitted file
  CWriter(kir::LineNames names, bool line_directives, std::string own_name)
      : names_(std::move(names)), line_directives_(line_directives), own_name_(std::move(own_name)) {}

  void line(std::string_view text);  // one line of code at the current depth
  void blank();                      // at most one in a row
  void label(std::string_view name);
  void open(std::string_view head);  // "head {", one level in
  void close(std::string_view tail = "");
  void else_open();                  // "} else {"
  // One level in without braces, for single statements.
  template <typename F>
  void indented(F fill) {
    ++depth_;
    fill();
    --depth_;
  }
  // The script line of what follows: a comment, and #line when it changes the position the compiler would report.
  void source_line(uint32_t number, std::string_view text);
  bool is_current(uint32_t number) const { return number == last_commented_; }
  // From here on the compiler's positions are those of the emitted file again.
  void own_lines();
  std::string take() { return std::move(out_); }

 private:
  void write(std::string_view text);

  kir::LineNames names_;
  bool line_directives_;
  std::string out_;
  std::string own_name_;
  int depth_ = 0;
  uint32_t out_line_ = 1;
  uint32_t last_commented_ = 0;
  bool in_script_ = false;
};

// "..." with everything but plain text escaped.
std::string string_literal(std::string_view bytes);
// Text that may stand in a comment.
std::string comment_text(std::string_view text);

}  // namespace kt2ko::emit_detail
