// SPDX-License-Identifier: GPL-2.0
// Ctrl-C and its like: end at once when nothing would be left behind, else let the destructors
// clean up.
//
// While a Leftover exists (a temporary directory, a half-written file, a running child) a signal
// only sets a flag and is handed to the children; whoever waits for them sees interrupted() and
// returns, and main ends by end_interrupted(). Without one the signal ends the process right there,
// so that even a long parse stops immediately.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace kt2ko {

// Handles SIGINT, SIGTERM and SIGHUP from now on. Signals that were ignored stay ignored (nohup).
void install_signal_handlers();

// The signal that asked us to end, 0: none.
int interrupted();

// Ends the process by the signal that interrupted it, so that the caller's shell sees it.
[[noreturn]] void end_interrupted();

// Counts a thing that must not be left behind. Keep one for as long as the thing exists.
class Leftover {
 public:
  Leftover();
  ~Leftover();
  Leftover(const Leftover&) = delete;
  Leftover& operator=(const Leftover&) = delete;
};

// Signals go to this process group (negative) or process too, while the object exists. At most kMax
// at a time: one for each thread that waits for a child.
class SignalTarget {
 public:
  static constexpr size_t kMax = 64;
  explicit SignalTarget(pid_t target);
  ~SignalTarget();
  SignalTarget(const SignalTarget&) = delete;
  SignalTarget& operator=(const SignalTarget&) = delete;

 private:
  size_t slot_;
};

}  // namespace kt2ko
