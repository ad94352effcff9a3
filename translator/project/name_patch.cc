// SPDX-License-Identifier: GPL-2.0
#include "project/name_patch.h"

#include <algorithm>

#include "project/elf_file.h"
#include "project/module_name.h"

namespace kt2ko {
namespace {

constexpr size_t kMaxScriptName = 255;
constexpr const char* kInfo = ".modinfo";
constexpr const char* kDepends = "depends=";
constexpr const char* kThisModule = ".gnu.linkonce.this_module";

std::string padded(std::string text, size_t size) {
  text.resize(size, 'x');
  return text;
}

std::string stand_in_module() {
  return padded("kt2ko_stand_in_for_the_name_of_the_module_", kMaxModuleName);
}
std::string stand_in_script() {
  return padded("kt2ko_stand_in_for_the_name_of_the_script_", kMaxScriptName);
}

// Replaces every occurrence that ends a string. Returns false when one does not.
bool replace_in(std::string* bytes, SectionRange range, const std::string& old,
                const std::string& name) {
  std::string fresh = name.substr(0, old.size());
  fresh.resize(old.size(), '\0');
  size_t end = range.offset + range.size;
  bool all = true;
  for (size_t at = range.offset; (at = bytes->find(old, at)) != std::string::npos && at < end;
       at += old.size()) {
    if ((*bytes)[at + old.size()] == '\0') {
      std::copy(fresh.begin(), fresh.end(), bytes->begin() + static_cast<long>(at));
    } else {
      all = false;
    }
  }
  return all;
}

bool replace_all(std::string* ko, const ModuleText& text) {
  SectionRange info = find_section(*ko, kInfo);
  SectionRange module = find_section(*ko, kThisModule);
  bool all = info.size != 0 && module.size != 0;
  all = replace_in(ko, info, stand_in_module(), text.module) && all;
  all = replace_in(ko, info, stand_in_script(), safe_script_name(text.script)) && all;
  return replace_in(ko, module, stand_in_module(), text.module) && all;
}

}  // namespace

ModuleText stand_in_text(const std::string& c_text, const std::string& events) {
  return {stand_in_module(), stand_in_script(), c_text, events, "", {}};
}

bool names_can_be_replaced(const std::string& ko) {
  for (const std::string& name : {stand_in_module(), stand_in_script()}) {
    if (loaded_bytes_contain(ko, name, {kInfo, kThisModule})) return false;
  }
  std::string copy = ko;
  return replace_all(&copy, {"name", "script", "", "", "", {}});
}

void replace_names(std::string* ko, const ModuleText& text) {
  replace_all(ko, text);
  // The runtime was built to depend on nothing; what the script is linked with says so itself.
  if (!text.linked.empty()) replace_in(ko, find_section(*ko, kInfo), kDepends, "");
}

}  // namespace kt2ko
