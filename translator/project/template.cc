// SPDX-License-Identifier: GPL-2.0
#include "project/template.h"

#include <fmt/format.h>

#include <kainjow/mustache.hpp>

namespace kt2ko {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

// The first name in the text that data does not know, empty when there is none.
std::string unknown_name(const std::string& text, const TemplateData& data) {
  for (size_t at = 0; (at = text.find("{{", at)) != std::string::npos;) {
    size_t end = text.find("}}", at);
    if (end == std::string::npos) return text.substr(at, 20);
    std::string tag = text.substr(at + 2, end - at - 2);
    at = end + 2;
    if (tag.empty() || tag[0] == '!' || tag == ".") continue;
    bool section = tag[0] == '#' || tag[0] == '/' || tag[0] == '^';
    std::string name = section ? tag.substr(1) : tag;
    if (section ? data.lists.count(name) == 0 : data.values.count(name) == 0) return name;
  }
  return "";
}

}  // namespace

Result<std::string> render_template(const std::string& name, const std::string& text,
                                    const TemplateData& values) {
  std::string unknown = unknown_name(text, values);
  if (!unknown.empty())
    return Failure{kRefused, fmt::format("template {}: unknown name {}", name, unknown), ""};
  mustache parsed(text);
  if (!parsed.is_valid())
    return Failure{kRefused, fmt::format("template {}: {}", name, parsed.error_message()), ""};
  parsed.set_custom_escape([](const std::string& plain) { return plain; });
  data all(data::type::object);
  for (const auto& [key, value] : values.values) all.set(key, value);
  for (const auto& [key, elements] : values.lists) {
    data list(data::type::list);
    for (const std::string& element : elements) list.push_back(element);
    all.set(key, list);
  }
  return parsed.render(all);
}

}  // namespace kt2ko
