// SPDX-License-Identifier: GPL-2.0
#include "project/cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace kt2ko {
namespace {

constexpr const char* kReady = "ready";
constexpr const char* kLockSuffix = ".lock";

// True when the open file is still the one at path: a lock file may have been removed while we
// waited for it.
bool still_there(int fd, const fs::path& path) {
  struct stat mine = {}, current = {};
  return fstat(fd, &mine) == 0 && stat(path.c_str(), &current) == 0 &&
         mine.st_ino == current.st_ino && mine.st_dev == current.st_dev;
}

// Opens and locks a lock file; -1 with errno when that fails (EWOULDBLOCK: held, with LOCK_NB;
// EINTR: a signal came).
int lock_file(const fs::path& path, int how) {
  for (;;) {
    int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return -1;
    int rc = flock(fd, how);
    if (rc == 0 && still_there(fd, path)) return fd;
    int error = rc == 0 ? 0 : errno;
    close(fd);
    errno = error;
    if (rc != 0) return -1;
  }
}

struct OldEntry {
  fs::path dir;
  fs::file_time_type used;
  uint64_t bytes = 0;
};

uint64_t bytes_in(const fs::path& dir) {
  uint64_t sum = 0;
  std::error_code error;
  for (const fs::path& file : files_below(dir)) {
    uintmax_t size = fs::file_size(file, error);
    if (!error) sum += size;
  }
  return sum;
}

// All entries, the most recently used first; those never finished last.
std::vector<OldEntry> entries_in(const fs::path& root) {
  std::vector<OldEntry> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root, error)) {
    if (!entry.is_directory(error)) continue;
    OldEntry old;
    old.dir = entry.path();
    old.used = fs::last_write_time(old.dir / kReady, error);
    if (error) old.used = fs::file_time_type::min();
    old.bytes = bytes_in(old.dir);
    entries.push_back(old);
  }
  std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.used > b.used; });
  return entries;
}

// Removes what exceeds the limits, except what somebody uses.
void trim(const fs::path& root, const CacheLimits& limits) {
  size_t count = 0;
  uint64_t bytes = 0;
  std::error_code ignored;
  for (const OldEntry& entry : entries_in(root)) {
    ++count;
    bytes += entry.bytes;
    if (count <= limits.entries && bytes <= limits.bytes) continue;
    fs::path lock = entry.dir.string() + kLockSuffix;
    int fd = lock_file(lock, LOCK_EX | LOCK_NB);
    if (fd < 0) continue;
    fs::remove_all(entry.dir, ignored);
    fs::remove(lock, ignored);
    close(fd);
  }
}

bool is_ready(const fs::path& dir) { return access((dir / kReady).c_str(), F_OK) == 0; }

// Held alone: fills the entry unless another process did while we waited.
Done fill_entry(const fs::path& dir, const std::function<Done(const fs::path&)>& fill) {
  if (is_ready(dir)) return Nothing{};
  Leftover filling;
  std::error_code error;
  fs::remove_all(dir, error);
  fs::create_directory(dir, error);
  Done done = fill(dir);
  if (done.ok() && interrupted()) done = Failure{kRefused, "interrupted"};
  if (done.ok()) done = install_text("", dir / kReady);
  if (!done.ok()) fs::remove_all(dir, error);
  return done;
}

Failure cannot_lock(const fs::path& path) {
  if (interrupted()) return {kRefused, "interrupted"};
  return {kRefused, fmt::format("cannot lock {}: {}", path.string(), strerror(errno)),
          "remove the cache, or set XDG_CACHE_HOME to a directory that can be written"};
}

}  // namespace

CacheEntry::~CacheEntry() {
  if (lock_fd_ >= 0) close(lock_fd_);
}

CacheEntry::CacheEntry(CacheEntry&& other) noexcept
    : dir_(std::move(other.dir_)), lock_fd_(other.lock_fd_) {
  other.lock_fd_ = -1;
}

fs::path cache_root() {
  const char* cache = getenv("XDG_CACHE_HOME");
  const char* home = getenv("HOME");
  fs::path base;
  if (cache && cache[0] == '/') {
    base = cache;
  } else if (home && home[0] == '/') {
    base = fs::path(home) / ".cache";
  } else {
    return {};
  }
  fs::path root = base / "kt2ko/build";
  std::error_code error;
  fs::create_directories(root, error);
  return access(root.c_str(), W_OK | X_OK) == 0 ? root : fs::path();
}

Result<CacheEntry> use_cache_entry(const fs::path& root, const std::string& key,
                                   const std::function<Done(const fs::path&)>& fill,
                                   const CacheLimits& limits) {
  fs::path dir = root / key;
  fs::path lock = dir.string() + kLockSuffix;
  for (;;) {
    int fd = lock_file(lock, LOCK_SH);
    if (fd < 0) return cannot_lock(lock);
    CacheEntry entry(dir, fd);
    if (is_ready(dir)) {
      std::error_code ignored;
      fs::last_write_time(dir / kReady, fs::file_time_type::clock::now(), ignored);
      return entry;
    }
    // A shared lock cannot become an exclusive one in one step; another may fill or remove the
    // entry in between, so look again afterwards.
    flock(fd, LOCK_UN);
    int alone = lock_file(lock, LOCK_EX);
    if (alone < 0) return cannot_lock(lock);
    CacheEntry filling(dir, alone);
    Done done = fill_entry(dir, fill);
    if (!done.ok()) {
      std::error_code ignored;
      fs::remove(lock, ignored);
      return done.failure();
    }
    trim(root, limits);
  }
}

}  // namespace kt2ko
