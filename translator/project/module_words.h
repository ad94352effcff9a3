// SPDX-License-Identifier: GPL-2.0
// What a kernel's modules would bring if they were loaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace kt2ko {

// The functions and the names of the tracepoints of all modules of a release, ascending, each once. nullopt: there is no
// folder of modules, or one of them cannot be read (compressed in a way that is not known here).
std::optional<std::vector<std::string>> module_words(const std::string& release);

}  // namespace kt2ko
