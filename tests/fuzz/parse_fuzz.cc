// SPDX-License-Identifier: GPL-2.0
// libFuzzer target for the front end: any bytes are parsed without a crash, every refusal has a message that can be
// printed, and what is accepted has a dump that parses to an equal tree.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "ast/dump.h"
#include "parse/parse.h"

namespace {

[[noreturn]] void fail(const char* what, const std::string& text) {
  std::fprintf(stderr, "parse_fuzz: %s\n%s\n", what, text.c_str());
  std::abort();
}

// Returns the dump of `text`, or false when it was refused.
bool parse_and_dump(const std::string& text, std::string* out) {
  kt2ko::Source source("fuzz.kp", text);
  kt2ko::Arena arena;
  kt2ko::Diags diags;
  const kt2ko::ast::Script* script = kt2ko::parse(source, arena, diags);
  diags.finish();
  *out = render(diags, source, {});
  if (script == nullptr) {
    if (!diags.has_errors()) fail("refused without an error", text);
    for (const auto& d : diags.all()) {
      if (d.span.begin > d.span.end || d.span.end > source.text().size()) fail("a span is outside the text", *out);
    }
    return false;
  }
  if (diags.has_errors()) fail("accepted with an error", *out);
  *out = kt2ko::ast::dump(*script);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string once;
  std::string twice;
  if (!parse_and_dump(std::string(reinterpret_cast<const char*>(data), size), &once)) return 0;
  if (!parse_and_dump(once, &twice)) fail("a dump was refused", once + "\n" + twice);
  if (once != twice) fail("the dump of a dump differs", once + "\n---\n" + twice);
  return 0;
}
