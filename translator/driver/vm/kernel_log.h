// SPDX-License-Identifier: GPL-2.0
// Reads a guest's console: finds the lines that mark the job's begin and end, and complaints of the
// kernel between.
#ifndef KT2KO_DRIVER_VM_KERNEL_LOG_H_
#define KT2KO_DRIVER_VM_KERNEL_LOG_H_

#include <string>
#include <string_view>
#include <vector>

namespace kt2ko {

class KernelLog {
 public:
  // Takes the next bytes of the console.
  void feed(std::string_view data);
  // The console is closed: an unfinished line counts.
  void finish();

  bool job_began() const { return began_; }
  bool job_done() const { return done_; }
  // Why the guest's first process gave up; empty when it did not.
  const std::string& guest_failure() const { return guest_failure_; }
  // The first complaint and what follows it, some lines; empty when the log is clean. What the
  // kernel prints while it boots, before the job, is not ours and not looked at, unless the boot
  // ends there.
  const std::vector<std::string>& complaint() const { return complaint_; }
  // The last lines, for a guest that never got to its job.
  std::vector<std::string> tail(size_t count) const;

 private:
  void take_line(std::string line);

  std::string partial_;
  std::vector<std::string> recent_;
  std::vector<std::string> complaint_;
  std::string guest_failure_;
  bool began_ = false;
  bool done_ = false;
};

// Does this line of a kernel log speak of a fault? The list is the one by which test runs count as
// clean.
bool is_kernel_complaint(std::string_view line);

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_KERNEL_LOG_H_
