// SPDX-License-Identifier: GPL-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "project/cache.h"

using namespace kt2ko;

namespace {

struct Root {
  TempDir temp = std::move(TempDir::make().value());
  const fs::path& path() const { return temp.path(); }
};

Done fill_with(const fs::path& dir, const std::string& text) {
  return write_file(dir / "content", text);
}

}  // namespace

TEST_CASE("an entry is filled once") {
  Root root;
  int fills = 0;
  auto fill = [&](const fs::path& dir) { return ++fills, fill_with(dir, "x"); };
  for (int i = 0; i < 3; ++i) {
    Result<CacheEntry> entry = use_cache_entry(root.path(), "key", fill);
    REQUIRE(entry.ok());
    CHECK(*read_file(entry.value().dir() / "content") == "x");
  }
  CHECK(fills == 1);
}

TEST_CASE("a failed fill is reported, leaves nothing, and is tried again") {
  Root root;
  auto fail = [](const fs::path& dir) {
    (void)fill_with(dir, "half");
    return Done(Failure{kRefused, "no luck"});
  };
  Result<CacheEntry> entry = use_cache_entry(root.path(), "key", fail);
  REQUIRE_FALSE(entry.ok());
  CHECK(entry.failure().message == "no luck");
  CHECK(fs::is_empty(root.path()));
  CHECK(use_cache_entry(root.path(), "key", [](const fs::path& dir) {
          return fill_with(dir, "x");
        }).ok());
}

TEST_CASE("what a dead filler left is not taken for an entry") {
  Root root;
  fs::create_directory(root.path() / "key");
  REQUIRE(write_file(root.path() / "key/content", "half").ok());
  Result<CacheEntry> entry = use_cache_entry(
      root.path(), "key", [](const fs::path& dir) { return fill_with(dir, "whole"); });
  REQUIRE(entry.ok());
  CHECK(*read_file(entry.value().dir() / "content") == "whole");
}

TEST_CASE("processes that want the same entry wait for the one that fills it") {
  Root root;
  constexpr int kProcesses = 6;
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() != 0) continue;
    auto fill = [&](const fs::path& dir) {
      // A second filler would find the first one's file.
      if (fs::exists(root.path() / "filling")) return Done(Failure{kRefused, "two at once"});
      (void)write_file(root.path() / "filling", "");
      usleep(50000);
      return fill_with(dir, "x");
    };
    Result<CacheEntry> entry = use_cache_entry(root.path(), "key", fill);
    _exit(entry.ok() && read_file(entry.value().dir() / "content") == std::string("x") ? 0 : 1);
  }
  for (int i = 0; i < kProcesses; ++i) {
    int status = -1;
    wait(&status);
    CHECK(status == 0);
  }
}

TEST_CASE("the least recently used entries go, those in use stay") {
  Root root;
  CacheLimits limits;
  limits.entries = 2;
  auto use = [&](const char* key) {
    return use_cache_entry(
        root.path(), key, [](const fs::path& dir) { return fill_with(dir, "x"); }, limits);
  };
  auto age = [&](const char* key, int hours) {
    fs::last_write_time(root.path() / key / "ready",
                        fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  REQUIRE(use("a").ok());
  age("a", 3);
  REQUIRE(use("b").ok());
  age("b", 2);
  {
    Result<CacheEntry> held = use("a");
    age("a", 3);
    REQUIRE(use("c").ok());
    CHECK(fs::exists(root.path() / "a"));  // oldest, but held
  }
  age("c", 1);
  REQUIRE(use("d").ok());
  CHECK_FALSE(fs::exists(root.path() / "a"));
  CHECK_FALSE(fs::exists(root.path() / "b"));
  CHECK_FALSE(fs::exists(root.path() / "a.lock"));
  CHECK(fs::exists(root.path() / "c/ready"));
  CHECK(fs::exists(root.path() / "d/ready"));
}

TEST_CASE("a runtime stays while hundreds of scripts have events of their own built") {
  Root root;
  auto use = [&](const std::string& key) {
    return use_cache_entry(root.path(), key, [](const fs::path& dir) { return fill_with(dir, "x"); }).ok();
  };
  REQUIRE(use("runtime"));
  fs::last_write_time(root.path() / "runtime/ready", fs::file_time_type::clock::now() - std::chrono::hours(1));
  for (int i = 0; i < 300; ++i) REQUIRE(use(std::to_string(i)));
  CHECK(fs::exists(root.path() / "runtime/ready"));
  CHECK(fs::exists(root.path() / "0/ready"));
}

TEST_CASE("the cache is bounded in bytes too") {
  Root root;
  CacheLimits limits;
  limits.bytes = 1500;
  auto use = [&](const char* key) {
    auto fill = [](const fs::path& dir) { return fill_with(dir, std::string(1000, 'x')); };
    return use_cache_entry(root.path(), key, fill, limits).ok();
  };
  REQUIRE(use("a"));
  fs::last_write_time(root.path() / "a/ready",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  REQUIRE(use("b"));
  CHECK_FALSE(fs::exists(root.path() / "a"));
  CHECK(fs::exists(root.path() / "b"));
}

TEST_CASE("entries that are removed meanwhile do not disturb looking for old ones") {
  Root root;
  std::atomic<bool> stop = false;
  std::thread others([&] {
    const fs::path other = root.path() / "other";
    std::error_code ignored;
    while (!stop) {
      for (const char* sub : {"a/b/c", "d/e/f", "g/h/i"}) fs::create_directories(other / sub, ignored);
      fs::remove_all(other, ignored);
    }
  });
  int good = 0;
  for (int i = 0; i < 1000; ++i) {
    auto fill = [](const fs::path& dir) { return fill_with(dir, "x"); };
    good += use_cache_entry(root.path(), "key" + std::to_string(i % 10), fill).ok();
    std::error_code ignored;
    fs::remove_all(root.path() / ("key" + std::to_string((i + 1) % 10)), ignored);
  }
  stop = true;
  others.join();
  CHECK(good == 1000);
}
