// SPDX-License-Identifier: GPL-2.0
// libFuzzer target for the translator: any script goes through all passes without a crash. What is refused has an error with a
// place inside the text; what is accepted gives C, and the same C again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "driver/pipeline.h"
#include "token_mutator.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

[[noreturn]] void fail(const char* what, const std::string& text) {
  std::fprintf(stderr, "translate_fuzz: %s\n%s\n", what, text.c_str());
  std::abort();
}

std::optional<kt2ko::TapsetText> find_tapset(const std::string& name) {
  const std::string path = std::string(KT2KO_TAPSETS) + "/" + name + ".kp";
  std::ifstream file(path);
  if (name.find('/') != std::string::npos || !file) return std::nullopt;
  return kt2ko::TapsetText{path, std::string(std::istreambuf_iterator<char>(file), {})};
}

kt2ko::Compiled compile(const std::string& text, bool unsafe) {
  kt2ko::Source source("fuzz.kp", text);
  kt2ko::CompileOptions options;
  options.module_name = "fuzz";
  options.file_name = "fuzz.kp";
  options.unsafe = unsafe;
  options.tapsets = find_tapset;
  return kt2ko::compile(&source, options, nullptr);
}

void check(const kt2ko::Compiled& compiled, const std::string& text, bool unsafe) {
  if (!compiled.ok) {
    if (compiled.messages.find("error") == std::string::npos) fail("refused without an error", text);
    return;
  }
  if (compiled.c_text.empty()) fail("accepted without C", text);
  const kt2ko::Compiled again = compile(text, unsafe);
  if (again.c_text != compiled.c_text || again.split != compiled.split || again.events != compiled.events || again.ffi.text != compiled.ffi.text)
    fail("the second translation differs", text);
}

// Copies a text into the fuzzer's buffer, cut where it is too long.
size_t put(const std::string& text, uint8_t* data, size_t max_size) {
  return text.copy(reinterpret_cast<char*>(data), max_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const bool unsafe = size % 2;
  check(compile(text, unsafe), text, unsafe);
  return 0;
}

// Bytes one time of four, else tokens: what is changed by bytes seldom gets past the parser.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  if (seed % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::string text(reinterpret_cast<char*>(data), size);
  return put(kt2ko::fuzz::TokenMutator(seed).mutate(text), data, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data, size_t size, const uint8_t* other, size_t other_size,
                                            uint8_t* out, size_t max_size, unsigned seed) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string more(reinterpret_cast<const char*>(other), other_size);
  return put(kt2ko::fuzz::TokenMutator(seed).cross(text, more), out, max_size);
}
