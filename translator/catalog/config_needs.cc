// SPDX-License-Identifier: GPL-2.0
#include "catalog/config_needs.h"

namespace kt2ko {

const char* const kBreakpoint = "breakpoint, the function tracer does not know the function";

const std::vector<ConfigNeed>& config_needs() {
  static const std::vector<ConfigNeed> needs = {
      {"CONFIG_MODULES", ""}, {"CONFIG_SMP", ""},     {"CONFIG_RELAY", ""},       {"CONFIG_PROC_FS", ""},
      {"CONFIG_KALLSYMS", ""}, {"CONFIG_KPROBES", ""}, {"CONFIG_TRACEPOINTS", ""},
  };
  return needs;
}

const std::vector<ConfigNeed>& config_needs(ProbeKind kind) {
  static const std::vector<ConfigNeed> none;
  static const std::vector<ConfigNeed> user = {{"CONFIG_UPROBES", ""}};
  static const std::vector<ConfigNeed> timer = {{"CONFIG_HIGH_RES_TIMERS", "no interval shorter than a tick of the kernel"}};
  switch (kind) {
    case ProbeKind::kUprobe:
    case ProbeKind::kUretprobe:
    case ProbeKind::kSdt:
      return user;
    case ProbeKind::kTick:
    case ProbeKind::kProfile:
      return timer;
    default:
      return none;
  }
}

}  // namespace kt2ko
