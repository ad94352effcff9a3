// SPDX-License-Identifier: GPL-2.0
// kt2ko list: what a kernel lets us trace.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "driver/commands.h"
#include "driver/facts.h"
#include "driver/list_user.h"
#include "driver/report.h"

namespace kt2ko {
namespace {

const std::string kFunctions = "probe:";

struct Found {
  size_t n = 0;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
};

void list_function(const Options& options, const KernelFacts& facts, const std::string& name,
                   bool traceable, Found* found) {
  ++found->n;
  const bool refused = !traceable && facts.blacklist.count(name) != 0;
  const char* how = traceable ? "ftrace" : refused ? "none" : "kprobe";
  if (options.json)
    found->json.push_back({{"event", kFunctions + name}, {"hook", how}});
  else if (options.verbose)
    fmt::print("{}{} [{}]\n", kFunctions, name, refused ? "not allowed" : how);
  else if (!refused)
    puts((kFunctions + name).c_str());
}

Found list_functions(const Options& options, KernelFacts* facts, const std::string& glob) {
  Found found;
  facts->need_functions();
  size_t next = 0;  // both lists ascend, and the first is part of the second
  for (const std::string& name : facts->functions) {
    while (next < facts->traceable.size() && facts->traceable[next] < name) ++next;
    const bool traceable = next < facts->traceable.size() && facts->traceable[next] == name;
    if (glob_matches(glob, kFunctions + name))
      list_function(options, *facts, name, traceable, &found);
  }
  return found;
}

void list_event(const Options& options, KernelFacts* facts, size_t i, Found* found) {
  ++found->n;
  const std::string name = facts->events[i].system + ":" + facts->events[i].name;
  if (options.json) {
    nlohmann::ordered_json fields = nlohmann::ordered_json::array();
    for (const FieldFact& f : facts->fields_of(i))
      fields.push_back({{"name", f.name}, {"type", f.type}});
    found->json.push_back({{"event", name}, {"fields", fields}});
    return;
  }
  puts(name.c_str());
  if (!options.verbose) return;
  int number = 0;
  for (const FieldFact& f : facts->fields_of(i))
    fmt::print("    {:6} {} {}\n", fmt::format("arg{}", number++), f.type, f.name);
}

Found list_events(const Options& options, KernelFacts* facts, const std::string& glob) {
  Found found;
  for (size_t i = 0; i < facts->events.size(); ++i)
    if (glob_matches(glob, facts->events[i].system + ":" + facts->events[i].name))
      list_event(options, facts, i, &found);
  return found;
}

}  // namespace

Status cmd_list(const Options& options) {
  const std::string glob = options.files.empty() ? "*" : options.files[0];
  if (names_user_file(glob)) return list_user(glob, options.json);
  Result<KernelFacts> facts = options.kernels.empty() ? facts_of_running() : facts_of(options.kernels[0]);
  if (!facts.ok()) return report(facts.failure());
  const bool of_functions = glob.compare(0, kFunctions.size(), kFunctions) == 0;
  const Found found = of_functions ? list_functions(options, &facts.value(), glob)
                                   : list_events(options, &facts.value(), glob);
  if (options.json) puts(found.json.dump(1).c_str());
  if (found.n != 0) return kDone;
  return report({kScriptFailed, fmt::format("nothing matches {}", glob),
                 "quote the pattern, e.g. 'sched:*', 'probe:vfs_*'"});
}

}  // namespace kt2ko
