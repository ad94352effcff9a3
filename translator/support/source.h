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

// Where an offset or line is, as people see it.
struct Place {
  std::string_view file;
  LineCol at;
};

// One script's text, and behind it the texts of the tapsets that it uses: offsets and line numbers go on through all of
// them, place() tells the file. Line breaks are \n, \r, \r\n and \n\r, as the language has them. A leading UTF-8 BOM is
// removed and everything from the first NUL byte on is cut off; offsets count from what remains.
class Source {
 public:
  struct Part {
    std::string name;
    uint32_t begin;       // offset of its first byte
    uint32_t first_line;  // number of its first line
  };

  Source(std::string name, std::string text);
  // Adds the text of another file. Views of text() end with it.
  void append(const std::string& name, const std::string& text);

  const std::string& name() const { return parts_[0].name; }  // as shown in messages: as given, "(command line)"
  const std::vector<Part>& parts() const { return parts_; }   // [0] is the script
  std::string_view text() const { return text_; }
  // Of the file that was added last: its bytes before anything was removed; an ELF file, UTF-16 text, or bytes after a NUL.
  size_t original_size() const { return original_size_; }
  bool looks_binary() const { return looks_binary_; }
  Place place(uint32_t offset) const;
  Place place_of_line(uint32_t line) const;  // column 1
  // "line 3", or "line 3 of FILE" (without directories) behind the script's own text.
  std::string line_name(uint32_t line) const;
  LineCol line_col(uint32_t offset) const;
  uint32_t line(uint32_t offset) const { return line_col(offset).line; }
  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }
  // The text of a line (from 1) without its line break; empty when there is no such line.
  std::string_view line_text(uint32_t line) const;

 private:
  const Part& part_of_line(uint32_t line) const;

  std::vector<Part> parts_;
  std::string text_;
  size_t original_size_ = 0;
  bool looks_binary_ = false;
  std::vector<uint32_t> line_starts_;
};

}  // namespace kt2ko
