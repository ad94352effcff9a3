// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>

#include "support/diag.h"

namespace kt2ko {

namespace {

constexpr size_t kMaxLine = 160;    // bytes of a source line that are shown
constexpr size_t kLeftContext = 60;  // bytes kept before the column of a trimmed line

constexpr const char* kBold = "\033[1m";
constexpr const char* kRed = "\033[1;31m";
constexpr const char* kMagenta = "\033[1;35m";
constexpr const char* kCyan = "\033[1;36m";
constexpr const char* kGreen = "\033[1;32m";
constexpr const char* kReset = "\033[0m";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
size_t utf8_length(std::string_view text) {
  auto b = static_cast<unsigned char>(text[0]);
  size_t n = b < 0x80 ? 1 : b >= 0xC2 && b < 0xE0 ? 2 : b >= 0xE0 && b < 0xF0 ? 3 : b >= 0xF0 && b < 0xF5 ? 4 : 0;
  if (n > text.size()) return 0;
  for (size_t i = 1; i < n; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  return n;
}

// What a terminal may get: control bytes and broken UTF-8 become '?', one for one.
std::string printable(std::string_view line) {
  std::string out;
  for (size_t i = 0; i < line.size();) {
    size_t n = utf8_length(line.substr(i));
    auto b = static_cast<unsigned char>(line[i]);
    if (n == 0 || (b < 0x20 && b != '\t') || b == 0x7F) {
      out += '?';
      ++i;
    } else {
      out.append(line.substr(i, n));
      i += n;
    }
  }
  return out;
}

class Renderer {
 public:
  Renderer(const Source& source, const RenderOptions& options) : source_(source), options_(options) {}

  void diag(const Diag& d) {
    bool is_error = d.severity == Severity::kError;
    head(d.span, is_error ? "error" : "warning", is_error ? kRed : kMagenta);
    out_ += fmt::format("{} [{}]\n", d.message, code_name(d.code));
    snippet(d.span);
    for (const Note& note : d.notes) {
      head(note.span, "note", kCyan);
      out_ += note.message + "\n";
      snippet(note.span);
    }
    if (!d.hint.empty()) out_ += fmt::format("{}hint:{} {}\n", color(kGreen), color(kReset), d.hint);
  }

  void text(const std::string& line) { out_ += line; }
  std::string take() { return std::move(out_); }

 private:
  const char* color(const char* code) const { return options_.color ? code : ""; }

  void head(Span span, const char* word, const char* word_color) {
    const Place place = source_.place(span.begin);
    out_ += fmt::format("{}{}:{}:{}:{} {}{}:{} ", color(kBold), place.file, place.at.line, place.at.col, color(kReset),
                        color(word_color), word, color(kReset));
  }

  // The line and a caret run below it; nothing for an empty line.
  void snippet(Span span) {
    LineCol at = source_.line_col(span.begin);
    std::string line = printable(source_.line_text(at.line));
    if (line.empty()) return;
    size_t col = std::min<size_t>(at.col - 1, line.size());
    size_t length = span.end > span.begin ? span.end - span.begin : 1;
    size_t end = std::min(col + length, std::max(line.size(), col + 1));
    trim(&line, &col, &end);
    out_ += line + "\n";
    for (size_t i = 0; i < col; ++i) {
      if (line[i] == '\t') {
        out_ += '\t';
      } else if (!is_continuation(line[i])) {
        out_ += ' ';
      }
    }
    out_ += color(kGreen);
    out_ += '^';
    for (size_t i = col + 1; i < end; ++i) {
      if (i >= line.size() || !is_continuation(line[i])) out_ += '~';
    }
    out_ += color(kReset);
    out_ += '\n';
  }

  // Cuts a long line to a window around [col, end).
  static void trim(std::string* line, size_t* col, size_t* end) {
    if (line->size() <= kMaxLine) return;
    size_t from = *col > kLeftContext ? *col - kLeftContext : 0;
    while (from > 0 && is_continuation((*line)[from])) --from;
    size_t to = std::min(from + kMaxLine, line->size());
    while (to < line->size() && is_continuation((*line)[to])) ++to;
    bool cut_left = from > 0;
    bool cut_right = to < line->size();
    std::string shown = line->substr(from, to - from);
    *col -= from;
    *end = std::min(*end - from, std::max(shown.size(), *col + 1));
    if (cut_left) {
      shown = "..." + shown;
      *col += 3;
      *end += 3;
    }
    if (cut_right) shown += "...";
    *line = std::move(shown);
  }

  const Source& source_;
  const RenderOptions& options_;
  std::string out_;
};

}  // namespace

std::vector<Finding> findings(const Diags& diags, const Source& source) {
  std::vector<Finding> out;
  for (const Diag& d : diags.all()) {
    const Place begin = source.place(d.span.begin);
    const Place end = source.place(std::max(d.span.begin, d.span.end));
    out.push_back({std::string(begin.file), begin.at, end.at, d.severity, d.code, d.message, d.hint});
  }
  return out;
}

std::string render(const Diags& diags, const Source& source, const RenderOptions& options) {
  Renderer renderer(source, options);
  for (const Diag& d : diags.all()) renderer.diag(d);
  if (diags.error_count() > Diags::kMaxErrors) {
    renderer.text(fmt::format("{}: more than {} errors, the rest is not shown\n", source.name(), Diags::kMaxErrors));
  }
  return renderer.take();
}

}  // namespace kt2ko
