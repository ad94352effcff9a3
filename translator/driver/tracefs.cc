// SPDX-License-Identifier: GPL-2.0
#include "driver/tracefs.h"

#include <unistd.h>

namespace kt2ko {
Result<fs::path> find_tracefs() {
  for (const char* dir : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    if (access((fs::path(dir) / "available_events").c_str(), R_OK) == 0) return fs::path(dir);
  }
  if (geteuid() != 0)
    return Failure{kRefused, "the kernel's list of events can only be read by root", "use sudo"};
  return Failure{kRefused, "tracefs is not mounted",
                 "mount -t tracefs tracefs /sys/kernel/tracing"};
}

}  // namespace kt2ko
