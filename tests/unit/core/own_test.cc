// SPDX-License-Identifier: GPL-2.0
// Values of threads, and histograms of CPUs. The tests play the handlers that add to the cells.
#include <catch2/catch.hpp>

#include "core_test.h"

extern ktr_spread test_spread;

namespace {

ktr_val number(int64_t i) {
  ktr_val v = {};
  ktr_set_int(&v, i);
  return v;
}

// One that is too long to lie in the value itself.
ktr_val text(Context& c, ktr_val* slot) {
  REQUIRE(ktr_str_new(c, slot, "a string that needs memory of its own", 37) == 0);
  return *slot;
}

struct Thread {
  task who = {};
  Context c{KTR_LEVEL_TASK};
  ktr_val* s = c.slots(2);
  explicit Thread(int64_t tid) {
    who.tid = tid;
    c.run_as(&who);
  }

  void store(uint32_t n, const ktr_val& v) { REQUIRE(ktr_own_store(c, n, &v) == 0); }
  ktr_val load(uint32_t n) {
    REQUIRE(ktr_own_load(c, &s[0], n) == 0);
    return s[0];
  }
};

s64* cells() { return reinterpret_cast<s64*>(test_spread.cells); }

// h += hist(x), by the only CPU that there is here.
void sample(int64_t x) {
  const uint64_t most = static_cast<uint64_t>(x) ^ 1ull << 63;
  ++cells()[x > 0 ? 65 - __builtin_clzll(static_cast<uint64_t>(x)) : x == 0];
  using u128 = unsigned __int128;
  const u128 had = static_cast<u128>(cells()[KTR_SPREAD_SUM + 1]) << 64 | static_cast<uint64_t>(cells()[KTR_SPREAD_SUM]);
  const u128 sum = had + static_cast<u128>(x);
  cells()[KTR_SPREAD_SUM] = static_cast<s64>(sum);
  cells()[KTR_SPREAD_SUM + 1] = static_cast<s64>(sum >> 64);
  if (static_cast<uint64_t>(cells()[KTR_SPREAD_MAX]) < most) cells()[KTR_SPREAD_MAX] = static_cast<s64>(most);
  if (static_cast<uint64_t>(cells()[KTR_SPREAD_MIN]) < ~most) cells()[KTR_SPREAD_MIN] = static_cast<s64>(~most);
}

struct Histogram {
  Core core;
  Context c;
  ktr_val* s = c.slots(4);

  int64_t field(const char* name) {
    REQUIRE(ktr_spread_load(c, &s[0], &test_spread) == 0);
    REQUIRE(s[0].type == KTR_HIST);
    REQUIRE(ktr_str_new(c, &s[1], name, strlen(name)) == 0);
    REQUIRE(ktr_get(c, &s[2], &s[0], &s[1]) == 0);
    return s[2].i;
  }
  void begin_again() {
    REQUIRE(ktr_lib_hist(c, &s[0], 0, &s[3], 1) == 0);
    REQUIRE(ktr_spread_store(c, &test_spread, &s[3]) == 0);
  }
};

}  // namespace

TEST_CASE("each thread has its own values") {
  Core core;
  Thread a(1), b(2);
  a.store(0, number(10));
  b.store(0, number(20));
  REQUIRE(a.load(0).i == 10);
  REQUIRE(b.load(0).i == 20);
  REQUIRE(a.load(1).type == KTR_NIL);
  REQUIRE(ktr_own_add(a.c, 1, 5) == 0);
  REQUIRE(ktr_own_add(a.c, 1, -2) == 0);
  REQUIRE(a.load(1).i == 3);
  a.store(0, ktr_val{});
  REQUIRE(a.load(0).type == KTR_NIL);
  REQUIRE(b.load(0).i == 20);
}

TEST_CASE("other values than numbers are kept, and replaced") {
  Core core;
  Thread a(1);
  a.store(2, text(a.c, &a.s[1]));
  REQUIRE(a.load(2).type == KTR_STR);
  REQUIRE(a.load(2).s->len == 37);
  a.store(2, number(1));
  REQUIRE(a.load(2).i == 1);
  a.store(2, text(a.c, &a.s[1]));
  REQUIRE(ktr_own_add(a.c, 2, 1) == KTR_ERR);
  REQUIRE(a.c.error() == "use '+=' on non-number");
}

TEST_CASE("a thread that goes leaves nothing behind") {
  Core core;
  Thread stays(7);
  stays.store(0, number(1));
  const uint64_t before = Core::used();
  for (int64_t tid = 100; tid < 3000; ++tid) {
    Thread t(tid);
    t.store(0, number(tid));
    if (tid % 3 == 0) t.store(1, text(t.c, &t.s[1]));
    REQUIRE(t.load(0).i == tid);
    ktr_own_task_gone(static_cast<uint64_t>(tid));
    REQUIRE(t.load(0).type == KTR_NIL);
    if (tid % 100 == 0) ktr_mem_refill();
  }
  REQUIRE(Core::used() == before);
  REQUIRE(stays.load(0).i == 1);
  ktr_own_task_gone(4711);  // was never seen
}

TEST_CASE("what cannot be stored for want of memory is counted") {
  Core core(1 << 16, 1 << 16);
  uint64_t n = 0;
  for (int64_t tid = 1; tid < 5000; ++tid) {
    Thread t(tid);
    t.store(0, number(tid));
    n += t.load(0).type == KTR_NIL;
  }
  REQUIRE(n > 0);
  REQUIRE(ktr_stat_get(KTR_STAT_NO_MEMORY) >= n);
}

TEST_CASE("a histogram is what its CPUs have added and what it was") {
  Histogram h;
  h.begin_again();
  REQUIRE(h.field("count") == 0);
  for (int64_t x : {5ll, -9ll, 0ll, 1000ll, -9ll}) sample(x);
  REQUIRE(h.field("count") == 5);
  REQUIRE(h.field("count") == 5);  // reading takes nothing away
  REQUIRE(h.field("min") == -9);
  REQUIRE(h.field("max") == 1000);
  REQUIRE(h.field("sum") == 987);
  REQUIRE(ktr_spread_agg(h.c, &test_spread, 2000) == 0);
  sample(INT64_MAX);
  sample(INT64_MAX);
  REQUIRE(h.field("count") == 8);
  REQUIRE(h.field("max") == INT64_MAX);
  sample(1);
  h.begin_again();
  REQUIRE(h.field("count") == 0);
  sample(3);
  REQUIRE(h.field("min") == 3);
  REQUIRE(h.field("max") == 3);
}
