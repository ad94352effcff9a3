// SPDX-License-Identifier: GPL-2.0
#include "driver/load_source.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "project/files.h"
#include "support/diag.h"

namespace kt2ko {
namespace {

// Text has next to no control characters; a NUL alone does not count, it ends the script as it always did.
bool looks_binary(const std::string& text) {
  size_t n = std::min<size_t>(text.size(), 4096);
  size_t odd = 0;
  for (size_t i = 0; i < n; ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if ((c < ' ' && !strchr("\t\n\v\f\r\033", c)) || c == 0 || c == 0x7f) ++odd;
  }
  return odd > 1 && odd * 16 > n;
}

Failure coded(const std::string& path, Code code, const char* message, const char* hint) {
  return {kScriptFailed, fmt::format("{}: {} [{}]", path, message, code_name(code)), hint};
}

}  // namespace

Result<Source> load_source(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) {
    return Failure{kUsage, fmt::format("cannot read {}: {}", path, strerror(errno)), "check the name of the script"};
  }
  if (S_ISDIR(info.st_mode)) {
    return Failure{kUsage, fmt::format("{} is a directory", path), "give the name of a script"};
  }
  if (S_ISREG(info.st_mode) && static_cast<size_t>(info.st_size) > kMaxSourceBytes) {
    return coded(path, Code::KT4001, "the script is larger than 1 MB", "split it");
  }
  std::optional<std::string> text = read_file(path);
  if (!text) return Failure{kUsage, fmt::format("cannot read {}: {}", path, strerror(errno)), ""};
  if (text->size() > kMaxSourceBytes) return coded(path, Code::KT4001, "the script is larger than 1 MB", "split it");
  if (looks_binary(*text)) return coded(path, Code::KT1024, "this is no text", "give the script, not a module");
  return Source(path, std::move(*text));
}

}  // namespace kt2ko
