// SPDX-License-Identifier: GPL-2.0
#include "driver/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "project/interrupt.h"

namespace kt2ko {

std::string text_of(const Failure& failure) {
  std::string text = failure.details;
  if (!failure.message.empty()) text += fmt::format("kt2ko: error: {}\n", failure.message);
  if (!failure.hint.empty()) text += fmt::format("hint: {}\n", failure.hint);
  return text;
}

Status report(const Failure& failure) {
  if (!interrupted()) fputs(text_of(failure).c_str(), stderr);
  return failure.status;
}

bool use_color(const Options& options) {
  if (options.color != "auto") return options.color == "always";
  return isatty(STDERR_FILENO) && !getenv("NO_COLOR");
}

void print_times(const Options& options, const StageTimes& times) {
  if (!options.verbose) return;
  double sum = 0;
  for (const StageTime& stage : times) {
    fmt::print(stderr, "{:>10.1f} ms  {}\n", stage.ms, stage.name);
    sum += stage.ms;
  }
  fmt::print(stderr, "{:>10.1f} ms  in all\n", sum);
}

}  // namespace kt2ko
