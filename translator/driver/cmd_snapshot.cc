// SPDX-License-Identifier: GPL-2.0
// kt2ko snapshot: what a kernel has to be traced, in a file that other machines can check scripts against.
#include <fmt/format.h>

#include <cstdio>

#include "driver/commands.h"
#include "driver/facts.h"
#include "driver/report.h"
#include "project/files.h"
#include "project/module_words.h"

namespace kt2ko {
namespace {

// Everything in memory, fields and functions too.
Result<KernelFacts> complete_facts(const Options& options) {
  Result<KernelFacts> facts = options.kernels.empty() ? facts_of_running() : facts_of(options.kernels[0]);
  if (!facts.ok()) return facts;
  if (facts.value().events.empty())
    return Failure{kRefused, "this kernel shows no events", "use sudo, or -k KERNEL to look at one in a virtual machine"};
  facts.value().need_functions();
  facts.value().need_types();
  if (!facts.value().module_words) facts.value().module_words = module_words(facts.value().release);
  for (size_t i = 0; i < facts.value().events.size(); ++i) facts.value().fields_of(i);
  return facts;
}

}  // namespace

Status cmd_snapshot(const Options& options) {
  if (options.script) return fputs(snapshot_job().c_str(), stdout), kDone;
  Result<KernelFacts> facts = complete_facts(options);
  if (!facts.ok()) return report(facts.failure());
  const std::string file = options.output.empty() ? facts.value().release + ".facts" : options.output;
  Done written = install_text(write_snapshot(facts.value()), file);
  if (!written.ok()) return report(written.failure());
  fmt::print("{}: kernel {}, {} events, {} functions, {}\n", file, facts.value().release, facts.value().events.size(),
             facts.value().functions.size(), facts.value().types.empty() ? "no C types" : "C types");
  return kDone;
}

}  // namespace kt2ko
