// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/vm_session.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>

namespace kt2ko {
namespace {

enum Channel { kConsole, kControl, kOut, kErr, kMessages };

volatile std::sig_atomic_t g_signals =
    0;  // SIGINT, SIGTERM or SIGHUP that came while a session runs

void count_signal(int) { g_signals = g_signals + 1; }

// Catches the signals that end us; they interrupt poll().
class SignalScope {
 public:
  SignalScope() {
    g_signals = 0;
    struct sigaction action = {};
    action.sa_handler = count_signal;
    for (int i = 0; i < 3; i++) sigaction(kSignals[i], &action, &old_[i]);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &old_[3]);
  }
  ~SignalScope() {
    for (int i = 0; i < 3; i++) sigaction(kSignals[i], &old_[i], nullptr);
    sigaction(SIGPIPE, &old_[3], nullptr);
  }
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;

 private:
  static constexpr int kSignals[3] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction old_[4];
};

double now_s() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

}  // namespace

VmSession::VmSession(Qemu* qemu, const SessionOptions& options)
    : qemu_(qemu),
      options_(options),
      fds_{qemu->console(), qemu->control(), qemu->out(), qemu->err(), qemu->messages()},
      out_mark_(options.end_mark),
      err_mark_(options.end_mark) {
  if (!options_.log_path.empty()) {
    log_file_.reset(
        open(options_.log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  }
  if (options_.timeout_s > 0) deadline_ = now_s() + options_.timeout_s;
}

SessionEnd VmSession::run() {
  SignalScope signals;
  while (!complete()) {
    if (all_closed()) break;
    if (deadline_ > 0 && now_s() >= deadline_) return SessionEnd::kTimeout;
    take_signals();
    if (end_now_) return SessionEnd::kInterrupted;
    if (!read_channels()) return SessionEnd::kOutputGone;
  }
  log_.finish();
  if (!complete()) {
    write_all(STDOUT_FILENO, out_mark_.finish());
    write_all(STDERR_FILENO, err_mark_.finish());
  }
  return job_status_ >= 0 ? SessionEnd::kFinished : SessionEnd::kBroke;
}

bool VmSession::complete() const {
  return job_status_ >= 0 && out_mark_.seen() && err_mark_.seen() && log_.job_done();
}

bool VmSession::all_closed() const {
  for (int fd : fds_) {
    if (fd >= 0) return false;
  }
  return true;
}

void VmSession::take_signals() {
  const unsigned came = static_cast<unsigned>(g_signals);
  if (came == signals_seen_) return;
  // A guest that is not up yet has nothing to end in order.
  if (signals_seen_ > 0 || !ready_) {
    end_now_ = true;
  } else if (send(qemu_->control(), "INT\n", 4, MSG_NOSIGNAL) != 4) {
    end_now_ = true;
  }
  signals_seen_ = came;
}

int VmSession::poll_timeout_ms() const {
  if (deadline_ <= 0) return -1;
  const double left = deadline_ - now_s();
  return left > 0 ? static_cast<int>(left * 1000) + 1 : 0;
}

bool VmSession::read_channels() {
  pollfd polled[kChannels + 1];
  for (int i = 0; i < kChannels; i++) polled[i] = {fds_[i], POLLIN, 0};
  // A silent guest must not outlive the reader of its output either: no events, only errors.
  polled[kChannels] = {STDOUT_FILENO, 0, 0};
  if (poll(polled, kChannels + 1, poll_timeout_ms()) < 0) {
    return true;  // a signal: the caller looks
  }
  if ((polled[kChannels].revents & (POLLERR | POLLHUP)) != 0) {
    errno = EPIPE;
    return false;
  }
  for (int i = 0; i < kChannels; i++) {
    if (polled[i].revents != 0 && !read_from(i)) return false;
  }
  return true;
}

bool VmSession::read_from(int index) {
  char buffer[65536];
  ssize_t n = read(fds_[index], buffer, sizeof(buffer));
  if (n > 0) return take(index, std::string_view(buffer, static_cast<size_t>(n)));
  if (n == 0 || (errno != EINTR && errno != EAGAIN)) fds_[index] = -1;
  return true;
}

bool VmSession::take(int index, std::string_view data) {
  switch (index) {
    case kConsole:
      log_.feed(data);
      if (options_.verbose) write_all(STDERR_FILENO, data);
      if (log_file_) write_all(log_file_.get(), data);
      return true;
    case kControl:
      take_control(data);
      return true;
    case kOut:
      return write_all(STDOUT_FILENO, out_mark_.feed(data));
    case kErr:
      return write_all(STDERR_FILENO, err_mark_.feed(data));
    default:
      qemu_messages_.append(data);
      return true;
  }
}

void VmSession::take_control(std::string_view data) {
  for (char c : data) {
    if (c != '\n') {
      control_line_ += c;
      continue;
    }
    if (control_line_ == "ready") ready_ = true;
    if (control_line_.rfind("exit ", 0) == 0) job_status_ = std::atoi(control_line_.c_str() + 5);
    control_line_.clear();
  }
}

}  // namespace kt2ko
