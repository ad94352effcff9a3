// SPDX-License-Identifier: GPL-2.0
// Kernel facts from texts of the kernel, and snapshots of them.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "catalog/kernel_facts.h"

namespace kt2ko {

namespace {

// Calls f for each line, without its end.
template <typename F>
void each_line(std::string_view text, F f) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    f(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

void sort_once(std::vector<std::string>* names) {
  std::sort(names->begin(), names->end());
  names->erase(std::unique(names->begin(), names->end()), names->end());
}

void sort_events(std::vector<EventFact>* events) {
  std::sort(events->begin(), events->end(), [](const EventFact& a, const EventFact& b) {
    return a.system != b.system ? a.system < b.system : a.name < b.name;
  });
}

// "char prev_comm[16]" -> char[16], prev_comm. False: not a declaration.
bool split_declaration(std::string_view text, FieldFact* field) {
  std::string suffix;
  const size_t bracket =
      text.find('[', text.rfind(' ') == std::string_view::npos ? 0 : text.rfind(' '));
  if (bracket != std::string_view::npos && text.back() == ']' && text[bracket - 1] != ' ') {
    suffix = std::string(text.substr(bracket));
    text = text.substr(0, bracket);
  }
  size_t begin = text.size();
  while (begin > 0 && text[begin - 1] != ' ' && text[begin - 1] != '*') --begin;
  if (begin == 0 || begin == text.size()) return false;
  field->name = std::string(text.substr(begin));
  text = text.substr(0, begin);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  field->type = std::string(text) + suffix;
  return true;
}

// What stands between "field:" and the first semicolon of a line of a format file.
bool parse_field(std::string_view line, FieldFact* field) {
  const size_t begin = line.find("field:");
  const size_t end = line.find(';', begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return false;
  return split_declaration(line.substr(begin + 6, end - begin - 6), field) &&
         field->name.compare(0, 7, "common_") != 0;
}

}  // namespace

std::vector<EventFact> parse_available_events(std::string_view text) {
  std::vector<EventFact> events;
  each_line(text, [&](std::string_view line) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    events.push_back({std::string(line.substr(0, colon)), std::string(line.substr(colon + 1)), {}});
  });
  sort_events(&events);
  return events;
}

std::vector<FieldFact> parse_event_format(std::string_view text) {
  std::vector<FieldFact> fields;
  each_line(text, [&](std::string_view line) {
    FieldFact field;
    if (parse_field(line, &field)) fields.push_back(std::move(field));
  });
  return fields;
}

std::vector<std::string> parse_filter_functions(std::string_view text) {
  std::vector<std::string> names;
  each_line(text, [&](std::string_view line) {
    line = line.substr(0, line.find_first_of(" \t"));
    // entries of functions that were freed after boot have made-up names
    if (!line.empty() && line.compare(0, 16, "__ftrace_invalid") != 0) names.emplace_back(line);
  });
  sort_once(&names);
  return names;
}

std::vector<std::string> parse_kallsyms(std::string_view text) {
  std::vector<std::string> names;
  each_line(text, [&](std::string_view line) {
    const size_t type = line.find(' ') + 1;  // "ffffffff81000000 T name" or "... t name\t[module]"
    if (type == 0 || type + 2 >= line.size()) return;
    if (std::string_view("tTwW").find(line[type]) == std::string_view::npos) return;
    const size_t end = line.find('\t', type);
    names.emplace_back(line.substr(type + 2, end == std::string_view::npos ? end : end - type - 2));
  });
  sort_once(&names);
  return names;
}

std::set<std::string> parse_blacklist(std::string_view text) {
  std::set<std::string> names;
  each_line(text, [&](std::string_view line) {  // "0xffff...-0xffff...\tname"
    const size_t tab = line.find('\t');
    if (tab != std::string_view::npos) names.emplace(line.substr(tab + 1));
  });
  return names;
}

std::map<std::string, std::string> parse_config(std::string_view text) {
  std::map<std::string, std::string> config;
  each_line(text, [&](std::string_view line) {
    const size_t equals = line.find('=');
    if (line.compare(0, 7, "CONFIG_") != 0 || equals == std::string_view::npos) return;
    config.emplace(line.substr(0, equals), line.substr(equals + 1));
  });
  return config;
}

// ---- snapshots
// ------------------------------------------------------------------------------------------------------

std::string snapshot_job() {
  return R"sh(mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
cd /sys/kernel/tracing/events || exit 1
echo "@release $(uname -r)"
echo "@machine $(uname -m)"
echo @config
{ zcat /proc/config.gz || cat "/boot/config-$(uname -r)" || cat "/lib/modules/$(uname -r)/config"; } 2>/dev/null | grep ^CONFIG_
echo @events
cat ../available_events
echo @fields
grep -H field: */*/format
echo @traceable
cat ../available_filter_functions
echo @blacklist
cat /sys/kernel/debug/kprobes/blacklist
echo @kallsyms
grep ' [tTwW] ' /proc/kallsyms
echo @types
gzip -9c /sys/kernel/btf/vmlinux 2>/dev/null | base64 2>/dev/null
echo @end
)sh";
}

KernelFacts parse_raw_snapshot(std::string_view text) {
  KernelFacts facts;
  std::map<std::string, std::string_view> sections;
  size_t at = 0;
  while (at < text.size() && text[at] == '@') {
    const size_t line_end = std::min(text.find('\n', at), text.size());
    const std::string head(text.substr(at + 1, line_end - at - 1));
    const size_t next = text.find("\n@", line_end);
    const size_t end = next == std::string_view::npos ? text.size() : next + 1;
    if (head.compare(0, 8, "release ") == 0)
      facts.release = head.substr(8);
    else if (head.compare(0, 8, "machine ") == 0)
      facts.machine = head.substr(8);
    else
      sections[head] = text.substr(std::min(line_end + 1, end), end - std::min(line_end + 1, end));
    at = end;
  }
  if (!sections.count("end")) return {};  // cut off
  facts.events = parse_available_events(sections["events"]);
  std::map<std::string, EventFact*> by_path;
  for (EventFact& e : facts.events) by_path[e.system + "/" + e.name] = &e;
  each_line(sections["fields"],
            [&](std::string_view line) {  // "sched/sched_switch/format:\tfield:..."
              const size_t end = line.find("/format:");
              const auto event = by_path.find(std::string(line.substr(0, end)));
              FieldFact field;
              if (event != by_path.end() && parse_field(line, &field))
                event->second->fields.push_back(std::move(field));
            });
  facts.traceable = parse_filter_functions(sections["traceable"]);
  facts.functions = parse_kallsyms(sections["kallsyms"]);
  facts.blacklist = parse_blacklist(sections["blacklist"]);
  facts.config = parse_config(sections["config"]);
  facts.types = sections["types"];
  return facts;
}

namespace {

constexpr std::string_view kHead = "kt2ko-facts 2 ";

void append(std::string* out, char kind, std::string_view text) {
  out->push_back(kind);
  out->append(text);
  out->push_back('\n');
}

}  // namespace

// One line per fact: its kind and its text. m: machine; C: configuration; E: event, F: its fields; f and t: functions,
// plain and traceable; b: blacklisted; M: what modules have is known, w: it; T: C types, packed.
std::string write_snapshot(const KernelFacts& facts) {
  std::string out = fmt::format("{}{}\n", kHead, facts.release);
  append(&out, 'm', facts.machine);
  for (const auto& [option, value] : facts.config) append(&out, 'C', option + "=" + value);
  for (const EventFact& e : facts.events) {
    append(&out, 'E', e.system + ":" + e.name);
    for (const FieldFact& f : e.fields) append(&out, 'F', f.type + "\t" + f.name);
  }
  std::vector<std::string> plain;
  std::set_difference(facts.functions.begin(), facts.functions.end(), facts.traceable.begin(),
                      facts.traceable.end(), std::back_inserter(plain));
  for (const std::string& name : facts.traceable) append(&out, 't', name);
  for (const std::string& name : plain) append(&out, 'f', name);
  for (const std::string& name : facts.blacklist) append(&out, 'b', name);
  if (facts.module_words) append(&out, 'M', "");
  for (const std::string& word : facts.module_words.value_or(std::vector<std::string>())) append(&out, 'w', word);
  each_line(facts.types, [&](std::string_view line) { append(&out, 'T', line); });
  return out;
}

KernelFacts parse_snapshot(std::string_view text) {
  KernelFacts facts;
  if (text.substr(0, kHead.size()) != kHead) return facts;
  const size_t line_end = std::min(text.find('\n'), text.size());
  facts.release = std::string(text.substr(kHead.size(), line_end - kHead.size()));
  each_line(text.substr(line_end), [&](std::string_view line) {
    if (line == "M") facts.module_words.emplace();
    if (line.size() < 2) return;
    const std::string_view rest = line.substr(1);
    const size_t split = rest.find(line[0] == 'E' ? ':' : line[0] == 'C' ? '=' : '\t');
    const bool is_pair = split != std::string_view::npos;
    switch (line[0]) {
      case 'm':
        facts.machine = std::string(rest);
        break;
      case 'C':
        if (is_pair) facts.config.emplace(rest.substr(0, split), rest.substr(split + 1));
        break;
      case 'E':
        if (is_pair)
          facts.events.push_back(
            {std::string(rest.substr(0, split)), std::string(rest.substr(split + 1)), {}});
        break;
      case 'F':
        if (is_pair && !facts.events.empty())
          facts.events.back().fields.push_back(
            {std::string(rest.substr(0, split)), std::string(rest.substr(split + 1))});
        break;
      case 't':
        facts.traceable.emplace_back(rest);
        break;
      case 'f':
        facts.functions.emplace_back(rest);
        break;
      case 'w':
        if (facts.module_words) facts.module_words->emplace_back(rest);
        break;
      case 'b':
        facts.blacklist.emplace(rest);
        break;
      case 'T':
        facts.types.append(rest).push_back('\n');
        break;
      default:
        break;
    }
  });
  // all functions again: both lists are sorted
  std::vector<std::string> all;
  std::merge(facts.functions.begin(), facts.functions.end(), facts.traceable.begin(),
             facts.traceable.end(), std::back_inserter(all));
  facts.functions = std::move(all);
  return facts;
}

KernelFacts parse_any_snapshot(std::string_view text) {
  // What a terminal or a log put before the job's output does not matter.
  const size_t raw = text.find("@release ");
  const bool at_line = raw == 0 || (raw != std::string_view::npos && text[raw - 1] == '\n');
  return at_line ? parse_raw_snapshot(text.substr(raw)) : parse_snapshot(text);
}

}  // namespace kt2ko
