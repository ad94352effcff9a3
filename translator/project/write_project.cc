// SPDX-License-Identifier: GPL-2.0
#include "project/write_project.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "emit/file_names.h"
#include "project/sha256.h"
#include "project/template.h"

namespace kt2ko {
namespace {

constexpr const char* kMarker = ".kt2ko";
constexpr const char* kMarkerText =
    "This directory was written by kt2ko, which may write it again.\n";

constexpr const char* kSymvers = "tapsets.symvers";

// Folders of runtime-c that a module needs, and the one whose .c files are its objects.
constexpr const char* kRuntimeFolders[] = {"include", "core", "port", "kernel", "compat", "units", "tapset"};
constexpr const char* kObjectFolder = "units";

std::vector<std::string> runtime_objects(const fs::path& share) {
  std::vector<std::string> objects;
  for (const fs::path& source : files_with(share / "runtime-c" / kObjectFolder, ".c"))
    objects.push_back(fmt::format("runtime-c/{}/{}.o", kObjectFolder, source.stem().string()));
  return objects;
}

std::string wire_version(const fs::path& share) {
  std::string header = read_file(share / "runtime-c/include/ktr_wire.h").value_or("");
  const std::string define = "#define KTR_WIRE_VERSION ";
  size_t begin = header.find(define);
  if (begin == std::string::npos) return "0";
  begin += define.size();
  return header.substr(begin, header.find_first_not_of("0123456789", begin) - begin);
}

TemplateData template_data(const ModuleText& text, const fs::path& share) {
  TemplateData data;
  data.values["module"] = text.module;
  data.values["script"] = safe_script_name(text.script);
  data.values["version"] = KT2KO_VERSION;
  data.values["wire"] = wire_version(share);
  data.values["cold_flags"] = kColdFlags;
  data.lists["objects"] = runtime_objects(share);
  data.lists["script_objects"] = {};
  if (!text.events.empty()) data.lists["script_objects"].push_back("events.o");
  if (!text.ffi.empty()) data.lists["script_objects"].push_back("ffi.o");
  data.lists["cold_objects"] = {};
  for (size_t i = 1; i <= n_cold(text); ++i) data.lists["cold_objects"].push_back(fs::path(cold_file_name(i)).stem().string() + ".o");
  data.lists["symvers"] = {};
  if (!text.linked.empty()) data.lists["symvers"].push_back(kSymvers);
  data.lists["exports"] = text.exports;
  data.values["description"] = text.description;
  return data;
}

Done write_templates(const fs::path& dir, const TemplateData& data, const fs::path& templates) {
  for (const fs::path& file : files_with(templates, ".mustache")) {
    Result<std::string> filled =
        render_template(file.filename(), read_file(file).value_or(""), data);
    if (!filled.ok()) return filled.failure();
    Done written = write_if_changed(dir / file.stem(), filled.value());
    if (!written.ok()) return written;
  }
  return Nothing{};
}

// Copies what differs, so that make need not build again what is there.
Done copy_runtime(const fs::path& dir, const fs::path& share) {
  for (const char* folder : kRuntimeFolders) {
    fs::path from = share / "runtime-c" / folder;
    std::error_code error;
    for (const fs::path& file : files_below(from)) {
      fs::path to = dir / "runtime-c" / folder / fs::relative(file, from, error);
      fs::create_directories(to.parent_path(), error);
      Done written = write_if_changed(to, read_file(file).value_or(""));
      if (!written.ok()) return written;
    }
  }
  return Nothing{};
}

}  // namespace

std::string safe_script_name(const std::string& script) {
  std::string safe = script;
  for (char& c : safe) {
    if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '%') c = '_';
  }
  return safe;
}

const std::string& script_c(const ModuleText& text) { return text.split.empty() ? text.c_text : text.split[0]; }

size_t n_cold(const ModuleText& text) { return text.split.empty() ? 0 : text.split.size() - 1; }

// A script that was there before may have had more of them.
static Done write_cold(const fs::path& dir, const ModuleText& text) {
  std::error_code error;
  size_t i = 1;
  for (; i <= n_cold(text); ++i) {
    Done done = write_if_changed(dir / cold_file_name(i), text.split[i]);
    if (!done.ok()) return done;
  }
  while (fs::remove(dir / cold_file_name(i), error)) ++i;
  return Nothing{};
}

static Done write_files(const fs::path& dir, const ModuleText& text, const fs::path& share, const fs::path& templates) {
  std::error_code error;
  fs::create_directory(dir, error);
  Done done = write_file(dir / kMarker, kMarkerText);
  if (done.ok()) done = copy_runtime(dir, share);
  if (done.ok()) done = write_templates(dir, template_data(text, share), templates);
  if (done.ok()) done = write_if_changed(dir / "script.c", script_c(text));
  if (done.ok()) done = write_cold(dir, text);
  std::string symvers;
  for (const LinkedTapset& tapset : text.linked) symvers += tapset.symvers;
  for (const auto& [name, content] :
       {std::pair<const char*, const std::string&>{"events.c", text.events},
        {"ffi.c", text.ffi},
        {kSymvers, symvers}}) {
    if (content.empty())
      fs::remove(dir / name, error);
    else if (done.ok())
      done = write_if_changed(dir / name, content);
  }
  return done;
}

Done write_project(const fs::path& dir, const ModuleText& text, const fs::path& share) {
  return write_files(dir, text, share, share / "templates");
}

Done write_tapset_project(const fs::path& dir, const ModuleText& text, const fs::path& share) {
  return write_files(dir, text, share, share / "templates" / "tapset");
}

Done write_dkms_conf(const fs::path& dir, const ModuleText& text, const fs::path& share) {
  const fs::path file = share / "templates/dkms/dkms.conf.mustache";
  TemplateData data = template_data(text, share);
  data.values["package"] = "kt2ko-" + text.module;
  const std::string hash = sha256_hex(text.c_text + text.events + text.ffi);
  data.values["package_version"] = fmt::format("{}.{}", KT2KO_VERSION, hash.substr(0, 8));
  Result<std::string> filled = render_template(file.filename(), read_file(file).value_or(""), data);
  if (!filled.ok()) return filled.failure();
  return write_if_changed(dir / file.stem(), filled.value());
}

Done check_emit_dir(const fs::path& dir) {
  std::error_code error;
  fs::file_status status = fs::status(dir, error);
  if (!fs::exists(status)) return Nothing{};
  if (!fs::is_directory(status)) {
    return Failure{kUsage, fmt::format("{} is not a directory", dir.string()),
                   "give another name"};
  }
  if (fs::is_empty(dir, error) || fs::exists(dir / kMarker, error)) return Nothing{};
  return Failure{kUsage, fmt::format("{} holds files that are not ours", dir.string()),
                 "give an empty or a new directory"};
}

void add_share(Fingerprint* key, const fs::path& share) {
  key->add(KT2KO_VERSION);
  for (const char* folder : kRuntimeFolders) key->add_tree(share / "runtime-c" / folder);
  key->add_tree(share / "templates");
}

}  // namespace kt2ko
