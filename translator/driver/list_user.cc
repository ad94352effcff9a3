// SPDX-License-Identifier: GPL-2.0
#include "driver/list_user.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "catalog/user_sites.h"
#include "driver/report.h"

namespace kt2ko {
namespace {

constexpr const char* kProbe = "probe:";
constexpr const char* kSdt = "sdt:";

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

// PATH, PATH:NAME, for markers also PATH:PROVIDER:NAME. What is missing means all.
ProbeSpec spec_of(const std::string& pattern) {
  ProbeSpec spec;
  const bool markers = starts_with(pattern, kSdt);
  spec.kind = markers ? ProbeKind::kSdt : ProbeKind::kUprobe;
  const std::string rest = pattern.substr(pattern.find(':') + 1);
  const size_t colon = rest.find(':');
  spec.path = rest.substr(0, colon);
  spec.event = colon == std::string::npos ? "" : rest.substr(colon + 1);
  const size_t second = spec.event.find(':');
  if (markers && second != std::string::npos) {
    spec.system = spec.event.substr(0, second);
    spec.event = spec.event.substr(second + 1);
  }
  if (spec.event.empty()) spec.event = "*";
  return spec;
}

// The event of a site, and the arguments of a marker as its file describes them. Ordered as they are written.
using Listed = std::pair<std::string, std::string>;

Listed listed(const ProbeSpec& spec, const UserSite& site) {
  if (spec.kind == ProbeKind::kUprobe) return {fmt::format("{}{}:{}", kProbe, spec.path, site.name), ""};
  return {fmt::format("{}{}:{}:{}", kSdt, spec.path, site.provider, site.name), site.args_text};
}

void write_json(const std::set<Listed>& all, bool markers) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const auto& [event, arguments] : all) {
    nlohmann::ordered_json one = {{"event", event}};
    if (markers) one["arguments"] = arguments;
    json.push_back(std::move(one));
  }
  puts(json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void write_lines(const std::set<Listed>& all) {
  for (const auto& [event, arguments] : all) fmt::print("{}{}{}\n", event, arguments.empty() ? "" : "  ", arguments);
}

}  // namespace

bool names_user_file(const std::string& pattern) {
  if (starts_with(pattern, kSdt)) return pattern.size() > 4;
  if (!starts_with(pattern, kProbe)) return false;
  return pattern.find(':', 6) != std::string::npos || pattern.find('/') != std::string::npos;
}

Status list_user(const std::string& pattern, bool json) {
  const ProbeSpec spec = spec_of(pattern);
  const UserAnswer answer = find_user_sites(spec);
  if (answer.status != UserAnswer::Status::kFound) {
    return report({answer.status == UserAnswer::Status::kNoMatch ? kScriptFailed : kRefused,
                   fmt::format("{} {}", spec.path, answer.error), answer.hint});
  }
  std::set<Listed> all;  // a marker may stand in many places
  for (const UserSite& site : answer.sites->sites) all.insert(listed(spec, site));
  if (json)
    write_json(all, spec.kind == ProbeKind::kSdt);
  else
    write_lines(all);
  return kDone;
}

}  // namespace kt2ko
