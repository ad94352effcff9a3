// SPDX-License-Identifier: GPL-2.0
// What the kernel's log tells about a module that it refuses.
#include <catch2/catch.hpp>
#include <string>

#include "kernel_log.h"
#include "load_errors.h"

namespace {

std::string text(std::string record, const char* module) {
  const char* found = kt_kernel_log_text(record.data(), module);
  return found ? found : "(nothing)";
}

}  // namespace

TEST_CASE("lines of the kernel's log about a module") {
  CHECK(text("4,1,2,-;io: disagrees about version of symbol _printk\n SUBSYSTEM=x\n", "io") ==
        "disagrees about version of symbol _printk");
  CHECK(text("4,1,2,-;io: x", "io") == "x");
  CHECK(text("4,1,2,-;audio: x\n", "io") == "(nothing)");
  CHECK(text("4,1,2,-;io2: x\n", "io") == "(nothing)");
  CHECK(text("4,1,2,-;io: loading out-of-tree module taints kernel.\n", "io") == "(nothing)");
  CHECK(text("4,1,2,-;io", "io") == "(nothing)");
  CHECK(text("", "io") == "(nothing)");
}

TEST_CASE("another build of the same release") {
  CHECK(kt_is_other_build("version magic 'a' should be 'b'"));
  CHECK(kt_is_other_build("disagrees about version of symbol _printk"));
  CHECK(kt_is_other_build("no symbol version for module_layout"));
  CHECK_FALSE(kt_is_other_build("`2' invalid for parameter `cpu'"));
  CHECK_FALSE(kt_is_other_build(""));
}
