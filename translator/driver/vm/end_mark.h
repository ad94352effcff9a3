// SPDX-License-Identifier: GPL-2.0
#ifndef KT2KO_DRIVER_VM_END_MARK_H_
#define KT2KO_DRIVER_VM_END_MARK_H_

#include <string>
#include <string_view>

namespace kt2ko {

// A stream that is ended by a mark: passes on what comes before it. Bytes are held back only while
// they could be the mark's beginning.
class EndMark {
 public:
  explicit EndMark(std::string mark) : mark_(std::move(mark)) {}

  // Returns what can be passed on after these further bytes.
  std::string feed(std::string_view data);
  // The stream ends without the mark: what was held back.
  std::string finish();
  bool seen() const { return seen_; }

 private:
  std::string mark_;
  std::string held_;
  bool seen_ = false;
};

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_END_MARK_H_
