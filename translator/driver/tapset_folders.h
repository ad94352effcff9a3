// SPDX-License-Identifier: GPL-2.0
// Where tapsets are looked for: the folders of -I in their order, then those that kt2ko brings.
#pragma once

#include "catalog/tapset.h"
#include "driver/options.h"

namespace kt2ko {

FindTapset tapset_finder(const Options& options);

}  // namespace kt2ko
