// SPDX-License-Identifier: GPL-2.0
#include "project/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace kt2ko {
namespace {

Failure cannot(const char* what, const fs::path& path, int error) {
  return {kRefused, fmt::format("cannot {} {}: {}", what, path.string(), strerror(error)), ""};
}

// Devices and pipes are written to: a file in their place would be the end of them (as root, of /dev/null).
bool is_special(const fs::path& path) {
  struct stat st;
  return stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

template <typename Fill>
Done fill_special(const fs::path& to, Fill fill) {
  const int fd = open(to.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return cannot("write", to, errno);
  int error = fill(fd) ? 0 : errno;
  if (close(fd) != 0 && error == 0) error = errno;
  if (error != 0) return cannot("write", to, error);
  return Nothing{};
}

// Fills a temporary file beside `to` and renames it over it.
template <typename Fill>
Done replace_file(const fs::path& to, Fill fill) {
  if (is_special(to)) return fill_special(to, fill);
  std::string name = to.string() + ".XXXXXX";
  Leftover leftover;
  int fd = mkstemp(name.data());
  if (fd < 0) return cannot("write", to, errno);
  mode_t mask = umask(0);
  umask(mask);
  int error = fchmod(fd, 0666 & ~mask) == 0 && fill(fd) ? 0 : errno;
  if (close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && interrupted()) error = EINTR;
  if (error == 0 && rename(name.c_str(), to.c_str()) != 0) error = errno;
  if (error == 0) return Nothing{};
  unlink(name.c_str());
  return cannot("write", to, error);
}

bool write_bytes(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

std::optional<std::string> read_file(const fs::path& path) {
  FILE* file = fopen(path.c_str(), "re");
  if (!file) return std::nullopt;
  std::string text;
  char buffer[65536];
  size_t n;
  while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0) text.append(buffer, n);
  bool failed = ferror(file) != 0;
  fclose(file);
  if (failed) return std::nullopt;
  return text;
}

Done write_file(const fs::path& path, std::string_view text) {
  FILE* file = fopen(path.c_str(), "we");
  if (!file) return cannot("write", path, errno);
  bool ok = fwrite(text.data(), 1, text.size(), file) == text.size();
  int error = errno;
  if (fclose(file) != 0) ok = false, error = errno;
  if (!ok) return cannot("write", path, error);
  return Nothing{};
}

Done write_if_changed(const fs::path& path, std::string_view text) {
  std::optional<std::string> old = read_file(path);
  if (old && *old == text) return Nothing{};
  return write_file(path, text);
}

Done install_text(std::string_view text, const fs::path& to) {
  return replace_file(to, [&](int fd) { return write_bytes(fd, text); });
}

Done install_file(const fs::path& from, const fs::path& to) {
  std::optional<std::string> bytes = read_file(from);
  if (!bytes) return cannot("read", from, errno);
  return install_text(*bytes, to);
}

Done copy_tree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to, error);
  auto options = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
  if (!error) fs::copy(from, to, options, error);
  if (error) return cannot("copy", from, error.value());
  return Nothing{};
}

fs::path temp_parent() {
  const char* named = getenv("TMPDIR");
  return named && *named ? named : "/tmp";
}

Result<TempDir> TempDir::make(const fs::path& parent) {
  fs::path base = !parent.empty() ? parent : temp_parent();
  std::string name = (base / "kt2ko-XXXXXX").string();
  Leftover guard;
  if (!mkdtemp(name.data())) {
    Failure failure = cannot("make a temporary directory in", base, errno);
    failure.hint = "point TMPDIR to a directory that can be written";
    return failure;
  }
  return TempDir(name);
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }

TempDir::~TempDir() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

fs::path TempDir::keep() { return std::exchange(path_, fs::path()); }

std::vector<fs::path> files_below(const fs::path& dir) {
  std::vector<fs::path> files, dirs = {dir};
  // fs::recursive_directory_iterator throws, or ends, at a directory that is removed meanwhile.
  while (!dirs.empty()) {
    std::error_code error;
    fs::directory_iterator entry(dirs.back(), error), end;
    dirs.pop_back();
    for (; !error && entry != end; entry.increment(error)) {
      std::error_code gone;
      if (entry->is_directory(gone) && !entry->is_symlink(gone)) dirs.push_back(entry->path());
      if (entry->is_regular_file(gone)) files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> files_with(const fs::path& dir, const std::string& extension) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(dir, error)) {
    const bool wanted = extension.empty() ? entry.is_regular_file(error) : entry.path().extension() == extension;
    if (wanted) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void Fingerprint::add(std::string_view bytes) {
  for (unsigned char byte : bytes) value_ = (value_ ^ byte) * 0x100000001b3u;
  value_ = (value_ ^ bytes.size()) * 0x100000001b3u;  // "ab","c" is not "a","bc"
}

void Fingerprint::add_file(const fs::path& path, const std::string& name) {
  add(name);
  add(read_file(path).value_or(""));
}

void Fingerprint::add_tree(const fs::path& dir) {
  std::error_code error;
  for (const fs::path& file : files_below(dir)) {
    add_file(file, fs::relative(file, dir, error).string());
  }
}

std::string Fingerprint::hex() const { return fmt::format("{:016x}", value_); }

}  // namespace kt2ko
