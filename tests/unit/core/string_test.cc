// SPDX-License-Identifier: GPL-2.0
// The string library against the standard library, with random bytes.
#include <catch2/catch.hpp>

#include <random>

#include "core_test.h"

namespace {

std::string random_text(std::mt19937& random, size_t max, int letters) {
  std::string s;
  for (size_t n = random() % (max + 1); n; --n) s += static_cast<char>(random() % static_cast<uint32_t>(letters));
  return s;
}

}  // namespace

TEST_CASE("find agrees with a plain search") {
  Core core;
  std::mt19937 random(5);
  for (int i = 0; i < 3000; ++i) {
    Context c;
    ktr_val* s = c.slots(3);
    const std::string text = random_text(random, 60, 2 + i % 3), what = random_text(random, 6, 2 + i % 3);
    set_text(c, &s[0], text);
    set_text(c, &s[1], what);
    const int64_t init = static_cast<int64_t>(random() % 90) - 20;
    s[2] = int_val(init);
    ktr_val out[2];
    REQUIRE(ktr_lib_string_find(c, s, 3, out, 2) == 0);
    const auto len = static_cast<int64_t>(text.size());
    const int64_t start = init > 0 ? init : init == 0 ? 1 : std::max<int64_t>(len + init + 1, 1);
    const size_t at = start > len + 1 ? std::string::npos : text.find(what, static_cast<size_t>(start - 1));
    if (at == std::string::npos) {
      REQUIRE(out[0].type == KTR_NIL);
    } else {
      REQUIRE(out[0].i == static_cast<int64_t>(at) + 1);
      REQUIRE(out[1].i == static_cast<int64_t>(at + what.size()));
    }
  }
}

TEST_CASE("what split takes apart, joining puts together") {
  Core core;
  std::mt19937 random(6);
  for (int i = 0; i < 1000; ++i) {
    Context c;
    ktr_val* s = c.slots(4);
    const std::string text = random_text(random, 80, 3);
    std::string sep = random_text(random, 2, 3);
    if (sep.empty()) sep = "\1";
    set_text(c, &s[0], text);
    set_text(c, &s[1], sep);
    REQUIRE(ktr_lib_string_split(c, s, 2, &s[2], 1) == 0);
    std::string joined;
    ktr_val n;
    REQUIRE(call(ktr_lib_len, c, {s[2]}, &n) == 0);
    for (int64_t k = 1; k <= n.i; ++k) {
      REQUIRE(ktr_get_int(c, &s[3], &s[2], k) == 0);
      const std::string part = text_of(s[3]);
      REQUIRE(part.find(sep) == std::string::npos);
      joined += (k > 1 ? sep : "") + part;
    }
    REQUIRE(joined == text);
  }
}

TEST_CASE("sub agrees with the positions of the reference") {
  Core core;
  const std::string text = "abcdef";
  for (int64_t i = -9; i <= 9; ++i) {
    for (int64_t j = -9; j <= 9; ++j) {
      Context c;
      ktr_val* s = c.slots(4);
      set_text(c, &s[0], text);
      s[1] = int_val(i);
      s[2] = int_val(j);
      REQUIRE(ktr_lib_string_sub(c, s, 3, &s[3], 1) == 0);
      std::string want;
      const int64_t from = i < 0 ? 7 + i : i, to = j < 0 ? 7 + j : j;
      for (int64_t k = 1; k <= 6; ++k)
        if (k >= from && k <= to) want += text[static_cast<size_t>(k - 1)];
      REQUIRE(text_of(s[3]) == want);
    }
  }
}
