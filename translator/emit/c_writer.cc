// SPDX-License-Identifier: GPL-2.0
#include "emit/c_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace kt2ko::emit_detail {

namespace {

constexpr size_t kCommentWidth = 70;

}  // namespace

void CWriter::write(std::string_view text) {
  out_ += text;
  out_ += '\n';
  out_line_ += 1 + static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

void CWriter::line(std::string_view text) {
  std::string indented(static_cast<size_t>(depth_), '\t');
  indented += text;
  write(indented);
}

void CWriter::blank() {
  const bool have_one = out_.size() >= 2 && out_[out_.size() - 1] == '\n' && out_[out_.size() - 2] == '\n';
  if (!have_one) write("");
}

void CWriter::label(std::string_view name) { write(fmt::format("{}:", name)); }

void CWriter::open(std::string_view head) {
  line(head.empty() ? "{" : fmt::format("{} {{", head));
  ++depth_;
}

void CWriter::close(std::string_view tail) {
  --depth_;
  line(fmt::format("}}{}", tail));
}

void CWriter::else_open() {
  --depth_;
  line("} else {");
  ++depth_;
}

void CWriter::source_line(uint32_t number, std::string_view text) {
  if (number == last_commented_) return;
  last_commented_ = number;
  const kir::LineNames::Name name = names_.of(number);
  line(fmt::format("/* {}:{}: {} */", comment_text(name.file), name.line, comment_text(text)));
  if (!line_directives_) return;
  write(fmt::format("#line {} {}", name.line, string_literal(name.file)));
  in_script_ = true;
}

void CWriter::own_lines() {
  last_commented_ = 0;
  if (!line_directives_ || !in_script_) return;
  // Outside of statements no position of the script would be true.
  write(fmt::format("#line {} \"{}\"", out_line_ + 1, own_name_));
  in_script_ = false;
}

std::string string_literal(std::string_view bytes) {
  std::string out = "\"";
  char before = 0;
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (u < 0x20 || u >= 0x7f || (c == '?' && before == '?'))
      out += fmt::format("\\{:03o}", u);
    else
      out += c;
    before = c;
  }
  return out + "\"";
}

std::string comment_text(std::string_view text) {
  size_t begin = 0;
  while (begin < text.size() && (text[begin] == ' ' || text[begin] == '\t')) ++begin;
  std::string out;
  for (const char c : text.substr(begin)) {
    const auto u = static_cast<unsigned char>(c);
    if (out.size() >= kCommentWidth) {
      out += "...";
      break;
    }
    if (c == '/' && !out.empty() && out.back() == '*')
      out += " /";
    else if (c == '*' && !out.empty() && out.back() == '/')
      out += " *";
    else if (u < 0x20 || u >= 0x7f)
      out += c == '\t' ? ' ' : '?';
    else
      out += c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace kt2ko::emit_detail
