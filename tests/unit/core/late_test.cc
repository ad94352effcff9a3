// SPDX-License-Identifier: GPL-2.0
// Outputs as arguments: the text that is made of them later is the one that printf() writes at once.
#include <catch2/catch.hpp>

#include <random>

#include "core_test.h"
#include "format.h"
#include "ktr_wire.h"

namespace {

struct Spec {
  std::string text;
  std::string convs;
  uint32_t bound = 0;
};

// What `write` prints, or "error: ...".
template <typename F>
std::string printed(Context& c, F write) {
  Output out;
  const int rc = write();
  std::string text = out.take();
  return rc == 0 ? text : text + "error: " + c.error();
}

std::string at_once(Context& c, const Spec& spec, std::vector<ktr_val> args) {
  Constant format(spec.text);
  args.insert(args.begin(), format.val);
  ktr_val ret;
  return printed(c, [&] { return call(ktr_lib_printf, c, args, &ret); });
}

std::string late(Context& c, const Spec& spec, const std::vector<ktr_val>& args) {
  test_format = {spec.text.data(), static_cast<u32>(spec.text.size()), spec.bound, static_cast<u32>(spec.convs.size()),
                 spec.convs.c_str()};
  return printed(c, [&] { return ktr_print_values(c, 0, args.data()); });
}

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(engine_() % n); }
  int64_t number() { return static_cast<int64_t>(engine_() >> below(64)) * (below(2) ? 1 : -1); }
  std::string bytes(uint32_t n) {
    std::string s;
    while (s.size() < n) s += static_cast<char>(below(256));
    return s;
  }
  Spec format() {
    Spec spec;
    const uint32_t n_args = below(KTR_FORMAT_ARGS + 1);
    for (uint32_t i = 0; i <= n_args; ++i) {
      for (char ch : bytes(below(5))) spec.text += ch == '%' ? std::string("%%") : std::string(1, ch);
      spec.bound += 4;
      if (i < n_args) conversion(&spec);
    }
    return spec;
  }

 private:
  void conversion(Spec* spec) {
    spec->text += '%';
    for (uint32_t n = below(3); n; --n) spec->text += "-+ #0"[below(5)];
    if (below(2)) spec->text += std::to_string(below(100));
    if (below(3) == 0) spec->text += "." + (below(4) ? std::to_string(below(100)) : std::string());
    const char conv = "diuoxXcssssp"[below(12)];
    spec->text += conv;
    spec->convs += conv;
    spec->bound += 24 + 2 * 99;
  }
  std::mt19937_64 engine_;
};

// Some value; it lives as long as the constants in `keep` and the slots.
ktr_val value(Context& c, Random* random, ktr_val* slot, std::vector<std::unique_ptr<Constant>>* keep) {
  const uint64_t addresses[] = {0xffffffff81000010, 0xffffffff81000020};
  switch (random->below(9)) {
    case 0: return nil_val();
    case 1: return bool_val(random->below(2));
    case 2: {
      ktr_val v;
      ktr_set_kip(&v, 0xffffffff81000000 + random->below(64));
      return v;
    }
    case 3:
      REQUIRE(ktr_tab_new(c, slot, 0, 0) == 0);
      return *slot;
    case 4:
      REQUIRE(ktr_str_new(c, slot, reinterpret_cast<const char*>(addresses), sizeof(addresses)) == 0);
      slot->type = KTR_STACK;
      return *slot;
    case 5:
    case 6:
      keep->push_back(std::make_unique<Constant>(random->bytes(random->below(random->below(8) ? 24 : 3000))));
      return keep->back()->val;
    default: return int_val(random->number());
  }
}

}  // namespace

TEST_CASE("text made late is the text made at once") {
  Core core;
  Context c;
  Random random(5);
  int errors = 0, shown = 0;
  for (int round = 0; round < 30000; ++round) {
    c.restart();
    const Spec spec = random.format();
    std::vector<std::unique_ptr<Constant>> keep;
    std::vector<ktr_val> args;
    ktr_val* s = c.slots(KTR_FORMAT_ARGS);
    for (size_t i = 0; i < spec.convs.size(); ++i)
      args.push_back(spec.convs[i] == 's' || random.below(8) == 0 ? value(c, &random, &s[i], &keep)
                                                                    : int_val(random.number()));
    const std::string want = at_once(c, spec, args);
    const std::string got = late(c, spec, args);
    // a format that fails in the middle prints nothing in both ways
    if (got != want) {
      INFO(spec.text);
      REQUIRE(got == want);
    }
    ++(want.compare(0, 6, "error:") == 0 ? errors : shown);
  }
  CHECK(errors > 100);
  CHECK(shown > 10000);
}

TEST_CASE("long outputs are cut at the same place, and counted") {
  Core core;
  Context c(KTR_LEVEL_TASK);
  Constant text(std::string(3000, 'x'));
  const Spec spec{"%s%s\n", "ss", 49};
  const std::string want = at_once(c, spec, {text.val, text.val});
  CHECK(ktr_stat_get(KTR_STAT_OUT_TRUNC) == 1);
  CHECK(late(c, spec, {text.val, text.val}) == want);
  CHECK(ktr_stat_get(KTR_STAT_OUT_TRUNC) == 2);
}

TEST_CASE("records that do not fit their format are refused") {
  struct {
    ktr_rec_format head;
    uint64_t words[4];
  } rec = {};
  char buf[KTR_FORMAT_TEXT_MAX];
  const auto text = [&](const char* format, size_t words) {
    const int n = ktr_format_text(buf, format, static_cast<unsigned>(strlen(format)), &rec,
                                  static_cast<unsigned>(sizeof(rec.head) + 8 * words));
    return n < 0 ? std::string("refused") : std::string(buf, static_cast<size_t>(n));
  };
  CHECK(text("%s", 0) == "nil");
  CHECK(text("%d", 0) == "refused");
  CHECK(text("%5", 0) == "refused");
  rec.head.tags = KTR_ARG_INT;
  rec.words[0] = 7;
  CHECK(text("%d", 1) == "7");
  CHECK(text("%d", 0) == "refused");
  CHECK(text("%p", 1) == "7");
  rec.head.tags = KTR_ARG_TEXT;
  CHECK(text("%s", 1) == "refused");  // 7 bytes begin in the last 4
  CHECK(text("%s", 2) == std::string(7, '\0'));
  CHECK(text("%d", 2) == "refused");
  rec.words[0] = 0xffffffff;
  CHECK(text("%s", 4) == "refused");
  rec.head.tags = KTR_ARG_COMM;
  memcpy(rec.words, "abcdefghijklmnop", 16);
  CHECK(text("%.3s|", 2) == "abc|");
  CHECK(text("%s", 2) == "abcdefghijklmnop");
  CHECK(text("%s", 1) == "refused");
  rec.head.tags = 9;
  CHECK(text("%s", 4) == "refused");
  CHECK(ktr_format_text(buf, "", 0, &rec, 4) < 0);
}
