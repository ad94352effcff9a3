// SPDX-License-Identifier: GPL-2.0
// Source text, spans, and the way from a byte offset to line and column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kt2ko {

// A half-open range of byte offsets in one source.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Line and column, both from 1. The column counts bytes.
struct LineCol {
  uint32_t line = 1;
  uint32_t col = 1;
};

// One script's text. Line breaks are \n, \r, \r\n and \n\r, as the language has them. A leading UTF-8 BOM is removed
// and everything from the first NUL byte on is cut off; offsets count from what remains.
class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }  // as shown in messages: the file name as given, "(command line)"
  std::string_view text() const { return text_; }
  size_t original_size() const { return original_size_; }  // in bytes, before anything was removed
  bool looks_binary() const { return looks_binary_; }      // an ELF file, UTF-16 text, or bytes after a NUL
  LineCol line_col(uint32_t offset) const;
  uint32_t line(uint32_t offset) const { return line_col(offset).line; }
  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }
  // The text of a line (from 1) without its line break; empty when there is no such line.
  std::string_view line_text(uint32_t line) const;

 private:
  std::string name_;
  std::string text_;
  size_t original_size_ = 0;
  bool looks_binary_ = false;
  std::vector<uint32_t> line_starts_;
};

}  // namespace kt2ko
