// SPDX-License-Identifier: GPL-2.0
// kt2ko list: what the running kernel lets us trace.
#include <fmt/format.h>
#include <fnmatch.h>

#include <cstdio>

#include "driver/commands.h"
#include "driver/list_user.h"
#include "driver/report.h"
#include "driver/tracefs.h"

namespace kt2ko {

Status cmd_list(const Options& options) {
  const std::string functions = "probe:";
  std::string glob = options.files.empty() ? "*" : options.files[0];
  if (names_user_file(glob)) return list_user(glob);
  bool of_functions = glob.compare(0, functions.size(), functions) == 0;
  Result<std::vector<std::string>> names = of_functions ? list_functions() : list_events();
  if (!names.ok()) return report(names.failure());
  size_t found = 0;
  for (const std::string& name : names.value()) {
    std::string full = of_functions ? functions + name : name;
    if (fnmatch(glob.c_str(), full.c_str(), 0) != 0) continue;
    puts(full.c_str());
    ++found;
  }
  if (found != 0) return kDone;
  return report({kScriptFailed, fmt::format("nothing matches {}", glob),
                 "quote the pattern, e.g. 'sched:*', 'probe:vfs_*'"});
}

}  // namespace kt2ko
