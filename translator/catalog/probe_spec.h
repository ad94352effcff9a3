// SPDX-License-Identifier: GPL-2.0
// What kind of probe an event of the script is. One row per kind; the runtime has one attach file for each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ast/ast.h"

namespace kt2ko {

enum class ProbeKind { kTracepoint, kKprobe, kKretprobe, kUprobe, kUretprobe, kSdt, kTick, kProfile };

struct ProbeSpec {
  ProbeKind kind = ProbeKind::kTracepoint;
  std::string text;    // as written
  std::string system;  // tracepoints: glob; sdt: provider or empty
  std::string event;   // tracepoint, function or marker glob; empty: `offset` alone
  std::string path;    // user-space kinds
  int64_t offset = 0;
  std::vector<ast::FetchArg> fetch;
};

ProbeSpec probe_spec(const ast::EventSpec& event);

}  // namespace kt2ko
