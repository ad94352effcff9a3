// SPDX-License-Identifier: GPL-2.0
// One table under a million random operations of several threads, against simple models.
#include <catch2/catch.hpp>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "core_test.h"

namespace {

constexpr int kThreads = 4;
constexpr int kOperations = 250000;  // of each
constexpr int64_t kOwnKeys = 3000, kSharedKeys = 40;

void must(bool good) {
  if (!good) abort();  // Catch's macros are for one thread
}

// A thread's part of the table: keys that no other uses, so that it knows what each must hold. Beside them it adds to keys
// that all use.
class Owner {
 public:
  Owner(const ktr_val& table, int number) : table_(table), number_(number), random_(static_cast<uint32_t>(number) + 1) { open(); }

  void run() {
    for (int i = 0; i < kOperations; ++i) {
      step();
      if (i % 64 == 63) reopen();
    }
  }

  const std::map<int64_t, int64_t>& own() const { return own_; }
  const std::map<int64_t, int64_t>& shared() const { return shared_; }
  // Key number k of a thread: a number, a text or a pair, by k.
  static void make(ktr_ctx* c, int thread, int64_t k, ktr_val* slot, ktr_val* parts) {
    const int64_t id = k * kThreads + thread;
    if (k % 3 == 0) {
      *slot = int_val(kSharedKeys + id);
    } else if (k % 3 == 1) {
      set_text(c, slot, "key " + std::to_string(id));
    } else {
      set_text(c, &parts[0], "part");
      parts[1] = int_val(id);
      must(ktr_tuple(c, slot, parts, 2) == 0);
    }
  }

 private:
  void open() { s_ = c_.slots(5); }
  void reopen() {
    c_.restart();
    open();
  }

  void step() {
    if (random_() % 4 == 0) {
      add_to_shared();
      return;
    }
    const auto k = static_cast<int64_t>(random_() % kOwnKeys);
    make(c_, number_, k, &s_[0], &s_[2]);
    const uint32_t what = random_() % 8;
    if (what < 2) {
      store(k);
    } else if (what == 2) {
      s_[1] = nil_val();
      must(ktr_set(c_, &table_, &s_[0], &s_[1]) == 0);
      own_.erase(k);
    } else if (what < 6) {
      must(ktr_incr(c_, &table_, &s_[0], k) == 0);
      own_[k] += k;
    } else {
      check(k);
    }
  }

  void store(int64_t k) {
    const auto v = static_cast<int64_t>(random_());
    s_[1] = int_val(v);
    must(ktr_set(c_, &table_, &s_[0], &s_[1]) == 0);
    own_[k] = v;
  }

  void check(int64_t k) {
    must(ktr_get(c_, &s_[1], &table_, &s_[0]) == 0);
    const auto found = own_.find(k);
    must(found == own_.end() ? s_[1].type == KTR_NIL : s_[1].type == KTR_INT && s_[1].i == found->second);
  }

  void add_to_shared() {
    const auto k = static_cast<int64_t>(random_() % kSharedKeys), d = static_cast<int64_t>(random_() % 100) - 30;
    must(ktr_incr_int(c_, &table_, k, d) == 0);
    shared_[k] += d;
  }

  const ktr_val table_;
  const int number_;
  std::mt19937 random_;
  Context c_{KTR_LEVEL_SOFTIRQ};
  ktr_val* s_ = nullptr;
  std::map<int64_t, int64_t> own_, shared_;
};

}  // namespace

TEST_CASE("a million random operations of threads leave what each of them left") {
  Core core(256u << 20, 16u << 20);
  Context c;
  ktr_val* s = c.slots(5);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  std::vector<std::unique_ptr<Owner>> owners;
  for (int n = 0; n < kThreads; ++n) owners.push_back(std::make_unique<Owner>(s[0], n));
  std::atomic<bool> done{false};
  std::thread worker([&] {
    for (; !done.load(); std::this_thread::yield()) ktr_mem_refill();
  });
  std::vector<std::thread> threads;
  for (const auto& owner : owners) threads.emplace_back([&owner] { owner->run(); });
  for (std::thread& thread : threads) thread.join();
  done = true;
  worker.join();

  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) == 0);
  std::map<int64_t, int64_t> shared;
  size_t n_own = 0;
  for (int n = 0; n < kThreads; ++n) {
    for (const auto& [k, d] : owners[static_cast<size_t>(n)]->shared()) shared[k] += d;
    for (const auto& [k, v] : owners[static_cast<size_t>(n)]->own()) {
      Owner::make(c, n, k, &s[1], &s[3]);
      REQUIRE(ktr_get(c, &s[2], &s[0], &s[1]) == 0);
      REQUIRE(s[2].i == v);
      ++n_own;
    }
  }
  for (const auto& [k, v] : shared) {
    REQUIRE(ktr_get_int(c, &s[2], &s[0], k) == 0);
    REQUIRE(s[2].i == v);
  }
  ktr_val n;
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &n) == 0);
  REQUIRE(static_cast<size_t>(n.i) == shared.size() + n_own);
}
