// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "project/module_name.h"

using namespace kt2ko;

TEST_CASE("file names become module names") {
  CHECK(module_name_from("io.kp") == "io");
  CHECK(module_name_from("/a/b.c/My-Script.v2.kp") == "my_script_v2");
  CHECK(module_name_from("syscalls") == "syscalls");
  CHECK(module_name_from("9lives.kp") == "kt_9lives");
  CHECK(module_name_from(".kp") == "_kp");
  CHECK(module_name_from("\xc3\xa4.kp") == "__");
}

TEST_CASE("names of the module directory's own objects are avoided") {
  CHECK(module_name_from("script.kp") == "kt_script");
  CHECK(module_name_from("module.kp") == "kt_module");
  CHECK_FALSE(check_module_name("script").ok());
}

TEST_CASE("long names are cut to what the kernel allows") {
  CHECK(module_name_from(std::string(300, 'a') + ".kp").size() == kMaxModuleName);
  CHECK(module_name_from("1" + std::string(300, 'a') + ".kp").size() == kMaxModuleName);
  CHECK(check_module_name(std::string(kMaxModuleName, 'a')).ok());
  CHECK_FALSE(check_module_name(std::string(kMaxModuleName + 1, 'a')).ok());
}

TEST_CASE("given names are checked strictly") {
  CHECK(check_module_name("io_2").ok());
  CHECK(check_module_name("_x").ok());
  for (const char* bad : {"", "2io", "Io", "i-o", "i o", "i.o", "../io", "i\n"}) {
    CAPTURE(bad);
    Done done = check_module_name(bad);
    REQUIRE_FALSE(done.ok());
    CHECK(done.failure().status == kUsage);
  }
}
