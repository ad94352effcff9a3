// SPDX-License-Identifier: GPL-2.0
#include "project/core_objects.h"

#include "project/sha256.h"
#include "project/share.h"

namespace kt2ko {
namespace {

// What core_objects.sh hands to sha256sum.
std::string sources_of_core(const fs::path& runtime) {
  std::string text;
  for (const auto& [folder, extension] : {std::pair{"include", ""}, {"port", ""}, {"core", ".c"}, {"core", ".h"}, {"units/core", ".c"}}) {
    for (const fs::path& file : files_with(runtime / folder, extension)) text += read_file(file).value_or("");
  }
  return text + read_file(runtime / "compat/core_cc.sh").value_or("");
}

}  // namespace

fs::path core_objects(const fs::path& share) {
  const fs::path all = own_prefix() / "lib/kt2ko/core";
  std::error_code error;
  if (!fs::is_directory(all, error)) return {};
  const fs::path ours = all / sha256_hex(sources_of_core(share / "runtime-c"));
  return fs::is_directory(ours, error) ? ours : fs::path();
}

}  // namespace kt2ko
