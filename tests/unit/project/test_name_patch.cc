// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "project/elf_file.h"
#include "project/name_patch.h"
#include "project/process.h"

using namespace kt2ko;

namespace {

// An object with the sections that a module has, made of the stand-ins; more: further C.
std::string object_with(const std::string& more, const std::string& info_end = "") {
  ModuleText text = stand_in_text("");
  Result<TempDir> temp = TempDir::make();
  fs::path c = temp.value().path() / "m.c", o = temp.value().path() / "m.o";
  std::string info =
      "#define INFO(n) __attribute__((section(\".modinfo\"), used, aligned(1))) static const char "
      "n[]\n"
      "INFO(a) = \"name=" +
      text.module + info_end + "\"; INFO(b) = \"script=" + text.script +
      "\"; INFO(c) = \"z=1\";\n"
      "struct m { long state; char name[56]; long end; };\n"
      "__attribute__((section(\".gnu.linkonce.this_module\"))) struct m m = { 1, \"" +
      text.module + "\", 2 };\n";
  REQUIRE(write_file(c, info + more).ok());
  Outcome outcome = run_captured({{"cc", "-c", "-o", o.string(), c.string()}, "", {}});
  INFO(outcome.output);
  REQUIRE(outcome.ok());
  return *read_file(o);
}

std::string section(const std::string& elf, const std::string& name) {
  SectionRange range = find_section(elf, name);
  return elf.substr(range.offset, range.size);
}

}  // namespace

TEST_CASE("names are replaced where the kernel reads them") {
  std::string ko = object_with("");
  REQUIRE(names_can_be_replaced(ko));
  size_t size = ko.size();
  replace_names(&ko, {"io", "my \"io\".kp", "", "", "", {}});
  CHECK(ko.size() == size);
  std::string info = section(ko, ".modinfo");
  CHECK(info.find(std::string("name=io\0", 8)) != std::string::npos);
  CHECK(info.find(std::string("script=my _io_.kp\0", 18)) != std::string::npos);
  CHECK(info.find("z=1") != std::string::npos);
  CHECK(info.find("stand_in") == std::string::npos);
  std::string module = section(ko, ".gnu.linkonce.this_module");
  CHECK(module.substr(8, 3) == std::string("io\0", 3));
  CHECK(module.find_first_not_of('\0', 10) == 64);  // the member behind the name
}

TEST_CASE("a script name longer than its place is cut") {
  std::string ko = object_with("");
  replace_names(&ko, {std::string(55, 'm'), std::string(300, 's'), "", "", "", {}});
  CHECK(section(ko, ".modinfo").find("script=" + std::string(255, 's') + '\0') !=
        std::string::npos);
  CHECK(section(ko, ".gnu.linkonce.this_module").substr(8, 56) == std::string(55, 'm') + '\0');
}

TEST_CASE("names in places that cannot be replaced are noticed") {
  std::string name = stand_in_text("").module;
  CHECK_FALSE(
      names_can_be_replaced(object_with("const char *f(void) { return \"" + name + "\"; }\n")));
  CHECK_FALSE(names_can_be_replaced(object_with("", " and more")));
  CHECK(names_can_be_replaced(
      object_with("int " + name + "_init(void) { return 0; }\n")));  // a symbol's name only
}

TEST_CASE("symbols of an object") {
  Result<TempDir> temp = TempDir::make();
  fs::path c = temp.value().path() / "m.c", o = temp.value().path() / "m.o";
  REQUIRE(
      write_file(
          c,
          "int g(void); static int s; int f(void) { return g() + s; } __attribute__((weak)) int w;")
          .ok());
  REQUIRE(run_captured({{"cc", "-c", "-fno-pic", "-o", o.string(), c.string()}, "", {}}).ok());
  Result<ElfSymbols> symbols = read_symbols(o);
  REQUIRE(symbols.ok());
  CHECK(symbols.value().defined == std::set<std::string>{"f", "w"});
  CHECK(symbols.value().undefined == std::set<std::string>{"g"});
  CHECK_FALSE(read_symbols(c).ok());
}
