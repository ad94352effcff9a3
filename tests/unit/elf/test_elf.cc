// SPDX-License-Identifier: GPL-2.0
// Functions and markers of programs that are built here, against what the binutils say of them.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

extern "C" {
#include "elf_internal.h"
#include "ke_names.h"
}

namespace fs = std::filesystem;

namespace {

// The programs of tests/vm/programs, built once.
const fs::path& programs() {
  static const fs::path dir = [] {
    fs::path made = fs::temp_directory_path() / ("kt2ko-test-elf-" + std::to_string(getpid()));
    fs::create_directories(made);
    std::string command = std::string(TEST_PROGRAMS) + "/build.sh " + made.string() + " >/dev/null";
    if (system(command.c_str()) != 0) throw std::runtime_error("build.sh failed");
    atexit([] {
      std::error_code error;
      fs::remove_all(fs::temp_directory_path() / ("kt2ko-test-elf-" + std::to_string(getpid())), error);
    });
    return made;
  }();
  return dir;
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* f = popen(command.c_str(), "r");
  char buf[4096];
  for (size_t n; (n = fread(buf, 1, sizeof(buf), f)) > 0;) text.append(buf, n);
  pclose(f);
  return text;
}

// Offset of a function by nm and readelf: (value - segment's address) + segment's offset.
unsigned long long offset_of(const fs::path& file, const std::string& name) {
  std::istringstream symbols(output_of("nm " + file.string()));
  unsigned long long value = 0;
  for (std::string line; std::getline(symbols, line);) {
    if (line.size() > 19 && line.substr(19) == name) value = std::stoull(line.substr(0, 16), nullptr, 16);
  }
  std::istringstream segments(output_of("readelf -lW " + file.string()));
  for (std::string line; std::getline(segments, line);) {
    std::istringstream words(line);
    std::string type, offset, vaddr, paddr, size;
    words >> type >> offset >> vaddr >> paddr >> size;
    if (type != "LOAD") continue;
    unsigned long long begin = std::stoull(vaddr, nullptr, 16);
    if (value >= begin && value < begin + std::stoull(size, nullptr, 16))
      return value - begin + std::stoull(offset, nullptr, 16);
  }
  return 0;
}

struct Found {
  Found(ke_kind kind, const fs::path& path, const char* name, const char* provider = nullptr,
        unsigned long long offset = 0)
      : path_text(path.string()) {
    query.kind = kind;
    query.path = path_text.c_str();
    query.name = name;
    query.provider = provider;
    query.offset = offset;
    ke_resolve(&query, &r);
  }
  ~Found() { ke_free(&r); }
  Found(const Found&) = delete;

  std::string path_text;
  ke_query query = {};
  ke_result r = {};
};

std::string names(const Found& f) {
  std::string text;
  for (unsigned i = 0; i < f.r.sites.n_sites; ++i) text += (i ? " " : "") + std::string(f.r.sites.sites[i].name);
  return text;
}

}  // namespace

TEST_CASE("functions lie where the segments put them") {
  for (const char* name : {"calls_pie", "calls_static", "calls_odd", "calls_no_id"}) {
    fs::path file = programs() / name;
    for (const char* function : {"add3", "many", "hidden", "main"}) {
      Found f(KE_FUNCTIONS, file, function);
      INFO(name << " " << function << " " << f.r.error);
      REQUIRE(f.r.status == KE_FOUND);
      REQUIRE(f.r.sites.n_sites == 1);
      CHECK(f.r.sites.sites[0].offset == offset_of(file, function));
      CHECK(f.r.sites.sites[0].name == std::string(function));
      CHECK(f.r.sites.sites[0].counter == 0);
    }
  }
  CHECK(offset_of(programs() / "calls_odd", "main") != 0);
}

TEST_CASE("a stripped file is read with its debug file") {
  fs::path file = programs() / "other/calls_stripped";
  Found f(KE_FUNCTIONS, file, "hidden");
  REQUIRE(f.r.status == KE_FOUND);
  CHECK(f.r.sites.sites[0].offset == offset_of(programs() / "calls_pie", "hidden"));

  SECTION("by build id") {
    fs::path root = programs() / "debug";
    std::string id;
    char hex[3];
    for (unsigned i = 0; i < f.r.sites.id.n_bytes; ++i) {
      snprintf(hex, sizeof(hex), "%02x", f.r.sites.id.bytes[i]);
      id += hex;
    }
    REQUIRE(id.size() == 40);
    fs::path dir = root / ".build-id" / id.substr(0, 2);
    fs::create_directories(dir);
    fs::copy_file(programs() / "other/.debug/calls_stripped.debug", dir / (id.substr(2) + ".debug"),
                  fs::copy_options::overwrite_existing);
    fs::path alone = programs() / "alone";
    fs::copy_file(file, alone, fs::copy_options::overwrite_existing);
    CHECK(Found(KE_FUNCTIONS, alone, "hidden").r.status == KE_NO_MATCH);
    ke_debug_root = strdup(root.c_str());
    CHECK(Found(KE_FUNCTIONS, alone, "hidden").r.status == KE_FOUND);
    // another file under that name is not believed
    fs::copy_file(programs() / "marks", dir / (id.substr(2) + ".debug"), fs::copy_options::overwrite_existing);
    CHECK(Found(KE_FUNCTIONS, alone, "hidden").r.status == KE_NO_MATCH);
    free(const_cast<char*>(ke_debug_root));
    ke_debug_root = "/usr/lib/debug";
  }
  SECTION("one that does not fit is not used") {
    fs::path dir = programs() / "unfit/.debug";
    fs::create_directories(dir);
    fs::copy_file(file, dir / "../calls_stripped", fs::copy_options::overwrite_existing);
    fs::copy_file(programs() / "calls_pie", dir / "calls_stripped.debug", fs::copy_options::overwrite_existing);
    Found g(KE_FUNCTIONS, dir / "../calls_stripped", "hidden");
    CHECK(g.r.status == KE_NO_MATCH);
  }
}

TEST_CASE("patterns, names of one place, what is left out") {
  fs::path file = programs() / "calls_pie";
  CHECK(names(Found(KE_FUNCTIONS, file, "*tw*n")) == "twin");
  CHECK(names(Found(KE_FUNCTIONS, file, "_twin")) == "_twin");
  CHECK(names(Found(KE_FUNCTIONS, file, "ma[in][yn]*")) == "many main");
  CHECK(Found(KE_FUNCTIONS, file, "_start").r.status == KE_FOUND);
  CHECK(Found(KE_RETURNS, file, "_start").r.status == KE_NO_MATCH);
  Found many(KE_FUNCTIONS, file, "many", nullptr, 4);
  REQUIRE(many.r.status == KE_FOUND);
  CHECK(many.r.sites.sites[0].offset == offset_of(file, "many") + 4);
  CHECK(Found(KE_FUNCTIONS, file, "many", nullptr, 1 << 20).r.status == KE_NO_MATCH);
  Found near(KE_FUNCTIONS, file, "add4");
  CHECK(near.r.status == KE_NO_MATCH);
  CHECK(near.r.hint == std::string("did you mean add3?"));
  // the C library has functions that are chosen at run time
  Found ifunc(KE_FUNCTIONS, programs() / "calls_static", "memmove");
  CHECK(ifunc.r.status == KE_NO_MATCH);
  CHECK(std::string(ifunc.r.error).find("one of several") != std::string::npos);
}

TEST_CASE("offsets") {
  fs::path file = programs() / "calls_pie";
  CHECK(Found(KE_OFFSET, file, nullptr, nullptr, 0x10).r.status == KE_NO_MATCH);
  Found f(KE_OFFSET, file, nullptr, nullptr, offset_of(file, "many"));
  REQUIRE(f.r.status == KE_FOUND);
  CHECK(names(f).substr(0, 2) == "0x");
}

TEST_CASE("which build it is") {
  auto id = [](const char* name) {
    Found f(KE_OFFSET, programs() / name, nullptr, nullptr, 0x1100);
    return f.r.sites.id;
  };
  ktr_file_id pie = id("calls_pie"), none = id("calls_no_id");
  REQUIRE(pie.n_bytes == 20);
  std::ifstream in(programs() / "calls_pie", std::ios::binary);
  in.seekg(static_cast<std::streamoff>(pie.offset));
  char bytes[20];
  in.read(bytes, 20);
  CHECK(!memcmp(bytes, pie.bytes, 20));
  CHECK(none.n_bytes == 0);
  CHECK(none.size == fs::file_size(programs() / "calls_no_id"));
  CHECK(none.hash != 0);
  // in one piece, as the kernel does it in others
  std::ifstream whole(programs() / "calls_no_id", std::ios::binary);
  std::string all((std::istreambuf_iterator<char>(whole)), std::istreambuf_iterator<char>());
  CHECK(ktr_file_hash(0, reinterpret_cast<const unsigned char*>(all.data()), all.size()) == none.hash);
}

TEST_CASE("files that are no programs") {
  CHECK(Found(KE_FUNCTIONS, programs() / "nothing", "f").r.status == KE_NO_FILE);
  CHECK(Found(KE_FUNCTIONS, programs(), "f").r.status == KE_UNUSABLE);
  CHECK(Found(KE_FUNCTIONS, programs() / "calls_pie.offsets", "f").r.status == KE_UNUSABLE);
  std::ofstream(programs() / "empty").close();
  CHECK(Found(KE_FUNCTIONS, programs() / "empty", "f").r.status == KE_UNUSABLE);
}

// A damaged file may be refused or read, but nothing else happens.
TEST_CASE("damaged files") {
  for (const char* name : {"calls_pie", "marks"}) {
    std::ifstream in(programs() / name, std::ios::binary);
    std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    fs::path damaged = programs() / "damaged";
    srand(1);
    for (int round = 0; round < 400; ++round) {
      std::string bytes = all;
      if (round % 4 == 0) bytes.resize(static_cast<size_t>(rand()) % bytes.size());
      for (int i = 0; i < 20 && !bytes.empty(); ++i) {
        // headers, notes and tables at both ends
        size_t at = static_cast<size_t>(rand()) % (i % 2 ? bytes.size() : std::min<size_t>(bytes.size(), 1200));
        bytes[at] = static_cast<char>(rand());
      }
      std::ofstream(damaged, std::ios::binary) << bytes;
      Found functions(KE_FUNCTIONS, damaged, "*");
      Found markers(KE_MARKERS, damaged, "*");
      if (functions.r.status == KE_FOUND) CHECK(functions.r.sites.n_sites > 0);
    }
  }
}

TEST_CASE("markers") {
  for (const char* name : {"marks", "marks_static"}) {
    fs::path file = programs() / name;
    Found twice(KE_MARKERS, file, "twice");
    REQUIRE(twice.r.status == KE_FOUND);
    REQUIRE(twice.r.sites.n_sites == 2);
    CHECK(twice.r.sites.sites[0].offset != twice.r.sites.sites[1].offset);
    CHECK(twice.r.texts[1].args == std::string("-4@%ecx"));
    CHECK(twice.r.texts[1].provider == std::string("marks"));
    Found guarded(KE_MARKERS, file, "guarded");
    REQUIRE(guarded.r.status == KE_FOUND);
    CHECK(guarded.r.sites.sites[0].counter != 0);
    CHECK(twice.r.sites.sites[0].counter == 0);
    CHECK(names(Found(KE_MARKERS, file, "*", "mar*")) == "registers memory twice twice guarded other");
    CHECK(Found(KE_MARKERS, file, "*", "other").r.status == KE_NO_MATCH);
    CHECK(Found(KE_MARKERS, file, "nothing").r.status == KE_NO_MATCH);
  }
  CHECK(std::string(Found(KE_MARKERS, programs() / "calls_pie", "*").r.error) == "has no static markers");
}

TEST_CASE("arguments of markers") {
  ke_symbols none = {};
  ktr_marker_arg a[KTR_MARKER_ARGS_MAX];
  auto parse = [&](const char* text) { return ke_parse_marker_args(text, &none, 0x1000, a); };
  auto text = [&](unsigned i) {
    char buf[128];
    snprintf(buf, sizeof(buf), "%u,%d,%u,%u,%u,%u,%lld", a[i].op, a[i].size, a[i].base, a[i].index, a[i].scale, a[i].shift,
             a[i].value);
    return std::string(buf);
  };
  const std::string none_text = "0,0,255,255,1,0,0";

  const std::map<std::string, std::string> good = {
      {"-4@%eax", "2,-4,0,255,1,0,0"},       {"8@%rsi", "2,8,4,255,1,0,0"},
      {"1@%bh", "2,1,1,255,1,8,0"},          {"2@%r10w", "2,2,10,255,1,0,0"},
      {"4@%r15d", "2,4,15,255,1,0,0"},       {"1@%r8b", "2,1,8,255,1,0,0"},
      {"1@%sil", "2,1,4,255,1,0,0"},         {"%rdx", "2,-8,3,255,1,0,0"},
      {"8@-16(%rbp)", "3,8,6,255,1,0,-16"},  {"8@(%rsp)", "3,8,7,255,1,0,0"},
      {"-4@$5", "1,-4,255,255,1,0,5"},       {"-8@$-0x10", "1,-8,255,255,1,0,-16"},
      {"2@(%rax,%rcx,4)", "3,2,0,2,4,0,0"},  {"2@0x10(,%r9,8)", "3,2,255,9,8,0,16"},
      {"2@8+4(%rax,%rbx)", "3,2,0,1,1,0,12"}, {"8@( %rax, %rbx, 2)", "3,8,0,1,2,0,0"},
      {"8@$0xffffffffffffffff", "1,8,255,255,1,0,-1"},
  };
  for (const auto& [input, wanted] : good) {
    INFO(input);
    CHECK(parse(input.c_str()) == 1);
    CHECK(text(0) == wanted);
  }
  for (const char* bad : {"8f@%xmm0", "8@%xmm0", "3@%eax", "4@%r16", "4@%r7", "4@", "@%eax", "4@%eaxx", "4@16(%rip)",
                          "4@x(%rip)", "8@%fs:0", "8@%fs:16(%rax)", "8@x@GOTPCREL(%rip)", "4@(%rax", "4@(%rax,%rcx,3)",
                          "4@(%rax)8", "4@$", "4@$x", "4@--4(%rax)", "4@(%rip,%rax)", "16@%eax", "-3@%eax", "4@$5x",
                          "4@99999999999999999999999(%rax)"}) {
    INFO(bad);
    CHECK(parse(bad) == 1);
    CHECK(text(0) == none_text);
  }
  CHECK(parse("") == 0);
  CHECK(parse("  ") == 0);
  CHECK(parse("1@%al 8f@%xmm1\t4@%ebx ") == 3);
  CHECK(text(1) == none_text);
  CHECK(text(2) == "2,4,1,255,1,0,0");
  CHECK(parse("1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al 1@%al") ==
        KTR_MARKER_ARGS_MAX);
  CHECK(parse(std::string(1000, '(').c_str()) == 1);
}

TEST_CASE("arguments that name variables") {
  fs::path file = programs() / "marks";
  Found memory(KE_MARKERS, file, "memory");
  REQUIRE(memory.r.status == KE_FOUND);
  const ktr_site& site = memory.r.sites.sites[0];
  REQUIRE(site.n_args == 12);
  CHECK(site.args[5].relative == 1);
  std::istringstream symbols(output_of("nm " + file.string()));
  unsigned long long variable = 0;
  for (std::string line; std::getline(symbols, line);)
    if (line.size() > 19 && line.substr(19) == "counter_var") variable = std::stoull(line.substr(0, 16), nullptr, 16);
  // in this file addresses of code are offsets
  CHECK(static_cast<unsigned long long>(site.args[5].value) + site.offset == variable);
  CHECK(site.args[9].op == KTR_MARK_NONE);
  CHECK(site.args[10].op == KTR_MARK_NONE);
}

// ---- names of offsets ----

namespace {

// What the kernel would say of a file.
ke_file_known known(const fs::path& file) {
  ke_file_known k = {};
  std::istringstream notes(output_of("readelf -n " + file.string()));
  for (std::string line; std::getline(notes, line);) {
    const size_t at = line.find("Build ID: ");
    if (at == std::string::npos) continue;
    for (size_t i = at + 10; i + 1 < line.size(); i += 2)
      k.id[k.n_id++] = static_cast<unsigned char>(std::stoul(line.substr(i, 2), nullptr, 16));
  }
  struct stat st = {};
  REQUIRE(stat(file.c_str(), &st) == 0);
  k.major = major(st.st_dev);
  k.minor = minor(st.st_dev);
  k.inode = st.st_ino;
  return k;
}

struct Names {
  explicit Names(const fs::path& file) : Names(file, known(file)) {}
  Names(const fs::path& file, const ke_file_known& k) : names(ke_names_open(file.c_str(), &k)) {}
  ~Names() { ke_names_close(names); }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  // "NAME+N", "" if there is none.
  std::string at(unsigned long long offset) const {
    unsigned long long within = 0;
    const char* name = ke_name_at(names, offset, &within);
    return name ? name + ("+" + std::to_string(within)) : "";
  }
  ke_names* names;
};

}  // namespace

TEST_CASE("offsets have names, whatever the file looks like") {
  for (const char* file : {"calls_pie", "calls_static", "calls_odd", "calls_no_id"}) {
    INFO(file);
    const fs::path path = programs() / file;
    const Names names(path);
    REQUIRE(names.names);
    for (const char* name : {"add3", "many", "hidden", "main"}) {
      CHECK(names.at(offset_of(path, name)) == std::string(name) + "+0");
      CHECK(names.at(offset_of(path, name) + 3) == std::string(name) + "+3");
    }
    CHECK(names.at(offset_of(path, "_twin")) == "twin+0");
    CHECK(names.at(0).empty());
    CHECK(names.at(~0ull).empty());
  }
}

TEST_CASE("names of a stripped file come from its debug file") {
  const fs::path path = programs() / "other/calls_stripped";
  const Names names(path);
  REQUIRE(names.names);
  CHECK(names.at(offset_of(programs() / "calls_pie", "hidden")) == "hidden+0");
}

TEST_CASE("names of another file are not given") {
  const fs::path path = programs() / "calls_pie", no_id = programs() / "calls_no_id";
  CHECK(!Names(path, known(programs() / "calls_static")).names);
  CHECK(!Names(no_id, known(path)).names);
  ke_file_known other = known(no_id);
  other.inode++;
  CHECK(!Names(no_id, other).names);
  CHECK(!Names(programs() / "none", known(path)).names);
  CHECK(!Names(programs(), known(path)).names);
  CHECK(!Names(programs() / "sources", known(programs() / "sources")).names);
}

TEST_CASE("arguments of markers of arm64") {
  ktr_marker_arg a[KTR_MARKER_ARGS_MAX];
  auto text = [&](unsigned i) {
    char buf[128];
    snprintf(buf, sizeof(buf), "%u,%d,%u,%u,%u,%lld", a[i].op, a[i].size, a[i].base, a[i].index, a[i].scale, a[i].value);
    return std::string(buf);
  };
  const std::string none_text = "0,0,255,255,1,0";
  const std::map<std::string, std::string> good = {
      {"-4@w0", "2,-4,0,255,1,0"},           {"8@x30", "2,8,30,255,1,0"},         {"8@sp", "2,8,31,255,1,0"},
      {"x3", "2,-8,3,255,1,0"},              {"-4@5", "1,-4,255,255,1,5"},        {"-8@#-16", "1,-8,255,255,1,-16"},
      {"4@wzr", "1,4,255,255,1,0"},          {"8@[x29]", "3,8,29,255,1,0"},       {"8@[sp, 24]", "3,8,31,255,1,24"},
      {"-4@[x0, #-16]", "3,-4,0,255,1,-16"}, {"8@[x1, x2]", "3,8,1,2,1,0"},       {"8@[x1, x2, lsl 3]", "3,8,1,2,8,0"},
      {"8@[x1,x2,LSL #2]", "3,8,1,2,4,0"},   {"2@[fp, 6]", "3,2,29,255,1,6"},
  };
  for (const auto& [input, wanted] : good) {
    INFO(input);
    CHECK(ke_parse_marker_args_arm64(input.c_str(), a) == 1);
    CHECK(text(0) == wanted);
  }
  for (const char* bad : {"8f@d0", "8@d0", "3@w0", "4@w31", "4@x", "4@", "@x0", "4@x0y", "4@[x0", "4@[x0]8", "4@[x0, w1, sxtw 2]",
                          "4@[x0, x1, lsl 4]", "4@[xzr]", "8@[x0, :lo12:counter]", "8@counter", "4@5x", "4@--4", "16@x0",
                          "4@[x0, sp]", "4@[x0, 99999999999999999999999]"}) {
    INFO(bad);
    CHECK(ke_parse_marker_args_arm64(bad, a) == 1);
    CHECK(text(0) == none_text);
  }
  CHECK(ke_parse_marker_args_arm64(" ", a) == 0);
  CHECK(ke_parse_marker_args_arm64("1@w1 8f@d1\t4@[sp, 8] ", a) == 3);
  CHECK(text(1) == none_text);
  CHECK(text(2) == "3,4,31,255,1,8");
  CHECK(ke_parse_marker_args_arm64(std::string(1000, '[').c_str(), a) == 1);
  CHECK(text(0) == none_text);
}
