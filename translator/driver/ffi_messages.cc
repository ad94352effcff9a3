// SPDX-License-Identifier: GPL-2.0
#include "driver/ffi_messages.h"

#include <fmt/format.h>

#include <memory>
#include <set>

#include "catalog/c_headers.h"
#include "support/diag.h"

namespace kt2ko {
namespace {

// The line of a string with declarations, in the script. A line break right after [[ is no part of
// the string.
Span line_in_text(const Source& source, Span text, size_t line) {
  const uint32_t first = source.line(text.begin);
  const std::string_view rest = source.line_text(first).substr(source.line_col(text.begin).col - 1);
  const bool begins_below = rest.size() >= 2 && rest.front() == '[' &&
                            rest.find_first_not_of("[=") == std::string_view::npos;
  const uint32_t number = first + static_cast<uint32_t>(line) - (begins_below ? 0 : 1);
  const char* start = source.line_text(number).data();
  const uint32_t begin =
      number == first ? text.begin : static_cast<uint32_t>(start - source.text().data());
  return number <= source.line(text.end) ? Span{begin, begin + 1} : text;
}

std::string hint_for(const std::string& message) {
  if (message.find("undefined type") != std::string::npos || message.find("incomplete type") != std::string::npos) {
    const size_t tag = message.find("struct ");
    const std::string name = tag == std::string::npos ? "" : message.substr(tag + 7, message.find('\'', tag) - tag - 7);
    const std::string_view header = header_of_record(name);
    if (!header.empty()) return fmt::format("write: ffi.include \"{}\"", header);
    return "name the header that defines it: ffi.include \"linux/NAME.h\", or declare it with ffi.cdef";
  }
  if (message.find("No such file") != std::string::npos) return "header names are relative to include/ of the kernel";
  if (message.find("undeclared") != std::string::npos || message.find("implicit declaration") != std::string::npos)
    return "name the header that declares it with ffi.include, or declare it with ffi.cdef";
  if (message.find("expected expression before") != std::string::npos)
    return "a macro can be called where it is an expression in C, and with as many arguments as it has";
  return "";
}

// Whether what a place is a part of is wrong already, somewhere else in the script.
bool follows(const std::vector<GluePlace>& places, const std::set<size_t>& wrong, size_t number) {
  const uint32_t begin = places[number].span.begin;
  for (size_t at = places[number].parent; at && at < places.size(); at = places[at].parent)
    if (wrong.count(at) && places[at].span.begin != begin) return true;
  return false;
}

}  // namespace

FfiErrorText script_messages(const Source& source, const Glue& glue, bool color, std::vector<Finding>* found) {
  auto kept = std::make_shared<Source>(source);
  return [kept, places = glue.places, texts = glue.texts, color, found](const std::vector<FfiError>& errors) {
    Diags diags;
    std::set<std::pair<uint32_t, std::string>> seen;
    std::set<size_t> wrong;
    for (const FfiError& e : errors)
      if (!e.in_text) wrong.insert(e.number);
    for (const FfiError& e : errors) {
      if (e.number >= (e.in_text ? texts.size() : places.size()) || (!e.in_text && follows(places, wrong, e.number))) continue;
      const Span span = e.in_text ? line_in_text(*kept, texts[e.number], e.line) : places[e.number].span;
      if (!seen.insert({span.begin, e.message}).second) continue;
      diags.error(Code::KT2015, span, e.message).hint = hint_for(e.message);
    }
    diags.finish();
    if (found)
      for (Finding& f : findings(diags, *kept)) found->push_back(std::move(f));
    return render(diags, *kept, RenderOptions{color});
  };
}

}  // namespace kt2ko
