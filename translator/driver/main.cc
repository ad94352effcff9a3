// SPDX-License-Identifier: GPL-2.0
#include <cstdio>
#include <exception>

#include "driver/commands.h"
#include "driver/report.h"
#include "project/interrupt.h"
#include "project/standard_streams.h"

namespace kt2ko {

static Status run(int argc, char** argv) {
  Result<Options> parsed = parse_options({argv + 1, argv + argc});
  if (!parsed.ok()) return report(parsed.failure());
  const Options& options = parsed.value();
  if (options.help) return fputs(help_text(options).c_str(), stdout), kDone;
  if (options.version) return puts("kt2ko " KT2KO_VERSION), kDone;
  switch (options.command) {
#define COMMAND(name, bit, synopsis, text) \
  case bit:                                \
    return cmd_##name(options);
#include "driver/options.def"
#undef COMMAND
    default:
      return kUsage;
  }
}

}  // namespace kt2ko

int main(int argc, char** argv) {
  kt2ko::take_standard_streams();
  kt2ko::install_signal_handlers();
  kt2ko::Status status = kt2ko::kRefused;
  try {
    status = kt2ko::run(argc, argv);
  } catch (const std::exception& bug) {
    status = kt2ko::report(
        {kt2ko::kRefused, std::string("internal error: ") + bug.what(), "please report this"});
  }
  if (kt2ko::interrupted()) kt2ko::end_interrupted();
  return status;
}
