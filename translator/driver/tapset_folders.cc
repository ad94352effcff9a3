// SPDX-License-Identifier: GPL-2.0
#include "driver/tapset_folders.h"

#include "driver/script_module.h"
#include "project/files.h"
#include "project/share.h"

namespace kt2ko {
namespace {

// Names that can be written before a dot, so that no name leads out of a folder.
bool is_word(const std::string& name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
                              std::string::npos;
}

}  // namespace

FindTapset tapset_finder(const Options& options) {
  std::vector<fs::path> folders(options.tapset_folders.begin(), options.tapset_folders.end());
  Result<fs::path> share = find_share();
  if (share.ok()) folders.push_back(share.value() / "tapsets");
  return [folders](const std::string& name) -> std::optional<TapsetText> {
    if (!is_word(name)) return std::nullopt;
    for (const fs::path& folder : folders) {
      const fs::path path = folder / (name + ".kp");
      std::error_code error;
      if (!fs::is_regular_file(path, error)) continue;
      if (std::optional<std::string> text = read_file(path)) return TapsetText{path.string(), std::move(*text)};
    }
    return std::nullopt;
  };
}

}  // namespace kt2ko
