// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/kernel_log.h"

#include "driver/vm/guest_init.h"

namespace kt2ko {
namespace {

constexpr size_t kComplaintLines = 60;
constexpr size_t kRecentLines = 200;

constexpr std::string_view kComplaints[] = {
    "BUG",
    "WARNING",
    "KASAN",
    "UBSAN",
    "Oops",
    "Kernel panic",
    "possible circular locking",
    "possible recursive locking",
    "inconsistent lock state",
    "suspicious RCU",
    "sleeping function",
    "stall",
    "lockup",
    "general protection fault",
    "unable to handle",
    "Unable to handle",
    "blocked for more than",
    "list_add corruption",
    "list_del corruption",
};

}  // namespace

bool is_kernel_complaint(std::string_view line) {
  for (std::string_view words : kComplaints) {
    if (line.find(words) != std::string_view::npos) return true;
  }
  return false;
}

void KernelLog::feed(std::string_view data) {
  for (char c : data) {
    if (c == '\n') {
      take_line(std::move(partial_));
      partial_.clear();
    } else if (c != '\r') {
      partial_ += c;
    }
  }
}

void KernelLog::finish() {
  if (!partial_.empty()) take_line(std::move(partial_));
  partial_.clear();
}

void KernelLog::take_line(std::string line) {
  constexpr std::string_view kFailed = "kt2ko: guest failed: ";
  size_t failed = line.find(kFailed);
  if (failed != std::string::npos) guest_failure_ = line.substr(failed + kFailed.size());
  if (line.find(kGuestReadyLine) != std::string::npos) began_ = true;
  if (line.find(kGuestDoneLine) != std::string::npos) done_ = true;
  const bool follows = !complaint_.empty() && complaint_.size() < kComplaintLines;
  const bool panics = line.find("Kernel panic") != std::string::npos;
  if (follows || (complaint_.empty() && (began_ || panics) && is_kernel_complaint(line))) {
    complaint_.push_back(line);
  }
  recent_.push_back(std::move(line));
  if (recent_.size() > 2 * kRecentLines) {
    recent_.erase(recent_.begin(), recent_.begin() + kRecentLines);
  }
}

std::vector<std::string> KernelLog::tail(size_t count) const {
  size_t begin = recent_.size() > count ? recent_.size() - count : 0;
  return {recent_.begin() + static_cast<long>(begin), recent_.end()};
}

}  // namespace kt2ko
