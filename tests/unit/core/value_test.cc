// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "core_test.h"

extern "C" {
#include "internal.h"
}

TEST_CASE("hashes of strings are what the translator computes") {
  // Computed byte by byte here, as ktr.h says it.
  auto reference = [](const std::string& s) {
    uint64_t h = s.size();
    for (size_t at = 0; at < s.size(); at += 8) {
      uint64_t word = 0;
      for (size_t i = at; i < at + 8 && i < s.size(); i++)
        word |= static_cast<uint64_t>(static_cast<unsigned char>(s[i])) << (8 * (i - at));
      h = (h ^ word) * 0x9e3779b97f4a7c15u;
      h ^= h >> 32;
    }
    return static_cast<uint32_t>(h) == 0 ? 1 : static_cast<uint32_t>(h);
  };
  for (uint32_t len = 0; len < 70; len++) {
    std::string s;
    for (uint32_t i = 0; i < len; i++) s += static_cast<char>(i * 77 + len);
    CHECK(ktr_hash_bytes(s.data(), len) == reference(s));
  }
  // tests/unit/emit has the same values
  CHECK(ktr_hash_bytes("", 0) == 1);
  CHECK(ktr_hash_bytes("a", 1) == 0xef23226fu);
  CHECK(ktr_hash_bytes("sh", 2) == 0x2db95bd2u);
  CHECK(ktr_hash_bytes("big", 3) == 0x1904cb83u);
}

TEST_CASE("equality") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  Constant abc("abc");
  set_text(c, &s[0], "abc");
  set_text(c, &s[1], "abd");
  CHECK(ktr_eq(&s[0], &abc.val));
  CHECK_FALSE(ktr_eq(&s[0], &s[1]));
  ktr_val one = int_val(1), yes = bool_val(true), nil = nil_val(), no = bool_val(false), kip;
  ktr_set_kip(&kip, 1);
  CHECK_FALSE(ktr_eq(&one, &yes));
  CHECK_FALSE(ktr_eq(&one, &kip));
  CHECK_FALSE(ktr_eq(&nil, &no));
  CHECK(ktr_eq(&nil, &nil));
  set_text(c, &s[0], "");
  set_text(c, &s[1], "");
  CHECK(ktr_eq(&s[0], &s[1]));
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  REQUIRE(ktr_tab_new(c, &s[1], 0, 0) == 0);
  s[2] = s[0];
  CHECK(ktr_eq(&s[0], &s[2]));
  CHECK_FALSE(ktr_eq(&s[0], &s[1]));
}

TEST_CASE("order of numbers and of strings") {
  Core core;
  Context c;
  ktr_val* s = c.slots(2);
  int order = 7;
  ktr_val a = int_val(INT64_MIN), b = int_val(INT64_MAX);
  CHECK(ktr_order(c, &order, &a, &b) == 0);
  CHECK(order < 0);
  set_text(c, &s[0], "abc");
  set_text(c, &s[1], "abcd");
  CHECK(ktr_order(c, &order, &s[1], &s[0]) == 0);
  CHECK(order > 0);
  set_text(c, &s[0], "\xff");
  CHECK(ktr_order(c, &order, &s[0], &s[1]) == 0);
  CHECK(order > 0);
  CHECK(ktr_order(c, &order, &a, &s[0]) == KTR_ERR);
  CHECK(c.error() == "compare with non-number");
}

TEST_CASE("division and remainder never trap") {
  Core core;
  Context c;
  s64 n = 0;
  CHECK(ktr_div(c, &n, -7, 2) == 0);
  CHECK(n == -3);
  CHECK(ktr_mod(c, &n, -7, 3) == 0);
  CHECK(n == -1);
  CHECK(ktr_mod(c, &n, 7, -3) == 0);
  CHECK(n == 1);
  CHECK(ktr_div(c, &n, INT64_MIN, -1) == 0);
  CHECK(n == INT64_MIN);
  CHECK(ktr_mod(c, &n, INT64_MIN, -1) == 0);
  CHECK(n == 0);
  CHECK(ktr_div(c, &n, 1, 0) == KTR_ERR);
  CHECK(c.error() == "divide 0 arith operation");
  CHECK(ktr_mod(c, &n, 1, 0) == KTR_ERR);
  CHECK(c.error() == "mod 0 arith operation");
}

TEST_CASE("what a number was needed for") {
  Core core;
  Context c;
  ktr_val nil = nil_val();
  s64 n;
  auto message = [&](u32 need) {
    CHECK(ktr_num(c, &nil, &n, need) == KTR_ERR);
    return c.error();
  };
  CHECK(message(KTR_NEED_ARITH) == "Cannot make arith operation");
  CHECK(message(KTR_NEED_NEG) == "use '-' operator on non-number");
  CHECK(message(KTR_NEED_INCR) == "use '+=' on non-number");
  CHECK(message(KTR_NEED_INCR_TAB) == "use '+=' operator on non-number value");
  CHECK(message(KTR_NEED_FOR) == "'for' init/limit/step value must be a number");
  CHECK(message(KTR_NEED_COMPARE) == "compare with non-number");
  CHECK(message(KTR_NEED_ARG | 3 << 8) == "wrong type of argument 3");
}

TEST_CASE("concatenation") {
  Core core;
  Context c;
  ktr_val* s = c.slots(4);
  set_text(c, &s[0], "a");
  s[1] = int_val(INT64_MIN);
  set_text(c, &s[2], std::string("\0z", 2));
  REQUIRE(ktr_concat(c, &s[1], &s[0], 3) == 0);
  CHECK(text_of(s[1]) == std::string("a-9223372036854775808\0z", 23));
  s[1] = bool_val(true);
  CHECK(ktr_concat(c, &s[3], &s[0], 3) == KTR_ERR);
  CHECK(c.error() == "cannot concat non-string");
}

TEST_CASE("globs") {
  auto match = [](const char* p, const char* s) {
    return ktr_glob_match(p, static_cast<u32>(strlen(p)), s, static_cast<u32>(strlen(s)));
  };
  CHECK(match("", ""));
  CHECK(match("*", ""));
  CHECK(match("sched:*", "sched:sched_switch"));
  CHECK(match("*:*", "a:b"));
  CHECK_FALSE(match("sched:*", "sched"));
  CHECK(match("a*b*c", "aXbYbZc"));
  CHECK_FALSE(match("a*b*c", "aXbYbZ"));
  CHECK(match("?bc", "abc"));
  CHECK_FALSE(match("?", ""));
  CHECK(match("[abc]x", "bx"));
  CHECK(match("[a-cx-z]1", "y1"));
  CHECK_FALSE(match("[a-c]", "d"));
  CHECK(match("[!a-c]", "d"));
  CHECK_FALSE(match("[!a-c]", "b"));
  CHECK(match("[]x]", "]"));
  CHECK(match("[a-]", "-"));
  CHECK(match("\\*", "*"));
  CHECK_FALSE(match("\\*", "x"));
  CHECK(match("[\\]]", "]"));
  CHECK_FALSE(match("[abc", "a"));
  CHECK_FALSE(match("a\\", "a\\"));
  CHECK(match("a*", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
  CHECK_FALSE(match("*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

TEST_CASE("numbers from texts") {
  auto parse = [](const std::string& s, u32 base = 0) {
    s64 n = -99;
    return ktr__parse_int(s.data(), static_cast<u32>(s.size()), base, &n) ? std::to_string(n) : "no";
  };
  CHECK(parse("42") == "42");
  CHECK(parse(" -42\n") == "-42");
  CHECK(parse("+7") == "7");
  CHECK(parse("0x1F") == "31");
  CHECK(parse("ff", 16) == "255");
  CHECK(parse("0xff", 16) == "255");
  CHECK(parse("zz", 36) == "1295");
  CHECK(parse("010") == "10");
  CHECK(parse("") == "no");
  CHECK(parse("-") == "no");
  CHECK(parse("0x") == "no");
  CHECK(parse("12ab") == "no");
  CHECK(parse("8", 8) == "no");
  CHECK(parse("-9223372036854775808") == "-9223372036854775808");
}

TEST_CASE("composite keys") {
  Core core;
  Context c;
  ktr_val* s = c.slots(8);
  set_text(c, &s[0], "one");
  s[1] = int_val(2);
  set_text(c, &s[2], "");
  s[3] = bool_val(true);
  REQUIRE(ktr_tuple(c, &s[4], &s[0], 4) == 0);
  REQUIRE(ktr_tuple_get(c, &s[5], &s[4], 1) == 0);
  CHECK(text_of(s[5]) == "one");
  REQUIRE(ktr_tuple_get(c, &s[5], &s[4], 2) == 0);
  CHECK(ktr_eq_int(&s[5], 2));
  REQUIRE(ktr_tuple_get(c, &s[5], &s[4], 3) == 0);
  CHECK(text_of(s[5]) == "");
  REQUIRE(ktr_tuple_get(c, &s[5], &s[4], 4) == 0);
  CHECK(s[5].type == KTR_BOOL);
  REQUIRE(ktr_tuple_get(c, &s[5], &s[4], 5) == 0);
  CHECK(s[5].type == KTR_NIL);

  // differently cut texts are different keys
  set_text(c, &s[0], "ab");
  set_text(c, &s[1], "c");
  REQUIRE(ktr_tuple(c, &s[6], &s[0], 2) == 0);
  set_text(c, &s[0], "a");
  set_text(c, &s[1], "bc");
  REQUIRE(ktr_tuple(c, &s[7], &s[0], 2) == 0);
  CHECK_FALSE(ktr_eq(&s[6], &s[7]));

  // a composite key inside of one is flat
  s[0] = s[6];
  s[1] = int_val(9);
  REQUIRE(ktr_tuple(c, &s[5], &s[0], 2) == 0);
  REQUIRE(ktr_tuple_get(c, &s[2], &s[5], 3) == 0);
  CHECK(ktr_eq_int(&s[2], 9));

  s[1] = nil_val();
  CHECK(ktr_tuple(c, &s[5], &s[0], 2) == KTR_ERR);
  CHECK(c.error() == "table nil index");
  REQUIRE(ktr_tab_new(c, &s[1], 0, 0) == 0);
  CHECK(ktr_tuple(c, &s[5], &s[0], 2) == KTR_ERR);
  CHECK(c.error() == "cannot use a table as part of a composite key");
}

TEST_CASE("the tiny formatter") {
  char buf[32];
  CHECK(ktr_format(buf, sizeof(buf), "%s:%u: %d%c%%", "f", 7u, static_cast<s64>(-3), '!') == 9);
  CHECK(std::string(buf) == "f:7: -3!%");
  CHECK(ktr_format(buf, 5, "abcdefgh") == 4);
  CHECK(std::string(buf) == "abcd");
}

TEST_CASE("intervals and event definitions given as text") {
  Core core;
  Context c;
  s64 ns = 0;
  auto interval = [&](const char* s) {
    Constant text(s);
    return ktr_parse_interval(c, text.val.s, 1000, &ns) == 0 ? std::to_string(ns) : c.error();
  };
  CHECK(interval("2s") == "2000000000");
  CHECK(interval(" 10msec ") == "10000000");
  CHECK(interval("5us") == "5000");
  CHECK(interval("5 s") == "5000000000");
  CHECK(interval("1\tmin") == "60000000000");
  CHECK(interval("99 hz") == "10101010");
  CHECK(interval("1000ns") == "1000");
  CHECK(interval("999ns") == "timer interval is too short: 999ns: the shortest is 1000 ns");
  CHECK(interval("2000000000hz") == "timer interval is too short: 2000000000hz: the shortest is 1000 ns");
  CHECK(interval("5") == "cannot parse timer interval: 5: the units are ns us usec ms msec s sec m min hz");
  CHECK(interval("s") ==
        "cannot parse timer interval: s: a whole number and a unit (ns us usec ms msec s sec m min hz) expected");
  CHECK(interval("9999999999s") == "timer interval is too long: 9999999999s");
  CHECK(interval("99999999999999999999ns") == "9223372036854775807");
  CHECK(interval("0s") == "timer interval must not be 0: 0s");

  ktr_trace* made = nullptr;
  auto event = [&](const char* s) {
    Constant text(s);
    ktr_port_free(made);
    made = ktr_trace_from_text(c, "", text.val.s);
    return made != nullptr;
  };
  auto probe = [&]() -> const ktr_probe& { return made->probes[0]; };
  REQUIRE(event(" sched:sched_* "));
  CHECK(probe().kind == KTR_PROBE_TRACEPOINT);
  CHECK(std::string(probe().system) + "/" + probe().event + "/" + probe().text == "sched/sched_*/sched:sched_*");
  REQUIRE(event("probe:vfs_read+0x10"));
  CHECK(probe().kind == KTR_PROBE_KPROBE);
  CHECK(std::string(probe().event) == "vfs_read");
  CHECK(probe().offset == 16);
  REQUIRE(event("probe:vfs_read%return $retval"));
  CHECK(probe().kind == KTR_PROBE_KRETPROBE);
  CHECK(std::string(probe().fetch[0].name) == "arg1");
  REQUIRE(event("probe:/bin/x:main%return"));
  CHECK(probe().kind == KTR_PROBE_URETPROBE);
  CHECK(std::string(probe().path) + probe().event == "/bin/xmain");
  REQUIRE(event("probe:/bin/x:0x400"));
  CHECK(probe().kind == KTR_PROBE_UPROBE);
  CHECK(probe().event == nullptr);
  CHECK(probe().offset == 0x400);
  REQUIRE(event("sdt:/lib/y:prov:mark"));
  CHECK(probe().kind == KTR_PROBE_SDT);
  CHECK(std::string(probe().path) + probe().system + probe().event == "/lib/yprovmark");
  REQUIRE(event("probe:f a=-8(+16(%sp)):s32 @sym-4, x:y/n == 1/"));
  CHECK(made->n_probes == 2);
  CHECK(probe().n_fetch == 2);
  CHECK(probe().fetch[0].n_steps == 3);
  CHECK(std::string(probe().fetch[0].steps[0].name) == "sp");
  CHECK(probe().fetch[0].steps[1].offset == 16);
  CHECK(probe().fetch[0].steps[2].offset == -8);
  CHECK(std::string(probe().fetch[0].type) == "s32");
  CHECK(probe().fetch[1].steps[0].op == KTR_FETCH_SYM);
  CHECK(probe().fetch[1].steps[0].offset == -4);
  CHECK(made->made != nullptr);
  REQUIRE(event("ftrace:function /ip == vfs_* do_sys_open/"));
  CHECK(std::string(probe().path) == "vfs_* do_sys_open");
  CHECK(made->made == nullptr);
  CHECK(!event("nonsense"));
  CHECK(c.error() == "cannot parse eventdef 'nonsense': SYSTEM:EVENT expected at character 9");
  // Whatever is cut off somewhere is an error or a shorter definition, never a read beyond the end.
  const std::string whole = "probe:f n=-8(+16(%sp)):s32 @sym-4, x:y[ab]\\*/!(n == 1) && c ~ \"x\" || k != a b/";
  for (size_t n = 0; n < whole.size(); ++n)
    if (!event(whole.substr(0, n).c_str())) c.error();
  REQUIRE(event(whole.c_str()));
  ktr_port_free(made);
}
