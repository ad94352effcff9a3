// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/cache_dir.h"

#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace kt2ko {

std::string vm_cache_dir() {
  std::filesystem::path base;
  const char* xdg = getenv("XDG_CACHE_HOME");
  const char* home = getenv("HOME");
  if (xdg != nullptr && xdg[0] == '/') {
    base = xdg;
  } else if (home != nullptr && home[0] == '/') {
    base = std::filesystem::path(home) / ".cache";
  } else {
    return "";
  }
  std::filesystem::path dir = base / "kt2ko" / "vm";
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  return access(dir.c_str(), W_OK) == 0 ? dir.string() : "";
}

}  // namespace kt2ko
