// SPDX-License-Identifier: GPL-2.0
// Helpers of the parser's tests.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "parse/parse.h"

namespace kt2ko {

// A script and what parsing it gave.
struct Parsed {
  explicit Parsed(std::string text) : source("t.kp", std::move(text)), script(parse(source, arena, diags)) {
    diags.finish();
  }

  // "KT1001:2:5 KT1002:3:1": code, line and column of every diagnostic.
  std::string errors() const {
    std::string out;
    for (const auto& d : diags.all()) {
      LineCol at = source.line_col(d.span.begin);
      if (!out.empty()) out += ' ';
      out += std::string(code_name(d.code)) + ':' + std::to_string(at.line) + ':' + std::to_string(at.col);
    }
    return out;
  }
  // The first message, "" if there is none.
  std::string message() const { return diags.all().empty() ? "" : diags.all()[0].message; }
  std::string hint() const { return diags.all().empty() ? "" : diags.all()[0].hint; }

  // The I-th statement, which must be a T.
  template <typename T>
  const T& stmt(size_t i = 0) const {
    INFO(render(diags, source, {}));
    REQUIRE(script != nullptr);
    REQUIRE(script->block->stmts.size() > i);
    auto* const* node = std::get_if<T*>(&script->block->stmts[i]);
    REQUIRE(node != nullptr);
    return **node;
  }

  Source source;
  Arena arena;
  Diags diags;
  ast::Script* script;
};

// An expression that must be a T.
template <typename T>
const T& as(const ast::Expr& e) {
  auto* const* node = std::get_if<T*>(&e);
  REQUIRE(node != nullptr);
  return **node;
}

}  // namespace kt2ko
