// SPDX-License-Identifier: GPL-2.0
// Signatures of modules, for kernels that load no others. The kernel's own tool makes them: it comes
// with the headers of every kernel that can check one, and knows the format and the algorithms.
#pragma once

#include <string>

#include "project/kernels.h"
#include "project/result.h"

namespace kt2ko {

struct SignFiles {
  std::string key;   // PEM file, or a pkcs11: address
  std::string cert;  // X.509, PEM or DER
  bool wanted() const { return !key.empty(); }
};

// Whether there is everything to sign with; before a build, so that nobody waits in vain.
Done check_signing(const Kernel& kernel, const SignFiles& files);

// Appends the signature to a module file, in place. Nothing may change the file afterwards.
Done sign_module(const Kernel& kernel, const SignFiles& files, const fs::path& module);

// What the tool's messages mean; for tests.
Failure signing_failure(const std::string& output, const SignFiles& files);

// Algorithm that a kernel's configuration names; empty: it checks no signatures.
std::string signature_hash(const Kernel& kernel);

}  // namespace kt2ko
