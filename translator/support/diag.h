// SPDX-License-Identifier: GPL-2.0
// Diagnostics: collected, never thrown. Codes are in diag_codes.def; rendering in diag_render.cc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "support/source.h"

namespace kt2ko {

enum class Severity { kError, kWarning };

// One enumerator per row of diag_codes.def: X(KT1001, "summary") gives Code::KT1001.
enum class Code {
#define X(code, summary) code,
#include "support/diag_codes.def"
#undef X
};

const char* code_name(Code code);     // "KT1001"
bool is_about_kernel(Code code);      // what one kernel has and another may not
const char* code_summary(Code code);  // the .def file's text

struct Note {
  Span span;
  std::string message;
};

struct Diag {
  Severity severity = Severity::kError;
  Code code{};
  Span span;
  std::string message;  // lower case, no full stop, says what to do
  std::vector<Note> notes;
  std::string hint;  // empty: none
};

// Collects the diagnostics of one script. At most kMaxErrors errors are kept; the rest is counted.
class Diags {
 public:
  static constexpr size_t kMaxErrors = 100;

  Diag& error(Code code, Span span, std::string message);
  Diag& warning(Code code, Span span, std::string message);

  bool has_errors() const { return n_errors_ != 0; }
  size_t error_count() const { return n_errors_; }
  const std::vector<Diag>& all() const { return diags_; }
  // Sorts by position and removes exact duplicates (same code, span and message).
  void finish();
  // Forgets those that are not about a kernel, but about the script whatever the kernel.
  void keep_those_about_kernels();

 private:
  std::vector<Diag> diags_;
  size_t n_errors_ = 0;
  Diag overflow_;  // what error() hands out past the cap
};

// A diagnostic with the places that people see, for what other programs read.
struct Finding {
  std::string file;
  LineCol begin, end;  // end: behind the last byte
  Severity severity = Severity::kError;
  Code code{};
  std::string message;
  std::string hint;
};
std::vector<Finding> findings(const Diags& diags, const Source& source);

struct RenderOptions {
  bool color = false;
};

// gcc's shape: file:line:col: error: message [KTnnnn], the line, a caret run, notes, hint.
std::string render(const Diags& diags, const Source& source, const RenderOptions& options);

}  // namespace kt2ko
