// SPDX-License-Identifier: GPL-2.0
// The script that the runtime linked into the unit tests belongs to.
#include "core_test.h"

ktr_code* test_main = nullptr;

static int run_test_main(ktr_ctx* c, ktr_func* self, ktr_val* args, u32 nargs, ktr_val* ret, int want) {
  return test_main(c, self, args, nargs, ret, want);
}

static const char* const kFields[] = {"alpha", "beta"};
static const char* const kSymbols[] = {"vfs_read", "no_such_symbol"};

extern "C" {
extern const ktr_script ktg_script;
const ktr_script ktg_script = {
    KTR_API_VERSION, "unit", "unit.kp", run_test_main, 2, 0, nullptr, 2, kFields, 2, kSymbols, 0,
};
}
