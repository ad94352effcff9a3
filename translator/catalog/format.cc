// SPDX-License-Identifier: GPL-2.0
#include "catalog/format.h"

#include <cctype>
#include <cstring>

namespace kt2ko {

namespace {

class FormatParser {
 public:
  explicit FormatParser(const std::string& text) : text_(text) {}

  Format run() {
    while (pos_ < text_.size() && format_.error.empty()) step();
    flush();
    return std::move(format_);
  }

 private:
  char peek() const { return pos_ < text_.size() ? text_[pos_] : '\0'; }

  void flush() {
    if (!literal_.empty()) format_.pieces.emplace_back(std::move(literal_));
    literal_.clear();
  }

  void step() {
    const char c = text_[pos_++];
    if (c != '%') {
      literal_ += c;
    } else if (peek() == '%') {
      literal_ += '%';
      ++pos_;
    } else {
      conversion();
    }
  }

  void conversion() {
    static const char kFlags[] = "-+ #0";
    FormatConversion conv;
    int n_flags = 0;
    while (peek() && std::strchr(kFlags, peek())) {
      conv.flags |= 1 << (std::strchr(kFlags, text_[pos_++]) - kFlags);
      ++n_flags;
    }
    if (n_flags > 5) format_.error = "invalid format (repeated flags)";
    conv.width = digits();
    if (peek() == '.') {
      ++pos_;
      conv.precision = digits();
      if (conv.precision == 0xff) conv.precision = 0;
    }
    conv.conv = peek();
    ++pos_;
    if (!format_.error.empty()) return;
    if (!conv.conv || !std::strchr("diuoxXcsp", conv.conv)) {
      const bool shown = std::isgraph(static_cast<unsigned char>(conv.conv)) != 0;
      format_.error = std::string("invalid option '%") + (shown ? std::string(1, conv.conv) : "") + "' to 'format'";
      return;
    }
    flush();
    format_.pieces.emplace_back(conv);
    ++format_.n_args;
  }

  int digits() {
    int value = 0xff;
    int n = 0;
    for (; std::isdigit(static_cast<unsigned char>(peek())); ++pos_, ++n)
      value = (n ? value * 10 : 0) + (peek() - '0');
    if (n > 2) format_.error = "invalid format (width or precision too long)";
    return value;
  }

  const std::string& text_;
  size_t pos_ = 0;
  std::string literal_;
  Format format_;
};

}  // namespace

Format parse_format(const std::string& text) { return FormatParser(text).run(); }

}  // namespace kt2ko
