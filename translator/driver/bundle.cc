// SPDX-License-Identifier: GPL-2.0
#include "driver/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "project/module_facts.h"
#include "project/sha256.h"
#include "project/write_project.h"

namespace kt2ko {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;  // KT_BUNDLE_FORMAT of ktrun

// Parameters that the reader sets by options of its own.
bool is_readers(const std::string& name) {
  for (const char* own : {"hold", "pid", "children", "self", "cpu", "gid", "args"})
    if (name == own) return true;
  return false;
}

Json parameters_of(const std::string& module) {
  Json names = Json::array();
  for (const std::string& entry : modinfo_values(module, "parmtype")) {
    const std::string name = entry.substr(0, entry.find(':'));
    if (!is_readers(name)) names.push_back(name);
  }
  return names;
}

std::string member_name(const BundledModule& m, const std::string& arch) {
  return fmt::format("modules/{}/{}/{}.ko", arch, m.kernel, m.script.name);
}

Json row_of(const BundledModule& m, const std::string& arch) {
  return {{"name", m.script.name},
          {"script", safe_script_name(m.script.script)},
          {"kernel", m.kernel},
          {"arch", arch},
          {"vermagic", modinfo_value(m.bytes, "vermagic")},
          {"events", m.script.events},
          {"unsafe", !m.script.dangers.empty()},
          {"dangers", m.script.dangers},
          {"arguments", m.script.arguments},
          {"parameters", parameters_of(m.bytes)},
          {"source_sha256", m.script.source_sha256},
          {"config_sha256", m.config_sha256},
          {"file", member_name(m, arch)},
          {"size", m.bytes.size()},
          {"sha256", sha256_hex(m.bytes)}};
}

// Script text may hold any bytes; what is not UTF-8 is replaced.
std::string text_of(const Json& manifest) {
  return manifest.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<std::vector<ArchiveMember>> bundle_members(Bundle bundle) {
  const auto by_kernel = [](const BundledModule& a, const BundledModule& b) {
    const int order = compare_releases(a.kernel, b.kernel);
    return order ? order < 0 : a.script.name < b.script.name;
  };
  std::sort(bundle.modules.begin(), bundle.modules.end(), by_kernel);
  Json ktruns = Json::array();
  Json rows = Json::array();
  std::vector<ArchiveMember> members(1);
  for (BundledKtrun& ktrun : bundle.ktruns) {
    const std::string name = "ktrun-" + ktrun.arch;
    ktruns.push_back({{"arch", ktrun.arch}, {"file", name}, {"sha256", sha256_hex(ktrun.bytes)}});
    members.push_back({name, std::move(ktrun.bytes), true});
  }
  for (BundledModule& module : bundle.modules) {
    const std::string arch = elf_machine(module.bytes);
    if (arch.empty())
      return Failure{kRefused, fmt::format("{} for {} is for a machine that bundles do not know", module.script.name, module.kernel),
                     "ship its module file by itself"};
    rows.push_back(row_of(module, arch));
    members.push_back({member_name(module, arch), std::move(module.bytes)});
  }
  const Json manifest = {{"format", kFormat},
                         {"kt2ko", KT2KO_VERSION},
                         {"options", bundle.options},
                         {"ktrun", ktruns},
                         {"modules", rows}};
  members[0] = {"manifest.json", text_of(manifest)};
  return members;
}

}  // namespace kt2ko
