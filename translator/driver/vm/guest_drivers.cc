// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/guest_drivers.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "driver/vm/file_io.h"

namespace kt2ko {
namespace {

// "kernel/drivers/char/virtio_console.ko.xz" -> "virtio_console"; the kernel takes '-' and '_' in
// names as the same.
std::string module_name(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  name = name.substr(0, name.find(".ko"));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// modules.dep: "PATH: NEEDED NEEDED...", the needed ones in the reverse of the order in which they
// must be loaded.
std::map<std::string, std::vector<std::string>> read_dependencies(const std::string& dir) {
  std::map<std::string, std::vector<std::string>> needs;
  std::string text, line;
  read_file(dir + "/modules.dep", &text);
  std::istringstream lines(text);
  while (std::getline(lines, line)) {
    size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::vector<std::string>& files = needs[module_name(line.substr(0, colon))];
    std::istringstream rest(line.substr(colon + 1));
    for (std::string file; rest >> file;) files.insert(files.begin(), file);
    files.push_back(line.substr(0, colon));
  }
  return needs;
}

bool is_builtin(const std::string& builtin, const std::string& name) {
  return builtin.find("/" + name + ".ko\n") != std::string::npos;
}

bool load_module_file(const std::string& path, std::string* data) {
  std::string raw;
  if (!read_file(path, &raw)) return false;
  const std::string suffix = path.substr(path.rfind('.') + 1);
  if (suffix == "ko") {
    *data = std::move(raw);
    return true;
  }
  const char* tool = suffix == "xz" ? "xz" : suffix == "zst" ? "zstd" : "gzip";
  int status;
  return run_filter({tool, "-dc"}, raw, data, &status) && status == 0;
}

bool add_driver(const std::string& dir, const std::string& path, GuestTransport* transport) {
  const std::string name = module_name(path) + ".ko";
  for (const GuestDriver& driver : transport->drivers) {
    if (driver.name == name) return true;
  }
  GuestDriver driver{name, ""};
  if (!load_module_file(dir + "/" + path, &driver.data)) return false;
  transport->drivers.push_back(std::move(driver));
  return true;
}

}  // namespace

GuestTransport plan_transport(const KernelImage& image, bool disks) {
  GuestTransport serial;
  if (image.modules_dir.empty()) return serial;
  GuestTransport virtio;
  virtio.virtio = true;
  std::string builtin;
  read_file(image.modules_dir + "/modules.builtin", &builtin);
  auto needs = read_dependencies(image.modules_dir);
  std::vector<std::string> names = {"virtio_pci", "virtio_console"};
  if (disks) names.push_back("virtio_blk");
  for (const std::string& name : names) {
    if (is_builtin(builtin, name)) continue;
    auto found = needs.find(name);
    if (found == needs.end()) return serial;
    for (const std::string& file : found->second) {
      if (!add_driver(image.modules_dir, file, &virtio)) return serial;
    }
  }
  return virtio;
}

}  // namespace kt2ko
