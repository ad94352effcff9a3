// SPDX-License-Identifier: GPL-2.0
// What kt2ko check found, for people and for the machines of CI systems.
#pragma once

#include <string>
#include <vector>

#include "catalog/event_use.h"
#include "project/result.h"
#include "support/diag.h"

namespace kt2ko {

// One script and one kernel.
struct Checked {
  std::string script;
  std::string kernel;  // empty: it is wrong whatever the kernel
  Status status = kDone;
  bool built = false;        // with the kernel's headers
  bool facts_known = false;  // the script was compared with what the kernel has
  std::vector<Finding> found;
  std::vector<EventUse> events;
  std::vector<std::vector<std::string>> differs;  // for each of the events: from the first kernel whose facts are known
  std::string message;  // of a failure that is not about a place in the script
};

// Fills in `differs`.
void tell_differences(std::vector<Checked>* rows);

// strict: warnings, differences and events that only a module may have are not good either.
bool is_good(const Checked& row, bool strict);

// A line for each row, below it what is special about its events; all: every event with what is read of it.
std::string table_of(const std::vector<Checked>& rows, bool all);
// An array of objects: docs/ci.md describes them.
std::string json_of(const std::vector<Checked>& rows);
// SARIF 2.1.0; what holds for several kernels is one result that names them.
std::string sarif_of(const std::vector<Checked>& rows);
// ::error file=...,line=...::text
std::string annotations_of(const std::vector<Checked>& rows);

}  // namespace kt2ko
