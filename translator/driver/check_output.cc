// SPDX-License-Identifier: GPL-2.0
#include "driver/check_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace kt2ko {
namespace {

using Json = nlohmann::ordered_json;

const char* result_of(const Checked& row) {
  if (row.status == kDone) return "ok";
  return row.status == kScriptFailed ? "wrong" : "not built";
}

const char* severity_of(const Finding& f) { return f.severity == Severity::kError ? "error" : "warning"; }

// A finding, or a failure without a place, and the kernels for which it is one.
struct Merged {
  Finding finding;
  bool has_place = true;
  std::string kernels;  // "6.1.0-1, 6.12.0-1"; empty: all
};

std::string rule_of(const Merged& m) { return m.has_place ? code_name(m.finding.code) : "build"; }

std::vector<Merged> merged(const std::vector<Checked>& rows) {
  std::vector<Merged> out;
  std::map<std::tuple<std::string, uint32_t, uint32_t, std::string, std::string>, size_t> known;
  const auto add = [&](const Merged& m, const std::string& kernel) {
    const Finding& f = m.finding;
    const auto [at, is_new] = known.insert({{f.file, f.begin.line, f.begin.col, rule_of(m), f.message}, out.size()});
    if (is_new) out.push_back(m);
    std::string& kernels = out[at->second].kernels;
    if (!kernel.empty()) kernels += (kernels.empty() ? "" : ", ") + kernel;
  };
  for (const Checked& row : rows) {
    for (const Finding& f : row.found) add({f, true, ""}, row.kernel);
    if (!row.message.empty()) add({{row.script, {}, {}, Severity::kError, {}, row.message, ""}, false, ""}, row.kernel);
  }
  return out;
}

std::string text_with_kernels(const Merged& m) {
  return m.kernels.empty() ? m.finding.message : fmt::format("{} (for {})", m.finding.message, m.kernels);
}

Json position(const Finding& f) {
  return {{"startLine", f.begin.line}, {"startColumn", f.begin.col}, {"endLine", f.end.line}, {"endColumn", std::max(f.end.col, 1u)}};
}

std::string escaped(const std::string& text, bool in_property) {
  std::string out;
  for (char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (in_property && (c == ':' || c == ','));
    out += special ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
  }
  return out;
}

// Texts of scripts may hold any bytes; JSON is UTF-8.
std::string dump(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

void tell_differences(std::vector<Checked>* rows) {
  const Checked* first = nullptr;
  for (Checked& row : *rows) {
    row.differs.resize(row.events.size());
    if (!row.facts_known) continue;
    if (!first || first->script != row.script) first = &row;
    for (size_t i = 0; i < std::min(row.events.size(), first->events.size()); ++i)
      row.differs[i] = differences(row.events[i], first->events[i], first->kernel);
  }
}

bool is_good(const Checked& row, bool strict) {
  if (row.status != kDone) return false;
  if (!strict) return true;
  const bool same = std::all_of(row.differs.begin(), row.differs.end(), [](const auto& d) { return d.empty(); });
  return same && row.found.empty() &&
         std::none_of(row.events.begin(), row.events.end(), [](const EventUse& e) { return e.state == EventState::kFromModule; });
}

namespace {

const char* verdict_of(const Checked& row) {
  if (row.status == kDone) return row.built ? "ok" : "ok, not built: no headers";
  return row.status == kScriptFailed ? "script wrong" : "does not build";
}

struct StateText {
  const char* name;   // in JSON
  const char* words;  // for people
};

// In the order of EventState.
constexpr StateText kStates[] = {
    {"there", "there"},
    {"module", "not in the kernel itself, perhaps in a module"},
    {"missing", "not there"},
    {"refused", "cannot be traced there"},
    {"unchecked", "nothing is known about it"},
};

const StateText& text_of(EventState state) { return kStates[static_cast<size_t>(state)]; }

std::string count_of(const Checked& row) {
  if (!row.facts_known || row.events.empty()) return "";
  const auto are = [&](EventState state) {
    return std::count_if(row.events.begin(), row.events.end(), [&](const EventUse& e) { return e.state == state; });
  };
  const auto unchecked = are(EventState::kUnchecked);
  std::string out;
  if (const auto checked = static_cast<std::ptrdiff_t>(row.events.size()) - unchecked)
    out += fmt::format("; {} of {} events there", are(EventState::kThere), checked);
  if (unchecked) out += fmt::format("; {} not of the kernel", unchecked);
  return out;
}

std::string event_lines(const EventUse& e, const std::vector<std::string>& differs, bool all) {
  const bool ordinary = e.state == EventState::kThere || e.state == EventState::kUnchecked;
  if (!all && ordinary && e.fallback.empty() && differs.empty()) return "";
  std::string out;
  const std::string words = text_of(e.state).words;
  const auto line = [&](const std::string& text) { out += fmt::format("    {}: {}\n", e.text, text); };
  if (all || !ordinary) line(e.matches > 1 ? fmt::format("{}, {} of them", words, e.matches) : words);
  if (!e.fallback.empty()) line(e.fallback);
  for (const std::string& text : differs) line(text);
  if (!all) return out;
  for (const FieldUse& f : e.fields)
    if (!f.name.empty()) line(f.asked == f.name ? fmt::format("arg{} {} {}", f.position, f.type, f.name) : fmt::format("{} {} {}", f.asked, f.type, f.name));
  return out;
}

}  // namespace

std::string table_of(const std::vector<Checked>& rows, bool all) {
  constexpr const char* kEvery = "every kernel";
  size_t script = 6, kernel = 6;
  for (const Checked& row : rows) {
    script = std::max(script, row.script.size());
    kernel = std::max(kernel, row.kernel.empty() ? std::string_view(kEvery).size() : row.kernel.size());
  }
  std::string out;
  for (const Checked& row : rows) {
    out += fmt::format("{:{}}  {:{}}  {}{}\n", row.script, script, row.kernel.empty() ? kEvery : row.kernel, kernel, verdict_of(row), count_of(row));
    for (size_t i = 0; i < row.events.size(); ++i) out += event_lines(row.events[i], row.differs[i], all);
  }
  return out;
}

namespace {

Json events_json(const Checked& row) {
  Json events = Json::array();
  for (size_t i = 0; i < row.events.size(); ++i) {
    const EventUse& e = row.events[i];
    Json fields = Json::array();
    for (const FieldUse& f : e.fields) {
      Json field = {{"asked", f.asked}, {"name", nullptr}, {"type", nullptr}, {"argument", nullptr}};
      if (!f.name.empty()) field = {{"asked", f.asked}, {"name", f.name}, {"type", f.type}, {"argument", f.position}};
      fields.push_back(std::move(field));
    }
    Json one = {{"event", e.text}, {"state", text_of(e.state).name}, {"matches", e.matches}, {"fields", std::move(fields)}, {"differs", row.differs[i]}};
    if (!e.fallback.empty()) one["fallback"] = e.fallback;
    events.push_back(std::move(one));
  }
  return events;
}

}  // namespace

std::string json_of(const std::vector<Checked>& rows) {
  Json all = Json::array();
  for (const Checked& row : rows) {
    Json findings = Json::array();
    for (const Finding& f : row.found) {
      Json one = {{"file", f.file}, {"line", f.begin.line}, {"column", f.begin.col}, {"severity", severity_of(f)},
                  {"code", code_name(f.code)}, {"message", f.message}};
      if (!f.hint.empty()) one["hint"] = f.hint;
      findings.push_back(std::move(one));
    }
    Json one = {{"script", row.script}, {"kernel", row.kernel.empty() ? Json() : Json(row.kernel)}, {"result", result_of(row)},
                {"built", row.built}, {"findings", std::move(findings)}};
    if (row.facts_known) one["events"] = events_json(row);
    if (!row.message.empty()) one["message"] = row.message;
    all.push_back(std::move(one));
  }
  return dump(all);
}

std::string sarif_of(const std::vector<Checked>& rows) {
  Json results = Json::array(), rules = Json::array();
  std::set<std::string> named;
  for (const Merged& m : merged(rows)) {
    const Finding& f = m.finding;
    if (named.insert(rule_of(m)).second) {
      const char* summary = m.has_place ? code_summary(f.code) : "module that cannot be built";
      rules.push_back({{"id", rule_of(m)}, {"shortDescription", {{"text", summary}}}});
    }
    Json place = {{"artifactLocation", {{"uri", f.file}}}};
    if (m.has_place) place["region"] = position(f);
    const std::string text = text_with_kernels(m) + (f.hint.empty() ? "" : "; " + f.hint);
    results.push_back({{"ruleId", rule_of(m)}, {"level", severity_of(f)}, {"message", {{"text", text}}},
                       {"locations", Json::array({{{"physicalLocation", place}}})}});
  }
  return dump({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"},
               {"runs", Json::array({{{"tool", {{"driver", {{"name", "kt2ko"}, {"version", KT2KO_VERSION}, {"rules", rules}}}}},
                                      {"results", results}}})}});
}

std::string annotations_of(const std::vector<Checked>& rows) {
  std::string out;
  for (const Merged& m : merged(rows)) {
    const Finding& f = m.finding;
    std::string place = "file=" + escaped(f.file, true);
    if (m.has_place)
      place += fmt::format(",line={},col={},title={}", f.begin.line, f.begin.col, escaped(code_name(f.code), true));
    out += fmt::format("::{} {}::{}\n", severity_of(f), place, escaped(text_with_kernels(m), false));
  }
  return out;
}

}  // namespace kt2ko
