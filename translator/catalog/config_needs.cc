// SPDX-License-Identifier: GPL-2.0
#include "catalog/config_needs.h"

namespace kt2ko {

const char* const kBreakpoint = "breakpoint, the function tracer does not know the function";

const std::vector<ConfigNeed>& config_needs() {
  static const std::vector<ConfigNeed> needs = {
      {"CONFIG_MODULES", ""},     {"CONFIG_SMP", ""},     {"CONFIG_RELAY", ""},
      {"CONFIG_PROC_FS", ""},     {"CONFIG_KALLSYMS", ""}, {"CONFIG_KPROBES", ""},
  };
  return needs;
}

const std::vector<ConfigNeed>& config_needs(ProbeKind kind) {
  static const std::vector<ConfigNeed> tracepoint = {{"CONFIG_TRACEPOINTS", ""}, {"CONFIG_PERF_EVENTS", ""}};
  static const std::vector<ConfigNeed> entry = {{"CONFIG_DYNAMIC_FTRACE", "breakpoint, the kernel has no function tracer"}};
  static const std::vector<ConfigNeed> result = {{"CONFIG_KRETPROBES", ""}, {"CONFIG_DYNAMIC_FTRACE", "breakpoint, the kernel has no function tracer"}};
  static const std::vector<ConfigNeed> user = {{"CONFIG_UPROBES", ""}};
  static const std::vector<ConfigNeed> timer = {{"CONFIG_HIGH_RES_TIMERS", "no interval shorter than a tick of the kernel"}};
  switch (kind) {
    case ProbeKind::kTracepoint:
      return tracepoint;
    case ProbeKind::kKprobe:
      return entry;
    case ProbeKind::kKretprobe:
      return result;
    case ProbeKind::kUprobe:
    case ProbeKind::kUretprobe:
    case ProbeKind::kSdt:
      return user;
    case ProbeKind::kTick:
    case ProbeKind::kProfile:
      return timer;
  }
  return timer;
}

}  // namespace kt2ko
