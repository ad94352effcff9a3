// SPDX-License-Identifier: GPL-2.0
// What a kernel has to be built with, for modules of ours at all and for each kind of event.
#pragma once

#include <string>
#include <vector>

#include "catalog/probe_spec.h"

namespace kt2ko {

struct ConfigNeed {
  std::string option;    // "CONFIG_UPROBES"
  std::string fallback;  // what is done without it; empty: it does not go without
};

// For every script: what a module of ours cannot be built or loaded without. Only what is certain stands here.
const std::vector<ConfigNeed>& config_needs();
// For events of a kind, besides.
const std::vector<ConfigNeed>& config_needs(ProbeKind kind);

// How functions are hooked that the function tracer does not know.
extern const char* const kBreakpoint;

}  // namespace kt2ko
