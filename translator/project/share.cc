// SPDX-License-Identifier: GPL-2.0
#include "project/share.h"

#include <fmt/format.h>

#include <cstdlib>

#include "project/process.h"

namespace kt2ko {
namespace {

constexpr const char* kSourceNamed = "kt2ko-source";

fs::path executable() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
}

bool is_share(const fs::path& dir) {
  std::error_code error;
  return fs::is_regular_file(dir / "runtime-c/include/ktr.h", error);
}

}  // namespace

fs::path own_prefix() { return executable().parent_path().parent_path(); }

Result<fs::path> find_share() {
  const char* named = getenv("KT2KO_SHARE");
  std::error_code error;
  fs::path dir;
  if (named && *named) {
    dir = named;
  } else if (std::optional<std::string> tree = read_file(own_prefix() / kSourceNamed)) {
    dir = tree->substr(0, tree->find('\n'));
  } else {
    dir = own_prefix() / "share/kt2ko";
  }
  if (is_share(dir)) return fs::absolute(dir, error).lexically_normal();
  return Failure{kRefused, fmt::format("the runtime sources are not in {}", dir.string()),
                 "install kt2ko again, or set KT2KO_SHARE to its share directory"};
}

Result<fs::path> find_helper(const std::string& name) {
  std::error_code error;
  fs::path beside = executable().parent_path() / name;
  if (fs::exists(beside, error)) return beside;
  std::string found = program_in_path(name);
  if (!found.empty()) return fs::path(found);
  return Failure{kRefused, fmt::format("{} is not installed", name),
                 "it belongs beside kt2ko; install kt2ko again"};
}

}  // namespace kt2ko
