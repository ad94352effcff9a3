// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "support/source.h"

using kt2ko::LineCol;
using kt2ko::Source;

namespace {

std::string bytes(const char* text, size_t n) { return std::string(text, n); }

void check_at(const Source& source, uint32_t offset, uint32_t line, uint32_t col) {
  LineCol at = source.line_col(offset);
  CHECK(at.line == line);
  CHECK(at.col == col);
}

}  // namespace

TEST_CASE("each kind of line break counts once") {
  Source source("f", "a\nb\rc\r\nd\n\re");
  CHECK(source.line_count() == 5);
  CHECK(source.line_text(1) == "a");
  CHECK(source.line_text(2) == "b");
  CHECK(source.line_text(3) == "c");
  CHECK(source.line_text(4) == "d");
  CHECK(source.line_text(5) == "e");
  check_at(source, 0, 1, 1);
  check_at(source, 2, 2, 1);
  check_at(source, 4, 3, 1);
  check_at(source, 7, 4, 1);
  check_at(source, 10, 5, 1);
}

TEST_CASE("equal breaks in a row are two lines") {
  CHECK(Source("f", "\n\n").line_count() == 3);
  CHECK(Source("f", "\r\r").line_count() == 3);
  CHECK(Source("f", "\r\n\r\n").line_count() == 3);
}

TEST_CASE("positions in and behind the text") {
  Source source("f", "ab\ncd");
  check_at(source, 1, 1, 2);
  check_at(source, 5, 2, 3);
  check_at(source, 4000, 2, 3);
  CHECK(source.line_text(0).empty());
  CHECK(source.line_text(3).empty());
}

TEST_CASE("an empty source has one empty line") {
  Source source("f", "");
  CHECK(source.line_count() == 1);
  CHECK(source.line_text(1).empty());
  check_at(source, 0, 1, 1);
}

TEST_CASE("the byte order mark goes, offsets count behind it") {
  Source source("f", "\xEF\xBB\xBFvar");
  CHECK(source.text() == "var");
  CHECK(source.original_size() == 6);
  CHECK(Source("f", "a\xEF\xBB\xBF").text().size() == 4);
}

TEST_CASE("NUL ends the source") {
  Source padded("f", bytes("ab\0\0\0", 5));
  CHECK(padded.text() == "ab");
  CHECK_FALSE(padded.looks_binary());
  Source commented("f", bytes("ab\0 rest\n", 9));
  CHECK(commented.text() == "ab");
  CHECK_FALSE(commented.looks_binary());
}

TEST_CASE("what is no text is found") {
  CHECK(Source("f", "\x7F" "ELF\x02\x01").looks_binary());
  CHECK(Source("f", bytes("a\0b\0c\0", 6)).looks_binary());
  CHECK(Source("f", bytes("a\0\x01", 3)).looks_binary());
  CHECK(Source("f", "\xFF\xFEv").looks_binary());
  CHECK_FALSE(Source("f", "a\x01").looks_binary());
}
