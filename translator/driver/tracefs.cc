// SPDX-License-Identifier: GPL-2.0
#include "driver/tracefs.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <sstream>

namespace kt2ko {
namespace {

void sort_once(std::vector<std::string>* names) {
  std::sort(names->begin(), names->end());
  names->erase(std::unique(names->begin(), names->end()), names->end());
}

}  // namespace

Result<fs::path> find_tracefs() {
  for (const char* dir : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    if (access((fs::path(dir) / "available_events").c_str(), R_OK) == 0) return fs::path(dir);
  }
  if (geteuid() != 0)
    return Failure{kRefused, "the kernel's list of events can only be read by root", "use sudo"};
  return Failure{kRefused, "tracefs is not mounted",
                 "mount -t tracefs tracefs /sys/kernel/tracing"};
}

Result<std::vector<std::string>> list_events() {
  Result<fs::path> dir = find_tracefs();
  if (!dir.ok()) return dir.failure();
  std::vector<std::string> names;
  std::istringstream lines(read_file(dir.value() / "available_events").value_or(""));
  for (std::string line; std::getline(lines, line);) names.push_back(line);
  sort_once(&names);
  return names;
}

Result<std::vector<std::string>> list_functions() {
  std::optional<std::string> text = read_file("/proc/kallsyms");
  if (!text) return Failure{kRefused, "/proc/kallsyms cannot be read", "use sudo"};
  std::vector<std::string> names;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    // "ffffffff81000000 T name" or "... t name\t[module]"
    size_t type = line.find(' ') + 1;
    if (type == 0 || type + 2 >= line.size() || !strchr("tTwW", line[type])) continue;
    size_t end = line.find('\t');
    names.push_back(line.substr(type + 2, end == std::string::npos ? end : end - type - 2));
  }
  sort_once(&names);
  return names;
}

}  // namespace kt2ko
