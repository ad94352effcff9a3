// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include <random>
#include <thread>

#include "core_test.h"

TEST_CASE("blocks are aligned, apart, and come back") {
  Core core;
  Context c;
  std::mt19937 random(3);
  struct Block {
    unsigned char* p;
    uint32_t n;
    unsigned char fill;
  };
  std::vector<Block> blocks;
  for (int i = 0; i < 20000; i++) {
    if (!blocks.empty() && random() % 2 == 0) {
      size_t k = random() % blocks.size();
      Block b = blocks[k];
      for (uint32_t at = 0; at < b.n; at++) REQUIRE(b.p[at] == b.fill);
      ktr_mem_free(c, b.p, b.n);
      blocks[k] = blocks.back();
      blocks.pop_back();
    } else {
      uint32_t n = 1 + random() % (random() % 8 == 0 ? KTR_MEM_MAX : 300);
      auto* p = static_cast<unsigned char*>(ktr_mem_alloc(c, n));
      REQUIRE(p != nullptr);
      REQUIRE(reinterpret_cast<uintptr_t>(p) % 16 == 0);
      auto fill = static_cast<unsigned char>(random());
      memset(p, fill, n);
      blocks.push_back({p, n, fill});
    }
  }
  for (const Block& b : blocks) ktr_mem_free(c, b.p, b.n);
  CHECK(Core::used() == 0);
}

TEST_CASE("at the limit stores are dropped and counted, and the script goes on") {
  Core core(256u << 10, 128u << 10);
  Context c(KTR_LEVEL_TASK);
  ktr_val* s = c.slots(2);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int64_t i = 0; i < 20000; i++) {
    REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);
    if (i % 64 == 0) ktr_mem_refill();
  }
  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) > 0);
  CHECK(Core::info().taken <= 256u << 10);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
  CHECK(static_cast<uint64_t>(s[1].i) + ktr_stat_get(KTR_STAT_NO_MEMORY) == 20000);
  CHECK(s[1].i > 4000);

  // clearing makes room again, without process context
  ktr_val none;
  uint64_t before = ktr_stat_get(KTR_STAT_NO_MEMORY);
  REQUIRE(call(ktr_lib_delete, c, {s[0]}, &none) == 0);
  for (int64_t i = 0; i < 3000; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);
  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) == before);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
  CHECK(s[1].i == 3000);
}

TEST_CASE("what memory comes too late for is counted by its own cause") {
  Core core(1u << 20, 64u << 10);
  Context c(KTR_LEVEL_TASK);
  ktr_val* s = c.slots(2);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int64_t i = 0; i < 5000; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);  // nobody refills meanwhile
  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) == 0);
  const uint64_t late = ktr_stat_get(KTR_STAT_LATE_MEMORY);
  CHECK(late > 0);
  REQUIRE(call(ktr_lib_len, c, {s[0]}, &s[1]) == 0);
  CHECK(static_cast<uint64_t>(s[1].i) + late == 5000);
  ktr_mem_refill();
  REQUIRE(ktr_incr_int(c, &s[0], 5000, 1) == 0);
  CHECK(ktr_stat_get(KTR_STAT_LATE_MEMORY) == late);
  CHECK(Core::info().reserve == 64u << 10);
}

TEST_CASE("a long chain of nested tables dies without recursion") {
  Core core(256u << 20);
  Context c;
  ktr_val* s = c.slots(3);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int i = 0; i < 100000; i++) {
    REQUIRE(ktr_tab_new(c, &s[1], 0, 0) == 0);
    REQUIRE(ktr_set_at(c, &s[1], 1, &s[0]) == 0);
    s[0] = s[1];
  }
  CHECK(Core::used() > 100000 * 96);
  c.restart();
  CHECK(Core::used() == 0);
}

TEST_CASE("a big table is freed in pieces") {
  Core core(256u << 20);
  Context c;
  ktr_val* s = c.slots(1);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  for (int64_t i = 0; i < 50000; i++) REQUIRE(ktr_incr_int(c, &s[0], i, 1) == 0);
  c.restart();
  CHECK(Core::info().dead == 1);
  CHECK(Core::info().used > 50000 * 32);
  CHECK(Core::used() == 0);
  CHECK(Core::info().dead == 0);
}

TEST_CASE("a cycle lives until the core goes") {
  Core core;
  Context c;
  ktr_val* s = c.slots(1);
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  REQUIRE(ktr_set_at(c, &s[0], 1, &s[0]) == 0);
  c.restart();
  CHECK(Core::used() > 0);
}

TEST_CASE("objects live as long as a slot, a table or a variable refers to them") {
  Core core;
  Context c;
  ktr_val* s = c.slots(4);
  ktr_cell cell = {};
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  set_text(c, &s[1], "kept");
  REQUIRE(ktr_set_at(c, &s[0], 1, &s[1]) == 0);
  REQUIRE(ktr_cell_store(c, &cell, &s[0]) == 0);
  c.restart();
  s = c.slots(4);
  REQUIRE(ktr_cell_load(c, &s[0], &cell) == 0);
  ktr_set_nil(&s[1]);
  REQUIRE(ktr_cell_store(c, &cell, &s[1]) == 0);  // the slot alone holds it now
  for (int i = 0; i < 2000; i++) REQUIRE(ktr_tab_new(c, &s[2], 0, 0) == 0);
  REQUIRE(ktr_get_int(c, &s[3], &s[0], 1) == 0);
  CHECK(text_of(s[3]) == "kept");
  c.restart();
  CHECK(Core::used() == 0);
}

TEST_CASE("garbage in a loop does not pile up") {
  Core core;
  Context c(KTR_LEVEL_TASK);
  ktr_val* s = c.slots(2);
  for (int i = 0; i < 20000; i++) {
    REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
    REQUIRE(ktr_incr_int(c, &s[0], 1, 1) == 0);
  }
  CHECK(Core::info().taken <= 1u << 20);
  CHECK(ktr_stat_get(KTR_STAT_NO_MEMORY) == 0);
}

TEST_CASE("closures and captured variables") {
  Core core;
  Context c;
  ktr_val* s = c.slots(4);
  REQUIRE(ktr_box_new(c, &s[0]) == 0);
  ktr_val five = int_val(5);
  REQUIRE(ktr_box_store(c, &s[0], &five) == 0);
  REQUIRE(ktr_box_add(c, &s[0], 2) == 0);
  const ktr_val* boxes[] = {&s[0]};
  static const auto code = [](ktr_ctx* ctx, ktr_func* self, ktr_val*, u32, ktr_val* ret, int) -> int {
    int rc = ktr_box_add(ctx, &self->up[0], 1);
    return rc != 0 ? rc : ktr_box_load(ctx, ret, &self->up[0]);
  };
  REQUIRE(ktr_closure(c, &s[1], code, "f", 0, boxes, 1) == 0);
  ktr_set_nil(&s[0]);
  for (int i = 0; i < 2000; i++) REQUIRE(ktr_tab_new(c, &s[3], 0, 0) == 0);
  REQUIRE(ktr_call(c, &s[1], nullptr, 0, &s[2], 1) == 0);
  CHECK(ktr_eq_int(&s[2], 8));
  set_text(c, &s[2], "text");
  REQUIRE(ktr_box_store(c, &s[1].f->up[0], &s[2]) == 0);
  CHECK(ktr_box_add(c, &s[1].f->up[0], 1) == KTR_ERR);
  CHECK(c.error() == "use '+=' on non-number");
  c.restart();
  CHECK(Core::used() == 0);
}

TEST_CASE("collections keep what slots hold and move nothing else") {
  Core core;
  ktr_ctx_cfg cfg = {};
  cfg.n_slots = 64;
  cfg.scratch_bytes = 2048;
  Context c(KTR_LEVEL_TASK, cfg);
  ktr_val* s = c.slots(8);
  for (int i = 0; i < 4; i++) set_text(c, &s[i], "number " + std::to_string(i));
  s[4] = s[1];  // shared
  for (int i = 0; i < 10000; i++) {
    set_text(c, &s[5], "garbage " + std::to_string(i));
    ktr_val parts[] = {s[5], int_val(i)};
    (void)parts;
    s[6] = int_val(i);
    REQUIRE(ktr_concat(c, &s[5], &s[5], 2) == 0);
    REQUIRE(text_of(s[5]) == "garbage " + std::to_string(i) + std::to_string(i));
  }
  for (int i = 0; i < 4; i++) CHECK(text_of(s[i]) == "number " + std::to_string(i));
  CHECK(s[4].s == s[1].s);
}

TEST_CASE("scratch memory that is really used up is an error") {
  Core core;
  ktr_ctx_cfg cfg = {};
  cfg.n_slots = 64;
  cfg.scratch_bytes = 2048;
  Context c(KTR_LEVEL_TASK, cfg);
  ktr_val* s = c.slots(40);
  int rc = 0, i;
  std::string text(100, 'x');
  for (i = 0; i < 40 && rc == 0; i++) rc = ktr_str_new(c, &s[i], text.data(), 100);
  CHECK(i == 19);  // 112 bytes each
  CHECK(rc == KTR_ERR);
  std::string error = c.error();
  INFO(error);
  CHECK(error.find("out of scratch memory: ") == 0);
  CHECK(error.find(" of 2048 bytes in use") != std::string::npos);
}

TEST_CASE("stored strings are copies, constants are not copied") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  Constant constant("constant");
  REQUIRE(ktr_tab_new(c, &s[0], 0, 0) == 0);
  uint64_t before = Core::used();
  REQUIRE(ktr_set_at(c, &s[0], 1, &constant.val) == 0);
  uint64_t with_const = Core::used();
  set_text(c, &s[1], std::string(1000, 'y'));
  REQUIRE(ktr_set_at(c, &s[0], 2, &s[1]) == 0);
  CHECK(with_const - before < 300);
  CHECK(Core::used() - with_const >= 1000);
  REQUIRE(ktr_get_int(c, &s[2], &s[0], 1) == 0);
  CHECK(s[2].s == constant.val.s);
  // a constant finds a key that was stored from scratch, and the other way round
  set_text(c, &s[1], "constant");
  REQUIRE(ktr_incr(c, &s[0], &s[1], 1) == 0);
  REQUIRE(ktr_incr(c, &s[0], &constant.val, 1) == 0);
  REQUIRE(ktr_get(c, &s[2], &s[0], &constant.val) == 0);
  CHECK(ktr_eq_int(&s[2], 2));
}

TEST_CASE("strings over the limit are cut and counted") {
  Core core;
  Context c;
  ktr_val* s = c.slots(3);
  std::string text(3000, 'x');
  set_text(c, &s[0], text);
  set_text(c, &s[1], text);
  REQUIRE(ktr_concat(c, &s[2], &s[0], 2) == 0);
  CHECK(s[2].s->len == 4096);
  CHECK(ktr_stat_get(KTR_STAT_STR_TRUNC) == 1);
}

TEST_CASE("in NMI a taken lock is not waited for") {
  Core core;
  Context c, nmi(KTR_LEVEL_NMI);
  ktr_val* s = nmi.slots(2);
  ktr_cell cell = {};
  ktr_val v = int_val(1);
  cell.lock = 1;
  CHECK(ktr_cell_store(nmi, &cell, &v) == KTR_EXIT);
  CHECK(nmi.x()->end == KTR_END_SKIP);
  CHECK(ktr_stat_get(KTR_STAT_NMI_LOCK) == 1);
  nmi->rc = 0;
  CHECK(ktr_cell_load(nmi, &s[0], &cell) == KTR_EXIT);
  nmi->rc = 0;
  cell.lock = 0;
  CHECK(ktr_cell_store(nmi, &cell, &v) == 0);
}

TEST_CASE("cells are exact and whole under several threads") {
  Core core(0, 4u << 20);
  ktr_cell number = {}, text = {};
  Context main_ctx;
  ktr_val* t = main_ctx.slots(1);
  ktr_val zero = int_val(0);
  REQUIRE(ktr_cell_store(main_ctx, &number, &zero) == 0);
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; n++) {
    threads.emplace_back([&, n] {
      Context c(KTR_LEVEL_TASK);
      for (int i = 0; i < 20000; i++) {
        ktr_val* s = c.slots(2);
        if (ktr_cell_add(c, &number, 1) != 0) abort();
        set_text(c, &s[0], std::string(1 + i % 60, static_cast<char>('a' + n)));
        if (ktr_cell_store(c, &text, &s[0]) != 0 || ktr_cell_load(c, &s[1], &text) != 0) abort();
        std::string got = text_of(s[1]);
        if (got != std::string(got.size(), got[0])) abort();
        c.restart();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  REQUIRE(ktr_cell_load(main_ctx, &t[0], &number) == 0);
  CHECK(ktr_eq_int(&t[0], 80000));
  ktr_val_drop(nullptr, &text.v);
  CHECK(Core::used() == 0);
}

TEST_CASE("counters: sums, assignments, several shards") {
  Core core;
  opt.cpus = 2;
  make_contexts();
  Context c;
  ktr_counter_set(c, 0, 0);
  for (u32 i = 0; i < ktr_port_n_shards(); i++) {
    c->shard = ktr_port_shard(i);
    ktr_counter_add(c, 0, i + 1);
    ktr_counter_add(c, 1, 100);
  }
  CHECK(ktr_counter_get(c, 0) == 45);
  ktr_counter_set(c, 0, 7);
  CHECK(ktr_counter_get(c, 0) == 7);
  ktr_counter_add(c, 0, -10);
  CHECK(ktr_counter_get(c, 0) == -3);
  CHECK(ktr_counter_get(c, 1) == 900);
  free_contexts();
}

TEST_CASE("symbols are resolved at load") {
  world_init();
  {
    Core core;
    Context c;
    CHECK(static_cast<u64>(ktr_symbol(c, 0)) == world_symbol("vfs_read"));
    CHECK(std::string(ktr_missing_symbol()) == "no_such_symbol");
  }
  world_free();
}
