// SPDX-License-Identifier: GPL-2.0
#include "catalog/kernel_facts.h"

#include <algorithm>

#include "catalog/nearest.h"

namespace kt2ko {

namespace {

constexpr const char* kMachinery[] = {"ftrace", "lock",
                                      "preemptirq"};  // as in the runtime's trace_list.c
constexpr const char* kSyscallPrefixes[] = {"__x64_sys_", "__arm64_sys_"};

constexpr struct {
  const char* known;
  const char* kernel;
} kSyscallNames[] = {
#define KTR_SYSCALL_NAME(known, kernel) {known, kernel},
#include "ktr_syscall_names.def"
#undef KTR_SYSCALL_NAME
};

bool is_machinery(const std::string& system) {
  return std::any_of(std::begin(kMachinery), std::end(kMachinery),
                     [&](const char* m) { return system == m; });
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// sys_enter_stat -> sys_enter_newstat; other names stay.
std::string kernel_syscall_event(const std::string& event) {
  for (const char* side : {"sys_enter_", "sys_exit_"}) {
    if (!starts_with(event, side)) continue;
    for (const auto& row : kSyscallNames)
      if (event.substr(std::string_view(side).size()) == row.known)
        return std::string(side) + row.kernel;
  }
  return event;
}

bool has(const std::vector<std::string>& sorted, const std::string& name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

// NAME.isra.0 and the like stand right behind NAME's neighbours in a sorted list.
bool has_variant(const std::vector<std::string>& sorted, const std::string& name) {
  for (const char* suffix : {".isra.", ".constprop.", ".part."}) {
    const std::string begin = name + suffix;
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), begin);
    if (at != sorted.end() && starts_with(*at, begin)) return true;
  }
  return false;
}

}  // namespace

const std::vector<FieldFact>& KernelFacts::fields_of(size_t event) {
  EventFact& e = events[event];
  if (e.fields.empty() && read_fields) e.fields = read_fields(e);
  return e.fields;
}

bool KernelFacts::module_may_have(const std::string& name) const {
  if (all_modules) return false;
  return !module_words || has(*module_words, name) || has_variant(*module_words, name);
}

bool KernelFacts::module_may_match(const std::string& glob) const {
  if (all_modules) return false;
  return !module_words || std::any_of(module_words->begin(), module_words->end(),
                                      [&](const std::string& word) { return glob_matches(glob, word); });
}

void KernelFacts::need_functions() {
  if (!read_functions) return;
  const auto read = std::move(read_functions);
  read_functions = nullptr;
  read(this);
}

void KernelFacts::need_types() {
  if (!read_types) return;
  types = read_types();
  read_types = nullptr;
}

std::vector<size_t> KernelFacts::events_meant(const std::string& system,
                                              const std::string& event) const {
  const std::string pattern =
      system + ":" + (system == "syscalls" ? kernel_syscall_event(event) : event);
  std::vector<size_t> found;
  for (size_t i = 0; i < events.size(); ++i) {
    if (is_glob(system) && is_machinery(events[i].system)) continue;
    if (glob_matches(pattern, events[i].system + ":" + events[i].name)) found.push_back(i);
  }
  return found;
}

bool KernelFacts::has_system(const std::string& system) const {
  return std::any_of(events.begin(), events.end(),
                     [&](const EventFact& e) { return e.system == system; });
}

std::vector<std::string> function_forms(const std::string& name) {
  std::vector<std::string> names = {name};
  if (starts_with(name, "sys_") || starts_with(name, "SyS_"))
    for (const char* prefix : kSyscallPrefixes) names.push_back(prefix + name.substr(4));
  return names;
}

FunctionFact KernelFacts::function(const std::string& name) {
  need_functions();
  const std::vector<std::string> names = function_forms(name);
  for (const std::string& n : names)
    if (has(traceable, n)) return FunctionFact::kTraceable;
  for (const std::string& n : names)
    if (has(functions, n))
      return blacklist.count(n) ? FunctionFact::kBlacklisted : FunctionFact::kProbeable;
  if (has_variant(traceable, name)) return FunctionFact::kTraceable;
  return has_variant(functions, name) ? FunctionFact::kProbeable : FunctionFact::kUnknown;
}

size_t KernelFacts::functions_that_match(const std::string& glob) {
  need_functions();
  return static_cast<size_t>(
      std::count_if(traceable.begin(), traceable.end(), [&](const std::string& f) { return glob_matches(glob, f); }));
}

bool KernelFacts::config_has(const std::string& option) const {
  return config.empty() || config.count(option) != 0;
}

std::string KernelFacts::nearest_event(const std::string& system, const std::string& event) const {
  const std::string wanted = system + ":" + event;
  Nearest nearest(wanted);
  std::vector<std::string> names;  // must outlive the search
  names.reserve(events.size());
  for (const EventFact& e : events) {
    names.push_back(e.system + ":" + e.name);
    nearest.look_at(names.back());
  }
  if (!nearest.best().empty()) return std::string(nearest.best());
  for (const EventFact& e : events)  // the right name under a wrong system
    if (e.name == event) return e.system + ":" + e.name;
  return "";
}

std::string KernelFacts::nearest_function(const std::string& name) {
  need_functions();
  Nearest nearest(name);
  for (const std::string& f : traceable) nearest.look_at(f);
  return std::string(nearest.best());
}

// ---- patterns
// -------------------------------------------------------------------------------------------------------

bool is_glob(std::string_view text) {
  return text.find_first_of("*?[\\") != std::string_view::npos;
}

namespace {

// A class at pattern[at] == '[': whether c is in it; `at` moves behind it. No closing bracket:
// never.
bool class_matches(std::string_view pattern, size_t* at, char c) {
  size_t i = *at + 1;
  const bool inverted = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (inverted) ++i;
  bool in = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
    const char from = pattern[i++];
    char to = from;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      to = pattern[i + 1];
      i += 2;
    }
    in = in || (from <= c && c <= to);
  }
  *at = i + 1;
  return i < pattern.size() && in != inverted;
}

bool one_matches(std::string_view pattern, size_t* at, char c) {
  switch (pattern[*at]) {
    case '?':
      ++*at;
      return true;
    case '[':
      return class_matches(pattern, at, c);
    case '\\':
      if (*at + 1 < pattern.size()) ++*at;
      [[fallthrough]];
    default:
      return pattern[(*at)++] == c;
  }
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    size_t next = p;
    if (p < pattern.size() && one_matches(pattern, &next, text[t])) {
      p = next;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace kt2ko
