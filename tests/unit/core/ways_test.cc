// SPDX-License-Identifier: GPL-2.0
// Ways of quick handlers to table elements. The tests play the handler: they look a way up as emitted code does, and add to
// the cell behind it.
#include <catch2/catch.hpp>
#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "core_test.h"

extern ktr_adder test_words, test_one, test_hist, test_stats, test_least, test_pairs, test_named;

namespace {

// What a quick handler does for t[k] += d; false: it stands aside.
bool quick_add(int64_t k, int64_t d) {
  ktr_way* w = nullptr;
  if (!ktr_way_int(&w, test_words.slots, k)) return false;
  *reinterpret_cast<s64*>(w->cell) += d;
  return true;
}

bool quick_add(const char* name, int64_t d) {
  char comm[16] = {};
  memcpy(comm, name, std::min(strlen(name), sizeof(comm) - 1));
  ktr_way* w = nullptr;
  if (!ktr_way_text(&w, test_words.slots, comm)) return false;
  *reinterpret_cast<s64*>(w->cell) += d;
  return true;
}

struct Table {
  Core core;
  Context c;
  ktr_val* s = c.slots(4);
  explicit Table(u32 level = KTR_LEVEL_TASK) : c(level) { REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0); }

  void add(int64_t k, int64_t d, ktr_adder* adder = &test_words) {
    if (adder == &test_words && quick_add(k, d)) return;
    REQUIRE(ktr_incr_int_at(c, &s[0], k, d, adder) == 0);
  }
  ktr_val get(int64_t k) {
    REQUIRE(ktr_get_int(c, &s[1], &s[0], k) == 0);
    return s[1];
  }
  void clear() {
    ktr_val none;
    ktr_val args[1] = {s[0]};
    REQUIRE(ktr_lib_delete(c, args, 1, &none, 1) == 0);
  }
  void set(int64_t k, const ktr_val& v) { REQUIRE(ktr_set_at(c, &s[0], k, &v) == 0); }
};

}  // namespace

TEST_CASE("a way is made by the first addition, and what goes over it counts") {
  Table t;
  REQUIRE(!quick_add(7, 1));
  t.add(7, 2);
  REQUIRE(quick_add(7, 40));
  REQUIRE(t.get(7).type == KTR_INT);
  REQUIRE(t.get(7).i == 42);
  REQUIRE(ktr_incr_int(t.c, &t.s[0], 7, 1) == 0);
  REQUIRE(t.get(7).i == 43);
}

TEST_CASE("texts of up to 15 bytes have ways, longer ones do without") {
  Table t;
  for (const char* name : {"", "sh", "kworker/0", "123456789012345"}) {
    t.s[2] = ktr_val{};
    REQUIRE(ktr_str_new(t.c, &t.s[2], name, static_cast<u32>(strlen(name))) == 0);
    REQUIRE(!quick_add(name, 1));
    REQUIRE(ktr_incr_at(t.c, &t.s[0], &t.s[2], 1, &test_words) == 0);
    REQUIRE(quick_add(name, 4));
    REQUIRE(ktr_get(t.c, &t.s[1], &t.s[0], &t.s[2]) == 0);
    REQUIRE(t.s[1].i == 5);
  }
  REQUIRE(ktr_str_new(t.c, &t.s[2], "abcdefghijklmnop", 16) == 0);
  REQUIRE(ktr_incr_at(t.c, &t.s[0], &t.s[2], 1, &test_words) == 0);
  REQUIRE(!quick_add("abcdefghijklmnop", 1));
}

TEST_CASE("a number and a text of the same bytes are different keys") {
  Table t;
  t.add('a', 1);
  REQUIRE(!quick_add("a", 1));
}

TEST_CASE("keys of several parts have ways of their shape") {
  Table t;
  const int64_t least = std::numeric_limits<int64_t>::min();
  ktr_way* w = nullptr;
  char sh[16] = "sh";
  auto add = [&](int64_t a, const ktr_val& b, ktr_adder* adder) {
    ktr_val parts[2] = {};
    ktr_set_int(&parts[0], a);
    parts[1] = b;
    REQUIRE(ktr_tuple(t.c, &t.s[3], parts, 2) == 0);
    REQUIRE(ktr_incr_at(t.c, &t.s[0], &t.s[3], 1, adder) == 0);
  };
  ktr_val number = {};
  for (int64_t n : {int64_t{5}, int64_t{0}, least}) {
    REQUIRE(!ktr_way_pair(&w, test_pairs.slots, 0, n));
    ktr_set_int(&number, n);
    add(0, number, &test_pairs);
    REQUIRE(ktr_way_pair(&w, test_pairs.slots, 0, n));
    REQUIRE(!ktr_way_pair(&w, test_pairs.slots, n ? n : 1, 0));
  }
  REQUIRE(ktr_str_new(t.c, &t.s[2], sh, 2) == 0);
  REQUIRE(!ktr_way_int_text(&w, test_named.slots, 5, sh));
  add(5, t.s[2], &test_named);
  REQUIRE(ktr_way_int_text(&w, test_named.slots, 5, sh));
  *reinterpret_cast<s64*>(w->cell) += 10;
  REQUIRE(!ktr_way_int_text(&w, test_named.slots, 6, sh));
  REQUIRE(ktr_get(t.c, &t.s[1], &t.s[0], &t.s[3]) == 0);
  REQUIRE(t.s[1].i == 11);
  // The words of this pair are those of a number and a text, which the other statement may look for.
  ktr_set_int(&number, 'a');
  add(7, number, &test_named);
  char a[16] = "a";
  REQUIRE(!ktr_way_int_text(&w, test_named.slots, 7, a));
}

TEST_CASE("a slot goes over to the element that is asked for again and again, and nothing is lost") {
  Table t;
  const int64_t first = 1;
  int64_t second = 2;
  while (ktr__key_hash(static_cast<u64>(second), KTR_WAY_INT) != ktr__key_hash(static_cast<u64>(first), KTR_WAY_INT)) ++second;
  for (int round = 1; round <= 3; ++round) {
    for (int64_t k : {first, second}) {
      for (int i = 0; i < 100; ++i) t.add(k, 1);
      REQUIRE(quick_add(k, 1));
      REQUIRE(!quick_add(k == first ? second : first, 1));
      REQUIRE(t.get(k).i == 101 * round);
    }
  }
  // two that take turns do not take it from each other each time
  int quick = 0;
  for (int i = 0; i < 320; ++i) {
    const int64_t k = i % 2 ? first : second;
    if (quick_add(k, 1))
      ++quick;
    else
      REQUIRE(ktr_incr_int_at(t.c, &t.s[0], k, 1, &test_words) == 0);
  }
  REQUIRE(quick > 140);
  REQUIRE(t.get(first).i == 303 + 160);
  REQUIRE(t.get(second).i == 303 + 160);
  t.set(first, ktr_val{});
  REQUIRE(!quick_add(first, 1));
  REQUIRE(t.get(second).i == 303 + 160);
}

TEST_CASE("elements that go or get another value cannot be found any more") {
  Table t;
  ktr_val nil = {}, ten = {};
  ktr_set_int(&ten, 10);
  t.add(1, 5);
  t.set(1, nil);
  REQUIRE(!quick_add(1, 1));
  REQUIRE(t.get(1).type == KTR_NIL);
  t.add(1, 5);
  t.set(1, ten);
  REQUIRE(!quick_add(1, 1));
  REQUIRE(t.get(1).i == 10);
  t.add(1, 5);
  REQUIRE(quick_add(1, 1));
  REQUIRE(t.get(1).i == 16);
  t.clear();
  REQUIRE(!quick_add(1, 1));
  REQUIRE(t.get(1).type == KTR_NIL);
}

TEST_CASE("two statements may lead to one element") {
  Table t;
  t.add(3, 1);
  REQUIRE(ktr_incr_int_at(t.c, &t.s[0], 3, 10, &test_one) == 0);
  ktr_way* w = nullptr;
  REQUIRE(ktr_way_one(&w, test_one.slots));
  *reinterpret_cast<s64*>(w->cell) += 100;
  REQUIRE(quick_add(3, 1000));
  REQUIRE(t.get(3).i == 1111);
  ktr_val nil = {};
  t.set(3, nil);
  REQUIRE(!ktr_way_one(&w, test_one.slots));
  REQUIRE(!quick_add(3, 1));
}

TEST_CASE("a statement belongs to the first table that it added to") {
  Table t;
  t.add(1, 1);
  REQUIRE(ktr_tab_new(t.c, &t.s[3], 0, 0) == 0);
  REQUIRE(ktr_incr_int_at(t.c, &t.s[3], 2, 1, &test_words) == 0);
  REQUIRE(!quick_add(2, 1));
}

TEST_CASE("an element with ways is a number to everything else") {
  Table t;
  t.add(1, 1);
  REQUIRE(quick_add(1, 1));
  ktr_val key;
  ktr_set_int(&key, 1);
  REQUIRE(ktr_agg_add(t.c, &t.s[0], &key, KTR_AGG_COUNT, 1) == KTR_ERR);
  REQUIRE(t.c.error() == "cannot add a count to a number");
  t.add(2, 10);
  ktr_iter it;
  REQUIRE(ktr_iter_sorted(t.c, &it, &t.s[0], nullptr) == 0);
  REQUIRE(ktr_iter_next(t.c, &it, &t.s[1], &t.s[2]) == 1);
  REQUIRE(t.s[1].i == 2);
  REQUIRE(t.s[2].type == KTR_INT);
  REQUIRE(t.s[2].i == 10);
  ktr_iter_end(t.c, &it);
}

TEST_CASE("ways are used again after they were given back, from 0") {
  Table t;
  ktr_val nil = {};
  for (int round = 0; round < 200; ++round) {
    for (int k = 0; k < 200; ++k) t.add(k, 1), t.add(k, 1);
    for (int k = 0; k < 200; ++k) REQUIRE(t.get(k).i == 2);
    if (round % 2)
      t.clear();
    else
      for (int k = 0; k < 200; ++k) t.set(k, nil);
    ktr_mem_refill();
  }
}

TEST_CASE("random operations agree with a map") {
  Table t;
  std::map<int64_t, int64_t> model;
  std::mt19937 random(1);
  ktr_val nil = {}, v = {};
  for (int i = 0; i < 1000000; ++i) {
    const int64_t k = random() % 1500;
    const int64_t d = static_cast<int64_t>(random() % 100) - 30;
    switch (random() % 20) {
      case 0:
        t.set(k, nil);
        model.erase(k);
        break;
      case 1:
        ktr_set_int(&v, d);
        t.set(k, v);
        model[k] = d;
        break;
      case 2: REQUIRE(ktr_incr_int(t.c, &t.s[0], k, d) == 0); model[k] += d; break;
      case 3: {
        const ktr_val got = t.get(k);
        const auto it = model.find(k);
        REQUIRE(got.type == (it == model.end() ? KTR_NIL : KTR_INT));
        if (it != model.end()) REQUIRE(got.i == it->second);
        break;
      }
      case 4:
        if (random() % 20000 == 0) {
          t.clear();
          model.clear();
        }
        break;
      default: t.add(k, d); model[k] += d;
    }
    if (i % 1000 == 0) ktr_mem_refill();
  }
  for (const auto& [k, sum] : model) REQUIRE(t.get(k).i == sum);
}

namespace {

s64* cells_of(const ktr_adder& adder, int64_t k) {
  ktr_way* w = nullptr;
  return ktr_way_int(&w, adder.slots, k) ? reinterpret_cast<s64*>(w->cell) : nullptr;
}

// What a quick handler does for t[k] += hist(x), with x > 0.
bool quick_hist(int64_t k, int64_t x) {
  s64* cells = cells_of(test_hist, k);
  if (!cells) return false;
  cells[KTR_HIST_SEQ] += 2;
  ++cells[65 - __builtin_clzll(static_cast<u64>(x))];
  cells[KTR_SPREAD_SUM] += x;
  const u64 most = static_cast<u64>(x) ^ u64{1} << 63;
  cells[KTR_SPREAD_MAX] = static_cast<s64>(std::max<u64>(static_cast<u64>(cells[KTR_SPREAD_MAX]), most));
  cells[KTR_SPREAD_MIN] = static_cast<s64>(std::max<u64>(static_cast<u64>(cells[KTR_SPREAD_MIN]), ~most));
  return true;
}

bool quick_stats(int64_t k, int64_t x) {
  s64* cells = cells_of(test_stats, k);
  if (!cells) return false;
  cells[KTR_STATS_SEQ] += 2;
  ++cells[KTR_STATS_COUNT];
  cells[KTR_STATS_SUM] += x;
  cells[KTR_STATS_SQUARES] += x * x;
  const u64 most = static_cast<u64>(x) ^ u64{1} << 63;
  cells[KTR_STATS_MAX] = static_cast<s64>(std::max<u64>(static_cast<u64>(cells[KTR_STATS_MAX]), most));
  cells[KTR_STATS_MIN] = static_cast<s64>(std::max<u64>(static_cast<u64>(cells[KTR_STATS_MIN]), ~most));
  return true;
}

int64_t field_of(Table& t, const ktr_val& of, const char* name) {
  REQUIRE(ktr_str_new(t.c, &t.s[2], name, static_cast<u32>(strlen(name))) == 0);
  ktr_val key = t.s[2], from = of;
  REQUIRE(ktr_get(t.c, &t.s[3], &from, &key) == 0);
  REQUIRE(t.s[3].type == KTR_INT);
  return t.s[3].i;
}

}  // namespace

TEST_CASE("a histogram with ways reads as one that was added to under the lock") {
  Table t(KTR_LEVEL_THREAD);
  REQUIRE(!quick_hist(1, 1));
  std::mt19937_64 random(1);
  for (int i = 0; i < 3000; ++i) {
    const int64_t k = static_cast<int64_t>(random() % 12), x = 1 + static_cast<int64_t>(random() >> (14 + random() % 50));
    if (random() % 3 == 0 || !quick_hist(k, x)) REQUIRE(ktr_agg_add_int_at(t.c, &t.s[0], k, x, &test_hist) == 0);
    REQUIRE(ktr_agg_add_int(t.c, &t.s[0], 1000 + k, KTR_AGG_HIST, x) == 0);
  }
  REQUIRE(cells_of(test_hist, 1));
  for (int64_t k = 0; k < 12; ++k) {
    const ktr_val fast = t.get(k);
    REQUIRE(fast.type == KTR_HIST);
    const std::string bytes(fast.s->s, fast.s->len);
    const ktr_val slow = t.get(1000 + k);
    REQUIRE(bytes == std::string(slow.s->s, slow.s->len));
  }
}

TEST_CASE("loops and deleting know aggregations with ways") {
  Table t(KTR_LEVEL_THREAD);
  for (int64_t k = 1; k <= 3; ++k) {
    REQUIRE(ktr_agg_add_int_at(t.c, &t.s[0], k, 4, &test_stats) == 0);
    REQUIRE(quick_stats(k, 8 * k));
  }
  ktr_iter it;
  int64_t n = 0, sum = 0;
  REQUIRE(ktr_iter_begin(t.c, &it, &t.s[0]) == 0);
  ktr_val* k = t.c.slots(2);
  while (ktr_iter_next(t.c, &it, &k[0], &k[1]) > 0) {
    REQUIRE(k[1].type == KTR_STATS);
    ++n;
    sum += field_of(t, k[1], "sum");
    REQUIRE(field_of(t, k[1], "max") == 8 * k[0].i);
    REQUIRE(field_of(t, k[1], "min") == 4);
  }
  ktr_iter_end(t.c, &it);
  REQUIRE(n == 3);
  REQUIRE(sum == 3 * 4 + 8 * (1 + 2 + 3));
  ktr_val nil = {};
  t.set(2, nil);
  REQUIRE(!quick_stats(2, 1));
  REQUIRE(quick_stats(1, 1));
  t.clear();
  REQUIRE(!quick_stats(1, 1));
  REQUIRE(ktr_agg_add_int_at(t.c, &t.s[0], 1, 7, &test_stats) == 0);
  REQUIRE(field_of(t, t.get(1), "sum") == 7);
}

TEST_CASE("the least of an element with ways is that of all") {
  Table t;
  REQUIRE(ktr_agg_add_int_at(t.c, &t.s[0], 5, 100, &test_least) == 0);
  REQUIRE(t.get(5).i == 100);
  s64* cell = cells_of(test_least, 5);
  REQUIRE(cell);
  *cell = static_cast<s64>(~(u64{static_cast<u64>(-7)} ^ u64{1} << 63));
  REQUIRE(t.get(5).i == -7);
  REQUIRE(ktr_agg_add_int_at(t.c, &t.s[0], 5, -9, &test_least) == 0);
  REQUIRE(t.get(5).i == -9);
}

TEST_CASE("an aggregation with ways takes only its own kind") {
  Table t(KTR_LEVEL_THREAD);
  ktr_val key;
  ktr_set_int(&key, 1);
  REQUIRE(ktr_agg_add_int_at(t.c, &t.s[0], 1, 3, &test_hist) == 0);
  REQUIRE(ktr_agg_add(t.c, &t.s[0], &key, KTR_AGG_STATS, 1) == KTR_ERR);
  REQUIRE(t.c.error() == "cannot add stats to a hist");
  REQUIRE(ktr_incr_int(t.c, &t.s[0], 1, 1) == KTR_ERR);
  REQUIRE(t.c.error() == "cannot add a number to a hist");
  REQUIRE(quick_hist(1, 3));
  ktr_val whole = t.get(1);
  REQUIRE(ktr_incr_val(t.c, &t.s[0], &key, &whole) == 0);
  REQUIRE(field_of(t, t.get(1), "count") == 4);
}
