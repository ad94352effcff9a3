// SPDX-License-Identifier: GPL-2.0
#include "project/sign_module.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "project/process.h"

namespace kt2ko {
namespace {

constexpr const char* kMakeKey =
    "make a key and a certificate: openssl req -new -x509 -newkey rsa:2048 -sha256 -nodes "
    "-days 3650 -subj '/CN=modules of mine/' -addext extendedKeyUsage=codeSigning -keyout KEY -out CERT";
constexpr const char* kPassphrase = "KBUILD_SIGN_PIN";  // as the kernel's build system has it

fs::path tool_of(const Kernel& kernel) { return kernel.build_dir / "scripts/sign-file"; }

Done check_readable(const char* what, const std::string& file) {
  if (access(file.c_str(), R_OK) == 0) return Nothing{};
  return Failure{kRefused, fmt::format("cannot read the {} {}: {}", what, file, strerror(errno)),
                 errno == ENOENT ? kMakeKey : "run kt2ko as who may read it"};
}

bool has(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

}  // namespace

std::string signature_hash(const Kernel& kernel) {
  const std::string word = "\nCONFIG_MODULE_SIG_HASH=\"";
  for (const char* file : {".config", "include/config/auto.conf"}) {
    const std::string config = "\n" + read_file(kernel.build_dir / file).value_or("");
    const size_t at = config.find(word);
    if (at == std::string::npos) continue;
    const size_t begin = at + word.size();
    return config.substr(begin, config.find('"', begin) - begin);
  }
  return "";
}

Done check_signing(const Kernel& kernel, const SignFiles& files) {
  if (files.key.rfind("pkcs11:", 0) != 0) {
    Done key = check_readable("key", files.key);
    if (!key.ok()) return key;
  }
  Done cert = check_readable("certificate", files.cert);
  if (!cert.ok()) return cert;
  if (signature_hash(kernel).empty()) {
    return Failure{kRefused, fmt::format("kernel {} checks no signatures (CONFIG_MODULE_SIG is off)", kernel.release),
                   "build without --sign"};
  }
  const std::string tool = tool_of(kernel).string();
  if (access(tool.c_str(), X_OK) == 0) return Nothing{};
  return Failure{kRefused, fmt::format("cannot run {}: {}", tool, strerror(errno)),
                 "it comes with the kernel's headers (Debian: linux-kbuild-VERSION); in a kernel tree "
                 "`make modules_prepare` builds it"};
}

Failure signing_failure(const std::string& output, const SignFiles& files) {
  Failure failure{kRefused, "cannot sign the module", "", output};
  if (has(output, "key values mismatch") || has(output, "does not match certificate")) {
    failure.message = fmt::format("the key {} does not belong to the certificate {}", files.key, files.cert);
    failure.hint = "give the two files that were made together: --sign KEY CERT";
  } else if (has(output, "passphrase") && !getenv(kPassphrase)) {
    failure.message = fmt::format("the key {} is protected by a passphrase", files.key);
    failure.hint = fmt::format("put it into the environment as {}", kPassphrase);
  } else if (has(output, "bad decrypt")) {
    failure.message = fmt::format("the passphrase in {} does not open the key {}", kPassphrase, files.key);
    failure.hint = "openssl pkey -noout -in KEY tries one";
  } else if (has(output, ("sign-file: " + files.key + "\n").c_str()) && files.key == files.cert) {
    failure.message = fmt::format("{} does not hold both a private key and a certificate", files.key);
    failure.hint = fmt::format("they may be two files: --sign KEY CERT; or {}", kMakeKey);
  } else if (has(output, ("sign-file: " + files.key + "\n").c_str())) {
    failure.message = fmt::format("{} is no private key", files.key);
    failure.hint = fmt::format("a key in PEM form comes first: --sign KEY CERT; or {}", kMakeKey);
  } else if (has(output, ("sign-file: " + files.cert + "\n").c_str())) {
    failure.message = fmt::format("{} is no certificate", files.cert);
    failure.hint = fmt::format("an X.509 certificate comes second: --sign KEY CERT; or {}", kMakeKey);
  }
  return failure;
}

Done sign_module(const Kernel& kernel, const SignFiles& files, const fs::path& module) {
  Command command;
  command.argv = {tool_of(kernel).string(), signature_hash(kernel), files.key, files.cert, module.string()};
  command.env = {{"LC_ALL", "C"}};
  const Outcome outcome = run_captured(command);
  if (interrupted()) return Failure{kRefused, "interrupted"};
  if (outcome.ok()) return Nothing{};
  return signing_failure(outcome.output, files);
}

}  // namespace kt2ko
