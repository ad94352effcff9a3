// SPDX-License-Identifier: GPL-2.0
// What a kernel has to be traced: its events with their fields, its functions, and those that must
// not be probed. Where it comes from is the caller's business: text files of tracefs and
// /proc/kallsyms, or a snapshot of them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kt2ko {

struct FieldFact {
  std::string type;  // as in C, with the size of arrays: "char[16]", "__data_loc char[]"
  std::string name;
};

struct EventFact {
  std::string system;
  std::string name;
  std::vector<FieldFact> fields;  // without the common ones
};

// What a kernel knows about a function's name.
enum class FunctionFact { kUnknown, kTraceable, kProbeable, kBlacklisted };

class KernelFacts {
 public:
  std::string release;
  std::string machine;  // as uname -m says; empty: not known
  std::map<std::string, std::string> config;  // CONFIG_NAME: y, m or a value; empty: not known
  bool all_modules =
      false;  // nothing can come from modules that are not loaded: these are the kernel's facts now
  std::vector<EventFact>
      events;  // by system and name; system calls too, the systems that tracefs hides not
  // The functions, filled in by read_functions() when they are first asked for, where that is set.
  std::vector<std::string>
      traceable;  // function entries that the function tracer knows, ascending, each once
  std::vector<std::string> functions;  // all functions, ascending, each once
  std::set<std::string> blacklist;     // kprobes are refused there

  // Functions and tracepoints of all of the kernel's modules, loaded or not, ascending; not set: nobody knows.
  std::optional<std::vector<std::string>> module_words;
  bool module_may_have(const std::string& name) const;
  bool module_may_match(const std::string& glob) const;

  // The C types that the kernel describes itself (BTF), packed (project/packed_text.h); empty: not known.
  std::string types;
  std::function<std::string()> read_types;  // fills them in when they are first asked for; not set: they are there already
  void need_types();

  // Reads fields when they are first asked for; not set: they are there already.
  std::function<std::vector<FieldFact>(const EventFact&)> read_fields;
  std::function<void(KernelFacts*)> read_functions;
  const std::vector<FieldFact>& fields_of(size_t event);
  void need_functions();

  // Indices of the events that a tracepoint event of a script means, as the runtime resolves it.
  std::vector<size_t> events_meant(const std::string& system, const std::string& event) const;
  // A plain name, with the forms of system calls and the compiler's suffixes.
  FunctionFact function(const std::string& name);
  size_t functions_that_match(const std::string& glob);
  // True when the configuration is not known, too.
  bool config_has(const std::string& option) const;

  std::string nearest_event(const std::string& system, const std::string& event) const;
  std::string nearest_function(const std::string& name);
  bool has_system(const std::string& system) const;
};

// The names that a function may have which a script calls NAME: system calls have the architecture's.
std::vector<std::string> function_forms(const std::string& name);

// ---- texts of the kernel ----

// A line of available_events per event: "sched:sched_switch". Fields stay empty.
std::vector<EventFact> parse_available_events(std::string_view text);
// The lines of a format file: "\tfield:char prev_comm[16];\toffset:8;...".
std::vector<FieldFact> parse_event_format(std::string_view text);
// The second part of available_filter_functions, kallsyms ("t", "T", "w", "W" only),
// kprobes/blacklist.
std::vector<std::string> parse_filter_functions(std::string_view text);
std::vector<std::string> parse_kallsyms(std::string_view text);
std::set<std::string> parse_blacklist(std::string_view text);
// Lines such as CONFIG_SMP=y; comments and others are left out.
std::map<std::string, std::string> parse_config(std::string_view text);

// ---- snapshots ----

// The raw text that the job of snapshot_job() prints: everything above, in sections.
KernelFacts parse_raw_snapshot(std::string_view text);
// Shell text that prints it, to be run by root on a machine with that kernel; any POSIX shell does, busybox too.
std::string snapshot_job();
// The same facts, short; parse_snapshot() reads that. An empty release: it was no snapshot of this
// version.
std::string write_snapshot(const KernelFacts& facts);
KernelFacts parse_snapshot(std::string_view text);
// Of either kind, or of none: an empty release.
KernelFacts parse_any_snapshot(std::string_view text);

// Patterns of the script's language: * ? [abc] [a-z] [!abc] \x.
bool glob_matches(std::string_view pattern, std::string_view text);
bool is_glob(std::string_view text);

}  // namespace kt2ko
