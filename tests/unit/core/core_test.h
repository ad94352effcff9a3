// SPDX-License-Identifier: GPL-2.0
// What the tests of runtime-c/core share: a core that is up for the length of a test, contexts to run in, values.
#ifndef KT2KO_TESTS_UNIT_CORE_CORE_TEST_H_
#define KT2KO_TESTS_UNIT_CORE_CORE_TEST_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#define _Static_assert static_assert
extern "C" {
#include "home.h"
}

// The core with its memory; one at a time.
class Core {
 public:
  explicit Core(uint64_t limit = 0, uint64_t reserve = 0, uint32_t table_max = 0) {
    ktr_mem_cfg cfg = {limit, reserve, table_max};
    memset(ktr_stats, 0, sizeof(ktr_stats));
    ktr_limits_settle();
    if (ktr_core_init(&cfg) != 0) abort();
  }
  ~Core() { ktr_core_exit(); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Bytes in blocks, after everything dead was freed.
  static uint64_t used() {
    ktr_mem_refill();
    return info().used;
  }
  static ktr_mem_info info() {
    ktr_mem_info info;
    ktr_mem_get_info(&info);
    return info;
  }
};

// A context with an open run; slots are taken with slots().
class Context {
 public:
  explicit Context(uint16_t level = KTR_LEVEL_THREAD, ktr_ctx_cfg cfg = {}) {
    cfg.level = level;
    cfg.stack_budget = 1 << 20;
    memory_.reset(new char[ktr_ctx_bytes(&cfg)]);
    home_ = std::make_unique<home_ctx>();
    home_->task = &own_task;
    ktr_ctx_init(&home_->x, memory_.get(), &cfg);
    begin();
  }
  ~Context() { ktr_ctx_end(x()); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  ktr_ictx* x() { return &home_->x; }
  operator ktr_ctx*() { return &home_->x.pub; }
  ktr_ctx* operator->() { return &home_->x.pub; }

  void run_as(const task* t) { home_->task = t; }
  void begin() { ktr_ctx_begin(x(), nullptr); }
  void restart() {
    ktr_ctx_end(x());
    begin();
  }
  ktr_val* slots(uint32_t n) {
    ktr_val* s = ktr_enter(*this, n);
    if (s == nullptr) abort();
    return s;
  }
  // The message of the recorded error, which is then forgotten; "" when there is none.
  std::string error() {
    std::string text = home_->x.pub.rc == KTR_ERR ? home_->x.err : "";
    home_->x.pub.rc = 0;
    home_->x.pub.pos = 0;
    return text;
  }

 private:
  std::unique_ptr<char[]> memory_;
  std::unique_ptr<home_ctx> home_;
};

// Collects what scripts print while it lives.
class Output {
 public:
  Output() : previous_(script_out) { script_out = open_memstream(&text_, &size_); }
  ~Output() {
    fclose(script_out);
    script_out = previous_;
    free(text_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // What was printed since the last call.
  std::string take() {
    fflush(script_out);
    std::string all(text_, size_);
    std::string part = all.substr(taken_);
    taken_ = all.size();
    return part;
  }

 private:
  FILE* previous_;
  char* text_ = nullptr;
  size_t size_ = 0;
  size_t taken_ = 0;
};

// The only format of the script.
extern ktr_line_format test_format;

inline ktr_val int_val(int64_t i) {
  ktr_val v;
  ktr_set_int(&v, i);
  return v;
}

inline ktr_val nil_val() {
  ktr_val v;
  ktr_set_nil(&v);
  return v;
}

inline ktr_val bool_val(bool b) {
  ktr_val v;
  ktr_set_bool(&v, b);
  return v;
}

// A scratch string in a slot.
inline void set_text(ktr_ctx* c, ktr_val* slot, const std::string& s) {
  if (ktr_str_new(c, slot, s.data(), static_cast<u32>(s.size())) != 0) abort();
}

inline std::string text_of(const ktr_val& v) { return v.type == KTR_STR ? std::string(v.s->s, v.s->len) : "?"; }

// A constant string as the translator emits them; lives as long as the object.
class Constant {
 public:
  explicit Constant(const std::string& s) : memory_(new char[sizeof(ktr_str) + s.size() + 1]) {
    auto* str = reinterpret_cast<ktr_str*>(memory_.get());
    str->hash = ktr_hash_bytes(s.data(), static_cast<u32>(s.size()));
    str->len = static_cast<u32>(s.size());
    memcpy(str->s, s.c_str(), s.size() + 1);
    ktr_set_const(&val, str);
  }
  ktr_val val;

 private:
  std::unique_ptr<char[]> memory_;
};

// A library function's single result.
template <typename F>
int call(F f, ktr_ctx* c, std::vector<ktr_val> args, ktr_val* ret) {
  return f(c, args.data(), static_cast<u32>(args.size()), ret, 1);
}

// The main chunk of the script that all these tests are; set by tests that run it.
extern ktr_code* test_main;

#endif  // KT2KO_TESTS_UNIT_CORE_CORE_TEST_H_
