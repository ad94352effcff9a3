// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "project/files.h"

using namespace kt2ko;

TEST_CASE("a temporary directory goes with its object, unless kept") {
  fs::path gone, kept;
  {
    Result<TempDir> temp = TempDir::make();
    REQUIRE(temp.ok());
    gone = temp.value().path();
    REQUIRE(write_file(gone / "file", "x").ok());
    kept = gone / "inner";
  }
  CHECK_FALSE(fs::exists(gone));
  {
    Result<TempDir> temp = TempDir::make();
    kept = temp.value().keep();
  }
  CHECK(fs::exists(kept));
  fs::remove_all(kept);
}

TEST_CASE("installing a file replaces it whole and leaves nothing else") {
  Result<TempDir> temp = TempDir::make();
  const fs::path& dir = temp.value().path();
  REQUIRE(install_text("old", dir / "out").ok());
  REQUIRE(install_text("new text", dir / "out").ok());
  CHECK(*read_file(dir / "out") == "new text");
  CHECK(std::distance(fs::directory_iterator(dir), fs::directory_iterator()) == 1);
}

TEST_CASE("a pipe or a device is written to, and stays what it is") {
  Result<TempDir> temp = TempDir::make();
  const fs::path pipe = temp.value().path() / "pipe", link = temp.value().path() / "link";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  fs::create_symlink(pipe, link);
  const int reader = open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  REQUIRE(install_text("first", pipe).ok());
  REQUIRE(install_text(" second", link).ok());
  char said[32] = "";
  CHECK(read(reader, said, sizeof(said) - 1) == 12);
  CHECK(std::string(said) == "first second");
  close(reader);
  CHECK(fs::is_fifo(pipe));
  CHECK(fs::is_symlink(link));
}

TEST_CASE("a failed installation leaves nothing behind") {
  Result<TempDir> temp = TempDir::make();
  const fs::path& dir = temp.value().path();
  fs::create_directory(dir / "out");  // rename() cannot replace a directory
  Done done = install_text("x", dir / "out");
  REQUIRE_FALSE(done.ok());
  CHECK(done.failure().status == kRefused);
  CHECK(std::distance(fs::directory_iterator(dir), fs::directory_iterator()) == 1);
  CHECK_FALSE(install_text("x", dir / "none/out").ok());
}

TEST_CASE("unchanged text does not touch the file") {
  Result<TempDir> temp = TempDir::make();
  fs::path file = temp.value().path() / "f";
  REQUIRE(write_file(file, "x").ok());
  auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(file, old);
  REQUIRE(write_if_changed(file, "x").ok());
  CHECK(fs::last_write_time(file) == old);
  REQUIRE(write_if_changed(file, "y").ok());
  CHECK(fs::last_write_time(file) > old);
}

TEST_CASE("fingerprints tell contents, names and boundaries apart") {
  auto of = [](std::initializer_list<std::string_view> parts) {
    Fingerprint f;
    for (std::string_view part : parts) f.add(part);
    return f.hex();
  };
  CHECK(of({"ab", "c"}) == of({"ab", "c"}));
  CHECK(of({"ab", "c"}) != of({"a", "bc"}));
  CHECK(of({"ab", "c"}) != of({"abc"}));
  CHECK(of({"a"}) != of({"a", ""}));

  Result<TempDir> temp = TempDir::make();
  const fs::path& dir = temp.value().path();
  REQUIRE(write_file(dir / "a", "1").ok());
  Fingerprint before, same, after;
  before.add_tree(dir);
  same.add_tree(dir);
  fs::rename(dir / "a", dir / "b");
  after.add_tree(dir);
  CHECK(before.hex() == same.hex());
  CHECK(before.hex() != after.hex());
}
