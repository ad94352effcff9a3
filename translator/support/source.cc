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

// What of a file's bytes is text.
std::string_view script_text(std::string_view text) {
  if (starts_with(text, kUtf8Bom)) text.remove_prefix(kUtf8Bom.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace

Source::Source(std::string name, std::string text)
    : parts_{{std::move(name), 0, 1}}, text_(script_text(text)), original_size_(text.size()), looks_binary_(is_binary(text)) {
  line_starts_ = find_line_starts(text_);
}

void Source::append(const std::string& name, const std::string& text) {
  text_ += '\n';  // what stands before may end within a line
  const auto begin = static_cast<uint32_t>(text_.size());
  parts_.push_back({name, begin, line_count() + 1});
  const std::string_view added = script_text(text);
  for (uint32_t start : find_line_starts(added)) line_starts_.push_back(begin + start);
  text_ += added;
  original_size_ = text.size();
  looks_binary_ = is_binary(text);
}

const Source::Part& Source::part_of_line(uint32_t line) const {
  size_t i = parts_.size() - 1;
  while (i > 0 && parts_[i].first_line > line) --i;
  return parts_[i];
}

Place Source::place(uint32_t offset) const {
  const LineCol at = line_col(offset);
  const Part& part = part_of_line(at.line);
  return {part.name, {at.line - part.first_line + 1, at.col}};
}

Place Source::place_of_line(uint32_t line) const {
  const Part& part = part_of_line(line);
  return {part.name, {line - part.first_line + 1, 1}};
}

std::string Source::line_name(uint32_t line) const {
  const Part& part = part_of_line(line);
  const std::string text = "line " + std::to_string(line - part.first_line + 1);
  return &part == &parts_[0] ? text : text + " of " + part.name.substr(part.name.rfind('/') + 1);
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
