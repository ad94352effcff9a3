// SPDX-License-Identifier: GPL-2.0
// Watches over a running guest: passes its output on, its signals in, and tells how it ended.
#ifndef KT2KO_DRIVER_VM_VM_SESSION_H_
#define KT2KO_DRIVER_VM_VM_SESSION_H_

#include <string>

#include "driver/vm/end_mark.h"
#include "driver/vm/kernel_log.h"
#include "driver/vm/qemu.h"

namespace kt2ko {

struct SessionOptions {
  std::string end_mark;
  double timeout_s = 0;
  std::string log_path;
  bool verbose = false;
};

enum class SessionEnd {
  kFinished,  // the job ended; its status is known
  kBroke,     // the guest ended by itself before the job did
  kTimeout,
  kInterrupted,  // by a signal to this process
  kOutputGone,   // nobody reads our output any more, or it cannot be written
};

class VmSession {
 public:
  VmSession(Qemu* qemu, const SessionOptions& options);

  SessionEnd run();

  int job_status() const { return job_status_; }
  const KernelLog& log() const { return log_; }
  const std::string& qemu_messages() const { return qemu_messages_; }

 private:
  bool complete() const;
  bool all_closed() const;
  int poll_timeout_ms() const;
  void take_signals();
  bool read_channels();
  bool read_from(int index);
  bool take(int index, std::string_view data);
  void take_control(std::string_view data);

  static constexpr int kChannels = 5;
  Qemu* qemu_;
  SessionOptions options_;
  int fds_[kChannels];
  UniqueFd log_file_;
  EndMark out_mark_, err_mark_;
  KernelLog log_;
  std::string control_line_;
  std::string qemu_messages_;
  int job_status_ = -1;
  bool ready_ = false;
  unsigned signals_seen_ = 0;
  bool end_now_ = false;
  double deadline_ = 0;
};

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_VM_SESSION_H_
