// SPDX-License-Identifier: GPL-2.0
// Files: whole reads, atomic writes, temporary directories that do not outlive their object.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "project/interrupt.h"
#include "project/result.h"

namespace kt2ko {

namespace fs = std::filesystem;

// The file's bytes; nothing when it cannot be read.
std::optional<std::string> read_file(const fs::path& path);

Done write_file(const fs::path& path, std::string_view text);
// Writes only when the content differs, so that make sees no change where there is none.
Done write_if_changed(const fs::path& path, std::string_view text);

// Puts a copy of `from` at `to`: complete or not at all, also when interrupted.
Done install_file(const fs::path& from, const fs::path& to);
Done install_text(std::string_view text, const fs::path& to);

// Copies the regular files of a directory tree.
Done copy_tree(const fs::path& from, const fs::path& to);

// $TMPDIR, or /tmp.
fs::path temp_parent();

// A directory under temp_parent() (or the given parent), removed with everything in it by the
// destructor.
class TempDir {
 public:
  static Result<TempDir> make(const fs::path& parent = {});
  ~TempDir();
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) = delete;
  TempDir(const TempDir&) = delete;

  const fs::path& path() const { return path_; }
  // Leaves the directory where it is: for messages that point into it, or when it was renamed.
  fs::path keep();

 private:
  explicit TempDir(fs::path path) : path_(std::move(path)) {}
  Leftover leftover_;
  fs::path path_;
};

// All regular files in DIR and below, sorted; links to directories are not followed. What is removed meanwhile is left out,
// and a DIR that is not there has none.
std::vector<fs::path> files_below(const fs::path& dir);

// What DIR itself has with the extension (".c"; "" for all files), sorted.
std::vector<fs::path> files_with(const fs::path& dir, const std::string& extension);

// FNV-1a, 64 bit: names content in the cache. Not for anything that an enemy chooses.
class Fingerprint {
 public:
  void add(std::string_view bytes);
  // Adds a file's name and bytes; a missing file counts as empty.
  void add_file(const fs::path& path, const std::string& name);
  // Adds every regular file below a directory, in the order of their names.
  void add_tree(const fs::path& dir);
  std::string hex() const;

 private:
  uint64_t value_ = 0xcbf29ce484222325u;
};

}  // namespace kt2ko
