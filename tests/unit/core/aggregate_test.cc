// SPDX-License-Identifier: GPL-2.0
// Aggregations against plain models: numbers, histograms, merging, percentiles, memory, threads.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <thread>

#include "core_test.h"
extern "C" {
#include "agg.h"
#include "wide.h"
}

namespace {

using i128 = __int128;
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

// Numbers of all sizes, and the edges.
int64_t any_number(std::mt19937_64& random) {
  static const int64_t kEdges[] = {0, 1, -1, 2, 7, 8, 15, 16, kMax, kMin, kMax - 1, kMin + 1, 1ll << 62, -(1ll << 62)};
  if (random() % 4 == 0) return kEdges[random() % std::size(kEdges)];
  const auto v = static_cast<int64_t>(random() >> (random() % 64));
  return random() % 3 == 0 ? -v : v;
}

struct Linear {
  int64_t from, to, step;
};

// All samples, and what every kind makes of them by the plainest way there is.
struct Model {
  std::vector<int64_t> samples;

  i128 sum() const {
    i128 s = 0;
    for (int64_t x : samples) s += x;
    return s;
  }
  int64_t avg() const { return static_cast<int64_t>(sum() / static_cast<i128>(samples.size())); }
  int64_t min() const { return *std::min_element(samples.begin(), samples.end()); }
  int64_t max() const { return *std::max_element(samples.begin(), samples.end()); }
  uint64_t between(int64_t lo, int64_t hi) const {
    return static_cast<uint64_t>(
        std::count_if(samples.begin(), samples.end(), [&](int64_t x) { return x >= lo && x <= hi; }));
  }
};

// A place with an aggregate of one kind, and its model.
class Place {
 public:
  Place(Context& c, u32 kind, Linear linear = {-100, 1000, 33}) : c_(c), kind_(kind) {
    lin_ = {linear.from, linear.to, linear.step};
    ktr_set_nil(&v_);
  }
  ~Place() { ktr__disown(c_, &v_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  void add(int64_t x) {
    ktr_agg_op op = {};
    op.kind = kind_;
    op.lin = &lin_;
    op.x = x;
    REQUIRE(ktr__agg_apply(c_, &v_, &op) == KTR_AGG_DONE);
    model.samples.push_back(x);
  }
  void merge(Place& other) {
    REQUIRE(ktr__agg_merge(c_, &v_.a, other.v_.a));
    model.samples.insert(model.samples.end(), other.model.samples.begin(), other.model.samples.end());
  }
  const ktr_agg* agg() const { return v_.a; }
  const ktr_val& val() const { return v_; }

  void check() const {
    const ktr_agg* a = v_.a;
    REQUIRE(a->count == model.samples.size());
    REQUIRE(a->min == model.min());
    REQUIRE(a->max == model.max());
    const i128 sum = model.sum();
    REQUIRE(a->sum[0] == static_cast<uint64_t>(sum));
    REQUIRE(a->sum[1] == static_cast<uint64_t>(sum >> 64));
    int64_t avg = 0;
    s64 got = 0;
    avg = model.avg();
    REQUIRE(ktr__agg_avg(a, &got));
    REQUIRE(got == avg);
    if (ktr__agg_is_hist(kind_)) check_buckets();
  }

  Model model;

 private:
  // Buckets follow each other without gaps from the least number to the largest, and each counts what is in its range.
  void check_buckets() const {
    const u32 n = ktr__agg_n_buckets(v_.a);
    s64 before = kMin, lo, hi;
    for (u32 i = 0; i < n; ++i) {
      ktr__agg_range(v_.a, i, &lo, &hi);
      REQUIRE((i ? static_cast<int64_t>(before) + 1 : kMin) == lo);
      REQUIRE(lo <= hi);
      before = hi;
      if (ktr__agg_bucket(v_.a, i) != model.between(lo, hi)) FAIL("bucket " << i << " from " << lo << " to " << hi);
      REQUIRE(ktr__agg_index(v_.a, lo) == i);
      REQUIRE(ktr__agg_index(v_.a, hi) == i);
    }
    REQUIRE(before == kMax);
  }

  Context& c_;
  u32 kind_;
  ktr_lin lin_;
  ktr_val v_;
};

std::string text_of_agg(const ktr_agg* a, u32 unit = KTR_UNIT_NONE) {
  char bytes[8192];
  ktr_buf b = {bytes, 0, sizeof(bytes), 0};
  ktr__put_agg(&b, a, unit);
  REQUIRE(b.cut == 0);
  return std::string(bytes, b.len);
}

}  // namespace

TEST_CASE("aggregates agree with a model for any numbers") {
  Core core;
  const uint64_t before = Core::used();
  for (u32 kind : {KTR_AGG_AVG, KTR_AGG_STDDEV, KTR_AGG_STATS, KTR_AGG_HIST, KTR_AGG_QHIST, KTR_AGG_LHIST}) {
    for (uint32_t seed = 0; seed < 12; ++seed) {
      Context c;
      std::mt19937_64 random(seed);
      Place p(c, kind);
      for (int i = 0; i < 200; ++i) {
        p.add(any_number(random));
        if (i < 8 || i % 50 == 0) p.check();
      }
      p.check();
    }
  }
  REQUIRE(Core::used() == before);
}

TEST_CASE("merging gives what adding all samples one by one would have given") {
  Core core;
  for (u32 kind : {KTR_AGG_AVG, KTR_AGG_STDDEV, KTR_AGG_STATS, KTR_AGG_HIST, KTR_AGG_QHIST, KTR_AGG_LHIST}) {
    for (uint32_t seed = 0; seed < 10; ++seed) {
      Context c;
      std::mt19937_64 random(seed);
      Place all(c, kind), a(c, kind), b(c, kind);
      for (int i = 0; i < 60; ++i) {
        const int64_t x = seed % 2 ? any_number(random) : static_cast<int64_t>(random() % 3000) - 200;
        all.add(x);
        (i == 0 || (i > 1 && random() % 2) ? a : b).add(x);
      }
      a.merge(b);
      a.check();
      s64 want = 0, got = 0;
      if (kind == KTR_AGG_STDDEV || kind == KTR_AGG_STATS) {
        REQUIRE(ktr__agg_stddev(all.agg(), &want));
        REQUIRE(ktr__agg_stddev(a.agg(), &got));
        REQUIRE(want == got);
      }
      REQUIRE(text_of_agg(a.agg()) == text_of_agg(all.agg()));
    }
  }
}

TEST_CASE("linear histograms take any bounds") {
  Core core;
  const Linear kBounds[] = {{0, 1, 1}, {0, 10, 3}, {-7, 5, 100}, {kMin, kMax, kMax}, {kMax - 5, kMax, 2},
                            {kMin + 1, kMin + 9, 2}, {0, 1000, 1}, {-1000000, 1000000, 2000}};
  for (const Linear& l : kBounds) {
    Context c;
    std::mt19937_64 random(7);
    const ktr_lin lin = {l.from, l.to, l.step};
    REQUIRE(ktr__lin_check(c, &lin) == 0);
    Place p(c, KTR_AGG_LHIST, l);
    p.add(l.from);
    p.add(l.to);
    p.add(l.to - 1);
    for (int i = 0; i < 300; ++i)
      p.add(random() % 2 ? any_number(random)
                         : static_cast<int64_t>(static_cast<uint64_t>(l.from) +
                                                random() % (static_cast<uint64_t>(l.to) - static_cast<uint64_t>(l.from))));
    const u32 n = ktr__agg_n_buckets(p.agg());
    for (u32 i = l.from == kMin; i < n; ++i) {  // nothing lies below the least number
      s64 lo, hi;
      ktr__agg_range(p.agg(), i, &lo, &hi);
      REQUIRE(ktr__agg_bucket(p.agg(), i) == p.model.between(lo, hi));
    }
  }
  Context c;
  for (const Linear& l : {Linear{0, 10, 0}, Linear{0, 10, -1}, Linear{10, 10, 1}, Linear{11, 10, 1}, Linear{0, 1001, 1},
                          Linear{kMin, kMax, 1}}) {
    const ktr_lin lin = {l.from, l.to, l.step};
    REQUIRE(ktr__lin_check(c, &lin) == KTR_ERR);
    REQUIRE(c.error().substr(0, 6) == "lhist:");
  }
}

TEST_CASE("the standard deviation is exact") {
  Core core;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    Context c;
    std::mt19937_64 random(seed);
    Place p(c, KTR_AGG_STDDEV);
    const int n = 1 + static_cast<int>(random() % 300);
    const uint64_t width = 1ull << (1 + random() % 28);
    i128 sum = 0, squares = 0;
    for (int i = 0; i < n; ++i) {
      const int64_t x = static_cast<int64_t>(random() % width) - static_cast<int64_t>(width / 3);
      p.add(x);
      sum += x;
      squares += static_cast<i128>(x) * x;
    }
    const i128 wanted = static_cast<i128>(n) * squares - sum * sum;  // n * n * variance
    s64 r = 0;
    REQUIRE(ktr__agg_stddev(p.agg(), &r));
    const i128 low = static_cast<i128>(r) * n, high = static_cast<i128>(r + 1) * n;
    REQUIRE(low * low <= wanted);
    REQUIRE(high * high > wanted);
  }
  // at the ends of the range, where 128 bits are not enough
  Context c;
  Place p(c, KTR_AGG_STDDEV);
  s64 r = 0;
  for (int i = 0; i < 1000; ++i) p.add(i % 2 ? kMax : kMin);
  REQUIRE(ktr__agg_stddev(p.agg(), &r));
  REQUIRE(r == kMax);  // 2^63 - 1/2
  for (int i = 0; i < 3; ++i) p.add(kMax);
  REQUIRE(ktr__agg_stddev(p.agg(), &r));
  const long double mean = (500.0L * kMin + 503.0L * kMax) / 1003.0L;
  const long double want =
      std::sqrt((500.0L * (kMin - mean) * (kMin - mean) + 503.0L * (kMax - mean) * (kMax - mean)) / 1003.0L);
  REQUIRE(std::fabs(static_cast<double>(static_cast<long double>(r) - want)) < 16.0);
}

TEST_CASE("percentiles are never too low, and within an eighth for a qhist") {
  Core core;
  for (uint32_t seed = 0; seed < 40; ++seed) {
    Context c;
    std::mt19937_64 random(seed);
    Place p(c, KTR_AGG_QHIST);
    const size_t n = 1 + random() % 400;
    for (size_t i = 0; i < n; ++i) p.add(static_cast<int64_t>(random() >> (1 + random() % 62)));
    std::vector<int64_t> sorted = p.model.samples;
    std::sort(sorted.begin(), sorted.end());
    for (uint64_t part : {0, 1, 10, 50, 90, 99, 100}) {
      s64 got = 0;
      REQUIRE(ktr__agg_percentile(p.agg(), part, 100, &got));
      const size_t rank = std::max<size_t>(1, (n * part + 99) / 100);
      const int64_t exact = part == 0 ? sorted[0] : sorted[rank - 1];
      REQUIRE(got >= exact);
      REQUIRE(static_cast<i128>(got) - exact <= exact / 8);
    }
  }
  Context c;
  Place huge(c, KTR_AGG_HIST);
  huge.add(5);
  const_cast<ktr_agg*>(huge.agg())->count = ~0ull;  // as if nearly 2^64 were added
  s64 got = 0;
  REQUIRE(ktr__agg_percentile(huge.agg(), kMax, kMax, &got));
  REQUIRE(got == 5);
}

TEST_CASE("wide numbers divide and multiply") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t d = (random() >> (random() % 64)) | 1, q = random() >> (random() % 64), r = random() % d;
    const unsigned __int128 n = static_cast<unsigned __int128>(d) * q + r;
    const u64 words[2] = {static_cast<u64>(n), static_cast<u64>(n >> 64)};
    REQUIRE(ktr__wide_div(words, d) == q);
    u64 product[2];
    ktr__wide_mul(product, d, q);
    const unsigned __int128 want = static_cast<unsigned __int128>(d) * q;
    REQUIRE(product[0] == static_cast<u64>(want));
    REQUIRE(product[1] == static_cast<u64>(want >> 64));
    // the root of a square, and of one less and one more
    const u64 root[2] = {random(), random() >> (random() % 64)};
    u64 square[4], back[2];
    const u64 one[4] = {1, 0, 0, 0};
    ktr__wide_mul2(square, root, root);
    ktr__wide_sqrt(back, square);
    REQUIRE((back[0] == root[0] && back[1] == root[1]));
    ktr__wide_sub(square, one);
    ktr__wide_sqrt(back, square);
    REQUIRE((back[0] == root[0] - 1 && back[1] == root[1] - (root[0] == 0)));
  }
}

TEST_CASE("tables keep aggregates, and give back all their memory") {
  Core core;
  const uint64_t before = Core::used();
  {
    Context c;
    ktr_val* s = c.slots(5);
    REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
    std::map<int64_t, Model> model;
    std::mt19937_64 random(3);
    for (int i = 0; i < 20000; ++i) {
      const auto k = static_cast<int64_t>(random() % 50);
      if (random() % 40 == 0) {
        const ktr_val nil = nil_val(), key = int_val(k);
        REQUIRE(ktr_set(c, &s[0], &key, &nil) == 0);
        model.erase(k);
      } else {
        const auto x = static_cast<int64_t>(random() % 100000);
        REQUIRE(ktr_agg_add_int(c, &s[0], k, KTR_AGG_HIST, x) == 0);
        model[k].samples.push_back(x);
      }
      if (random() % 500 == 0) {  // stored elsewhere and back as a value
        const ktr_val key = int_val(k);
        REQUIRE(ktr_get(c, &s[1], &s[0], &key) == 0);
        if (s[1].type == KTR_HIST) REQUIRE(ktr_set(c, &s[0], &key, &s[1]) == 0);
      }
    }
    for (auto& [k, m] : model) {
      REQUIRE(ktr_get_int(c, &s[1], &s[0], k) == 0);
      REQUIRE(s[1].type == KTR_HIST);
      const ktr_agg* a = ktr__agg_of(&s[1]);
      REQUIRE(a->count == m.samples.size());
      for (u32 i = 0; i < ktr__agg_n_buckets(a); ++i) {
        s64 lo, hi;
        ktr__agg_range(a, i, &lo, &hi);
        REQUIRE(ktr__agg_bucket(a, i) == m.between(lo, hi));
      }
    }
  }
  REQUIRE(Core::used() == before);
}

TEST_CASE("without memory a sample is dropped whole, and counted") {
  Core core(64 << 10, 64 << 10);
  Context c(KTR_LEVEL_HARDIRQ);
  ktr_val* s = c.slots(3);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int64_t k = 0; k < 3000; ++k) REQUIRE(ktr_agg_add_int(c, &s[0], k, KTR_AGG_QHIST, k * 977) == 0);
  REQUIRE(ktr_stat_get(KTR_STAT_NO_MEMORY) > 0);
  uint64_t there = 0;
  ktr_iter it;
  REQUIRE(ktr_iter_begin(c, &it, &s[0]) == 0);
  while (ktr_iter_next(c, &it, &s[1], &s[2]) > 0) {
    REQUIRE(s[2].type == KTR_HIST);
    REQUIRE(ktr__agg_of(&s[2])->count == 1);
    REQUIRE(ktr__agg_of(&s[2])->n == 1);
    ++there;
  }
  ktr_iter_end(c, &it);
  REQUIRE(there + ktr_stat_get(KTR_STAT_NO_MEMORY) == 3000);
}

TEST_CASE("samples of threads are all there") {
  Core core;
  Context main;
  ktr_val* s = main.slots(3);
  REQUIRE(ktr_tab_new(main, &s[0], 0, 0) == 0);
  const ktr_val table = s[0];
  constexpr int kThreads = 4, kRounds = 5000;
  static ktr_cell cell;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&table, t] {
      Context c(KTR_LEVEL_SOFTIRQ);
      for (int i = 0; i < kRounds; ++i) {
        ktr_agg_add_int(c, &table, i % 7, KTR_AGG_HIST, i);
        ktr_agg_add_int(c, &table, 100, KTR_AGG_MAX, i * kThreads + t);
        ktr_agg_add_int(c, &table, 101, KTR_AGG_COUNT, 1);
        ktr_cell_agg(c, &cell, KTR_AGG_STATS, t);
        if (i % 100 == 0) {
          ktr_val* slot = c.slots(1);
          ktr_get_int(c, slot, &table, i % 7);
          ktr_leave(c, slot);
          c.restart();
        }
      }
    });
  for (std::thread& t : threads) t.join();
  uint64_t count = 0;
  for (int64_t k = 0; k < 7; ++k) {
    REQUIRE(ktr_get_int(main, &s[1], &s[0], k) == 0);
    count += ktr__agg_of(&s[1])->count;
  }
  REQUIRE(count == uint64_t{kThreads} * kRounds);
  REQUIRE(ktr_get_int(main, &s[1], &s[0], 100) == 0);
  REQUIRE(s[1].i == kThreads * kRounds - 1);
  REQUIRE(ktr_get_int(main, &s[1], &s[0], 101) == 0);
  REQUIRE(s[1].i == kThreads * kRounds);
  REQUIRE(ktr_cell_load(main, &s[1], &cell) == 0);
  REQUIRE(s[1].type == KTR_STATS);
  REQUIRE(ktr__agg_of(&s[1])->count == uint64_t{kThreads} * kRounds);
  s[2] = nil_val();
  REQUIRE(ktr_cell_store(main, &cell, &s[2]) == 0);
}

TEST_CASE("sorted loops give every element in the order asked for") {
  Core core;
  const uint64_t before = Core::used();
  for (uint32_t seed = 0; seed < 30; ++seed) {
    Context c;
    std::mt19937_64 random(seed);
    ktr_val* s = c.slots(5);
    REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
    std::map<int64_t, int64_t> model;
    const size_t n = random() % 200;
    for (size_t i = 0; i < n; ++i) {
      const auto k = static_cast<int64_t>(random() % 300) - 50, v = static_cast<int64_t>(random() % 20) - 5;
      const ktr_val value = int_val(v);
      REQUIRE(ktr_set_at(c, &s[0], k, &value) == 0);
      model[k] = v;
    }
    for (const char* order : {"key", "-key", "value", "-value"}) {
      std::vector<std::pair<int64_t, int64_t>> want(model.begin(), model.end());
      const bool down = order[0] == '-';
      const bool by_key = order[down] == 'k';
      std::sort(want.begin(), want.end(), [&](const auto& a, const auto& b) {
        if (!by_key && a.second != b.second) return down ? a.second > b.second : a.second < b.second;
        return by_key && down ? a.first > b.first : a.first < b.first;
      });
      const size_t limit = random() % 2 ? random() % (model.size() + 5) : model.size();
      want.resize(std::min(limit, want.size()));
      set_text(c, &s[3], order);
      s[4] = int_val(static_cast<int64_t>(limit));
      std::vector<std::pair<int64_t, int64_t>> got;
      ktr_iter it;
      REQUIRE(ktr_iter_top(c, &it, &s[0], &s[3], &s[4]) == 0);
      while (ktr_iter_next(c, &it, &s[1], &s[2]) > 0) got.emplace_back(s[1].i, s[2].i);
      ktr_iter_end(c, &it);
      REQUIRE(got == want);
    }
  }
  REQUIRE(Core::used() == before);
}
