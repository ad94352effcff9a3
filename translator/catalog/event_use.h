// SPDX-License-Identifier: GPL-2.0
// What one event of a script finds in a kernel whose facts are known.
#pragma once

#include <string>
#include <vector>

namespace kt2ko {

// A value that the handler reads, and what it is there.
struct FieldUse {
  std::string asked;  // "arg3", "prev_comm"
  std::string name;   // of the field; empty: the event has no such field
  std::string type;   // as in C, with the size of arrays
  int position = -1;  // N of its argN
};

enum class EventState {
  kThere,
  kFromModule,  // not in the kernel itself; a module that is not loaded may have it
  kMissing,
  kRefused,    // the kernel has it but does not let it be traced
  kUnchecked,  // nothing is known: programs and libraries, names that are made at run time
};

struct EventUse {
  std::string text;  // as the script has it
  EventState state = EventState::kUnchecked;
  size_t matches = 1;    // of a pattern
  std::string fallback;  // a costlier way that has to be taken there; empty: none
  std::vector<FieldUse> fields;
};

// How the event differs from what it is in another kernel, for people; empty: not where the handler looks.
std::vector<std::string> differences(const EventUse& here, const EventUse& there, const std::string& there_name);

}  // namespace kt2ko
