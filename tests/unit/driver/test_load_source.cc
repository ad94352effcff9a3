// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "driver/load_source.h"
#include "parse/limits.h"
#include "project/files.h"

using namespace kt2ko;

namespace {

struct Script {
  explicit Script(const std::string& text) { REQUIRE(write_file(path(), text).ok()); }
  fs::path path() const { return temp.path() / "s.kp"; }
  Result<Source> load() const { return load_source(path().string()); }
  TempDir temp = std::move(TempDir::make().value());
};

}  // namespace

TEST_CASE("a script is read as it is") {
  Result<Source> source = Script("print(1)\n").load();
  REQUIRE(source.ok());
  CHECK(source.value().text() == "print(1)\n");
  CHECK(Script("").load().ok());
  CHECK(Script("# \xc3\xa4\xff\n\tprint(\"\033[1m\")\r\n").load().ok());
  CHECK(Script("x\0y").load().ok());
}

TEST_CASE("what is not there or a directory is a matter of usage") {
  CHECK(load_source("/no/such/file.kp").failure().status == kUsage);
  Result<Source> source = load_source("/tmp");
  REQUIRE_FALSE(source.ok());
  CHECK(source.failure().status == kUsage);
  CHECK(source.failure().message == "/tmp is a directory");
}

TEST_CASE("too large files are refused with their code; binary ones are the parser's") {
  CHECK(Script(std::string(kMaxSource, ' ')).load().ok());
  Result<Source> source = Script(std::string(kMaxSource + 1, ' ')).load();
  REQUIRE_FALSE(source.ok());
  CHECK(source.failure().status == kScriptFailed);
  CHECK(source.failure().message.find("[KT4001]") != std::string::npos);
}
