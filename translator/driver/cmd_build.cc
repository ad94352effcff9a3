// SPDX-License-Identifier: GPL-2.0
// kt2ko [build]: a module file, a module directory (--emit-c, --dkms), or what the tests want to see of the
// passes.
#include <cstdio>

#include "driver/commands.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "project/module_name.h"
#include "project/share.h"

namespace kt2ko {
namespace {

Status done_or_report(const Done& done) { return done.ok() ? kDone : report(done.failure()); }

Status emit_directory(const Options& options, const ModuleText& text) {
  Done free = check_emit_dir(options.emit_c);
  if (!free.ok()) return report(free.failure());
  Result<fs::path> share = find_share();
  if (!share.ok()) return report(share.failure());
  Done done = write_project(options.emit_c, text, share.value());
  if (done.ok() && !options.dkms.empty()) done = write_dkms_conf(options.dkms, text, share.value());
  return done_or_report(done);
}

Status build(const Options& options, const ModuleText& text, StageTimes* times) {
  Result<Kernel> kernel = chosen_kernel(options);
  if (!kernel.ok()) return report(kernel.failure());
  if (kernel.value().release == running_release()) {
    Done free = check_not_loaded(text.module);
    if (!free.ok()) return report(free.failure());
  }
  Result<BuildRequest> request = build_request(options, text, kernel.value());
  if (!request.ok()) return report(request.failure());
  fs::path out = options.output.empty() ? fs::path(text.module + ".ko") : fs::path(options.output);
  return done_or_report(build_module(request.value(), out, times));
}

}  // namespace

Status cmd_build(const Options& options) {
  StageTimes times;
  const Result<Kernel> kernel =
      chosen_kernel(options);  // that there is none matters only when building
  Result<Translated> translated = translate(options, options.program ? "" : options.files[0],
                                            kernel.ok() ? &kernel.value() : nullptr, &times);
  if (!translated.ok()) return report(translated.failure());
  fputs(translated.value().dump.c_str(), stdout);
  Status status = kDone;
  const ModuleText& text = translated.value().text;
  if (translated.value().stopped) {
    status = kDone;
  } else if (!options.user_c.empty()) {
    // One file; kernel headers want to come before ktr.h.
    status = done_or_report(install_text(text.ffi + text.c_text, options.user_c));
  } else if (!options.emit_c.empty()) {
    status = emit_directory(options, text);
  } else if (options.dump_after.empty()) {
    status = build(options, text, &times);
  }
  print_times(options, times);
  return status;
}

}  // namespace kt2ko
