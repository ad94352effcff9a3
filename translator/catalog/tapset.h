// SPDX-License-Identifier: GPL-2.0
// Tapsets: files of functions that scripts use as NAME.function(). Where they lie, the driver knows.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace kt2ko {

struct TapsetText {
  std::string path;  // as shown in messages
  std::string text;
};

// The tapset of a name, from the first folder that has NAME.kp; nullopt: there is none.
using FindTapset = std::function<std::optional<TapsetText>(const std::string& name)>;

}  // namespace kt2ko
