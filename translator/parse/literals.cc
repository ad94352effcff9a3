// SPDX-License-Identifier: GPL-2.0
#include "parse/literals.h"

#include <limits>

namespace kt2ko {

namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_break(char c) { return c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// The length of the line break at `at`: 2 for \r\n and \n\r.
size_t break_length(std::string_view text, size_t at) {
  return at + 1 < text.size() && is_break(text[at + 1]) && text[at + 1] != text[at] ? 2 : 1;
}

// Walks over the inside of a quoted string.
class Unescaper {
 public:
  Unescaper(std::string_view text, std::string* out) : text_(text), out_(out) {}

  std::optional<LiteralError> run() {
    const char quote = text_[0];
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\') {
        escape();
      } else {
        *out_ += text_[at_++];
      }
    }
    if (at_ >= text_.size()) return LiteralError{Code::KT1003, 0, text_.size(), "unfinished string"};
    return error_;
  }

 private:
  void escape() {
    if (at_ + 1 >= text_.size()) {  // the source ends here
      at_ = text_.size();
      return;
    }
    char c = text_[at_ + 1];
    static constexpr std::string_view kLetters = "abfnrtv\\\"'";
    static constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\\"'";
    size_t plain = kLetters.find(c);
    if (plain != std::string_view::npos) {
      *out_ += kValues[plain];
      at_ += 2;
    } else if (is_break(c)) {
      *out_ += '\n';
      at_ += 1 + break_length(text_, at_ + 1);
    } else if (c == 'z') {
      at_ += 2;
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    } else if (c == 'x') {
      hex();
    } else if (is_digit(c)) {
      decimal();
    } else {
      fail(2, "invalid escape sequence");
    }
  }

  void hex() {
    int value = 0;
    for (size_t i = 2; i < 4; ++i) {
      int digit = at_ + i < text_.size() ? digit_value(text_[at_ + i]) : 99;
      if (digit > 15) return fail(i, "invalid escape sequence: \\x takes two hexadecimal digits");
      value = value * 16 + digit;
    }
    *out_ += static_cast<char>(value);
    at_ += 4;
  }

  void decimal() {
    int value = 0;
    size_t i = 1;
    for (; i < 4 && at_ + i < text_.size() && is_digit(text_[at_ + i]); ++i) value = value * 10 + (text_[at_ + i] - '0');
    if (value > 255) return fail(i, "invalid escape sequence: a byte is at most 255");
    *out_ += static_cast<char>(value);
    at_ += i;
  }

  void fail(size_t length, std::string message) {
    if (!error_) error_ = LiteralError{Code::KT1005, at_, at_ + length, std::move(message)};
    at_ += length;
  }

  std::string_view text_;
  std::string* out_;
  size_t at_ = 1;
  std::optional<LiteralError> error_;
};

std::optional<LiteralError> decode_long(std::string_view text, std::string* out) {
  size_t level = text.find('[', 1) + 1;
  std::string closer(level, '=');
  closer.front() = closer.back() = ']';
  std::string_view inside = text.substr(level);
  bool is_closed = inside.size() >= level && inside.substr(inside.size() - level) == closer;
  if (is_closed) inside.remove_suffix(level);
  size_t i = !inside.empty() && is_break(inside[0]) ? break_length(inside, 0) : 0;
  while (i < inside.size()) {
    if (is_break(inside[i])) {
      *out += '\n';
      i += break_length(inside, i);
    } else {
      *out += inside[i++];
    }
  }
  if (!is_closed) return LiteralError{Code::KT1004, 0, level, "unfinished long string"};
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> parse_number(std::string_view text) {
  uint64_t base = 10;
  if (text.size() > 1 && text[0] == '0') {
    base = text[1] == 'x' || text[1] == 'X' ? 16 : 8;
    text.remove_prefix(base == 16 ? 2 : 1);
  }
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  bool overflow = false;
  for (char c : text) {
    auto digit = static_cast<uint64_t>(digit_value(c));
    if (digit >= base) return std::nullopt;
    overflow |= value > (std::numeric_limits<uint64_t>::max() - digit) / base;
    value = value * base + digit;
  }
  return overflow ? -1 : static_cast<int64_t>(value);
}

std::optional<LiteralError> decode_string(std::string_view text, std::string* bytes) {
  bytes->clear();
  auto error = text[0] == '[' ? decode_long(text, bytes) : Unescaper(text, bytes).run();
  if (!error && bytes->size() > kMaxString) {
    return LiteralError{Code::KT4004, 0, text.size(),
                        "string constant is too long: " + std::to_string(bytes->size()) + " bytes, at most " +
                            std::to_string(kMaxString) + " are possible"};
  }
  return error;
}

}  // namespace kt2ko
