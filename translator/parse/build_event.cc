// SPDX-License-Identifier: GPL-2.0
// Events, filters, fetch arguments and timers.
#include <fmt/format.h>

#include <limits>

#include "parse/build_ast.h"
#include "parse/literals.h"
#include "parse/timer_units.h"

namespace kt2ko {

using antlr4::Token;

namespace {

constexpr std::string_view kBlanks = " \t\v\f\r\n";

std::string_view trim(std::string_view text) {
  size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// "PATH:" and "NAME=" without their last character.
std::string_view without_last(std::string_view text) { return trim(text.substr(0, text.size() - 1)); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_fetch_type(std::string_view type) {
  static constexpr std::string_view kTypes[] = {"u8",  "u16", "u32", "u64", "s8",  "s16",    "s32",
                                                "s64", "x8",  "x16", "x32", "x64", "char", "symbol",
                                                "string", "ustring"};
  for (auto known : kTypes) {
    if (known == type) return true;
  }
  return false;
}

}  // namespace

ast::Stmt AstBuilder::trace_stat(P::TraceStatContext* ctx) {
  auto* node = make<ast::TraceStmt>(ctx);
  auto* head = ctx->traceHead();
  if (!is_broken(head)) {
    for (auto* c : head->eventSpec()) node->events.push_back(event_spec(c));
    auto filters = head->filter();
    for (auto* c : filters) {
      if (c == head->children.back()) continue;
      error(Code::KT3006, span_of(c), "a filter stands after the last event and applies to all of them",
            "write one trace statement for each filter");
    }
    functions_.push_back({/*is_vararg=*/false, 0, {}});  // a filter is part of the handler
    if (!filters.empty()) node->filter = expr(filters.back()->expr());
    functions_.pop_back();
  }
  node->body = handler(ctx, ctx->handler());
  return node;
}

ast::EventSpec* AstBuilder::event_spec(P::EventSpecContext* ctx) {
  auto* spec = make<ast::EventSpec>(ctx);
  spec->text = std::string(source_.text().substr(spec->span.begin, spec->span.end - spec->span.begin));
  if (ctx->EV_COLON() != nullptr) {
    spec->system = text_of(ctx->EV_WORD(0)->getSymbol());
    spec->event = text_of(ctx->EV_WORD(1)->getSymbol());
    return spec;
  }
  spec->system = ctx->SDT_HEAD() != nullptr ? "sdt" : "probe";
  auto paths = ctx->EV_PATH();
  if (!paths.empty()) spec->path = std::string(without_last(token_text(source_, paths[0]->getSymbol())));
  symbol_and_offset(ctx->EV_SYMBOL()->getSymbol(), spec);
  if (paths.size() > 1) {
    spec->event = fmt::format("{}:{}", without_last(token_text(source_, paths[1]->getSymbol())), spec->event);
  }
  spec->is_return = ctx->EV_RETURN() != nullptr;
  for (auto* c : ctx->fetchArg()) spec->fetch.push_back(fetch_arg(c));
  return spec;
}

// SYMBOL, SYMBOL+0x10, or after a path a bare file offset.
void AstBuilder::symbol_and_offset(const Token* token, ast::EventSpec* spec) {
  std::string_view text = token_text(source_, token);
  if (spec->system == "probe" && is_digit(text[0])) {
    spec->offset = event_number(text, Code::KT3001, token);
    if (spec->path.empty()) {
      error(Code::KT3001, token_span(token), "symbol expected: an offset needs a file",
            "write probe:SYMBOL+0x10 or probe:PATH:0x1234");
    } else if (spec->offset == 0) {
      error(Code::KT3001, token_span(token), "the file offset is zero");
    }
    return;
  }
  size_t plus = text.rfind('+');
  if (plus != std::string_view::npos && text.find(']', plus) == std::string_view::npos) {
    spec->offset = event_number(text.substr(plus + 1), Code::KT3001, token);
    text = text.substr(0, plus);
    if (spec->system == "sdt") error(Code::KT3001, token_span(token), "a marker has no offset");
  }
  spec->event = std::string(text);
}

int64_t AstBuilder::event_number(std::string_view text, Code code, const Token* token) {
  auto value = parse_number(text);
  if (!value) error(code, token_span(token), fmt::format("malformed number '{}'", text));
  return value.value_or(1);
}

ast::FetchArg AstBuilder::fetch_arg(P::FetchArgContext* ctx) {
  ast::FetchArg arg;
  arg.span = span_of(ctx);
  if (ctx->FA_NAME() != nullptr) {
    arg.name = std::string(without_last(token_text(source_, ctx->FA_NAME()->getSymbol())));
  }
  fetch(ctx->fetch(), &arg.steps);
  if (ctx->FA_TYPE() != nullptr) {
    const Token* token = ctx->FA_TYPE()->getSymbol();
    arg.type = std::string(trim(token_text(source_, token).substr(1)));
    if (!is_fetch_type(arg.type)) {
      error(Code::KT3004, token_span(token), fmt::format("unknown type '{}' of a fetch argument", arg.type),
            "the types are u8 u16 u32 u64 s8 s16 s32 s64 x8 x16 x32 x64 char symbol string ustring");
    }
  }
  return arg;
}

void AstBuilder::fetch(P::FetchContext* ctx, std::vector<ast::FetchStep>* steps) {
  const Token* token = ctx->getStart();
  std::string_view text = token_text(source_, token);
  ast::FetchStep step;
  switch (token->getType()) {
    case P::FA_REG:
      step.name = std::string(text.substr(1));
      break;
    case P::FA_DOLLAR:
      step = fetch_dollar(token);
      break;
    case P::FA_AT:
      step = fetch_at(token);
      break;
    default:  // +OFF( or -OFF(; +uOFF( of the kernel means the program's memory, which every read tries anyway
      fetch(ctx->fetch(), steps);
      step.kind = ast::FetchStep::Kind::kDeref;
      step.offset = event_number(without_last(text.substr(text[1] == 'u' ? 2 : 1)), Code::KT3004, token);
      if (text[0] == '-') step.offset = static_cast<int64_t>(-static_cast<uint64_t>(step.offset));
      break;
  }
  steps->push_back(std::move(step));
}

ast::FetchStep AstBuilder::fetch_dollar(const Token* token) {
  using Kind = ast::FetchStep::Kind;
  std::string_view text = token_text(source_, token);
  ast::FetchStep step;
  if (text == "$stack") {
    step.kind = Kind::kStack;
  } else if (text == "$retval") {
    step.kind = Kind::kRetval;
  } else if (text == "$comm") {
    step.kind = Kind::kComm;
  } else if (text.substr(0, 6) == "$stack" && text.find_first_not_of("0123456789", 6) == std::string_view::npos) {
    step.kind = Kind::kStackN;
    std::string_view digits = text.substr(6);
    while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);  // decimal, whatever it starts with
    step.offset = digits.size() > 9 ? -1 : event_number(digits, Code::KT3004, token);
    if (step.offset < 0) error(Code::KT3004, token_span(token), fmt::format("there is no stack entry '{}'", text));
  } else {
    error(Code::KT3004, token_span(token), fmt::format("unknown fetch argument '{}'", text),
          text.substr(0, 4) == "$arg" ? "use the registers: di si dx cx r8 r9, in the order of a function's arguments"
                                      : "there are $stackN, $stack, $retval and $comm");
  }
  return step;
}

// @SYMBOL, @SYMBOL+8, @0xADDRESS.
ast::FetchStep AstBuilder::fetch_at(const Token* token) {
  std::string_view text = token_text(source_, token).substr(1);
  ast::FetchStep step;
  size_t sign = text.find_first_of("+-");
  std::string_view base = text.substr(0, sign);
  int64_t offset = 0;
  if (sign != std::string_view::npos) {
    offset = event_number(text.substr(sign + 1), Code::KT3004, token);
    if (text[sign] == '-') offset = static_cast<int64_t>(-static_cast<uint64_t>(offset));
  }
  if (is_digit(base[0])) {
    step.kind = ast::FetchStep::Kind::kAddr;
    auto address = static_cast<uint64_t>(event_number(base, Code::KT3004, token));
    step.offset = static_cast<int64_t>(address + static_cast<uint64_t>(offset));
  } else {
    step.kind = ast::FetchStep::Kind::kSym;
    step.name = std::string(base);
    step.offset = offset;
  }
  return step;
}

ast::Stmt AstBuilder::timer_stat(P::TimerStatContext* ctx) {
  auto* node = make<ast::TimerStmt>(ctx);
  auto* head = ctx->timerHead();
  if (!is_broken(head)) {
    std::string_view word = without_last(token_text(source_, head->getStart()));
    node->is_profile = word == "profile";
    node->text = fmt::format("{}-{}{}", word, text_of(head->TIMER_NUMBER()->getSymbol()),
                             text_of(head->TIMER_UNIT()->getSymbol()));
    node->interval_ns = timer_interval(head, node->is_profile ? kMinProfileNs : kMinTickNs);
  }
  node->body = handler(ctx, ctx->handler());
  return node;
}

// Returns the interval in ns, at least `shortest`; 1 after an error.
int64_t AstBuilder::timer_interval(P::TimerHeadContext* ctx, int64_t shortest) {
  const Token* number = ctx->TIMER_NUMBER()->getSymbol();
  const Token* unit_token = ctx->TIMER_UNIT()->getSymbol();
  std::string_view unit_name = token_text(source_, unit_token);
  const TimerUnit* unit = nullptr;
  for (const auto& row : kTimerUnits) {
    if (row.name == unit_name) unit = &row;
  }
  if (unit == nullptr) {
    error(Code::KT3002, token_span(unit_token), fmt::format("unknown unit '{}' of an interval", unit_name),
          std::string("the units are ") + kTimerUnitList);
    return 1;
  }
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  int64_t value = 0;
  for (char c : token_text(source_, number)) value = value > (kMax - 9) / 10 ? kMax : value * 10 + (c - '0');
  bool is_hz = unit->ns == 0;
  if (!is_hz && value > kMax / unit->ns) {
    error(Code::KT3002, token_span(number), "the interval is too long");
    return 1;
  }
  constexpr int64_t kSecond = 1000000000;
  int64_t interval = is_hz ? (value == 0 ? 0 : kSecond / value) : value * unit->ns;
  if (interval >= shortest) return interval;
  if (value == 0)
    error(Code::KT3003, token_span(number), "the interval is zero");
  else
    error(Code::KT3013, token_span(number), fmt::format("the interval is too short: the shortest is {} ns", shortest));
  return 1;
}

}  // namespace kt2ko
