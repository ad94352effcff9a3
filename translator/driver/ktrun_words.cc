// SPDX-License-Identifier: GPL-2.0
#include "driver/ktrun_words.h"

namespace kt2ko {

std::vector<std::string> ktrun_words(const Options& options, bool with_output) {
  std::vector<std::string> words;
  auto add = [&words](const char* option, const std::string& value) {
    if (value.empty()) return;
    words.push_back(option);
    words.push_back(value);
  };
  if (with_output) {
    add("-o", options.output);
    add("--rotate", options.rotate);
    add("--flamegraph", options.flamegraph);
  }
  if (options.json) words.push_back("--json");
  add("-p", options.pid);
  if (options.children) words.push_back("--children");
  if (options.no_children) words.push_back("--no-children");
  if (options.self) words.push_back("--self");
  add("--user", options.user);
  add("--group", options.group);
  add("-C", options.cpu);
  add("--timeout", options.timeout);
  if (!options.on_error.empty())
    add("--param", options.on_error == "continue" ? "on_error=1" : "on_error=0");
  for (const std::string& param : options.params) add("--param", param);
  if (options.time) words.push_back("-T");
  if (options.quiet) words.push_back("-q");
  return words;
}

}  // namespace kt2ko
