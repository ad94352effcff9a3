// SPDX-License-Identifier: GPL-2.0
// Folders of built things that further runs use again, under $XDG_CACHE_HOME/kt2ko/build or
// ~/.cache/kt2ko/build.
//
// An entry KEY is a folder KEY/ that counts once the file KEY/ready is there, and a lock file
// KEY.lock. Who uses an entry holds the lock shared, who fills or removes it holds it alone.
// Nothing that dies halfway leaves a wrong entry: a folder without `ready` is emptied by the next
// who wants it.
#pragma once

#include <functional>
#include <string>

#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

// Bounds; the least recently used entries go first. A kernel's runtime has up to 10 MB, the events of a script 60 KB: the bytes
// are for fifty kernels, the entries for many scripts on each, as kt2ko check builds them.
struct CacheLimits {
  size_t entries = 4096;
  uint64_t bytes = 512u << 20;
};

// A held lock on an entry.
class CacheEntry {
 public:
  CacheEntry(fs::path dir, int lock_fd) : dir_(std::move(dir)), lock_fd_(lock_fd) {}
  ~CacheEntry();
  CacheEntry(CacheEntry&& other) noexcept;
  CacheEntry& operator=(CacheEntry&&) = delete;
  CacheEntry(const CacheEntry&) = delete;

  const fs::path& dir() const { return dir_; }

 private:
  fs::path dir_;
  int lock_fd_;
};

// The cache's folder, made when missing; empty when there is none that we can write.
fs::path cache_root();

// Gives the entry of a key for use; fills it by fill(dir) when it is not there. Waits while another
// process fills it. Fails with what fill says, or when interrupted.
Result<CacheEntry> use_cache_entry(const fs::path& root, const std::string& key,
                                   const std::function<Done(const fs::path& dir)>& fill,
                                   const CacheLimits& limits = {});

}  // namespace kt2ko
