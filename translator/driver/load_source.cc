// SPDX-License-Identifier: GPL-2.0
#include "driver/load_source.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "parse/limits.h"
#include "project/files.h"
#include "support/diag.h"

namespace kt2ko {
namespace {

Failure too_large(const std::string& path) {
  return {kScriptFailed,
          fmt::format("{}: the script is larger than 1 MB [{}]", path, code_name(Code::KT4001)),
          "split it"};
}

}  // namespace

Result<Source> load_source(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) {
    return Failure{kUsage, fmt::format("cannot read {}: {}", path, strerror(errno)),
                   "check the name of the script"};
  }
  if (S_ISDIR(info.st_mode)) {
    return Failure{kUsage, fmt::format("{} is a directory", path), "give the name of a script"};
  }
  if (S_ISREG(info.st_mode) && static_cast<size_t>(info.st_size) > kMaxSource) {
    return too_large(path);
  }
  std::optional<std::string> text = read_file(path);
  if (!text) return Failure{kUsage, fmt::format("cannot read {}: {}", path, strerror(errno)), ""};
  if (text->size() > kMaxSource) return too_large(path);
  return Source(path, std::move(*text));
}

}  // namespace kt2ko
