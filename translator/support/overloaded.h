// SPDX-License-Identifier: GPL-2.0
// One object from several lambdas, for std::visit.
#pragma once

namespace kt2ko {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace kt2ko
