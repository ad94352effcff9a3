// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "core_test.h"

namespace {

// A key of the model: its type and its text or number.
struct Key {
  uint32_t type;
  int64_t number;
  std::string text;
  bool operator<(const Key& o) const {
    return std::tie(type, number, text) < std::tie(o.type, o.number, o.text);
  }
};

// A table and a std::map that must always agree.
class Pair {
 public:
  explicit Pair(Context& c, uint32_t seed) : c_(c), s_(c.slots(6)), random_(seed) {
    REQUIRE(ktr_tab_new(c_, &s_[0], 0, 0) == 0);
  }

  void step(uint32_t n_keys) {
    Key k = random_key(n_keys);
    make(k, &s_[1]);
    switch (random_() % 16) {
      case 0:
      case 1:
      case 2:
        store(k, random_() % 3 == 0 ? "text " + std::to_string(random_() % 1000) : "");
        break;
      case 3:
      case 4:
        REQUIRE(ktr_set(c_, &s_[0], &s_[1], &nil_) == 0);
        model_.erase(k);
        break;
      case 5:
      case 6:
      case 7:
      case 8:
        increment(k);
        break;
      default:
        check_one(k);
        break;
    }
  }

  void clear() {
    ktr_val none;
    REQUIRE(call(ktr_lib_delete, c_, {s_[0]}, &none) == 0);
    model_.clear();
  }

  void check_all() {
    ktr_val n;
    REQUIRE(call(ktr_lib_len, c_, {s_[0]}, &n) == 0);
    REQUIRE(static_cast<size_t>(n.i) == model_.size());
    std::set<Key> seen;
    ktr_iter it;
    int64_t last_small = -1;
    REQUIRE(ktr_iter_begin(c_, &it, &s_[0]) == 0);
    while (ktr_iter_next(c_, &it, &s_[1], &s_[2]) > 0) {
      Key k = read(s_[1]);
      REQUIRE(seen.insert(k).second);
      REQUIRE(model_.count(k) == 1);
      REQUIRE(same_value(s_[2], model_[k]));
      if (k.type == KTR_INT && k.number >= 0 && k.number < 1024) {
        REQUIRE(k.number > last_small);
        last_small = k.number;
      }
    }
    ktr_iter_end(c_, &it);
    REQUIRE(seen.size() == model_.size());
    for (const auto& [k, v] : model_) check_one(k);
  }

 private:
  Key random_key(uint32_t n) {
    auto i = static_cast<int64_t>(random_() % n);
    switch (random_() % 6) {
      case 0:
        return {KTR_INT, i * 0x100000001ll - 50, ""};
      case 1:
        return {KTR_STR, 0, "key" + std::to_string(i)};
      case 2:
        return {KTR_TUPLE, i, "t" + std::to_string(i % 7)};
      case 3:
        return {KTR_KIP, i, ""};
      case 4:
        return {KTR_BOOL, i & 1, ""};
      default:
        return {KTR_INT, i, ""};
    }
  }

  void make(const Key& k, ktr_val* slot) {
    switch (k.type) {
      case KTR_STR:
        set_text(c_, slot, k.text);
        break;
      case KTR_TUPLE:
        set_text(c_, &s_[4], k.text);
        s_[5] = int_val(k.number);
        REQUIRE(ktr_tuple(c_, slot, &s_[4], 2) == 0);
        break;
      case KTR_KIP:
        ktr_set_kip(slot, static_cast<u64>(k.number));
        break;
      case KTR_BOOL:
        ktr_set_bool(slot, k.number != 0);
        break;
      default:
        ktr_set_int(slot, k.number);
        break;
    }
  }

  Key read(const ktr_val& v) {
    if (v.type == KTR_STR) return {KTR_STR, 0, text_of(v)};
    if (v.type != KTR_TUPLE) return {v.type, v.i, ""};
    REQUIRE(ktr_tuple_get(c_, &s_[4], &v, 1) == 0);
    REQUIRE(ktr_tuple_get(c_, &s_[5], &v, 2) == 0);
    return {KTR_TUPLE, s_[5].i, text_of(s_[4])};
  }

  // Values: a text, or the number after "#".
  static bool same_value(const ktr_val& v, const std::string& want) {
    if (want[0] == '#') return v.type == KTR_INT && "#" + std::to_string(v.i) == want;
    return text_of(v) == want;
  }

  void store(const Key& k, const std::string& text) {
    auto n = static_cast<int64_t>(random_());
    if (text.empty()) {
      s_[2] = int_val(n);
    } else {
      set_text(c_, &s_[2], text);
    }
    REQUIRE(ktr_set(c_, &s_[0], &s_[1], &s_[2]) == 0);
    model_[k] = text.empty() ? "#" + std::to_string(n) : text;
  }

  void increment(const Key& k) {
    auto old = model_.find(k);
    if (old != model_.end() && old->second[0] != '#') {
      REQUIRE(ktr_incr(c_, &s_[0], &s_[1], 1) == KTR_ERR);
      REQUIRE(c_.error() == "use '+=' operator on non-number value");
      return;
    }
    auto d = static_cast<int64_t>(random_() % 100) - 20;
    int64_t n = old == model_.end() ? 0 : std::stoll(old->second.substr(1));
    REQUIRE(ktr_incr(c_, &s_[0], &s_[1], d) == 0);
    model_[k] = "#" + std::to_string(n + d);
  }

  void check_one(const Key& k) {
    make(k, &s_[1]);
    REQUIRE(ktr_get(c_, &s_[3], &s_[0], &s_[1]) == 0);
    auto found = model_.find(k);
    if (found == model_.end()) {
      REQUIRE(s_[3].type == KTR_NIL);
    } else {
      REQUIRE(same_value(s_[3], found->second));
    }
  }

  Context& c_;
  ktr_val* s_;
  ktr_val nil_ = nil_val();
  std::mt19937 random_;
  std::map<Key, std::string> model_;
};

}  // namespace

TEST_CASE("tables behave like std::map under random operations") {
  Core core;
  for (uint32_t seed = 1; seed <= 12; seed++) {
    Context c;
    Pair pair(c, seed);
    for (uint32_t i = 0; i < 20000; i++) {
      pair.step(seed % 3 == 0 ? 10 : seed % 3 == 1 ? 300 : 5000);
      if (i % 5000 == 4999) pair.check_all();
      if (i % 7919 == 7918) pair.clear();
    }
    pair.check_all();
  }
  CHECK(Core::used() == 0);
  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) == 0);
}

TEST_CASE("a table grows to many entries and shrinks to nothing") {
  Core core(256u << 20);
  Context c;
  ktr_val* s = c.slots(2);
  ktr_val nil = nil_val();
  constexpr int64_t kN = 300000;
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int64_t i = 0; i < kN; i++) REQUIRE(ktr_incr_int(c, &s[0], i * 37, i) == 0);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
  CHECK(s[1].i == kN);
  for (int64_t i = 0; i < kN; i++) {
    REQUIRE(ktr_get_int(c, &s[1], &s[0], i * 37) == 0);
    REQUIRE(ktr_eq_int(&s[1], i));
  }
  for (int64_t i = 0; i < kN; i += 2) REQUIRE(ktr_set_at(c, &s[0], i * 37, &nil) == 0);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
  CHECK(s[1].i == kN / 2);
  c.restart();
  CHECK(Core::used() == 0);
}

TEST_CASE("a small table is small") {
  Core core;
  Context c;
  ktr_val* s = c.slots(1);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  CHECK(Core::used() <= 112);
  REQUIRE(ktr_incr_int(c, &s[0], 1, 1) == 0);
  CHECK(Core::used() <= 112 + 192 + 32);
}

TEST_CASE("a full table counts and goes on") {
  Core core(0, 0, 100);
  Context c;
  ktr_val* s = c.slots(2);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int64_t i = 0; i < 150; i++) {
    ktr_val v = int_val(i);
    REQUIRE(ktr_set_at(c, &s[0], i, &v) == 0);
  }
  CHECK(ktr_stat_get(KTR_STAT_TABLE_FULL) == 50);
  REQUIRE(ktr_incr_int(c, &s[0], 99, 1) == 0);  // what is there goes on working
  REQUIRE(ktr_get_int(c, &s[1], &s[0], 99) == 0);
  CHECK(ktr_eq_int(&s[1], 100));
}

TEST_CASE("a table may have a limit of its own") {
  Core core(0, 0, 100);
  Context c;
  ktr_val* s = c.slots(2);
  REQUIRE(call(ktr_lib_table_new, c, {nil_val(), nil_val(), int_val(10)}, &s[0]) == 0);
  for (int64_t i = 0; i < 15; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);
  CHECK(ktr_stat_get(KTR_STAT_TABLE_FULL) == 5);
  REQUIRE(ktr_get_int(c, &s[1], &s[0], 9) == 0);
  CHECK(ktr_eq_int(&s[1], 1));
  // what goes makes room
  s[1] = nil_val();
  REQUIRE(ktr_set_at(c, &s[0], 3, &s[1]) == 0);
  REQUIRE(ktr_incr_int(c, &s[0], 14, 7) == 0);
  REQUIRE(ktr_get_int(c, &s[1], &s[0], 14) == 0);
  CHECK(ktr_eq_int(&s[1], 7));
  // more than the default
  REQUIRE(call(ktr_lib_table_new, c, {int_val(0), int_val(0), int_val(150)}, &s[0]) == 0);
  for (int64_t i = 0; i < 150; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);
  REQUIRE(call(ktr_lib_table_new, c, {int_val(50), int_val(100)}, &s[0]) == 0);
  for (int64_t i = 0; i < 150; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);
  CHECK(ktr_stat_get(KTR_STAT_TABLE_FULL) == 5);
}

TEST_CASE("room that was made ahead needs no memory any more") {
  Core core(1u << 20, 64u << 10);
  Context c;
  Context handler(KTR_LEVEL_TASK);
  ktr_val* s = c.slots(3);
  REQUIRE(call(ktr_lib_table_new, c, {int_val(0), int_val(10000)}, &s[0]) == 0);
  const uint64_t used = Core::info().used;
  CHECK(used > 10000 * (32 + 8));
  // nothing else is left
  REQUIRE(ktr_tab_new(c, &s[1], 0, 0) == 0);
  for (int64_t i = 0; ktr_stat_get(KTR_STAT_NO_MEMORY) == 0; i++) REQUIRE(ktr_incr_int(c, &s[1], i, 1) == 0);
  for (int64_t i = 0; i < 10000; i++) REQUIRE(ktr_incr_int(handler, &s[0], i, 1) == 0);
  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) == 1);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[2]) == 0);
  CHECK(s[2].i == 10000);
  // loops see each element once
  ktr_iter it;
  int64_t n = 0, sum = 0;
  ktr_val k[2];
  REQUIRE(ktr_iter_begin(c, &it, &s[0]) == 0);
  while (ktr_iter_next(c, &it, &k[0], &k[1]) == 1) n++, sum += k[0].i;
  ktr_iter_end(c, &it);
  CHECK(n == 10000);
  CHECK(sum == 10000ll * 9999 / 2);
}

TEST_CASE("room may be made for more elements than there are buckets") {
  Core core(256u << 20);
  Context c;
  ktr_val* s = c.slots(2);
  REQUIRE(call(ktr_lib_table_new, c, {int_val(0), int_val(1100000)}, &s[0]) == 0);
  for (int64_t i = 0; i < 1100000; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);
  CHECK(ktr_stat_get(KTR_STAT_TABLE_FULL) == 0);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
  CHECK(s[1].i == 1100000);
}

TEST_CASE("room that cannot be had is an error, with numbers") {
  Core core(1u << 20, 64u << 10);
  Context c;
  ktr_val* s = c.slots(2);
  CHECK(call(ktr_lib_table_new, c, {int_val(0), int_val(1000000)}, &s[0]) == KTR_ERR);
  CHECK(c.error().find("no memory for a table of 1000000 elements: ") == 0);
  CHECK(call(ktr_lib_table_new, c, {int_val(1ll << 40)}, &s[0]) == KTR_ERR);
  CHECK(c.error() == "table.new: 1099511627776 elements are too many: at most 16777216");
  CHECK(call(ktr_lib_table_new, c, {int_val(8), int_val(8), int_val(10)}, &s[0]) == KTR_ERR);
  CHECK(c.error() == "table.new: room for 16 elements, but a limit of 10");
  CHECK(call(ktr_lib_table_new, c, {int_val(0), int_val(0), int_val(0)}, &s[0]) == KTR_ERR);
  CHECK(c.error() == "table.new: a limit of 0 elements");
  c.restart();
  CHECK(Core::used() == 0);
}

TEST_CASE("errors of table operations") {
  Core core;
  Context c;
  ktr_val* s = c.slots(2);
  ktr_val nil = nil_val(), one = int_val(1);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  CHECK(ktr_get(c, &s[1], &one, &one) == KTR_ERR);
  CHECK(c.error() == "get key from non-table");
  CHECK(ktr_set(c, &one, &one, &one) == KTR_ERR);
  CHECK(c.error() == "set key to non-table");
  CHECK(ktr_set(c, &s[0], &nil, &one) == KTR_ERR);
  CHECK(c.error() == "table nil index");
  CHECK(ktr_incr(c, &s[0], &nil, 1) == KTR_ERR);
  CHECK(c.error() == "table nil index");
  CHECK(ktr_get(c, &s[1], &s[0], &nil) == 0);
  CHECK(s[1].type == KTR_NIL);
  ktr_iter it;
  CHECK(ktr_iter_begin(c, &it, &one) == KTR_ERR);
  CHECK(c.error() == "wrong type of argument 1");
}

TEST_CASE("loops may change the table they walk") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  ktr_iter it;
  int steps = 0;
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int64_t i = 0; i < 3000; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);

  SECTION("removing every element on the way visits each once") {
    REQUIRE(ktr_iter_begin(c, &it, &s[0]) == 0);
    while (ktr_iter_next(c, &it, &s[1], &s[2]) > 0) {
      ktr_val nil = nil_val();
      REQUIRE(ktr_set(c, &s[0], &s[1], &nil) == 0);
      steps++;
    }
    CHECK(steps == 3000);
    REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
    CHECK(s[1].i == 0);
  }
  SECTION("adding elements does not make it endless") {
    REQUIRE(ktr_iter_begin(c, &it, &s[0]) == 0);
    while (ktr_iter_next(c, &it, &s[1], nullptr) > 0) {
      REQUIRE(ktr_incr_int(c, &s[0], 1000000 + steps, 1) == 0);
      REQUIRE(++steps < 100000);
    }
    CHECK(steps >= 3000);
  }
  SECTION("clearing the table ends the loop") {
    REQUIRE(ktr_iter_begin(c, &it, &s[0]) == 0);
    while (ktr_iter_next(c, &it, &s[1], &s[2]) > 0) {
      if (++steps == 2000) REQUIRE(call(ktr_lib_delete, c, {s[0]}, &s[2]) == 0);
      ktr_mem_refill();
    }
    CHECK(steps == 2000);
  }
  ktr_iter_end(c, &it);
}

TEST_CASE("sorted loops") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  ktr_iter it;
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  std::mt19937 random(7);
  std::multimap<int64_t, int64_t, std::greater<>> model;
  for (int64_t i = 0; i < 2000; i++) {
    auto n = static_cast<int64_t>(random() % 100) - 50;
    ktr_val v = int_val(n);
    REQUIRE(ktr_set_at(c, &s[0], i, &v) == 0);
    model.emplace(n, i);
  }

  SECTION("by value, descending, then by key") {
    REQUIRE(ktr_iter_sorted(c, &it, &s[0], nullptr) == 0);
    auto want = model.begin();
    while (ktr_iter_next(c, &it, &s[1], &s[2]) > 0) {
      REQUIRE(want != model.end());
      REQUIRE(s[2].i == want->first);
      REQUIRE(s[1].i == want->second);
      ++want;
    }
    CHECK(want == model.end());
    ktr_iter_end(c, &it);
  }
  SECTION("a snapshot is not changed by stores") {
    REQUIRE(ktr_iter_sorted(c, &it, &s[0], nullptr) == 0);
    REQUIRE(call(ktr_lib_delete, c, {s[0]}, &s[1]) == 0);
    ktr_mem_refill();
    int n = 0;
    while (ktr_iter_next(c, &it, &s[1], &s[2]) > 0) n++;
    CHECK(n == 2000);
    ktr_iter_end(c, &it);
  }
  SECTION("by a function") {
    static const auto ascending = [](ktr_ctx*, ktr_func*, ktr_val* args, u32, ktr_val* ret, int) -> int {
      ktr_set_bool(ret, args[0].i < args[1].i);
      return 0;
    };
    ktr_func f = {0, 2, 0, ascending, "ascending"};
    ktr_val cmp;
    ktr_set_func(&cmp, &f);
    REQUIRE(ktr_iter_sorted(c, &it, &s[0], &cmp) == 0);
    int64_t last = -1000;
    while (ktr_iter_next(c, &it, &s[1], &s[2]) > 0) {
      REQUIRE(s[2].i >= last);
      last = s[2].i;
    }
    ktr_iter_end(c, &it);
  }
  SECTION("a failing function leaves nothing behind") {
    uint64_t before = Core::used();
    static const auto fails = [](ktr_ctx* ctx, ktr_func*, ktr_val*, u32, ktr_val*, int) -> int {
      return ktr_fail(ctx, "no");
    };
    ktr_func f = {0, 2, 0, fails, "fails"};
    ktr_val cmp;
    ktr_set_func(&cmp, &f);
    CHECK(ktr_iter_sorted(c, &it, &s[0], &cmp) == KTR_ERR);
    CHECK(c.error() == "no");
    CHECK(Core::used() == before);
  }
}

TEST_CASE("increments by several threads are exact, whatever else goes on") {
  Core core(256u << 20, 8u << 20);
  Context main_ctx;
  ktr_val* t = main_ctx.slots(3);
  constexpr int kThreads = 4;
  constexpr int64_t kRounds = 40000, kKeys = 5000;
  std::atomic<bool> done{false};
  REQUIRE(ktr_tab_new(main_ctx, &t[0], 0, 0) == 0);

  std::vector<std::thread> threads;
  for (int n = 0; n < kThreads; n++) {
    threads.emplace_back([&, n] {
      Context c(KTR_LEVEL_TASK);
      for (int64_t i = 0; i < kRounds; i++) {
        ktr_val* s = c.slots(1);
        int64_t k = (i * (n + 1)) % kKeys;
        if (k % 2 == 0) {
          if (ktr_incr_int(c, &t[0], k, 1) != 0) abort();
        } else {
          set_text(c, &s[0], "key" + std::to_string(k));
          if (ktr_incr(c, &t[0], &s[0], 1) != 0) abort();
        }
        // entries of their own that come and go
        ktr_val v = i % 2 == 0 ? int_val(i) : nil_val();
        if (ktr_set_at(c, &t[0], -1 - n * 1000 - i / 2 % 1000, &v) != 0) abort();
        c.restart();
      }
    });
  }
  std::thread reader([&] {
    Context c(KTR_LEVEL_TASK);
    while (!done.load()) {
      ktr_val* s = c.slots(2);
      ktr_iter it;
      if (ktr_iter_begin(c, &it, &t[0]) != 0) abort();
      while (ktr_iter_next(c, &it, &s[0], &s[1]) > 0) {
      }
      ktr_iter_end(c, &it);
      c.restart();
    }
  });
  std::thread worker([&] {
    while (!done.load()) {
      ktr_mem_refill();
      std::this_thread::yield();
    }
  });
  for (auto& thread : threads) thread.join();
  done = true;
  reader.join();
  worker.join();

  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) == 0);
  int64_t sum = 0;
  ktr_iter it;
  REQUIRE(ktr_iter_begin(main_ctx, &it, &t[0]) == 0);
  while (ktr_iter_next(main_ctx, &it, &t[1], &t[2]) > 0) {
    if (t[1].type == KTR_STR || t[1].i >= 0) sum += t[2].i;
  }
  ktr_iter_end(main_ctx, &it);
  CHECK(sum == kThreads * kRounds);
}

TEST_CASE("a clear is between increments, and every increment counts once") {
  // The value that a reader saw may be cleared by nobody else, so: sum of all that is taken out equals all put in.
  Core core(64u << 20, 8u << 20);
  Context c;
  ktr_val* t = c.slots(2);
  constexpr int64_t kRounds = 50000;
  REQUIRE(ktr_tab_new(c, &t[0], 0, 0) == 0);
  std::atomic<bool> done{false};
  std::thread adder([&] {
    Context a(KTR_LEVEL_TASK);
    for (int64_t i = 0; i < kRounds; i++) {
      if (ktr_incr_int(a, &t[0], i % 50, 1) != 0) abort();
    }
    done = true;
  });
  int64_t left;
  do {
    ktr_val none;
    REQUIRE(call(ktr_lib_delete, c, {t[0]}, &none) == 0);
    ktr_mem_refill();
    left = 0;
    for (int64_t k = 0; k < 50; k++) {
      REQUIRE(ktr_get_int(c, &t[1], &t[0], k) == 0);
      left += t[1].type == KTR_INT ? t[1].i : 0;
    }
    REQUIRE(left <= kRounds);
  } while (!done.load());
  adder.join();
}
