// SPDX-License-Identifier: GPL-2.0
// What the generated parser does at a syntax error: our messages, and recovery by statements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "KtapParser.h"
#include "support/diag.h"

namespace kt2ko {

// Thrown through the parser when no further error would be shown.
class TooManyErrors : public std::exception {};

class ErrorStrategy : public antlr4::DefaultErrorStrategy {
 public:
  // `depth` is Prescan::depth.
  ErrorStrategy(const Source& source, const std::vector<uint32_t>& depth, Diags& diags)
      : source_(source), depth_(depth), diags_(diags) {}

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& e) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void sync(antlr4::Parser* parser) override;
  void recover(antlr4::Parser* parser, std::exception_ptr e) override;

 private:
  void report_missing(antlr4::Parser* parser, antlr4::Token* token, const antlr4::misc::IntervalSet& expected);
  void report_closer(antlr4::Parser* parser, antlr4::Token* token, size_t closer, const std::string& what);
  void report_unexpected(antlr4::Parser* parser, antlr4::Token* token);
  bool report_reserved_field(antlr4::Parser* parser, antlr4::Token* token);
  bool report_event_error(antlr4::Parser* parser, antlr4::Token* token);
  void report_fetch_error(antlr4::Token* token);
  void report_trace_error(antlr4::Parser* parser, antlr4::Token* token);
  void report_statement_start(antlr4::Parser* parser, antlr4::Token* token);
  bool report_old_form(antlr4::Parser* parser, antlr4::Token* token);
  bool is_reserved_name(antlr4::Parser* parser, const antlr4::Token* token) const;
  void report_reserved(antlr4::Parser* parser, antlr4::Token* token, bool is_key = false);
  Diag& error(Code code, const antlr4::Token* token, std::string message);
  std::string near(const antlr4::Token* token) const;
  bool ends_chunk(antlr4::Parser* parser, size_t type) const;

  bool skip_to_block(antlr4::Parser* parser);
  void skip_statement(antlr4::Parser* parser, size_t start);
  bool is_boundary(antlr4::Parser* parser, const antlr4::Token* token) const;
  uint32_t depth_at(const antlr4::Token* token) const;
  const antlr4::Token* visible(antlr4::Parser* parser, const antlr4::Token* token, int step) const;
  const antlr4::Token* previous(antlr4::Parser* parser) const;

  const Source& source_;
  const std::vector<uint32_t>& depth_;
  Diags& diags_;
  bool bare_if_ = false;  // an if without braces was reported; so its `else` needs no message
  int then_words_ = 0;    // reported uses of `then`; the `end`s that belong to them are not worth a message
};

}  // namespace kt2ko
