// SPDX-License-Identifier: GPL-2.0
#include "emit/cold_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emit/emit_function.h"
#include "emit/emit_tables.h"

namespace kt2ko::emit_detail {

namespace {

// Lines of C. A compiler's start costs what some hundred lines do; parts are small enough for several processors to have some.
constexpr size_t kFewLines = 500;
constexpr size_t kPartLines = 1600;

constexpr std::string_view kOurPrefix = "ktg_";

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Adds the names in a C text that may be ours. One in a string or comment is taken for one too: then something is seen by more files
// than need it.
void add_names(std::string_view text, std::set<std::string>* names) {
  for (size_t at = 0; (at = text.find(kOurPrefix, at)) != std::string_view::npos;) {
    size_t end = at;
    while (end < text.size() && is_name_char(text[end])) ++end;
    if (!at || !is_name_char(text[at - 1])) names->insert(std::string(text.substr(at, end - at)));
    at = end;
  }
}

struct Written {
  const kir::Function* function;
  std::string text;
  size_t lines;
};

std::vector<Written> write_cold(const kir::Program& program, const EmitOptions& options) {
  std::vector<Written> list;
  const Linkage none;
  for (const kir::Function& f : program.functions) {
    if (!f.cold) continue;
    CWriter out(kir::LineNames(program), options.line_directives, "");
    FunctionEmitter(program, none, out).emit(f);
    std::string text = out.take();
    const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    list.push_back({&f, std::move(text), lines});
  }
  return list;
}

}  // namespace

std::vector<ColdPart> cold_parts(const kir::Program& program, const EmitOptions& options) {
  const std::vector<Written> list = write_cold(program, options);
  size_t lines = 0;
  for (const Written& w : list) lines += w.lines;
  if (lines < kFewLines) return {};
  // As even as functions allow: each goes to the part in which its middle lies.
  const size_t n = (lines + kPartLines - 1) / kPartLines;
  std::vector<ColdPart> parts(n);
  size_t before = 0;
  for (const Written& w : list) {
    ColdPart& part = parts[(before + w.lines / 2) * n / lines];
    before += w.lines;
    part.functions.push_back(w.function);
    add_names(w.text, &part.names);
  }
  const auto is_empty = [](const ColdPart& part) { return part.functions.empty(); };
  parts.erase(std::remove_if(parts.begin(), parts.end(), is_empty), parts.end());
  return parts;
}

void emit_declarations(const kir::Program& program, const std::set<std::string>& names, const Linkage& linkage, CWriter& out) {
  const auto uses = [&](const std::string& name) { return names.count(name) != 0; };
  for (const kir::Function& f : program.functions)
    if (uses(f.c_name)) out.line(function_prototype(f, linkage) + ";");
  for (const std::string& prototype : ffi_prototypes(program)) out.line(prototype);
  out.blank();
  for (const kir::FuncObject& f : program.func_objects)
    if (uses(f.c_name)) out.line(fmt::format("extern struct ktr_func {};", f.c_name));
  emit_linked(program, out);
  for (const kir::Variable& v : program.variables)
    if (v.kind != kir::Variable::Kind::kCounter && uses(v.c_name)) out.line(fmt::format("extern {} {};", c_type_of(v), v.c_name));
  emit_counters(program, out);
  if (uses("ktg_k")) out.line("extern const struct ktr_val ktg_k[];");
  for (const kir::Trace& t : program.traces)
    if (uses(t.c_name)) out.line(fmt::format("extern const struct ktr_trace {};", t.c_name));
}

}  // namespace kt2ko::emit_detail
