// SPDX-License-Identifier: GPL-2.0
// Owns every node of one compilation; nodes are plain pointers and die together.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace kt2ko {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <typename T, typename... Args>
  T* make(Args&&... args) {
    auto owned = std::make_shared<T>(std::forward<Args>(args)...);
    T* node = owned.get();
    nodes_.push_back(std::move(owned));
    return node;
  }

 private:
  std::vector<std::shared_ptr<void>> nodes_;
};

}  // namespace kt2ko
