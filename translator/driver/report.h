// SPDX-License-Identifier: GPL-2.0
// What every command says on stderr, in one shape.
#pragma once

#include <string>

#include "driver/options.h"
#include "project/build_module.h"
#include "project/result.h"

namespace kt2ko {

// A failure as people read it.
std::string text_of(const Failure& failure);

// Prints a failure and returns its status. Silent when a signal is ending us.
Status report(const Failure& failure);

// --color, for stderr.
bool use_color(const Options& options);

// -v: the steps and their times.
void print_times(const Options& options, const StageTimes& times);

}  // namespace kt2ko
