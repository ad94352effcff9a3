// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/end_mark.h"

#include <algorithm>

namespace kt2ko {

std::string EndMark::feed(std::string_view data) {
  if (seen_) return "";  // a leftover process of the job still writes: the job is over
  held_.append(data);
  size_t at = held_.find(mark_);
  if (at != std::string::npos) {
    seen_ = true;
    held_.resize(at);
    return finish();
  }
  size_t keep = std::min(held_.size(), mark_.size() - 1);
  while (keep > 0 && held_.compare(held_.size() - keep, keep, mark_, 0, keep) != 0) keep--;
  std::string passed = held_.substr(0, held_.size() - keep);
  held_.erase(0, passed.size());
  return passed;
}

std::string EndMark::finish() {
  std::string rest = std::move(held_);
  held_.clear();
  return rest;
}

}  // namespace kt2ko
