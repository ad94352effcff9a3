// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include <cinttypes>
#include <random>

#include "core_test.h"

namespace {

// printf() with a run-time format; what was printed, or "error: ...".
std::string printf_of(Context& c, const std::string& fmt, std::vector<ktr_val> args) {
  Output out;
  Constant format(fmt);
  ktr_val ret;
  args.insert(args.begin(), format.val);
  int rc = call(ktr_lib_printf, c, args, &ret);
  std::string text = out.take();
  if (rc == 0) return text;
  CHECK(text.empty());
  return "error: " + c.error();
}

std::string print_of(Context& c, std::vector<ktr_val> args) {
  Output out;
  ktr_val ret;
  REQUIRE(call(ktr_lib_print, c, args, &ret) == 0);
  return out.take();
}

std::string hist_of(Context& c, std::vector<ktr_val> args) {
  Output out;
  ktr_val ret;
  int rc = call(ktr_lib_print_hist, c, args, &ret);
  return out.take() + (rc == 0 ? "" : "error: " + c.error());
}

const char kHeader[] = "                         value ------------- Distribution ------------- count\n";

// A row as the layout says: key in 31 columns, bar in 38, count in at least 7.
std::string row(const std::string& key, int bar, const std::string& count) {
  return std::string(31 - key.size(), ' ') + key + " |" + std::string(bar, '@') + std::string(38 - bar, ' ') + count +
         std::string(count.size() < 7 ? 7 - count.size() : 0, ' ') + "\n";
}

}  // namespace

TEST_CASE("conversions of numbers are those of C") {
  Core core;
  Context c;
  std::mt19937_64 random(11);
  const char* flags[] = {"", "-", "+", " ", "#", "0", "-+", "0+", "-#", "0#", "+ ", "0 "};
  const char* sizes[] = {"", "1", "8", "30", ".0", ".1", ".7", ".25", "12.5", "3.20", "30.10"};
  const int64_t numbers[] = {0, 1, -1, 7, 42, -42, 255, 4096, INT64_MAX, INT64_MIN, 1000000007};
  for (const char* f : flags) {
    for (const char* s : sizes) {
      for (char conv : std::string("diuoxX")) {
        for (int i = 0; i < 13; i++) {
          auto n = i < 11 ? numbers[i] : static_cast<int64_t>(random() >> (random() % 64));
          std::string spec = std::string("%") + f + s;
          char want[200];
          snprintf(want, sizeof(want), (spec + "ll" + conv).c_str(), static_cast<long long>(n));
          INFO(spec << conv << " of " << n);
          REQUIRE(printf_of(c, spec + conv, {int_val(n)}) == want);
        }
      }
    }
  }
}

TEST_CASE("conversions of texts and characters") {
  Core core;
  Context c;
  ktr_val* s = c.slots(2);
  set_text(c, &s[0], "hello");
  CHECK(printf_of(c, "[%s]", {s[0]}) == "[hello]");
  CHECK(printf_of(c, "[%8s]", {s[0]}) == "[   hello]");
  CHECK(printf_of(c, "[%-8s]", {s[0]}) == "[hello   ]");
  CHECK(printf_of(c, "[%.2s]", {s[0]}) == "[he]");
  CHECK(printf_of(c, "[%7.3s]", {s[0]}) == "[    hel]");
  CHECK(printf_of(c, "[%.s]", {s[0]}) == "[]");
  CHECK(printf_of(c, "[%s] and on", {nil_val()}) == "[nil] and on");
  CHECK(printf_of(c, "[%6s]", {bool_val(true)}) == "[  true]");
  CHECK(printf_of(c, "[%s]", {int_val(-5)}) == "[-5]");
  CHECK(printf_of(c, "[%c%3c%-3c]", {int_val('a'), int_val('b'), int_val('c')}) == "[a  bc  ]");
  CHECK(printf_of(c, "100%% %d", {int_val(1)}) == "100% 1");
  set_text(c, &s[0], std::string(150, 'x'));
  CHECK(printf_of(c, "%99s", {s[0]}) == std::string(150, 'x'));
}

TEST_CASE("what is wrong with a format") {
  Core core;
  Context c;
  ktr_val* s = c.slots(1);
  set_text(c, &s[0], "x");
  CHECK(printf_of(c, "a %d", {}) == "error: bad argument #2: (no value)");
  CHECK(printf_of(c, "%d %d", {int_val(1)}) == "error: bad argument #3: (no value)");
  CHECK(printf_of(c, "%d", {s[0]}) == "error: wrong type of argument 2");
  CHECK(printf_of(c, "%s %x", {s[0], nil_val()}) == "error: wrong type of argument 3");
  CHECK(printf_of(c, "%q", {s[0]}) == "error: invalid option '%q' to 'format'");
  CHECK(printf_of(c, "%-", {s[0]}) == "error: invalid option '%' to 'format'");
  CHECK(printf_of(c, "%123d", {int_val(1)}) == "error: invalid format (width or precision too long)");
  CHECK(printf_of(c, "%.123d", {int_val(1)}) == "error: invalid format (width or precision too long)");
  CHECK(printf_of(c, "%-+ #0-d", {int_val(1)}) == "error: invalid format (repeated flags)");
  ktr_val ret;
  CHECK(call(ktr_lib_printf, c, {int_val(1)}, &ret) == KTR_ERR);
  CHECK(c.error() == "wrong type of argument 1");
  CHECK(call(ktr_lib_printf, c, {}, &ret) == KTR_ERR);
  CHECK(c.error() == "bad argument #1: (no value)");
}

TEST_CASE("print shows every type") {
  world_init();
  Core core;
  Context c;
  ktr_val* s = c.slots(4);
  CHECK(print_of(c, {}) == "\n");
  CHECK(print_of(c, {nil_val(), bool_val(true), bool_val(false), int_val(-7)}) == "nil\ttrue\tfalse\t-7\n");
  set_text(c, &s[0], std::string("a\0b", 3));
  CHECK(print_of(c, {s[0]}) == std::string("a\0b\n", 4));
  ktr_set_kip(&s[0], world_symbol("vfs_read") + 5);
  CHECK(print_of(c, {s[0]}) == "vfs_read\n");
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  REQUIRE(ktr_tab_new(c, &s[1], 0, 0) == 0);
  CHECK(print_of(c, {s[0], s[1]}) == "table 0x1\ttable 0x2\n");
  ktr_func f = {0, 0, 0, nullptr, "f"};
  ktr_set_func(&s[2], &f);
  ktr_val lib = nil_val();
  lib.type = KTR_LIB;
  lib.l = &ktr_libval_print;
  CHECK(print_of(c, {s[2], lib, s[2]}) == "function 0x3\tcfunction 0x4\tfunction 0x3\n");
  CHECK(call(ktr_lib_stack, c, {int_val(2)}, &s[0]) == 0);
  CHECK(print_of(c, {s[0]}) == "<stack trace>\n => vfs_read+0x12/0x200\n => ksys_read+0x34/0x200\n\n");
  CHECK(call(ktr_lib_tostring, c, {s[0]}, &s[1]) == 0);
  CHECK(text_of(s[1]) == "vfs_read+0x12/0x200\nksys_read+0x34/0x200\n");
  set_text(c, &s[2], "x");
  s[3] = int_val(3);
  REQUIRE(ktr_tuple(c, &s[1], &s[2], 2) == 0);
  CHECK(print_of(c, {s[1]}) == "x, 3\n");
  world_free();
}

TEST_CASE("output over the buffer is cut, marked and counted") {
  Core core;
  Context c;
  ktr_val* s = c.slots(2);
  set_text(c, &s[0], std::string(3000, 'x'));
  CHECK(print_of(c, {s[0], s[0]}) == std::string(3000, 'x') + "\t" + std::string(1095, 'x') + " ...[cut]\n");
  CHECK(ktr_stat_get(KTR_STAT_OUT_TRUNC) == 1);
}

TEST_CASE("output over one record is split and whole") {
  Core core;
  ktr_ctx_cfg cfg = {};
  cfg.out_bytes = 60000;
  cfg.scratch_bytes = 60000;
  Context c(KTR_LEVEL_THREAD, cfg);
  std::string want;
  std::vector<ktr_val> args;
  std::vector<Constant> texts;
  for (int i = 0; i < 10; i++) {
    texts.emplace_back(std::string(3000 + i, static_cast<char>('a' + i)));
    args.push_back(texts.back().val);
    want += std::string(i ? "\t" : "") + std::string(3000 + i, static_cast<char>('a' + i));
  }
  CHECK(print_of(c, args) == want + "\n");
}

TEST_CASE("print_hist: layout, order, sums") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  CHECK(hist_of(c, {s[0]}) == kHeader);
  auto add = [&](const std::string& k, int64_t n) {
    set_text(c, &s[1], k);
    REQUIRE(ktr_incr(c, &s[0], &s[1], n) == 0);
  };

  SECTION("bars and counts") {
    add("tar", 20);
    REQUIRE(ktr_incr_int(c, &s[0], 42, 10) == 0);
    CHECK(hist_of(c, {s[0]}) == kHeader + row("tar", 25, "20") + row("42", 12, "10"));
  }
  SECTION("equal counts are in the order of their keys, numbers first") {
    for (const char* k : {"b", "a", "c"}) add(k, 5);
    REQUIRE(ktr_incr_int(c, &s[0], 9, 5) == 0);
    CHECK(hist_of(c, {s[0]}) == kHeader + row("9", 9, "5") + row("a", 9, "5") + row("b", 9, "5") + row("c", 9, "5"));
  }
  SECTION("sums of 64 bits, zero and negative values") {
    add("big", INT64_MAX);
    add("half", INT64_MAX / 2);
    add("huge", INT64_MAX);
    add("zero", 0);
    add("minus", -4);
    CHECK(hist_of(c, {s[0]}) == kHeader + row("big", 15, "9223372036854775807") +
                                    row("huge", 15, "9223372036854775807") + row("half", 7, "4611686018427387903") +
                                    row("zero", 0, "0") + row("minus", 0, "-4"));
  }
  SECTION("only zeros") {
    add("zero", 0);
    CHECK(hist_of(c, {s[0]}) == kHeader + row("zero", 0, "0"));
  }
  SECTION("rows: as many as asked for, then dots") {
    for (int64_t i = 1; i <= 21; i++) REQUIRE(ktr_incr_int(c, &s[0], 100 + i, i) == 0);
    std::string all = hist_of(c, {s[0]});
    CHECK(std::count(all.begin(), all.end(), '\n') == 22);
    CHECK(all.substr(all.size() - 34) == std::string(28, ' ') + "... |\n");
    std::string two = hist_of(c, {s[0], int_val(2)});
    CHECK(two == kHeader + row("121", 3, "21") + row("120", 3, "20") + std::string(28, ' ') + "... |\n");
    std::string exact = hist_of(c, {s[0], int_val(21)});
    CHECK(exact.find("...") == std::string::npos);
    CHECK(std::count(exact.begin(), exact.end(), '\n') == 22);
  }
  SECTION("the best rows of many, over several records") {
    for (int64_t i = 0; i < 5000; i++) REQUIRE(ktr_incr_int(c, &s[0], i * 7, (i * 7919) % 5003) == 0);
    std::string all = hist_of(c, {s[0], int_val(1000)});
    CHECK(std::count(all.begin(), all.end(), '\n') == 1002);
    CHECK(ktr_stat_get(KTR_STAT_OUT_TRUNC) == 0);
  }
  SECTION("long keys and values that are no numbers") {
    std::string key(40, 'k');
    add(key, 2);
    CHECK(hist_of(c, {s[0]}) == kHeader + key + "\n" + std::string(38, '@') + "\n2\n\n");
    set_text(c, &s[1], "bad");
    REQUIRE(ktr_set(c, &s[0], &s[1], &s[1]) == 0);
    CHECK(hist_of(c, {s[0]}) == std::string(kHeader) + "error: print_hist only can print number");
  }
  SECTION("arguments") {
    CHECK(hist_of(c, {int_val(1)}) == "error: wrong type of argument 1");
    CHECK(hist_of(c, {}) == "error: bad argument #1: (no value)");
    CHECK(hist_of(c, {s[0], bool_val(true)}) == "error: wrong type of argument 2");
  }
}

TEST_CASE("print_hist: symbols and stacks as keys") {
  world_init();
  Core core;
  Context c;
  ktr_val* s = c.slots(2);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  ktr_set_kip(&s[1], world_symbol("vfs_read") + 3);
  REQUIRE(ktr_incr(c, &s[0], &s[1], 3) == 0);
  ktr_set_kip(&s[1], world_symbol("a_kernel_function_with_a_rather_long_name"));
  REQUIRE(ktr_incr(c, &s[0], &s[1], 2) == 0);
  REQUIRE(call(ktr_lib_stack, c, {int_val(1)}, &s[1]) == 0);
  REQUIRE(ktr_incr(c, &s[0], &s[1], 1) == 0);
  CHECK(hist_of(c, {s[0]}) == kHeader + row("vfs_read", 19, "3") + row("a_kernel_function_with_a_rat...", 12, "2") +
                                  "vfs_read+0x12/0x200\n" + std::string(6, '@') + std::string(32, ' ') + "\n1\n\n");
  // the same stack is the same key, also for reading
  REQUIRE(ktr_get(c, &s[1], &s[0], &s[1]) == 0);
  CHECK(ktr_eq_int(&s[1], 1));
  world_free();
}

TEST_CASE("terminal sequences") {
  Core core;
  Context c;
  auto of = [&](ktr_lib_code* f, std::vector<ktr_val> args) {
    Output out;
    ktr_val ret;
    return call(f, c, args, &ret) == 0 ? out.take() : "error: " + c.error();
  };
  CHECK(of(ktr_lib_ansi_clear_screen, {}) == "\033[1;1H\033[J");
  CHECK(of(ktr_lib_ansi_set_color, {int_val(32)}) == "\033[32m");
  CHECK(of(ktr_lib_ansi_set_color2, {int_val(32), int_val(40)}) == "\033[32;40m");
  CHECK(of(ktr_lib_ansi_set_color3, {int_val(32), int_val(40), int_val(1)}) == "\033[32;40;1m");
  CHECK(of(ktr_lib_ansi_set_color3, {int_val(32), int_val(40), int_val(0)}) == "\033[32;40m");
  CHECK(of(ktr_lib_ansi_set_color, {}) == "error: bad argument #1: (no value)");
  CHECK(of(ktr_lib_ansi_reset_color, {}) == "\033[0;0m");
  CHECK(of(ktr_lib_ansi_new_line, {}) == "\n");
}

TEST_CASE("types, lengths, conversions") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  auto text = [&](ktr_lib_code* f, std::vector<ktr_val> args) {
    if (call(f, c, args, &s[2]) != 0) return "error: " + c.error();
    return s[2].type == KTR_STR ? text_of(s[2]) : s[2].type == KTR_INT ? std::to_string(s[2].i) : "nil";
  };
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  set_text(c, &s[1], "0x20");
  CHECK(text(ktr_lib_type, {nil_val()}) == "nil");
  CHECK(text(ktr_lib_type, {bool_val(false)}) == "boolean");
  CHECK(text(ktr_lib_type, {int_val(0)}) == "number");
  CHECK(text(ktr_lib_type, {s[1]}) == "string");
  CHECK(text(ktr_lib_type, {s[0]}) == "table");
  CHECK(text(ktr_lib_type, {}) == "error: bad argument #1: (no value)");
  CHECK(text(ktr_lib_len, {s[1]}) == "4");
  CHECK(text(ktr_lib_len, {s[0]}) == "0");
  CHECK(text(ktr_lib_len, {int_val(1)}) == "error: cannot get length of type number");
  CHECK(text(ktr_lib_tonumber, {s[1]}) == "32");
  CHECK(text(ktr_lib_tonumber, {s[0]}) == "nil");
  CHECK(text(ktr_lib_tonumber, {s[1], int_val(99)}) == "error: base out of range");
  CHECK(text(ktr_lib_tostring, {int_val(-3)}) == "-3");
  CHECK(text(ktr_lib_tostring, {bool_val(true)}) == "true");
  CHECK(text(ktr_lib_net_format_ip_addr, {int_val(0x0100007f)}) == "127.0.0.1");
  CHECK(text(ktr_lib_curr_taskinfo, {int_val(16)}) == "16");
  CHECK(text(ktr_lib_curr_taskinfo, {int_val(16), int_val(3)}) == "error: unsupported fetch bytes in curr_task_info");
  CHECK(text(ktr_lib_curr_taskinfo, {int_val(1 << 20)}) == "error: access out of bound value of task_struct");
  CHECK(text(ktr_lib_gettimeofday_s, {}) == "1700001000");
  CHECK(text(ktr_lib_num_cpus, {}) == std::to_string(opt.cpus));
}

TEST_CASE("reads of memory") {
  world_init();
  Core core;
  Context c;
  ktr_val* s = c.slots(1);
  auto at = [](const char* name) { return int_val(static_cast<int64_t>(world_symbol(name))); };
  REQUIRE(call(ktr_lib_kread_u8, c, {at("kt2ko_test_bytes")}, &s[0]) == 0);
  CHECK(ktr_eq_int(&s[0], 0xf0));
  REQUIRE(call(ktr_lib_kread_u16, c, {at("kt2ko_test_bytes")}, &s[0]) == 0);
  CHECK(ktr_eq_int(&s[0], 0xdef0));
  REQUIRE(call(ktr_lib_kread_u32, c, {at("kt2ko_test_bytes")}, &s[0]) == 0);
  CHECK(ktr_eq_int(&s[0], 0x9abcdef0));
  REQUIRE(call(ktr_lib_kread_u64, c, {at("kt2ko_test_bytes")}, &s[0]) == 0);
  CHECK(ktr_eq_int(&s[0], 0x123456789abcdef0));
  REQUIRE(call(ktr_lib_user_string, c, {int_val(0x1000)}, &s[0]) == 0);
  CHECK(text_of(s[0]) == "hello from user space");
  REQUIRE(call(ktr_lib_user_string, c, {int_val(0x1000), int_val(5)}, &s[0]) == 0);
  CHECK(text_of(s[0]) == "hello");
  CHECK(ktr_stat_get(KTR_STAT_FAULT) == 0);
  REQUIRE(call(ktr_lib_kernel_string, c, {int_val(8)}, &s[0]) == 0);
  CHECK(text_of(s[0]).empty());
  REQUIRE(call(ktr_lib_kread_u64, c, {int_val(8)}, &s[0]) == 0);
  CHECK(s[0].type == KTR_NIL);
  CHECK(ktr_stat_get(KTR_STAT_FAULT) == 2);
  world_free();
}
