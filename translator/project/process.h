// SPDX-License-Identifier: GPL-2.0
// Child processes: make, the compiler, ktrun.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace kt2ko {

struct Command {
  std::vector<std::string> argv;
  std::string cwd;  // empty: ours
  std::vector<std::pair<std::string, std::string>>
      env;  // added; an empty value removes the variable
};

struct Outcome {
  int status = -1;     // exit status, 128 + signal, or -1 when it could not be started
  std::string output;  // stdout and stderr, in the order written
  bool ok() const { return status == 0; }
};

// Runs a child in its own process group with stdin closed, and collects what it prints. A signal to
// us ends the whole group. At most kMaxCaptured bytes are kept (the first ones).
constexpr size_t kMaxCaptured = 4u << 20;
Outcome run_captured(const Command& command);

// Replaces this process by a program. Returns only when that fails: errno.
int become(const std::vector<std::string>& words);

// The file that would be run for a command word, empty when there is none in PATH.
std::string program_in_path(const std::string& word);

}  // namespace kt2ko
