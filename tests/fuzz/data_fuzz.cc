// SPDX-License-Identifier: GPL-2.0
// The data side of the runtime under any sequence of operations: tables against a std::map, aggregations, sorted loops, histograms,
// printf, functions of texts. Nothing may crash, and tables must hold what the model holds.
#include <algorithm>
#include <map>
#include <set>

#include "unit/core/core_test.h"

namespace {

void must(bool good) {
  if (!good) __builtin_trap();
}

// The fuzzer's bytes, taken from the front.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}
  bool empty() const { return at_ == end_; }
  uint8_t byte() { return empty() ? 0 : *at_++; }
  int64_t number() {
    const uint8_t width = byte() % 9;
    uint64_t v = 0;
    for (uint8_t i = 0; i < width; ++i) v = v << 8 | byte();
    return static_cast<int64_t>(byte() & 1 ? 0 - v : v);
  }
  std::string text() {
    const size_t n = std::min<size_t>(byte() % 40, static_cast<size_t>(end_ - at_));
    std::string s(reinterpret_cast<const char*>(at_), n);
    at_ += n;
    return s;
  }

 private:
  const uint8_t *at_, *end_;
};

constexpr uint32_t kSlots = 8;

class Machine {
 public:
  explicit Machine(Input in) : in_(in) {
    open();
    must(ktr_tab_new(c_, &s_[0], 0, 0) == 0);
  }

  void run() {
    while (!in_.empty()) {
      step();
      c_.error();  // any operation may be refused
      out_.take();
    }
    check_all();
  }

 private:
  void open() { s_ = c_.slots(kSlots); }

  void step() {
    switch (in_.byte() % 12) {
      case 0: return store();
      case 1: return add();
      case 2: return remove();
      case 3: return sample();
      case 4: return sorted();
      case 5: return histogram();
      case 6: return format();
      case 7: return texts();
      case 8: return split();
      case 9: return to_number();
      case 10: return clear();
      default: return check_all();
    }
  }

  // A value in a slot: a number, a text, nil, a truth value, an address or a pair.
  void value(ktr_val* slot, bool simple) {
    switch (in_.byte() % (simple ? 3 : 6)) {
      case 0:
      case 1: *slot = int_val(in_.number()); break;
      case 2: set_text(c_, slot, in_.text()); break;
      case 3: *slot = nil_val(); break;
      case 4: *slot = bool_val(in_.byte() & 1); break;
      default:
        value(&s_[6], true);
        value(&s_[7], true);
        must(ktr_tuple(c_, slot, &s_[6], 2) == 0);
    }
  }

  // What the model knows a key or value by.
  static std::string name(const ktr_val& v) {
    if (v.type == KTR_STR || v.type == KTR_TUPLE) return std::to_string(v.type) + std::string(v.s->s, v.s->len);
    return std::to_string(v.type) + ":" + std::to_string(v.type == KTR_NIL ? 0 : v.i);
  }

  void store() {
    value(&s_[1], false);
    value(&s_[2], false);
    if (s_[1].type == KTR_NIL) {
      must(ktr_set(c_, &s_[0], &s_[1], &s_[2]) == KTR_ERR);
      return;
    }
    must(ktr_set(c_, &s_[0], &s_[1], &s_[2]) == 0);
    if (s_[2].type == KTR_NIL)
      model_.erase(name(s_[1]));
    else
      model_[name(s_[1])] = name(s_[2]);
  }

  void remove() {
    value(&s_[1], false);
    if (s_[1].type == KTR_NIL) return;
    s_[2] = nil_val();
    must(ktr_set(c_, &s_[0], &s_[1], &s_[2]) == 0);
    model_.erase(name(s_[1]));
  }

  void add() {
    value(&s_[1], true);
    const auto d = static_cast<int32_t>(in_.number());
    const auto it = model_.find(name(s_[1]));
    const std::string number = std::to_string(KTR_INT) + ":";
    const bool is_number = it != model_.end() && it->second.compare(0, number.size(), number) == 0;
    const int rc = ktr_incr(c_, &s_[0], &s_[1], d);
    if (it != model_.end() && !is_number) {
      must(rc == KTR_ERR);
      return;
    }
    must(rc == 0);
    const auto old = static_cast<uint64_t>(is_number ? std::stoll(it->second.substr(number.size())) : 0);
    model_[name(s_[1])] = number + std::to_string(static_cast<int64_t>(old + static_cast<uint64_t>(static_cast<int64_t>(d))));
  }

  // Aggregations live in a table of their own: what they read as is aggregate_test's.
  void sample() {
    if (s_[5].type != KTR_TABLE) must(ktr_tab_new(c_, &s_[5], 0, 0) == 0);
    value(&s_[1], true);
    const uint32_t kind = KTR_AGG_COUNT + in_.byte() % (KTR_AGG_LHIST - KTR_AGG_COUNT + 1);
    if (kind == KTR_AGG_LHIST)
      ktr_lin_add(c_, &s_[5], &s_[1], in_.number(), in_.number(), in_.number(), in_.number());
    else
      ktr_agg_add(c_, &s_[5], &s_[1], kind, in_.number());
    c_.error();
    must(ktr_get(c_, &s_[2], &s_[5], &s_[1]) == 0);
    library(ktr_lib_tostring, {s_[2]});
    library(ktr_lib_percentile, {s_[2], int_val(in_.number())});
    library(ktr_lib_print_hist, {s_[in_.byte() & 1 ? 2 : 5]});
  }

  void sorted() {
    static const char* const kOrders[] = {"key", "-key", "value", "-value"};
    ktr_iter it;
    set_text(c_, &s_[3], kOrders[in_.byte() % 4]);
    if (ktr_iter_sorted(c_, &it, &s_[0], &s_[3]) != 0) return;
    size_t n = 0;
    int rc;
    while ((rc = ktr_iter_next(c_, &it, &s_[1], &s_[2])) > 0) {
      const auto found = model_.find(name(s_[1]));
      must(found != model_.end() && found->second == name(s_[2]));
      ++n;
    }
    ktr_iter_end(c_, &it);
    must(rc == 0 && n == model_.size());
  }

  void histogram() { library(ktr_lib_print_hist, {s_[0], int_val(in_.number())}); }

  void format() {
    set_text(c_, &s_[1], in_.text());
    value(&s_[2], false);
    value(&s_[3], true);
    value(&s_[4], false);
    library(ktr_lib_printf, {s_[1], s_[2], s_[3], s_[4]});
  }

  void texts() {
    set_text(c_, &s_[1], in_.text());
    set_text(c_, &s_[2], in_.text());
    library(ktr_lib_string_find, {s_[1], s_[2], int_val(in_.number())});
    library(ktr_lib_string_sub, {s_[1], int_val(in_.number()), int_val(in_.number())});
    library(ktr_lib_string_rep, {s_[1], int_val(in_.number() % 300)});
    library(ktr_lib_string_byte, {s_[1], int_val(in_.number())});
    library(ktr_lib_string_upper, {s_[1]});
    library(ktr_lib_string_glob, {s_[1], s_[2]});
    library(ktr_lib_string_basename, {s_[1]});
    library(ktr_lib_string_format, {s_[2], s_[1], int_val(in_.number())});
  }

  void split() {
    set_text(c_, &s_[1], in_.text());
    set_text(c_, &s_[2], in_.text());
    library(ktr_lib_string_split, {s_[1], s_[2]});
  }

  void to_number() {
    set_text(c_, &s_[1], in_.text());
    library(ktr_lib_tonumber, {s_[1], int_val(in_.number())});
  }

  void clear() {
    ktr_val none;
    must(call(ktr_lib_delete, c_, {s_[0]}, &none) == 0);
    model_.clear();
    ktr_mem_refill();
  }

  void check_all() {
    ktr_iter it;
    std::set<std::string> seen;
    must(ktr_iter_begin(c_, &it, &s_[0]) == 0);
    while (ktr_iter_next(c_, &it, &s_[1], &s_[2]) > 0) {
      const auto found = model_.find(name(s_[1]));
      must(found != model_.end() && found->second == name(s_[2]) && seen.insert(found->first).second);
    }
    ktr_iter_end(c_, &it);
    must(seen.size() == model_.size());
  }

  // Arguments and result lie in slots, as emitted code has them.
  void library(ktr_lib_code* f, const std::vector<ktr_val>& args) {
    ktr_val* a = c_.slots(static_cast<uint32_t>(args.size()) + 1);
    std::copy(args.begin(), args.end(), a + 1);
    f(c_, a + 1, static_cast<u32>(args.size()), a, 1);
    ktr_leave(c_, a);
    c_.error();
  }

  Input in_;
  Output out_;
  Core core_;
  Context c_;
  ktr_val* s_ = nullptr;
  std::map<std::string, std::string> model_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Machine(Input(data, size)).run();
  return 0;
}
