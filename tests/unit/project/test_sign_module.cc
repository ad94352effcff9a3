// SPDX-License-Identifier: GPL-2.0
// Signatures, made by whatever kernel's tool is installed and looked at by openssl.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "project/process.h"
#include "project/sign_module.h"

using namespace kt2ko;

namespace {

const std::string kMark = "~Module signature appended~\n";
const std::string kText = "what would be a module\n";

bool run(const std::vector<std::string>& words, const fs::path& folder) {
  return run_captured({words, folder.string(), {}}).ok();
}

// Keys, and a file to sign.
struct Bench {
  Bench() : temp(TempDir::make()), dir(temp.value().path()) {
    for (const char* name : {"one", "two"}) {
      const std::string n = name;
      made = made && run({"openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-sha256", "-nodes", "-days", "9",
                          "-subj", "/CN=" + n + "/", "-keyout", n + ".key", "-out", n + ".pem"}, dir);
    }
    made = made && run({"openssl", "pkey", "-in", "one.key", "-aes256", "-passout", "pass:word", "-out", "closed.key"}, dir);
    REQUIRE(write_file(module(), kText).ok());
  }
  std::string path(const char* name) const { return (dir / name).string(); }
  fs::path module() const { return dir / "module.ko"; }
  SignFiles files(const char* key, const char* cert) const { return {path(key), path(cert)}; }
  Result<TempDir> temp;
  fs::path dir;
  bool made = true;
};

std::vector<Kernel> kernels_that_check() {
  std::vector<Kernel> found;
  for (const Kernel& kernel : installed_kernels()) {
    if (!signature_hash(kernel).empty()) found.push_back(kernel);
  }
  return found;
}

uint32_t big_endian(const std::string& bytes) {
  uint32_t value = 0;
  for (unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

std::string message_of(const Done& done) {
  REQUIRE_FALSE(done.ok());
  CHECK_FALSE(done.failure().hint.empty());
  return done.failure().message;
}

bool contains(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a signed module is the module, a signature that fits, and the trailer") {
  Bench bench;
  REQUIRE(bench.made);
  for (const Kernel& kernel : kernels_that_check()) {
    CAPTURE(kernel.release);
    REQUIRE(write_file(bench.module(), kText).ok());
    const SignFiles files = bench.files("one.key", "one.pem");
    REQUIRE(check_signing(kernel, files).ok());
    REQUIRE(sign_module(kernel, files, bench.module()).ok());
    const std::string bytes = read_file(bench.module()).value();
    REQUIRE(bytes.size() > kText.size() + 12 + kMark.size());
    CHECK(bytes.substr(0, kText.size()) == kText);
    CHECK(bytes.substr(bytes.size() - kMark.size()) == kMark);
    const std::string trailer = bytes.substr(bytes.size() - kMark.size() - 12, 12);
    CHECK(trailer[2] == 2);  // PKCS#7
    const size_t size = big_endian(trailer.substr(8));
    REQUIRE(kText.size() + size + 12 + kMark.size() == bytes.size());
    REQUIRE(write_file(bench.dir / "signature", bytes.substr(kText.size(), size)).ok());
    REQUIRE(write_file(bench.dir / "text", kText).ok());
    auto verify = [&bench](const char* cert) {
      return run({"openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "text",
                  "-certfile", cert, "-nointern", "-noverify", "-out", "/dev/null"}, bench.dir);
    };
    CHECK(verify("one.pem"));
    CHECK_FALSE(verify("two.pem"));
    REQUIRE(write_file(bench.dir / "text", "x" + kText).ok());
    CHECK_FALSE(verify("one.pem"));
  }
}

TEST_CASE("what is wrong with keys and certificates is told before or instead of a signature") {
  Bench bench;
  REQUIRE(bench.made);
  const std::vector<Kernel> kernels = kernels_that_check();
  if (kernels.empty()) return;
  const Kernel& kernel = kernels[0];
  CHECK(contains(message_of(check_signing(kernel, bench.files("none", "one.pem"))), "cannot read the key"));
  CHECK(contains(message_of(check_signing(kernel, bench.files("one.key", "none"))), "cannot read the certificate"));
  CHECK(check_signing(kernel, {"pkcs11:token=x", bench.path("one.pem")}).ok());
  auto fails = [&](const char* key, const char* cert, const char* words) {
    CAPTURE(key, cert);
    CHECK(contains(message_of(sign_module(kernel, bench.files(key, cert), bench.module())), words));
    CHECK(read_file(bench.module()).value() == kText);
  };
  fails("two.key", "one.pem", "does not belong to the certificate");
  fails("one.pem", "one.pem", "does not hold both");
  fails("two.pem", "one.pem", "is no private key");
  fails("module.ko", "one.pem", "is no private key");
  fails("one.key", "module.ko", "is no certificate");
  unsetenv("KBUILD_SIGN_PIN");
  fails("closed.key", "one.pem", "is protected by a passphrase");
  setenv("KBUILD_SIGN_PIN", "wrong", 1);
  fails("closed.key", "one.pem", "does not open the key");
  setenv("KBUILD_SIGN_PIN", "word", 1);
  CHECK(sign_module(kernel, bench.files("closed.key", "one.pem"), bench.module()).ok());
  unsetenv("KBUILD_SIGN_PIN");
}

TEST_CASE("kernels that check no signatures, or lack the tool, are told apart") {
  Bench bench;
  const Kernel kernel{"9.9", bench.dir};
  const SignFiles files = bench.files("one.key", "one.pem");
  CHECK(contains(message_of(check_signing(kernel, files)), "checks no signatures"));
  REQUIRE(write_file(bench.dir / ".config", "# CONFIG_MODULE_SIG_HASH=\"md4\"\nCONFIG_MODULE_SIG_HASH=\"sha512\"\n").ok());
  CHECK(signature_hash(kernel) == "sha512");
  CHECK(contains(message_of(check_signing(kernel, files)), "scripts/sign-file"));
}
