// SPDX-License-Identifier: GPL-2.0
#include "project/module_name.h"

#include <fmt/format.h>

#include "project/files.h"

namespace kt2ko {
namespace {

// kbuild objects that are part of every module: a module of that name would be made of itself.
constexpr const char* kTaken[] = {"script", "module"};

bool is_taken(const std::string& name) {
  for (const char* taken : kTaken) {
    if (name == taken) return true;
  }
  return false;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::string module_name_from(const std::string& file_name) {
  std::string name = fs::path(file_name).filename().string();
  if (name.size() > 3 && name.compare(name.size() - 3, 3, ".kp") == 0) name.resize(name.size() - 3);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_word(c)) c = '_';
  }
  if (name.empty() || (name[0] >= '0' && name[0] <= '9') || is_taken(name)) name = "kt_" + name;
  return name.substr(0, kMaxModuleName);
}

Done check_module_name(const std::string& name) {
  bool good = !name.empty() && name.size() <= kMaxModuleName && !(name[0] >= '0' && name[0] <= '9');
  for (char c : name) good = good && is_word(c);
  if (!good) {
    return Failure{kUsage, fmt::format("\"{}\" cannot be a module name", name),
                   fmt::format("use a-z, 0-9 and _, not a digit first, at most {} characters",
                               kMaxModuleName)};
  }
  if (is_taken(name)) {
    return Failure{kUsage, fmt::format("a module cannot be named {}", name),
                   "choose another name with -m"};
  }
  return Nothing{};
}

Done check_not_loaded(const std::string& name) {
  std::error_code error;
  bool there = fs::exists("/sys/module/" + name, error);
  if (!there || fs::exists("/proc/kt2ko/" + name, error)) return Nothing{};
  return Failure{
      kRefused,
      fmt::format("the kernel has a module named {}, which is not a script of ours", name),
      "choose another name with -m"};
}

}  // namespace kt2ko
