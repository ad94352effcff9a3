// SPDX-License-Identifier: GPL-2.0
#include "project/kernels.h"

#include <fmt/format.h>
#include <string.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "support/architecture.h"
#include "project/process.h"

namespace kt2ko {
namespace {

// The release a build directory was configured for. Debian writes the full name into utsrelease.h
// only, other trees have it in both places.
std::optional<std::string> release_of(const fs::path& build_dir) {
  std::string header = read_file(build_dir / "include/generated/utsrelease.h").value_or("");
  size_t begin = header.find('"');
  size_t end = header.find('"', begin + 1);
  if (begin != std::string::npos && end != std::string::npos)
    return header.substr(begin + 1, end - begin - 1);
  std::optional<std::string> file = read_file(build_dir / "include/config/kernel.release");
  if (!file) return std::nullopt;
  while (!file->empty() && isspace(static_cast<unsigned char>(file->back()))) file->pop_back();
  return file;
}

bool is_build_dir(const fs::path& dir) {
  std::error_code error;
  return fs::is_regular_file(dir / "Makefile", error) && release_of(dir).has_value();
}

bool is_short_form_of(const std::string& wanted, const std::string& release) {
  return release.size() > wanted.size() && release.compare(0, wanted.size(), wanted) == 0 &&
         (release[wanted.size()] == '.' || release[wanted.size()] == '-' ||
          release[wanted.size()] == '+');
}

// 6.1.0-56-rt-amd64: version 6.1.0-56, flavour rt-amd64.
struct ReleaseParts {
  std::string version, flavour;
};

ReleaseParts parts_of(const std::string& release) {
  size_t dash = release.find('-');
  while (dash != std::string::npos && isdigit(static_cast<unsigned char>(release[dash + 1]))) dash = release.find('-', dash + 1);
  if (dash == std::string::npos) return {release, ""};
  return {release.substr(0, dash), release.substr(dash + 1)};
}

// Of the flavours of one version the running kernel's is meant, else the one with the shortest name: amd64 rather than rt-amd64.
bool is_plainer(const Kernel& one, const Kernel& other) {
  const std::string ours = parts_of(running_release()).flavour, flavour = parts_of(one.release).flavour;
  if (parts_of(other.release).flavour == ours) return false;
  return flavour == ours || flavour.size() < parts_of(other.release).flavour.size();
}

Failure no_headers(const std::string& release, bool running) {
  Failure failure;
  failure.message = fmt::format("no headers of {}kernel {} are installed",
                                running ? "the running " : "", release);
  // A version alone is no release, and its headers no package.
  failure.hint = release.find('-') == std::string::npos
                     ? fmt::format("apt-cache search --names-only '^linux-headers-{}' shows which there are", release)
                     : fmt::format("apt-get install linux-headers-{}", release);
  std::string others;
  for (const Kernel& kernel : installed_kernels())
    others += (others.empty() ? "" : ", ") + kernel.release;
  if (!others.empty()) failure.hint += fmt::format(", or choose with -k one of: {}", others);
  return failure;
}

// Headers of other machines' kernels are where their images are, see vm/kernel_image.h.
std::vector<fs::path> extra_places(const std::string& release) {
  const char* dir = getenv("KT2KO_KERNEL_DIR");
  if (!dir || !*dir) return {};
  return {fs::path(dir) / "usr/src" / ("linux-headers-" + release)};
}

std::optional<Kernel> exact_kernel(const std::string& release, const KernelRoots& roots) {
  for (const fs::path& dir :
       {roots.modules / release / "build", roots.sources / ("linux-headers-" + release)}) {
    if (is_build_dir(dir)) return Kernel{release, dir};
  }
  for (const fs::path& dir : extra_places(release))
    if (is_build_dir(dir)) return Kernel{release, dir};
  return std::nullopt;
}

Result<Kernel> kernel_in(const std::string& wanted) {
  std::error_code error;
  fs::path dir = fs::absolute(wanted, error).lexically_normal();
  if (!is_build_dir(dir)) {
    return Failure{kRefused, fmt::format("{} is not a prepared kernel build directory", wanted),
                   "give the directory that /lib/modules/RELEASE/build points to, or run `make "
                   "modules_prepare` in it"};
  }
  return Kernel{*release_of(dir), dir};
}

}  // namespace

std::string running_release() {
  utsname name = {};
  uname(&name);
  return name.release;
}

std::string running_machine() {
  utsname name = {};
  uname(&name);
  return name.machine;
}

int compare_releases(const std::string& a, const std::string& b) {
  return strverscmp(a.c_str(), b.c_str());
}

std::vector<Kernel> installed_kernels(const KernelRoots& roots) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(roots.modules, error)) {
    names.push_back(entry.path().filename().string());
  }
  const std::string prefix = "linux-headers-";
  for (const auto& entry : fs::directory_iterator(roots.sources, error)) {
    std::string name = entry.path().filename().string();
    if (name.compare(0, prefix.size(), prefix) == 0) names.push_back(name.substr(prefix.size()));
  }
  std::sort(names.begin(), names.end(),
            [](auto& a, auto& b) { return compare_releases(a, b) > 0; });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<Kernel> kernels;
  for (const std::string& name : names) {
    if (auto kernel = exact_kernel(name, roots)) kernels.push_back(*kernel);
  }
  return kernels;
}

Result<Kernel> find_kernel(const std::string& wanted, const KernelRoots& roots) {
  if (wanted.find('/') != std::string::npos || wanted == ".") return kernel_in(wanted);
  std::string release = wanted.empty() ? running_release() : wanted;
  if (auto kernel = exact_kernel(release, roots)) return *kernel;
  if (wanted.empty()) return no_headers(release, true);
  std::optional<Kernel> best;
  for (const Kernel& kernel : installed_kernels(roots)) {
    if (!is_short_form_of(wanted, kernel.release)) continue;
    if (!best || (parts_of(kernel.release).version == parts_of(best->release).version && is_plainer(kernel, *best))) best = kernel;
  }
  return best ? Result<Kernel>(*best) : no_headers(release, false);
}

bool is_clang_kernel(const Kernel& kernel) {
  std::string config = read_file(kernel.build_dir / ".config").value_or("");
  return config.find("\nCONFIG_CC_IS_CLANG=y\n") != std::string::npos;
}

std::string kernel_compiler(const Kernel& kernel, const Cross& cross) {
  if (is_clang_kernel(kernel)) return "clang";
  std::string word = "gcc";
  std::istringstream lines(read_file(kernel.build_dir / ".kernelvariables").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, 4, "CC =") == 0) word = line.substr(line.find_last_of(" )") + 1);
  }
  return cross.prefix + word;
}

std::string kernel_arch(const Kernel& kernel) {
  // "# Linux/arm64 6.1.0 Kernel Configuration"
  std::istringstream lines(read_file(kernel.build_dir / ".config").value_or(""));
  const std::string before = "# Linux/";
  for (std::string line; std::getline(lines, line) && line[0] == '#';)
    if (line.compare(0, before.size(), before) == 0) return line.substr(before.size(), line.find(' ', before.size()) - before.size());
  return "";
}

namespace {

std::string options_for(const Architecture& arch) {
  if (arch.elf_machine == own_architecture().elf_machine) return "leave --arch and --cross-compile out";
  return fmt::format("--arch {} --cross-compile {}", arch.name, arch.prefix());
}

Done check_architecture(const Kernel& kernel, const Cross& cross) {
  const Architecture* wanted = cross.arch.empty() ? &own_architecture() : find_architecture(cross.arch);
  if (!wanted) return Failure{kUsage, fmt::format("unknown architecture \"{}\"", cross.arch), fmt::format("there are: {}", architecture_names())};
  const std::string of_kernel = kernel_arch(kernel);
  const Architecture* has = find_architecture(of_kernel);
  if (!of_kernel.empty() && has != wanted) {
    return Failure{kRefused, fmt::format("kernel {} is for {}, not for {}", kernel.release, of_kernel, wanted->name),
                   has ? options_for(*has) : fmt::format("kt2ko knows: {}", architecture_names())};
  }
  if (wanted->elf_machine != own_architecture().elf_machine && cross.prefix.empty() && !is_clang_kernel(kernel))
    return Failure{kUsage, fmt::format("--arch {} needs a cross compiler", wanted->name), options_for(*wanted)};
  return Nothing{};
}

}  // namespace

Done check_tools(const Kernel& kernel, const Cross& cross) {
  Done fits = check_architecture(kernel, cross);
  if (!fits.ok()) return fits;
  if (program_in_path("make").empty())
    return Failure{kRefused, "make is not installed", "apt-get install make"};
  std::string compiler = kernel_compiler(kernel, cross);
  if (!program_in_path(compiler).empty()) return Nothing{};
  std::string package = compiler;
  if (compiler == "clang") {
    package = "clang lld llvm";
  } else if (!cross.prefix.empty()) {
    package = fmt::format("gcc-{}", cross.prefix.substr(0, cross.prefix.rfind('-')));
    std::replace(package.begin(), package.end(), '_', '-');
  }
  return Failure{
      kRefused,
      fmt::format("the compiler of kernel {}, {}, is not installed", kernel.release, compiler),
      fmt::format("apt-get install {}", package)};
}

}  // namespace kt2ko
