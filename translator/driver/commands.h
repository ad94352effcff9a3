// SPDX-License-Identifier: GPL-2.0
// The commands of kt2ko, one file each. Each prints its own messages.
#pragma once

#include "driver/options.h"
#include "project/result.h"

namespace kt2ko {

Status cmd_build(const Options& options);
Status cmd_run(const Options& options);
Status cmd_vm(const Options& options);
Status cmd_check(const Options& options);
Status cmd_bundle(const Options& options);
Status cmd_tapset(const Options& options);
Status cmd_list(const Options& options);
Status cmd_snapshot(const Options& options);
Status cmd_doctor(const Options& options);

}  // namespace kt2ko
