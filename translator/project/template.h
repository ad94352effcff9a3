// SPDX-License-Identifier: GPL-2.0
// Fills one mustache text. Strict: a name that has no value is an error, not an empty string.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "project/result.h"

namespace kt2ko {

struct TemplateData {
  std::map<std::string, std::string> values;
  std::map<std::string, std::vector<std::string>> lists;  // {{.}} inside the section is the element
};

// name: for messages.
Result<std::string> render_template(const std::string& name, const std::string& text,
                                    const TemplateData& data);

}  // namespace kt2ko
