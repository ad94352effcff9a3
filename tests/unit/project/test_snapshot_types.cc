// SPDX-License-Identifier: GPL-2.0
// C types of a snapshot: packed, unpacked, made into a header.
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <catch2/catch.hpp>
#include <string>

#include "project/btf_header.h"
#include "project/check_types.h"
#include "project/packed_text.h"

using namespace kt2ko;

namespace {

constexpr size_t kMost = 1 << 20;

// struct place { int x; int y; };
std::string btf_of_a_struct() {
  struct btf* types = btf__new_empty();
  const int number = btf__add_int(types, "int", 4, BTF_INT_SIGNED);
  btf__add_struct(types, "place", 8);
  btf__add_field(types, "x", number, 0, 0);
  btf__add_field(types, "y", number, 32, 0);
  __u32 size = 0;
  const void* bytes = btf__raw_data(types, &size);
  std::string text(static_cast<const char*>(bytes), size);
  btf__free(types);
  return text;
}

}  // namespace

TEST_CASE("bytes are packed into lines and come back") {
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes.push_back(static_cast<char>(i * 7919 >> 5));
  const std::string lines = pack_text(bytes);
  CHECK(lines.size() > 100);
  CHECK(lines.back() == '\n');
  CHECK(lines.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\n") == std::string::npos);
  CHECK(unpack_text(lines, kMost) == bytes);
  CHECK(pack_text(bytes) == lines);
}

TEST_CASE("damaged lines, and more than is wanted, are refused") {
  const std::string lines = pack_text(std::string(100000, 'x'));
  CHECK(!unpack_text(lines, 99999));
  CHECK(unpack_text(lines, 100000));
  CHECK(!unpack_text(lines.substr(0, lines.size() / 2), kMost));
  CHECK(!unpack_text("no such thing\n", kMost));
}

TEST_CASE("types become a header") {
  const std::string btf = btf_of_a_struct();
  const std::string header = header_of_btf(btf).value_or("");
  CHECK(header.find("struct place {") != std::string::npos);
  CHECK(header.find("int y;") != std::string::npos);
  CHECK(!header_of_btf(""));
  CHECK(!header_of_btf("garbage that is long enough to have a head"));
  CHECK(!header_of_btf(std::string_view(btf).substr(0, btf.size() - 9)));
}

TEST_CASE("members that types do not have are found, and nothing else") {
  const std::string glue =
      "#include \"linux/nowhere.h\"\n"
      "#line 1 \"ktg-ffi\"\n"
      "int f1(struct place *p) { return p->x; }\n"
      "int f2(struct place *p) { return p->z; }\n"
      "int f3(struct unknown *p) { return p->z + MACRO(1); }\n";
  const auto missing = missing_members(glue, header_of_btf(btf_of_a_struct()).value_or(""), "/nonexistent");
  REQUIRE(missing.ok());
  REQUIRE(missing.value().size() == 1);
  CHECK(missing.value()[0].number == 2);
  CHECK(missing.value()[0].message == "'struct place' has no member named 'z'");
}
