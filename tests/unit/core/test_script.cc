// SPDX-License-Identifier: GPL-2.0
// The script that the runtime linked into the unit tests belongs to.
#include "core_test.h"

ktr_code* test_main = nullptr;

static int run_test_main(ktr_ctx* c, ktr_func* self, ktr_val* args, u32 nargs, ktr_val* ret, int want) {
  return test_main(c, self, args, nargs, ret, want);
}

static const char* const kFields[] = {"alpha", "beta"};
static ktr_way* word_slots[KTR_ADDER_SLOTS];
static ktr_way* one_slot[1];
static ktr_way* hist_slots[KTR_ADDER_SLOTS];
static ktr_way* stats_slots[KTR_ADDER_SLOTS];
static ktr_way* least_slots[KTR_ADDER_SLOTS];
static ktr_way *pair_slots[KTR_ADDER_SLOTS], *named_slots[KTR_ADDER_SLOTS];

static ktr_adder adder(u8 kind, u8 agg, ktr_way** slots, u8 n_parts = 0, u8 texts = 0) {
  ktr_adder a = {};
  a.kind = kind;
  a.agg = agg;
  a.n_parts = n_parts;
  a.texts = texts;
  a.slots = slots;
  return a;
}

ktr_adder test_words = adder(KTR_ADDER_WORDS, 0, word_slots);
ktr_adder test_one = adder(KTR_ADDER_ONE, 0, one_slot);
ktr_adder test_hist = adder(KTR_ADDER_WORDS, KTR_AGG_HIST, hist_slots);
ktr_adder test_stats = adder(KTR_ADDER_WORDS, KTR_AGG_STATS, stats_slots);
ktr_adder test_least = adder(KTR_ADDER_WORDS, KTR_AGG_MIN, least_slots);
ktr_adder test_pairs = adder(KTR_ADDER_PARTS, 0, pair_slots, 2);
ktr_adder test_named = adder(KTR_ADDER_PARTS, 0, named_slots, 2, 2);
static ktr_adder* const kAdders[] = {&test_pairs, &test_named, &test_words, &test_one, &test_hist, &test_stats, &test_least};
ktr_spread test_spread;
static ktr_spread* const kSpreads[] = {&test_spread};
ktr_line_format test_format = {"", 0, 0, 0, ""};
static const ktr_script_limit kLimits[] = {{KTR_LIM_OUTPUT_KB, 2000}, {KTR_LIM_MEMORY_KB, 100000}};
static const char* const kSymbols[] = {"vfs_read", "no_such_symbol"};

extern "C" {
extern const ktr_script ktg_script;
const ktr_script ktg_script = {
    KTR_API_VERSION, "unit", "unit.kp", run_test_main, 2, 0, nullptr, nullptr, 2, kFields, 2, kSymbols, 0, 3, 1, kSpreads, 7,
    kAdders, 1, &test_format, 2, kLimits, nullptr, 0, nullptr, false,
};
}
