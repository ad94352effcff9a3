// SPDX-License-Identifier: GPL-2.0
// Which kernel a module is built for: finds headers by release, by a short form such as 6.12, or by
// directory.
#pragma once

#include <string>
#include <vector>

#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

struct Kernel {
  std::string release;  // as uname -r says on that kernel
  fs::path build_dir;   // what `make -C` gets
};

// What to call make with for another machine; both empty: this one.
struct Cross {
  std::string arch;    // kernel name of the architecture, as in --arch
  std::string prefix;  // of the compiler, as in --cross-compile
};

// Where kernels are looked for; tests use a directory of their own.
struct KernelRoots {
  fs::path modules = "/lib/modules";
  fs::path sources = "/usr/src";
};

// The release of the running kernel.
std::string running_release();

// Its architecture, as uname -m says.
std::string running_machine();

// All installed headers, newest first.
std::vector<Kernel> installed_kernels(const KernelRoots& roots = {});

// Finds the headers for a release, a short form, or a build directory. Empty: the running kernel. A short form means the newest
// release that begins with it; of the flavours of that, the running kernel's, else the one with the shortest name.
// Fails (kRefused) with the command that installs what is missing.
Result<Kernel> find_kernel(const std::string& wanted, const KernelRoots& roots = {});

// Orders releases the way people read them: 6.9 < 6.12. Returns < 0, 0, > 0.
int compare_releases(const std::string& a, const std::string& b);

// The kernel was built with clang, so its modules have to be, too.
bool is_clang_kernel(const Kernel& kernel);

// The compiler that kbuild will call for this kernel, as a command word (Debian's headers name a
// version).
std::string kernel_compiler(const Kernel& kernel, const Cross& cross);

// The name of the architecture that the headers are for; empty: not known.
std::string kernel_arch(const Kernel& kernel);

// The kernel is of the architecture that is wanted, make and the compiler are there; fails with the command that installs them.
Done check_tools(const Kernel& kernel, const Cross& cross);

}  // namespace kt2ko
