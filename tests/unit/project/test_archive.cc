// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>
#include <cstdlib>

#include "project/archive.h"
#include "project/module_facts.h"
#include "project/process.h"
#include "project/sha256.h"

using namespace kt2ko;

namespace {

std::string output_of(const std::vector<std::string>& words) {
  Command command;
  command.argv = words;
  return run_captured(command).output;
}

}  // namespace

TEST_CASE("hashes are those of sha256sum") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("tar unpacks what was packed, names of any length that fits") {
  unsetenv("SOURCE_DATE_EPOCH");
  Result<TempDir> temp = TempDir::make();
  REQUIRE(temp.ok());
  const fs::path file = temp.value().path() / "a.tgz";
  const std::string deep = std::string(90, 'd') + "/" + std::string(90, 'f');
  const std::vector<ArchiveMember> members = {
      {"one", "1\n"}, {"empty", "", true}, {deep, std::string(512, 'x')}, {"big", std::string(100000, 'y')}};
  REQUIRE(write_archive(members, file).ok());
  const std::string list = output_of({"tar", "--utc", "-tvzf", file.string()});
  CHECK(list.find("-rw-r--r-- root/root         2 1980-01-01 00:00 one\n") == 0);
  CHECK(list.find("-rwxr-xr-x root/root         0 1980-01-01 00:00 empty\n") != std::string::npos);
  CHECK(output_of({"tar", "-xOzf", file.string(), deep}) == std::string(512, 'x'));
  CHECK(output_of({"tar", "-xOzf", file.string(), "big"}) == std::string(100000, 'y'));

  const std::string first = read_file(file).value();
  REQUIRE(write_archive(members, temp.value().path() / "other name").ok());
  CHECK(read_file(temp.value().path() / "other name").value() == first);
}

TEST_CASE("names that no head has room for") {
  Result<TempDir> temp = TempDir::make();
  REQUIRE(temp.ok());
  const fs::path file = temp.value().path() / "a.tgz";
  CHECK_FALSE(write_archive({{std::string(101, 'x'), ""}}, file).ok());
  CHECK_FALSE(write_archive({{std::string(156, 'x') + "/" + std::string(90, 'y'), ""}}, file).ok());
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("the time of members") {
  setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
  CHECK(archive_time().value() == 1700000000);
  for (const char* wrong : {"x", "-1", "1x", "99999999999"}) {
    setenv("SOURCE_DATE_EPOCH", wrong, 1);
    REQUIRE_FALSE(archive_time().ok());
    CHECK(archive_time().failure().status == kUsage);
  }
  unsetenv("SOURCE_DATE_EPOCH");
  CHECK(archive_time().value() == 315532800);
}

TEST_CASE("what is no module tells nothing") {
  for (const std::string& bytes : {std::string(), std::string("\177ELF"), std::string(4096, 'x'), "\177ELF" + std::string(200, '\1')}) {
    CHECK(elf_machine(bytes).empty());
    CHECK(modinfo_value(bytes, "vermagic").empty());
  }
  CHECK_FALSE(elf_machine(read_file("/proc/self/exe").value()).empty());
}
