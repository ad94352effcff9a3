// SPDX-License-Identifier: GPL-2.0
#include "project/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace kt2ko {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// Written by the handler, so lock-free atomics only.
std::atomic<int> g_signal{0};
std::atomic<int> g_leftovers{0};
std::array<std::atomic<pid_t>, SignalTarget::kMax> g_targets{};  // 0: free

void die_by(int signal) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  raise(signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

void on_signal(int signal) {
  int saved = errno;
  g_signal = signal;
  for (const std::atomic<pid_t>& slot : g_targets) {
    const pid_t target = slot;
    if (target != 0) kill(target, signal);
  }
  if (g_leftovers == 0) die_by(signal);
  errno = saved;
}

}  // namespace

void install_signal_handlers() {
  for (int signal : kSignals) {
    struct sigaction old = {};
    sigaction(signal, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
}

int interrupted() { return g_signal; }

void end_interrupted() {
  die_by(g_signal);
  _exit(128 + g_signal);
}

// The count goes up before the thing is made, so that the handler never misses one.
Leftover::Leftover() { ++g_leftovers; }
Leftover::~Leftover() { --g_leftovers; }

SignalTarget::SignalTarget(pid_t target) : slot_(0) {
  for (;; slot_ = (slot_ + 1) % kMax) {
    pid_t none = 0;
    if (g_targets[slot_].compare_exchange_strong(none, target)) break;
  }
  // A signal may have come between the child's start and this line.
  if (g_signal != 0) kill(target, g_signal);
}
SignalTarget::~SignalTarget() { g_targets[slot_] = 0; }

}  // namespace kt2ko
