// SPDX-License-Identifier: GPL-2.0
#include "support/source.h"

#include <algorithm>

namespace kt2ko {

namespace {

constexpr std::string_view kUtf8Bom = "\xEF\xBB\xBF";

bool is_break(char c) { return c == '\n' || c == '\r'; }

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

// Control bytes that no text has. NUL is not one: it ends the source.
bool is_control(char c) {
  auto b = static_cast<unsigned char>(c);
  return b != 0 && b < 0x20 && !(b >= '\t' && b <= '\r') && b != 0x1B;
}

// A script may be padded with NULs, and text after the one NUL that ends it is ignored, as the language says. Anything
// else behind a NUL means that the file is no script at all.
bool is_binary(std::string_view text) {
  if (starts_with(text, "\x7F" "ELF") || starts_with(text, "\xFF\xFE") || starts_with(text, "\xFE\xFF")) return true;
  size_t nul = text.find('\0');
  if (nul == std::string_view::npos) return false;
  std::string_view tail = text.substr(nul + 1);
  size_t last = tail.find_last_not_of('\0');
  if (last == std::string_view::npos) return false;
  tail = tail.substr(0, last + 1);
  return tail.find('\0') != std::string_view::npos || std::any_of(tail.begin(), tail.end(), is_control);
}

std::vector<uint32_t> find_line_starts(std::string_view text) {
  std::vector<uint32_t> starts{0};
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_break(text[i])) continue;
    if (i + 1 < text.size() && is_break(text[i + 1]) && text[i + 1] != text[i]) ++i;  // \r\n and \n\r are one
    starts.push_back(static_cast<uint32_t>(i + 1));
  }
  return starts;
}

}  // namespace

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), original_size_(text_.size()), looks_binary_(is_binary(text_)) {
  if (starts_with(text_, kUtf8Bom)) text_.erase(0, kUtf8Bom.size());
  size_t nul = text_.find('\0');
  if (nul != std::string::npos) text_.resize(nul);
  line_starts_ = find_line_starts(text_);
}

LineCol Source::line_col(uint32_t offset) const {
  offset = std::min<uint32_t>(offset, static_cast<uint32_t>(text_.size()));
  auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  auto line = static_cast<uint32_t>(after - line_starts_.begin());
  return {line, offset - line_starts_[line - 1] + 1};
}

std::string_view Source::line_text(uint32_t line) const {
  if (line == 0 || line > line_starts_.size()) return {};
  size_t begin = line_starts_[line - 1];
  size_t end = line < line_starts_.size() ? line_starts_[line] : text_.size();
  while (end > begin && is_break(text_[end - 1])) --end;
  return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace kt2ko
