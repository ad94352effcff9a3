// SPDX-License-Identifier: GPL-2.0
// Frames of user stacks in texts.
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "code.h"
#include "output_files.h"

extern "C" __attribute__((noinline, used)) int code_test_function(int n) { return n + 1; }

namespace {

namespace fs = std::filesystem;

// A module's directory with a file `code`, which tells of this very program under the name "self".
class Module {
 public:
  Module() : dir(fs::temp_directory_path() / ("kt2ko-test-code-" + std::to_string(getpid()))) {
    fs::create_directories(dir);
  }
  ~Module() {
    kt_code_free(&code);
    fs::remove_all(dir);
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  void tell(const std::string& lines) { std::ofstream(dir / "code") << lines; }
  void open() { REQUIRE(kt_code_open(&code, dir.c_str()) == 0); }
  std::string names(const std::string& text, bool folded = false) {
    size_t n = text.size();
    const char* made = kt_code_names(&code, text.data(), &n, folded);
    return {made, n};
  }

  fs::path dir;
  kt_code code = {};
};

std::string self_line(const std::string& name) {
  struct stat st = {};
  const std::string path = fs::read_symlink("/proc/self/exe").string();
  REQUIRE(stat(path.c_str(), &st) == 0);
  std::string id = "-";
  FILE* f = popen(("readelf -n " + path).c_str(), "r");
  char line[512];
  while (fgets(line, sizeof(line), f))
    if (const char* at = strstr(line, "Build ID: ")) id = std::string(at + 10, strcspn(at + 10, "\n"));
  pclose(f);
  return name + " " + std::to_string(major(st.st_dev)) + ":" + std::to_string(minor(st.st_dev)) + " " +
         std::to_string(st.st_ino) + " " + id + " " + path + "\n";
}

// "+0xHEX" of a function of this program, in the file.
std::string offset_of(const void* function) {
  FILE* maps = fopen("/proc/self/maps", "r");
  char line[512];
  std::string found;
  while (fgets(line, sizeof(line), maps)) {
    unsigned long begin, end, offset;
    if (sscanf(line, "%lx-%lx %*s %lx", &begin, &end, &offset) != 3) continue;
    const auto at = reinterpret_cast<unsigned long>(function);
    if (at < begin || at >= end) continue;
    char text[32];
    snprintf(text, sizeof(text), "+0x%lx", at - begin + offset);
    found = text;
  }
  fclose(maps);
  return found;
}

std::string here() { return offset_of(reinterpret_cast<const void*>(code_test_function)); }

}  // namespace

TEST_CASE("a module without user stacks leaves texts alone") {
  Module m;
  m.open();
  CHECK(m.names("self+0x10\n") == "self+0x10\n");
}

TEST_CASE("frames get the names of functions, wherever they stand") {
  Module m;
  m.tell(self_line("self"));
  m.open();
  const std::string f = "self" + here();
  CHECK(m.names(" => " + f + "\nx") == " => code_test_function+0x0 [self]\nx");
  CHECK(m.names(f) == "code_test_function+0x0 [self]");
  CHECK(m.names(f + "|" + f) == "code_test_function+0x0 [self]|code_test_function+0x0 [self]");
  CHECK(m.names("a;" + f + ";b 7\n", true) == "a;code_test_function;b 7\n");
}

TEST_CASE("what is no frame stays, and frames that are in no function") {
  Module m;
  m.tell(self_line("self"));
  m.open();
  for (const char* text : {"vfs_read+0x5/0x300\n", "self+0x10/0x20", "+0x1", "self+0x", "self+0xg", "other+0x1", "", "+0x",
                           "self +0x1", "self+0x0"}) {
    INFO(text);
    CHECK(m.names(text) == text);
  }
  CHECK(m.names("a;self+0x0;b 7\n", true) == "a;[self];b 7\n");
}

TEST_CASE("files that came later, that are gone, and damaged lines") {
  Module m;
  m.tell("");
  m.open();
  const std::string late = "late" + here();
  CHECK(m.names(late) == late);
  m.tell("gone 1:2 3 - /nowhere\n" + self_line("late"));
  CHECK(m.names(late) == "code_test_function+0x0 [late]");
  CHECK(m.names("gone+0x1") == "gone+0x1");
  CHECK(m.names("gone+0x1", true) == "[gone]");
  for (const char* damaged : {"x\n", "x 1:2\n", "x 1 2 - /\n", "x 1:2 3 abc /\n", "x 1:2 3 xyzw /\n", "x 1:2 y - /\n", "x 1:2 3 - /%4\n"}) {
    INFO(damaged);
    Module other;
    other.tell(damaged);
    other.open();
    CHECK(other.names("x+0x1") == "x+0x1");
  }
}
