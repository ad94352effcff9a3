// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "project/kernels.h"
#include "support/architecture.h"

using namespace kt2ko;

namespace {

// A make-believe machine with headers of some kernels.
class Machine {
 public:
  Machine() : temp_(std::move(TempDir::make().value())) {
    roots_.modules = temp_.path() / "modules";
    roots_.sources = temp_.path() / "src";
    fs::create_directories(roots_.modules);
    fs::create_directories(roots_.sources);
  }

  // Headers under /usr/src only, as they are when the kernel itself is not installed.
  fs::path add_headers(const std::string& release) {
    fs::path dir = roots_.sources / ("linux-headers-" + release);
    fs::create_directories(dir / "include/generated");
    REQUIRE(write_file(dir / "Makefile", "all:\n").ok());
    REQUIRE(write_file(dir / "include/generated/utsrelease.h",
                       "#define UTS_RELEASE \"" + release + "\"\n")
                .ok());
    return dir;
  }
  void add_kernel(const std::string& release) {
    fs::path dir = add_headers(release);
    fs::create_directories(roots_.modules / release);
    fs::create_directory_symlink(dir, roots_.modules / release / "build");
  }
  const KernelRoots& roots() const { return roots_; }

 private:
  TempDir temp_;
  KernelRoots roots_;
};

}  // namespace

TEST_CASE("releases are ordered by their numbers") {
  CHECK(compare_releases("6.9.1", "6.12.0") < 0);
  CHECK(compare_releases("6.1.0-56-cloud", "6.1.0-9-cloud") > 0);
  CHECK(compare_releases("6.1", "6.1") == 0);
}

TEST_CASE("a release is found under /lib/modules and under /usr/src") {
  Machine machine;
  machine.add_kernel("6.1.0-56-cloud-amd64");
  fs::path headers = machine.add_headers("6.12.1-amd64");
  Result<Kernel> kernel = find_kernel("6.1.0-56-cloud-amd64", machine.roots());
  REQUIRE(kernel.ok());
  CHECK(kernel.value().release == "6.1.0-56-cloud-amd64");
  kernel = find_kernel("6.12.1-amd64", machine.roots());
  REQUIRE(kernel.ok());
  CHECK(kernel.value().build_dir == headers);
}

TEST_CASE("a short form means the newest release that begins with it") {
  Machine machine;
  for (const char* release :
       {"6.1.0-9-amd64", "6.1.0-56-amd64", "6.12.3-amd64", "6.12.117+deb12-amd64"}) {
    machine.add_kernel(release);
  }
  CHECK(find_kernel("6.1", machine.roots()).value().release == "6.1.0-56-amd64");
  CHECK(find_kernel("6.12", machine.roots()).value().release == "6.12.117+deb12-amd64");
  CHECK(find_kernel("6.1.0", machine.roots()).value().release == "6.1.0-56-amd64");
  CHECK_FALSE(find_kernel("6", machine.roots()).value().release == "6.1.0-9-amd64");
  CHECK_FALSE(find_kernel("6.2", machine.roots()).ok());
}

TEST_CASE("of the flavours of the newest release a short form means the one with the shortest name") {
  Machine machine;
  for (const char* release : {"6.1.0-9-amd64", "6.1.0-56-huge-amd64", "6.1.0-56-rt-amd64", "6.12.117+deb12-rt-amd64",
                              "6.12.117+deb12-huge-amd64"}) {
    machine.add_kernel(release);
  }
  CHECK(find_kernel("6.12", machine.roots()).value().release == "6.12.117+deb12-rt-amd64");
  machine.add_kernel("6.1.0-56-amd64");
  machine.add_kernel("6.12.117+deb12-amd64");
  CHECK(find_kernel("6.1", machine.roots()).value().release == "6.1.0-56-amd64");
  CHECK(find_kernel("6.12", machine.roots()).value().release == "6.12.117+deb12-amd64");
}

TEST_CASE("a directory is taken as it is, and refused when it is no build directory") {
  Machine machine;
  fs::path dir = machine.add_headers("6.6.6");
  Result<Kernel> kernel = find_kernel(dir.string(), machine.roots());
  REQUIRE(kernel.ok());
  CHECK(kernel.value().release == "6.6.6");
  kernel = find_kernel(machine.roots().modules.string(), machine.roots());
  REQUIRE_FALSE(kernel.ok());
  CHECK(kernel.failure().status == kRefused);
}

TEST_CASE("missing headers are named with the command that installs them") {
  Machine machine;
  Result<Kernel> kernel = find_kernel("4.19.0-1-amd64", machine.roots());
  REQUIRE_FALSE(kernel.ok());
  CHECK(kernel.failure().status == kRefused);
  CHECK(kernel.failure().hint.find("apt-get install linux-headers-4.19.0-1-amd64") == 0);
}

TEST_CASE("headers of a mere version are no package") {
  Machine machine;
  Result<Kernel> kernel = find_kernel("4.19", machine.roots());
  REQUIRE_FALSE(kernel.ok());
  CHECK(kernel.failure().hint.find("apt-cache search --names-only '^linux-headers-4.19'") == 0);
}

TEST_CASE("installed kernels come newest first, each once") {
  Machine machine;
  machine.add_kernel("6.1.0-56-amd64");
  machine.add_kernel("6.12.3-amd64");
  machine.add_headers("6.12.3-amd64");
  std::vector<Kernel> kernels = installed_kernels(machine.roots());
  REQUIRE(kernels.size() == 2);
  CHECK(kernels[0].release == "6.12.3-amd64");
}

TEST_CASE("the compiler is the one that the headers name") {
  Machine machine;
  Kernel kernel{"6.1", machine.add_headers("6.1")};
  CHECK(kernel_compiler(kernel, {}) == "gcc");
  CHECK(kernel_compiler(kernel, {"arm64", "aarch64-linux-gnu-"}) == "aarch64-linux-gnu-gcc");
  REQUIRE(write_file(kernel.build_dir / ".kernelvariables",
                     "override ARCH = x86\nCC = $(CROSS_COMPILE)gcc-12\n")
              .ok());
  CHECK(kernel_compiler(kernel, {}) == "gcc-12");
  CHECK_FALSE(is_clang_kernel(kernel));
  REQUIRE(write_file(kernel.build_dir / ".config", "#\nCONFIG_CC_IS_CLANG=y\n").ok());
  CHECK(kernel_compiler(kernel, {}) == "clang");
}

TEST_CASE("a missing compiler is named with its package") {
  Machine machine;
  Kernel kernel{"6.1", machine.add_headers("6.1")};
  Done tools = check_tools(kernel, {"arm64", "no_such-linux-gnu-"});
  REQUIRE_FALSE(tools.ok());
  CHECK(tools.failure().status == kRefused);
  CHECK(tools.failure().hint == "apt-get install gcc-no-such-linux-gnu");
}

TEST_CASE("headers of another architecture are refused") {
  Machine machine;
  Kernel kernel{"6.1", machine.add_headers("6.1")};
  const Architecture& own = own_architecture();
  const std::string other = own.name == std::string("x86") ? "arm64" : "x86";
  REQUIRE(write_file(kernel.build_dir / ".config", "#\n# Linux/" + other + " 6.1.0 Kernel Configuration\n#\nCONFIG_X=y\n").ok());
  CHECK(kernel_arch(kernel) == other);
  Done tools = check_tools(kernel, {});
  REQUIRE_FALSE(tools.ok());
  CHECK(tools.failure().status == kRefused);
  CHECK(tools.failure().message == "kernel 6.1 is for " + other + ", not for " + own.name);
  CHECK(tools.failure().hint == "--arch " + other + " --cross-compile " + find_architecture(other)->prefix());
  tools = check_tools(kernel, {other, ""});
  REQUIRE_FALSE(tools.ok());
  CHECK(tools.failure().message == "--arch " + other + " needs a cross compiler");
  tools = check_tools(kernel, {"pdp11", "pdp11-"});
  REQUIRE_FALSE(tools.ok());
  CHECK(tools.failure().hint == "there are: x86, arm64");
}
