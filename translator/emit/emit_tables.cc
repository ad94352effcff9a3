// SPDX-License-Identifier: GPL-2.0
#include "emit/emit_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "emit/print_expr.h"

namespace kt2ko::emit_detail {

namespace {

std::string text_or_null(const std::string& s) { return s.empty() ? "0" : string_literal(s); }

void emit_string(const kir::Program& program, size_t i, CWriter& out) {
  const std::string& bytes = program.consts[i].text;
  out.line(fmt::format("static const struct {{ u32 hash; u32 len; char s[{}]; }} ktg_s{} = {{", bytes.size() + 1, i));
  out.line(fmt::format("\t{:#x}u, {}, {}", hash_bytes(bytes), bytes.size(), string_literal(bytes)));
  out.line("};");
}

std::string const_text(const kir::Const& c, size_t i) {
  switch (c.kind) {
    case kir::Const::Kind::kNil: return "{ .type = KTR_NIL }";
    case kir::Const::Kind::kFalse: return "{ .type = KTR_BOOL, .i = 0 }";
    case kir::Const::Kind::kTrue: return "{ .type = KTR_BOOL, .i = 1 }";
    case kir::Const::Kind::kInt: return fmt::format("{{ .type = KTR_INT, .i = {} }}", int_literal(c.number));
    case kir::Const::Kind::kStr:
      return fmt::format("{{ .type = KTR_STR, .flags = KTR_VF_CONST, .s = (const struct ktr_str *)&ktg_s{} }}", i);
    case kir::Const::Kind::kFunc: return fmt::format("{{ .type = KTR_FUNC, .f = &{} }}", c.text);
    case kir::Const::Kind::kLib: return fmt::format("{{ .type = KTR_LIB, .l = &ktr_libval_{} }}", c.text);
  }
  return "";
}

void emit_fetches(const kir::Trace& t, CWriter& out) {
  for (size_t p = 0; p < t.probes.size(); ++p) {
    const kir::Probe& probe = t.probes[p];
    if (probe.fetch.empty()) continue;
    for (size_t a = 0; a < probe.fetch.size(); ++a) {
      out.line(fmt::format("static const struct ktr_fetch_step {}_p{}_a{}[] = {{", t.c_name, p, a));
      for (const kir::FetchStep& s : probe.fetch[a].steps)
        out.line(fmt::format("\t{{ {}, {}, {} }},", s.op, int_literal(s.offset), text_or_null(s.name)));
      out.line("};");
    }
    out.line(fmt::format("static const struct ktr_fetch {}_p{}[] = {{", t.c_name, p));
    for (size_t a = 0; a < probe.fetch.size(); ++a)
      out.line(fmt::format("\t{{ {}, {}, {}, {}_p{}_a{} }},", string_literal(probe.fetch[a].name),
                           string_literal(probe.fetch[a].type), probe.fetch[a].steps.size(), t.c_name, p, a));
    out.line("};");
  }
}

std::string marker_arg_text(const ktr_marker_arg& a) {
  static const char* const kOps[] = {"KTR_MARK_NONE", "KTR_MARK_CONST", "KTR_MARK_REG", "KTR_MARK_MEM"};
  return fmt::format("\t{{ {}, {}, {}, {}, {}, {}, {}, 0, {} }},", kOps[a.op], a.size, a.base, a.index, a.scale, a.shift,
                     a.relative, int_literal(a.value));
}

std::string id_text(const ktr_file_id& id) {
  std::string bytes;
  for (unsigned i = 0; i < id.n_bytes; ++i) bytes += fmt::format("{}{:#04x}", i ? ", " : "", id.bytes[i]);
  return fmt::format("{{ {:#x}, {}, {:#x}, {}, {{ {} }} }}", id.offset, id.size, id.hash, id.n_bytes,
                     bytes.empty() ? "0" : bytes);
}

// What was found of one event of a user program: arguments of markers, places, the file.
void emit_user_sites(const std::string& name, const UserSites& found, CWriter& out) {
  for (size_t i = 0; i < found.sites.size(); ++i) {
    if (found.sites[i].args.empty()) continue;
    out.line(fmt::format("static const struct ktr_marker_arg {}_m{}[] = {{", name, i));
    for (const ktr_marker_arg& a : found.sites[i].args) out.line(marker_arg_text(a));
    out.line("};");
  }
  out.line(fmt::format("static const struct ktr_site {}_sites[] = {{", name));
  for (size_t i = 0; i < found.sites.size(); ++i) {
    const UserSite& s = found.sites[i];
    out.line(fmt::format("\t{{ {:#x}, {:#x}, {}, {}, {} }},", s.offset, s.counter, string_literal(s.name), s.args.size(),
                         s.args.empty() ? "0" : fmt::format("{}_m{}", name, i)));
  }
  out.line("};");
  out.line(fmt::format("static const struct ktr_sites {}_file = {{", name));
  out.line(fmt::format("\t{},", string_literal(found.path)));
  out.line(fmt::format("\t{},", id_text(found.id)));
  out.line(fmt::format("\t{}, {}_sites,", found.sites.size(), name));
  out.line("};");
}

void emit_probe(const kir::Trace& t, size_t index, CWriter& out) {
  const kir::Probe& p = t.probes[index];
  out.open("");
  out.line(fmt::format(".kind = {},", p.kind));
  out.line(fmt::format(".text = {},", string_literal(p.text)));
  if (!p.system.empty()) out.line(fmt::format(".system = {},", string_literal(p.system)));
  if (!p.event.empty()) out.line(fmt::format(".event = {},", string_literal(p.event)));
  if (!p.path.empty()) out.line(fmt::format(".path = {},", string_literal(p.path)));
  if (p.offset) out.line(fmt::format(".offset = {},", int_literal(p.offset)));
  if (p.interval_ns) out.line(fmt::format(".interval_ns = {},", int_literal(p.interval_ns)));
  if (!p.fetch.empty()) {
    out.line(fmt::format(".n_fetch = {},", p.fetch.size()));
    out.line(fmt::format(".fetch = {}_p{},", t.c_name, index));
  }
  if (p.sites) out.line(fmt::format(".sites = &{}_u{}_file,", t.c_name, index));
  out.close(",");
}

void emit_quick_head(const kir::Quick& q, CWriter& out) {
  static const char* const kKinds[] = {"KTR_RAW_INT", "KTR_RAW_COMM", "KTR_RAW_NONE"};
  if (!q.values.empty()) {
    out.open(fmt::format("static const struct ktr_quick_value {}_values[] =", q.c_name));
    for (const kir::QuickValue& v : q.values)
      out.line(fmt::format("{{ {}, {} }},", v.slot, kKinds[static_cast<int>(v.kind)]));
    out.close(";");
  }
  out.open(fmt::format("static const struct ktr_quick {} =", q.c_name));
  out.line(fmt::format(".run = {}_run,", q.c_name));
  if (q.prints_name) out.line(".name = 1,");
  if (!q.values.empty()) {
    out.line(fmt::format(".n_values = {},", q.values.size()));
    out.line(fmt::format(".values = {}_values,", q.c_name));
  }
  out.close(";");
}

void emit_trace(const kir::Trace& t, const Linkage& linkage, CWriter& out) {
  emit_fetches(t, out);
  for (size_t i = 0; i < t.probes.size(); ++i)
    if (t.probes[i].sites) emit_user_sites(fmt::format("{}_u{}", t.c_name, i), *t.probes[i].sites, out);
  out.open(fmt::format("static const struct ktr_probe {}_probes[] =", t.c_name));
  for (size_t i = 0; i < t.probes.size(); ++i) emit_probe(t, i, out);
  out.close(";");
  if (!t.fields.empty()) {
    std::string ids;
    for (const int id : t.fields) ids += (ids.empty() ? "" : ", ") + std::to_string(id);
    out.line(fmt::format("static const u16 {}_fields[] = {{ {} }};", t.c_name, ids));
  }
  if (t.quick) emit_quick_head(*t.quick, out);
  out.open(fmt::format("{}const struct ktr_trace {} =", linkage.of(t.c_name), t.c_name));
  out.line(fmt::format(".pos = {},", t.line));
  out.line(fmt::format(".uses = {},", t.uses));
  out.line(fmt::format(".n_probes = {},", t.probes.size()));
  out.line(fmt::format(".probes = {}_probes,", t.c_name));
  if (!t.filter.empty()) out.line(fmt::format(".filter = {},", t.filter));
  if (!t.fields.empty()) {
    out.line(fmt::format(".n_fields = {},", t.fields.size()));
    out.line(fmt::format(".fields = {}_fields,", t.c_name));
  }
  if (t.values) out.line(fmt::format(".values = {:#x}ull,", t.values));
  if (!t.leaf.empty()) out.line(fmt::format(".leaf = {},", t.leaf));
  if (!t.leaf_fn.empty()) out.line(fmt::format(".leaf_fn = {},", t.leaf_fn));
  if (t.quick) out.line(fmt::format(".quick = &{},", t.quick->c_name));
  out.close(";");
}

void emit_names(const char* name, const std::vector<std::string>& list, CWriter& out) {
  if (list.empty()) return;
  out.open(fmt::format("static const char *const {}[] =", name));
  for (const std::string& s : list) out.line(string_literal(s) + ",");
  out.close(";");
}

// Names of the variables that are cells, in the order of the cells.
std::vector<std::string> cell_titles(const kir::Program& program) {
  std::vector<std::string> titles;
  for (const kir::Variable& v : program.variables)
    if (v.kind == kir::Variable::Kind::kCell) titles.push_back(v.title);
  return titles;
}

}  // namespace

uint32_t hash_bytes(std::string_view bytes) {
  uint64_t h = bytes.size();
  for (size_t at = 0; at < bytes.size(); at += 8) {
    uint64_t word = 0;
    for (size_t i = 0; i < 8 && at + i < bytes.size(); i++)
      word |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    h ^= h >> 32;
  }
  const auto low = static_cast<uint32_t>(h);
  return low ? low : 1;
}

// Each script has its own instance of a prebuilt tapset's variables, which the context leads to.
static void emit_prebuilt_variables(const kir::Program& program, CWriter& out) {
  out.line(fmt::format("extern const struct ktr_prebuilt {};", program.prebuilt));
  out.line(fmt::format("#define ktr_at(c, at) ktr_tapset_at(c, &{}, at)", program.prebuilt));
  for (size_t i = 0; i < program.cells.size(); ++i)
    out.line(fmt::format("#define {} (ktr_tapset_cells(c, &{})[{}])", program.cells[i], program.prebuilt, i));
}

void emit_linked(const kir::Program& program, CWriter& out) {
  for (const kir::LinkedTapset& tapset : program.linked) out.line(fmt::format("extern const struct ktr_prebuilt {};", tapset.symbol));
  for (const std::string& name : program.foreign) out.line(fmt::format("extern struct ktr_func {};", name));
}

// The type of a variable that is no counter.
const char* c_type_of(const kir::Variable& v) {
  switch (v.kind) {
    case kir::Variable::Kind::kCell: return "struct ktr_cell";
    case kir::Variable::Kind::kSpread: return "struct ktr_spread";
    default: return "s64";
  }
}

void emit_counters(const kir::Program& program, CWriter& out) {
  const auto is_counter = [](const kir::Variable& v) { return v.kind == kir::Variable::Kind::kCounter; };
  if (std::none_of(program.variables.begin(), program.variables.end(), is_counter)) return;
  out.open("enum");  // indices of ktg_counters[]
  for (const kir::Variable& v : program.variables)
    if (is_counter(v)) out.line(fmt::format("{},\t/* {} */", v.c_name, comment_text(v.title)));
  out.close(";");
}

void emit_variables(const kir::Program& program, const Linkage& linkage, CWriter& out) {
  out.blank();
  if (!program.prebuilt.empty()) {
    emit_prebuilt_variables(program, out);
    return;
  }
  int counters = 0;
  for (const kir::Variable& v : program.variables) {
    if (v.kind == kir::Variable::Kind::kCounter)
      ++counters;
    else
      out.line(fmt::format("{}{} {};\t/* {} */", linkage.of(v.c_name), c_type_of(v), v.c_name, comment_text(v.title)));
  }
  out.line(fmt::format("s64 ktg_counters[{}] KTR_PER_CPU;", counters ? counters : 1));
  emit_counters(program, out);
}

// The shape of keys of several parts.
std::string parts_text(const kir::Adder& s) {
  if (s.kind != kir::AdderKind::kParts) return "";
  unsigned texts = 0;
  for (size_t i = 0; i < s.text_parts.size(); ++i) texts |= s.text_parts[i] ? 1u << i : 0;
  return fmt::format(", .n_parts = {}, .texts = {:#x}", s.text_parts.size(), texts);
}

void emit_adders(const kir::Program& program, CWriter& out) {
  static const char* const kKinds[] = {"KTR_ADDER_WORDS", "KTR_ADDER_ONE", "KTR_ADDER_NAME", "KTR_ADDER_PARTS"};
  if (!program.adders.empty()) out.blank();
  for (const kir::Adder& s : program.adders) {
    const bool own_slots = s.kind != kir::AdderKind::kName;
    const char* const n_slots = s.kind == kir::AdderKind::kOne ? "1" : "KTR_ADDER_SLOTS";
    if (own_slots) out.line(fmt::format("static struct ktr_way *{}_slots[{}];", s.c_name, n_slots));
    const std::string slots = own_slots ? fmt::format(", .slots = {}_slots", s.c_name) : "";
    const std::string agg = s.agg.empty() ? "" : ", .agg = " + s.agg;
    out.line(fmt::format("static struct ktr_adder {} = {{ .kind = {}{}{}{} }};", s.c_name, kKinds[static_cast<int>(s.kind)], agg,
                         parts_text(s), slots));
  }
}

void emit_constants(const kir::Program& program, const Linkage& linkage, CWriter& out) {
  if (program.consts.empty()) return;
  out.blank();
  for (size_t i = 0; i < program.consts.size(); ++i)
    if (program.consts[i].kind == kir::Const::Kind::kStr) emit_string(program, i, out);
  // A value that is computed and dropped may leave its constant without a user.
  out.open(fmt::format("{}const struct ktr_val ktg_k[] __attribute__((unused)) =", linkage.of("ktg_k")));
  for (size_t i = 0; i < program.consts.size(); ++i) out.line(const_text(program.consts[i], i) + ",");
  out.close(";");
}

void emit_traces(const kir::Program& program, const Linkage& linkage, CWriter& out) {
  for (const kir::Trace& t : program.traces) {
    out.blank();
    emit_trace(t, linkage, out);
  }
}

void emit_prebuilt(const kir::Program& program, CWriter& out) {
  out.blank();
  emit_names("ktg_cell_names", cell_titles(program), out);
  out.open("static const struct ktr_tapset ktg_files[] =");
  out.line(fmt::format("{{ {}, 1 }},", string_literal(program.file_name)));
  for (const kir::File& f : program.tapsets) out.line(fmt::format("{{ {}, {} }},", string_literal(f.name), f.first_line));
  out.close(";");
  out.open(fmt::format("const struct ktr_prebuilt {} =", program.prebuilt));
  out.line(fmt::format(".name = {},", string_literal(program.module_name)));
  if (!program.cells.empty()) out.line(fmt::format(".n_cells = {},\n\t.cell_names = ktg_cell_names,", program.cells.size()));
  out.line(fmt::format(".init = {},", program.main));
  out.line(fmt::format(".n_files = {},", program.tapsets.size() + 1));
  out.line(".files = ktg_files,");
  if (program.ffi.used) out.line(".ffi = &ktg_ffi,");
  out.close(";");
}

void emit_script(const kir::Program& program, CWriter& out) {
  out.blank();
  emit_names("ktg_fields", program.fields, out);
  emit_names("ktg_symbols", program.symbols, out);
  size_t n_counters = 0;
  for (const kir::Variable& v : program.variables) n_counters += v.kind == kir::Variable::Kind::kCounter;
  if (!program.cells.empty()) {
    out.open("static struct ktr_cell *const ktg_cells[] =");
    for (const std::string& name : program.cells) out.line(fmt::format("&{},", name));
    out.close(";");
    emit_names("ktg_cell_names", cell_titles(program), out);
  }
  size_t n_spreads = 0;
  for (const kir::Variable& v : program.variables) {
    if (v.kind != kir::Variable::Kind::kSpread) continue;
    if (!n_spreads++) out.open("static struct ktr_spread *const ktg_spreads[] =");
    out.line(fmt::format("&{},", v.c_name));
  }
  if (n_spreads) out.close(";");
  if (!program.adders.empty()) {
    out.open("static struct ktr_adder *const ktg_adders[] =");
    for (const kir::Adder& s : program.adders) out.line(fmt::format("&{},", s.c_name));
    out.close(";");
  }
  if (!program.formats.empty()) {
    out.open("static const struct ktr_line_format ktg_formats[] =");
    for (const kir::Format& f : program.formats)
      out.line(fmt::format("{{ {}, {}, {}, {}, {} }},", string_literal(f.text), f.text.size(), f.bound, f.convs.size(),
                           string_literal(f.convs)));
    out.close(";");
  }
  if (!program.limits.empty()) {
    out.open("static const struct ktr_script_limit ktg_limits[] =");
    for (const kir::Limit& l : program.limits) out.line(fmt::format("{{ {}, {} }},", l.c_name, l.value));
    out.close(";");
  }
  if (!program.tapsets.empty()) {
    out.open("static const struct ktr_tapset ktg_tapsets[] =");
    for (const kir::File& f : program.tapsets) out.line(fmt::format("{{ {}, {} }},", string_literal(f.name), f.first_line));
    out.close(";");
  }
  int main_slots = 0;
  for (const kir::Function& f : program.functions)
    if (f.c_name == program.main) main_slots = f.n_slots;
  out.blank();
  out.open("const struct ktr_script ktg_script =");
  out.line(".api = KTR_API_VERSION,");
  if (!program.tapsets.empty()) {
    out.line(fmt::format(".n_tapsets = {},", program.tapsets.size()));
    out.line(".tapsets = ktg_tapsets,");
  }
  out.line(fmt::format(".name = {},", string_literal(program.module_name)));
  out.line(fmt::format(".file = {},", string_literal(program.file_name)));
  out.line(fmt::format(".main = {},", program.main));
  out.line(fmt::format(".n_counters = {},", n_counters));
  const auto list = [&](const char* what, const char* name, size_t n) {
    if (!n) return;
    out.line(fmt::format(".n_{} = {},", what, n));
    out.line(fmt::format(".{} = {},", what, name));
  };
  list("cells", "ktg_cells", program.cells.size());
  if (!program.cells.empty()) out.line(".cell_names = ktg_cell_names,");
  list("fields", "ktg_fields", program.fields.size());
  list("symbols", "ktg_symbols", program.symbols.size());
  if (program.n_owns) out.line(fmt::format(".n_owns = {},", program.n_owns));
  if (program.user_stacks) out.line(".user_stacks = true,");
  list("spreads", "ktg_spreads", n_spreads);
  list("adders", "ktg_adders", program.adders.size());
  list("formats", "ktg_formats", program.formats.size());
  list("limits", "ktg_limits", program.limits.size());
  if (program.ffi.used) out.line(".ffi = &ktg_ffi,");
  out.line(fmt::format(".main_slots = {},", main_slots));
  out.close(";");
}

}  // namespace kt2ko::emit_detail
