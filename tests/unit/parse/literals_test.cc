// SPDX-License-Identifier: GPL-2.0
#include "parse/literals.h"

#include <catch2/catch.hpp>

#include "parsed.h"

using namespace kt2ko;

TEST_CASE("numbers: decimal, hexadecimal, octal") {
  CHECK(parse_number("0") == 0);
  CHECK(parse_number("42") == 42);
  CHECK(parse_number("0x1F") == 31);
  CHECK(parse_number("0X1f") == 31);
  CHECK(parse_number("010") == 8);
  CHECK(parse_number("00") == 0);
  CHECK(parse_number("0777") == 511);
}

TEST_CASE("numbers: 64 bits wrap, more saturate") {
  CHECK(parse_number("9223372036854775807") == INT64_MAX);
  CHECK(parse_number("9223372036854775808") == INT64_MIN);
  CHECK(parse_number("18446744073709551615") == -1);
  CHECK(parse_number("18446744073709551616") == -1);
  CHECK(parse_number("0xffffffffffffffff") == -1);
  CHECK(parse_number("0xfffffffffffffffff") == -1);
  CHECK(parse_number("99999999999999999999") == -1);
  CHECK(parse_number("01777777777777777777777") == -1);
  CHECK(parse_number("02000000000000000000000") == -1);
  CHECK(parse_number("0x8000000000000000") == INT64_MIN);
}

TEST_CASE("numbers: what is malformed") {
  for (const char* text : {"", "08", "09", "0x", "0xg", "1.5", ".5", "1e5", "0x1p3", "10L", "5n", "1..2", "1_000"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
}

namespace {

std::string decoded(const std::string& text) {
  std::string out;
  auto error = decode_string(text, &out);
  REQUIRE_FALSE(error.has_value());
  return out;
}

Code error_of(const std::string& text) {
  std::string out;
  auto error = decode_string(text, &out);
  REQUIRE(error.has_value());
  return error->code;
}

}  // namespace

TEST_CASE("strings: escapes") {
  CHECK(decoded(R"("\a\b\f\n\r\t\v\\\"\'")") == "\a\b\f\n\r\t\v\\\"'");
  CHECK(decoded(R"('\x41\065\65z\0')") == std::string("AAAz\0", 5));
  CHECK(decoded(R"("\255\1234")") == "\xFF{4");
  CHECK(decoded("\"a\\z \t\r\n  b\"") == "ab");
  CHECK(decoded("\"a\\\nb\"") == "a\nb");
  CHECK(decoded("\"a\\\r\nb\"") == "a\nb");
  CHECK(decoded("\"a\\\n\rb\"") == "a\nb");
  CHECK(decoded("''").empty());
}

TEST_CASE("strings: what is wrong in them") {
  CHECK(error_of(R"("\q")") == Code::KT1005);
  CHECK(error_of(R"("\256")") == Code::KT1005);
  CHECK(error_of(R"("\x4")") == Code::KT1005);
  CHECK(error_of(R"("abc)") == Code::KT1003);
  CHECK(error_of("\"abc\\") == Code::KT1003);
  CHECK(error_of("[[abc") == Code::KT1004);
  CHECK(error_of("[==[abc]=]") == Code::KT1004);
  CHECK(error_of("\"" + std::string(65536, 'x') + "\"") == Code::KT4004);
  CHECK(decoded("\"" + std::string(65535, 'x') + "\"").size() == 65535);
}

TEST_CASE("strings: long brackets") {
  CHECK(decoded("[[abc]]") == "abc");
  CHECK(decoded("[[\nabc]]") == "abc");
  CHECK(decoded("[[\r\nabc\n\rd\re\n]]") == "abc\nd\ne\n");
  CHECK(decoded("[==[ ]] ]=] \\n]==]") == " ]] ]=] \\n");
  CHECK(decoded("[[\n\nabc]]") == "\nabc");
  CHECK(decoded("[[]]").empty());
}

TEST_CASE("the error of an escape marks the escape") {
  Parsed p("x = \"ab\\qc\"");
  CHECK(p.errors() == "KT1005:1:8");
}
