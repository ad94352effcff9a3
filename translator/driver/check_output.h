// SPDX-License-Identifier: GPL-2.0
// What kt2ko check found, for people and for the machines of CI systems.
#pragma once

#include <string>
#include <vector>

#include "project/result.h"
#include "support/diag.h"

namespace kt2ko {

// One script and one kernel.
struct Checked {
  std::string script;
  std::string kernel;  // empty: it is wrong whatever the kernel
  Status status = kDone;
  std::vector<Finding> found;
  std::string message;  // of a failure that is not about a place in the script
};

std::string table_of(const std::vector<Checked>& rows);
// An array of objects: script, kernel (or null), result ("ok", "wrong", "not built"), findings, message.
std::string json_of(const std::vector<Checked>& rows);
// SARIF 2.1.0; what holds for several kernels is one result that names them.
std::string sarif_of(const std::vector<Checked>& rows);
// ::error file=...,line=...::text
std::string annotations_of(const std::vector<Checked>& rows);

}  // namespace kt2ko
