// SPDX-License-Identifier: GPL-2.0
// kt2ko_parse_dump FILE: parses a script and prints its tree as ktap source; for work on the front end alone. An option
// --stop-after=... is accepted and ignored, so that tests/lang/run.py can use it in place of kt2ko.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

#include "ast/dump.h"
#include "parse/parse.h"

int main(int argc, char** argv) {
  const char* file = nullptr;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).substr(0, 2) != "--") file = argv[i];
  }
  std::ifstream in(file == nullptr ? "" : file, std::ios::binary);
  if (!in) {
    std::cerr << "usage: kt2ko_parse_dump [--stop-after=parse] FILE\n";
    return 2;
  }
  std::ostringstream text;
  text << in.rdbuf();
  kt2ko::Source source(file, text.str());
  kt2ko::Arena arena;
  kt2ko::Diags diags;
  const kt2ko::ast::Script* script = kt2ko::parse(source, arena, diags);
  diags.finish();
  std::cerr << kt2ko::render(diags, source, {});
  if (script == nullptr) return 1;
  std::cout << kt2ko::ast::dump(*script);
  return 0;
}
