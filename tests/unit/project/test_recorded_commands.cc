// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "project/recorded_commands.h"

using namespace kt2ko;

namespace {

// What kbuild leaves in a module directory, in the spelling of 6.1 ("cmd_") or of later kernels
// ("savedcmd_").
struct Built {
  explicit Built(const std::string& prefix) {
    std::string d = temp.path().string();
    put(".script.o.cmd", prefix + d + "/script.o :=  gcc -Wp,-MMD," + d +
                             "/.script.o.d -I/k/arch/x86/include -DA='\"$$x$(pound)\"' "
                             "-I" +
                             d + "/runtime-c/include -c -o " + d + "/script.o " + d +
                             "/script.c ; ./objtool " + d + "/script.o\n\nsource_x := y\n");
    put(".m.o.cmd", prefix + d + "/m.o := ld -r -T " + d + "/runtime-c/k.lds -o " + d + "/m.o @" +
                        d + "/m.mod\n");
    put(".m.ko.cmd",
        prefix + d + "/m.ko := ld -r -o " + d + "/m.ko " + d + "/m.o " + d + "/m.mod.o; true\n");
    fs::create_directories(temp.path() / "runtime-c/compat");
    put("runtime-c/compat/.ktr_features.h.cmd",
        prefix + d + "/runtime-c/compat/ktr_features.h := : 6.1; sh " + d + "/runtime-c/compat/probe.sh " + d +
            "/runtime-c/compat/ktr_features.h " + d + "/runtime-c/compat/probes gcc -nostdinc -I/k/include\n");
  }
  void put(const char* name, const std::string& text) {
    REQUIRE(write_file(temp.path() / name, text).ok());
  }
  TempDir temp = std::move(TempDir::make().value());
};

}  // namespace

TEST_CASE("kbuild's commands are moved to another directory") {
  for (const char* prefix : {"cmd_", "savedcmd_"}) {
    Built built(prefix);
    std::string d = built.temp.path().string();
    std::optional<RecordedCommands> commands = read_commands(built.temp.path(), "m");
    REQUIRE(commands);
    CHECK(commands->srcarch == "x86");
    CHECK(commands->flags == "gcc -nostdinc -I/k/include");
    CHECK(command_for(commands->compile, "/w") ==
          " gcc -Wp,-MMD,/w/.script.o.d -I/k/arch/x86/include -DA='\"$x#\"' -I" + d +
              "/runtime-c/include -c -o /w/script.o /w/script.c ; ./objtool /w/script.o");
    CHECK(command_for(commands->combine, "/w") ==
          "ld -r -T " + d + "/runtime-c/k.lds -o /w/m.o @/w/m.mod");
    CHECK(command_for(commands->link, "/w") == "ld -r -o /w/m.ko /w/m.o " + d + "/m.mod.o; true");
  }
}

TEST_CASE("unknown shapes are refused, not guessed") {
  Built built("cmd_");
  SECTION("a file is missing") { fs::remove(built.temp.path() / ".m.ko.cmd"); }
  SECTION("the flags for small files are missing") {
    fs::remove(built.temp.path() / "runtime-c/compat/.ktr_features.h.cmd");
  }
  SECTION("another kind of line") { built.put(".m.o.cmd", "deps_x := y\n"); }
  SECTION("paths that are not ours") {
    built.put(".script.o.cmd", "cmd_script.o := gcc -c -o script.o script.c\n");
  }
  CHECK_FALSE(read_commands(built.temp.path(), "m"));
}
