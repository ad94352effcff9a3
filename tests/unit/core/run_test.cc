// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "core_test.h"

namespace {

// f(n): n == 0 ? 42 : f(n - 1), by a tail call.
extern ktr_func count_down;

int count_down_code(ktr_ctx* c, ktr_func*, ktr_val* args, u32 nargs, ktr_val* ret, int want) {
  ktr_val* s = ktr_enter(c, 2);
  if (s == nullptr) return c->rc;
  ktr_params(s, 1, args, nargs);
  if (s[0].i == 0) {
    s[1] = int_val(42);
    ktr_return(c, s, &s[1], 1, ret, want);
    return 0;
  }
  s[1] = int_val(s[0].i - 1);
  int rc = ktr_tail_func(c, &count_down, &s[1], 1);
  ktr_leave(c, s);
  return rc;
}

ktr_func count_down = {0, 1, 0, count_down_code, "count_down"};

// f(): f() + nothing, not a tail call.
extern ktr_func deep;

int deep_code(ktr_ctx* c, ktr_func*, ktr_val*, u32, ktr_val* ret, int want) {
  ktr_val* s = ktr_enter(c, 3);
  if (s == nullptr) {
    ktr_at(c, 9);
    return c->rc;
  }
  int rc = ktr_call_func(c, &deep, nullptr, 0, &s[0], 1);
  ktr_return(c, s, s, 1, ret, want);
  return rc;
}

ktr_func deep = {0, 0, 0, deep_code, "deep"};

// Returns its arguments twice: several results.
int twice_code(ktr_ctx* c, ktr_func*, ktr_val* args, u32 nargs, ktr_val* ret, int want) {
  ktr_val* s = ktr_enter(c, 1);
  if (s == nullptr) return c->rc;
  ktr_val* first = c->top;
  int rc = ktr_push_n(c, args, nargs);
  if (rc == 0) rc = ktr_push_n(c, args, nargs);
  ktr_return(c, s, first, 2 * nargs, ret, want);
  return rc;
}

ktr_func twice = {0, 0, 0, twice_code, "twice"};

int tail_twice_code(ktr_ctx* c, ktr_func*, ktr_val* args, u32 nargs, ktr_val*, int) {
  ktr_val* s = ktr_enter(c, 1);
  if (s == nullptr) return c->rc;
  int rc = ktr_tail_func(c, &twice, args, nargs);
  ktr_leave(c, s);
  return rc;
}

ktr_func tail_twice = {0, 0, 0, tail_twice_code, "tail_twice"};

}  // namespace

TEST_CASE("a million tail calls cost no stack") {
  Core core;
  Context c;
  ktr_val* s = c.slots(2);
  s[0] = int_val(1000000);
  REQUIRE(ktr_call_func(c, &count_down, &s[0], 1, &s[1], 1) == 0);
  CHECK(ktr_eq_int(&s[1], 42));
  CHECK(c->top == s + 2);
}

TEST_CASE("limits: as loaded, as the script was built, as they are by default") {
  ktr_limits[KTR_LIM_MEMORY_KB] = 200000;
  ktr_limits[KTR_LIM_OUTPUT_KB] = KTR_LIMIT_NOT_SET;
  ktr_limits[KTR_LIM_BUFFER_KB] = KTR_LIMIT_NOT_SET;
  ktr_limits_settle();
  CHECK(ktr_limits[KTR_LIM_MEMORY_KB] == 200000);
  CHECK(ktr_limits[KTR_LIM_OUTPUT_KB] == 2000);
  CHECK(ktr_limits[KTR_LIM_BUFFER_KB] == KTR_DEF_BUFFER_KB);
  CHECK(ktr_limits_wrong() < 0);
  ktr_limits[KTR_LIM_MEMORY_KB] = 63;
  CHECK(ktr_limits_wrong() == KTR_LIM_MEMORY_KB);
  ktr_limits[KTR_LIM_MEMORY_KB] = KTR_LIMIT_NOT_SET;
}

// What settles from values of a loader; the script was built with memory_kb=100000.
static int64_t settled_reserve(int64_t memory_kb, int64_t reserve_kb) {
  ktr_limits[KTR_LIM_MEMORY_KB] = memory_kb;
  ktr_limits[KTR_LIM_RESERVE_KB] = reserve_kb;
  ktr_limits_settle();
  const int64_t reserve = ktr_limits[KTR_LIM_RESERVE_KB];
  ktr_limits[KTR_LIM_MEMORY_KB] = ktr_limits[KTR_LIM_RESERVE_KB] = KTR_LIMIT_NOT_SET;
  return reserve;
}

TEST_CASE("limits: a reserve that nobody asked for fits into the memory") {
  CHECK(settled_reserve(KTR_LIMIT_NOT_SET, KTR_LIMIT_NOT_SET) == KTR_DEF_RESERVE_KB);
  CHECK(settled_reserve(100, KTR_LIMIT_NOT_SET) == 100);
  CHECK(settled_reserve(100, 50) == 50);
  // both were asked for, and the later one: whoever did has to know
  CHECK(settled_reserve(100, 101) == 101);
  CHECK(settled_reserve(KTR_LIMIT_NOT_SET, 100001) == 100001);
}

TEST_CASE("calls are limited in handlers") {
  Core core;
  Context c(KTR_LEVEL_TASK);
  ktr_val* s = c.slots(2);
  ktr_limits[KTR_LIM_MAX_LOOP_COUNT] = 100000;
  s[0] = int_val(1000000);
  CHECK(ktr_call_func(c, &count_down, &s[0], 1, &s[1], 1) == KTR_ERR);
  CHECK(c.error() == "call count exceed max limit(100000)");
}

TEST_CASE("loops are limited, to the iteration") {
  Core core;
  auto iterations = [](Context& c) {
    int64_t n = 0;
    c.restart();
    while (ktr_loop(c) == 0) n++;
    return n;
  };
  for (int64_t limit : {1, 10, 4096, 4097, 100000}) {
    ktr_limits[KTR_LIM_MAX_LOOP_COUNT] = limit;
    Context c(KTR_LEVEL_HARDIRQ);
    CHECK(iterations(c) == limit);
    CHECK(c.error() == "loop execute count exceed max limit(" + std::to_string(limit) + ")");
    CHECK(iterations(c) == limit);
  }
  ktr_limits[KTR_LIM_MAX_LOOP_COUNT] = 100000;
  ktr_limits[KTR_LIM_MAX_MAIN_LOOP_COUNT] = 300000;
  Context c;
  CHECK(iterations(c) == 300000);
  CHECK(c.error() == "loop execute count exceed max limit(300000)");
  ktr_limits[KTR_LIM_MAX_MAIN_LOOP_COUNT] = 20000000;
}

TEST_CASE("deep recursion is an error") {
  Core core;
  Context c;
  ktr_val* s = c.slots(1);
  CHECK(ktr_call_func(c, &deep, nullptr, 0, &s[0], 1) == KTR_ERR);
  char text[200];
  ktr_error_text(c.x(), text, sizeof(text));
  CHECK(std::string(text) == "unit.kp:9: error: stack overflow, call depth too deep\n");
}

TEST_CASE("several results") {
  Core core;
  Context c;
  ktr_val* s = c.slots(8);
  s[0] = int_val(1);
  s[1] = int_val(2);
  for (ktr_func* f : {&twice, &tail_twice}) {
    REQUIRE(ktr_call_func(c, f, s, 2, &s[2], 6) == 0);
    CHECK(ktr_eq_int(&s[2], 1));
    CHECK(ktr_eq_int(&s[5], 2));
    CHECK(s[6].type == KTR_NIL);
    ktr_val* base = c->top;
    REQUIRE(ktr_call_func(c, f, s, 2, nullptr, KTR_ALL) == 0);
    CHECK(c->n_multi == 4);
    CHECK(c->top == base + 4);
    CHECK(ktr_eq_int(&base[3], 2));
    c->top = base;
  }
  ktr_val* base = c->top;
  REQUIRE(ktr_lib_len(c, s, 0, nullptr, 0) == KTR_ERR);
  CHECK(c.error() == "bad argument #1: (no value)");
  REQUIRE(ktr_lib_type(c, s, 1, nullptr, KTR_ALL) == 0);
  CHECK(c->n_multi == 1);
  CHECK(text_of(base[0]) == "number");
}

TEST_CASE("calling what is no function") {
  Core core;
  Context c;
  ktr_val nil = nil_val(), one = int_val(1), lib = nil_val();
  CHECK(ktr_call(c, &nil, nullptr, 0, nullptr, 0) == KTR_ERR);
  CHECK(c.error() == "attempt to call nil function");
  CHECK(ktr_tail(c, &one, nullptr, 0) == KTR_ERR);
  CHECK(c.error() == "attempt to call number function");
  lib.type = KTR_LIB;
  lib.l = &ktr_libval_exit;
  CHECK(ktr_call(c, &lib, nullptr, 0, nullptr, 0) == KTR_EXIT);
  CHECK(c.x()->end == KTR_END_EXIT);
}

TEST_CASE("the first error of a run wins, the innermost position too") {
  Core core;
  Context c;
  CHECK(ktr_fail(c, "first") == KTR_ERR);
  ktr_at(c, 3);
  CHECK(ktr_fail(c, "second") == KTR_ERR);
  ktr_at(c, 4);
  char text[64];
  ktr_error_text(c.x(), text, sizeof(text));
  CHECK(std::string(text) == "unit.kp:3: error: first\n");
  c.error();
  ktr_fail(c, "no line");
  ktr_error_text(c.x(), text, sizeof(text));
  CHECK(std::string(text) == "unit.kp: error: no line\n");
}

TEST_CASE("runs: main chunk, filters, skips") {
  Core core;
  Context c;
  test_main = [](ktr_ctx* ctx, ktr_func*, ktr_val*, u32, ktr_val*, int) { return ktr_exit(ctx); };
  CHECK(ktr_run_main(c.x()) == KTR_EXIT);
  c.restart();
  test_main = [](ktr_ctx* ctx, ktr_func*, ktr_val*, u32, ktr_val*, int) { return ktr_skip(ctx, KTR_STAT_NMI_LOCK); };
  CHECK(ktr_run_main(c.x()) == KTR_OK);
  c.restart();
  ktr_trace trace = {};
  ktr_val f = nil_val();
  trace.filter = [](ktr_ctx*, ktr_func*) { return 1; };
  CHECK(ktr_run_filter(c.x(), &trace, &f) == 1);
  trace.filter = [](ktr_ctx* ctx, ktr_func*) { return ktr_skip(ctx, KTR_STAT_NMI_LOCK); };
  CHECK(ktr_run_filter(c.x(), &trace, &f) == 0);
}

TEST_CASE("the table of arguments") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  const char* words[] = {"7", "007", "-5", "+7", "0x10", "12ab", "99999999999", "", " 1", "text"};
  opt.n_args = 10;
  opt.args = const_cast<char**>(words);
  REQUIRE(ktr_args(c, &s[0]) == 0);
  auto element = [&](int64_t i) {
    REQUIRE(ktr_get_int(c, &s[1], &s[0], i) == 0);
    return s[1].type == KTR_INT ? "#" + std::to_string(s[1].i) : text_of(s[1]);
  };
  const char* want[] = {"unit.kp", "#7", "#7", "#-5", "#7", "0x10", "12ab", "99999999999", "", " 1", "text"};
  for (int i = 0; i <= 10; i++) CHECK(element(i) == want[i]);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
  CHECK(ktr_eq_int(&s[1], 11));
  // it is one table: elements stay overwritten
  ktr_val nine = int_val(9);
  REQUIRE(ktr_set_at(c, &s[0], 1, &nine) == 0);
  REQUIRE(ktr_args(c, &s[2]) == 0);
  CHECK(ktr_eq(&s[0], &s[2]));
  CHECK(element(1) == "#9");
  opt.n_args = 0;
}

TEST_CASE("event words need an event") {
  Core core;
  Context c;
  ktr_val* s = c.slots(1);
  CHECK(ktr_arg(c, 1, &s[0]) == KTR_ERR);
  CHECK(c.error() == "invalid event context");
  CHECK(ktr_argstr(c, &s[0]) == KTR_ERR);
  CHECK(c.error() == "invalid event context");
  CHECK(ktr_probename(c, &s[0]) == KTR_ERR);
  CHECK(c.error() == "invalid event context");
  CHECK(ktr_print_argstr(c) == KTR_ERR);
  CHECK(c.error() == "invalid event context");
}

TEST_CASE("execname is the key that the same text is") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  task saved = own_task;
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (size_t len = 0; len < 16; len++) {
    std::string name;
    for (size_t i = 0; i < len; i++) name += static_cast<char>('\x80' + len + i * 5);
    // what follows the NUL must not count
    memset(own_task.comm, 0x55, sizeof(own_task.comm));
    memcpy(own_task.comm, name.c_str(), len + 1);
    Constant constant(name);
    REQUIRE(ktr_execname(c, &s[1]) == 0);
    CHECK(text_of(s[1]) == name);
    CHECK(s[1].s->hash == constant.val.s->hash);
    REQUIRE(ktr_incr(c, &s[0], &s[1], 1) == 0);
    REQUIRE(ktr_incr(c, &s[0], &constant.val, 1) == 0);
    REQUIRE(ktr_get(c, &s[2], &s[0], &constant.val) == 0);
    CHECK(ktr_eq_int(&s[2], 2));
  }
  own_task = saved;
}
