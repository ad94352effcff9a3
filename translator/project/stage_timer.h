// SPDX-License-Identifier: GPL-2.0
// Adds the time between its construction and destruction to a list.
#pragma once

#include <chrono>
#include <utility>

#include "project/build_module.h"

namespace kt2ko {

class StageTimer {
 public:
  StageTimer(StageTimes* times, std::string name)
      : times_(times), name_(std::move(name)), begin_(std::chrono::steady_clock::now()) {}
  ~StageTimer() {
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin_;
    if (times_) times_->push_back({name_, took.count()});
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  StageTimes* times_;
  std::string name_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace kt2ko
