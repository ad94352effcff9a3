// SPDX-License-Identifier: GPL-2.0
#include "lower/output.h"

#include <fmt/format.h>

namespace kt2ko::lower_detail {

using namespace ast;

namespace {

constexpr size_t kMaxArgs = 8;       // KTR_FORMAT_ARGS
constexpr size_t kMaxBound = 1024;   // leaves as much of KTR_FORMAT_TEXT_MAX to strings
constexpr size_t kNumberBytes = 24;  // digits, sign, prefix
constexpr int kNone = 0xff;

std::string conversion_text(const FormatConversion& f) {
  static const char kFlags[] = "-+ #0";
  std::string out = "%";
  for (int i = 0; kFlags[i]; ++i)
    if (f.flags & 1 << i) out += kFlags[i];
  if (f.width != kNone) out += std::to_string(f.width);
  if (f.precision != kNone) out += fmt::format(".{}", f.precision);
  return out + f.conv;
}

size_t conversion_bound(const FormatConversion& f) {
  const size_t width = f.width == kNone ? 0 : static_cast<size_t>(f.width);
  const size_t digits = f.precision == kNone ? 0 : static_cast<size_t>(f.precision);
  return kNumberBytes + width + digits;
}

std::string literal_text(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) out += c == '%' ? std::string("%%") : std::string(1, c);
  return out;
}

Output print_output(const CallExpr& e) {
  Output out;
  for (size_t i = 0; i < e.args.size(); ++i) {
    if (i) out.pieces.emplace_back(std::string("\t"));
    if (const auto* s = std::get_if<StringExpr*>(&e.args[i])) {
      out.pieces.emplace_back((*s)->bytes);
      continue;
    }
    FormatConversion conv;
    conv.conv = 's';
    out.pieces.emplace_back(conv);
    out.args.push_back(&e.args[i]);
  }
  out.pieces.emplace_back(std::string("\n"));
  return out;
}

}  // namespace

std::optional<Output> output_of(const CallExpr& e, const sema::Model& model) {
  const Builtin* b = model.builtin_of(e.callee);
  const bool open_ended = !e.args.empty() && model.is_open_ended(e.args.back());
  if (!b || (b->id != "print" && b->id != "printf")) return std::nullopt;
  if (b->id == "print") return open_ended ? std::nullopt : std::optional<Output>(print_output(e));
  const auto* text = e.args.empty() ? nullptr : std::get_if<StringExpr*>(&sema::strip_parens(e.args[0]));
  if (!text) return std::nullopt;
  Format format = parse_format((*text)->bytes);
  // the last one may stand for no value
  if (e.args.size() < format.n_args + 1 || (open_ended && e.args.size() == format.n_args + 1)) return std::nullopt;
  Output out;
  out.pieces = std::move(format.pieces);
  for (size_t i = 1; i <= format.n_args; ++i) out.args.push_back(&e.args[i]);
  return out;
}

std::optional<kir::Format> late_format(const std::vector<FormatPiece>& pieces) {
  kir::Format out;
  for (const FormatPiece& p : pieces) {
    if (const auto* bytes = std::get_if<std::string>(&p)) {
      out.text += literal_text(*bytes);
      out.bound += bytes->size();
      continue;
    }
    const auto& conv = std::get<FormatConversion>(p);
    out.text += conversion_text(conv);
    out.convs += conv.conv;
    out.bound += conversion_bound(conv);
  }
  if (out.convs.size() > kMaxArgs || out.bound > kMaxBound) return std::nullopt;
  return out;
}

}  // namespace kt2ko::lower_detail
