// SPDX-License-Identifier: GPL-2.0
#include "catalog/probe_spec.h"

namespace kt2ko {

ProbeSpec probe_spec(const ast::EventSpec& event) {
  ProbeSpec spec;
  spec.text = event.text;
  spec.event = event.event;
  spec.path = event.path;
  spec.offset = event.offset;
  spec.fetch = event.fetch;
  if (event.system == "probe") {
    if (event.path.empty())
      spec.kind = event.is_return ? ProbeKind::kKretprobe : ProbeKind::kKprobe;
    else
      spec.kind = event.is_return ? ProbeKind::kUretprobe : ProbeKind::kUprobe;
  } else if (event.system == "sdt") {
    spec.kind = ProbeKind::kSdt;
    const size_t colon = event.event.find(':');
    if (colon != std::string::npos) {
      spec.system = event.event.substr(0, colon);
      spec.event = event.event.substr(colon + 1);
    }
  } else {
    spec.kind = ProbeKind::kTracepoint;
    spec.system = event.system;
  }
  return spec;
}

}  // namespace kt2ko
