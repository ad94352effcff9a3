// SPDX-License-Identifier: GPL-2.0
#include "lower/program_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/event_values.h"
#include "catalog/probe_spec.h"
#include "lower/build.h"
#include "lower/explain.h"
#include "lower/function_lowerer.h"
#include "lower/leaves.h"
#include "lower/quick_lowerer.h"

namespace kt2ko {

std::unique_ptr<kir::Program> lower(const ast::Script&, const sema::Model& model, const Source& source,
                                    const LowerOptions& options, Explanation* explanation) {
  return lower_detail::ProgramBuilder(model, source, options).run(explanation);
}

std::string prebuilt_symbol(const std::string& tapset, const std::string& hash) {
  return fmt::format("ktg_tapset_{}_{}", lower_detail::squeeze(tapset), hash.substr(0, 12));
}

// The kernel's versions of symbols have room for names of 55 characters.
std::string prebuilt_function(const std::string& tapset, const std::string& name) {
  return fmt::format("ktg_{}__{}", lower_detail::squeeze(tapset).substr(0, 14), lower_detail::squeeze(name).substr(0, 34));
}

}  // namespace kt2ko

namespace kt2ko::lower_detail {

std::string squeeze(const std::string& name) {
  std::string out;
  for (unsigned char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain)
      out += static_cast<char>(c);
    else if (out.empty() || out.back() != '_')
      out += '_';
  }
  if (out.size() > 40) out.resize(40);
  return out.empty() ? "_" : out;
}

ProgramBuilder::ProgramBuilder(const sema::Model& model, const Source& source, const LowerOptions& options)
    : model_(model), source_(source), plan_(model, !options.prebuilt.empty()), program_(std::make_unique<kir::Program>()) {
  if (options.prebuilt.empty())
    linked_ = options.linked;
  else
    program_->prebuilt = prebuilt_symbol(options.prebuilt, options.linked.at(options.prebuilt));
  prebuilt_ = options.prebuilt;
  // formats are the script's, which has none of a tapset's
  deferred_output_ = options.deferred_output && prebuilt_.empty();
  program_->module_name = options.module_name;
  program_->file_name = options.file_name;
  program_->limits = options.limits;
  for (size_t i = 1; i < source.parts().size(); ++i) {
    const Source::Part& part = source.parts()[i];
    program_->tapsets.push_back({part.name.substr(part.name.rfind('/') + 1), part.first_line});
  }
  for (uint32_t i = 1; i <= source.line_count(); ++i) program_->source_lines.emplace_back(source.line_text(i));
  program_->fields = model.fields;
  program_->symbols = model.symbols;
  init_ffi(options.unsafe);
}

// Whether registrations may be taken back while tracing.
static bool may_remove(const sema::Model& model) {
  for (const auto& [expr, builtin] : model.members) {
    if (builtin->name == "kdebug.remove") return true;
  }
  for (const auto& [expr, ref] : model.names) {
    if (ref.kind == sema::NameRef::Kind::kLibraryTable && expr->name == "kdebug") return true;
  }
  return false;
}

std::unique_ptr<kir::Program> ProgramBuilder::run(Explanation* explanation) {
  removes_ = may_remove(model_);
  program_->n_owns = plan_.n_own();
  program_->main = code_of(model_.main());
  while (!work_.empty()) {
    const sema::Function* f = work_.front();
    work_.pop_front();
    program_->functions.push_back(FunctionLowerer(*this, *f).run(code_names_.at(f)));
  }
  link_tapsets();
  find_leaves(program_.get(), !removes_);
  if (explanation) *explanation = explain(*this, *program_);
  return std::move(program_);
}

void ProgramBuilder::add_adder(const ast::AssignStmt& s, const kir::Adder& adder) {
  program_->adders.push_back(adder);
  adders_[&s] = adder.c_name;
}

std::string ProgramBuilder::adder_of(const ast::AssignStmt& s) const {
  const auto it = adders_.find(&s);
  return it == adders_.end() ? "" : it->second;
}

kir::Cells ProgramBuilder::cells_of(const std::string& adder) const {
  for (const kir::Adder& a : program_->adders)
    if (a.c_name == adder) return a.cells;
  return kir::Cells::kNone;
}

void ProgramBuilder::note_element(const sema::Variable& v, Explanation::Element element) {
  const auto same = [&](const Explanation::Element& e) {
    return e.line == element.line && e.access == element.access && e.key == element.key;
  };
  std::vector<Explanation::Element>& list = elements_[&v];
  if (std::none_of(list.begin(), list.end(), same)) list.push_back(std::move(element));
}

std::vector<Explanation::Element> ProgramBuilder::elements_of(const sema::Variable& v) const {
  const auto it = elements_.find(&v);
  if (it == elements_.end()) return {};
  std::vector<Explanation::Element> list = it->second;
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return list;
}

int ProgramBuilder::format(const kir::Format& f) {
  const auto [it, added] = format_ids_.emplace(f.text, static_cast<int>(program_->formats.size()));
  if (added) program_->formats.push_back(f);
  return it->second;
}

std::string ProgramBuilder::claim(const std::string& wanted) {
  std::string name = wanted;
  for (int n = 2; !claimed_.insert(name).second; ++n) name = fmt::format("{}_{}", wanted, n);
  return name;
}

kir::Val ProgramBuilder::intern(kir::Const c) {
  const auto key = std::make_tuple(static_cast<int>(c.kind), c.number, c.text);
  const auto [it, added] = const_ids_.emplace(key, static_cast<int>(program_->consts.size()));
  if (added) program_->consts.push_back(std::move(c));
  return kir::Val{kir::Val::Kind::kConst, it->second};
}

kir::Val ProgramBuilder::function_value(const sema::Function& f) {
  return intern({kir::Const::Kind::kFunc, 0, object_of(f)});
}

std::string ProgramBuilder::code_of(const sema::Function& f) {
  std::string& name = code_names_[&f];
  if (!name.empty()) return name;
  switch (f.kind) {
    case sema::FunctionKind::kMain: name = claim("ktg_main"); break;
    case sema::FunctionKind::kPlain: {
      const bool anonymous = f.name.compare(0, 12, "function at ") == 0;
      name = claim(anonymous ? fmt::format("ktg_fn_line_{}", line(f.span)) : "ktg_fn_" + squeeze(f.name));
      break;
    }
    case sema::FunctionKind::kEnd: name = claim("ktg_end"); break;
    default: name = claim(fmt::format("ktg_probe_{}_{}", f.id, squeeze(f.trace ? f.trace->events[0]->text : f.name)));
  }
  work_.push_back(&f);
  return name;
}

std::string ProgramBuilder::object_of(const sema::Function& f) {
  std::string& name = object_names_[&f];
  if (!name.empty()) return name;
  if (is_linked(f.span)) return name = link(f);
  const std::string code = code_of(f);
  const bool exported = is_exported(f);
  name = exported ? prebuilt_function(prebuilt_, f.name) : claim(code + "_f");
  program_->func_objects.push_back({name, code, f.name, static_cast<int>(f.params.size()), exported});
  return name;
}

// ---- prebuilt tapsets ----------------------------------------------------------------------------------------------

std::string ProgramBuilder::tapset_of(Span span) const {
  const std::vector<Source::Part>& parts = source_.parts();
  size_t i = parts.size() - 1;
  while (i > 0 && parts[i].begin > span.begin) --i;
  if (i == 0) return "";
  const std::string file = parts[i].name.substr(parts[i].name.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
}

// What others may use: functions of the tapset itself, not of those that it needs, whose names do not begin with _.
bool ProgramBuilder::is_exported(const sema::Function& f) const {
  const bool has_name = f.name[0] != '_' && f.name.compare(0, 12, "function at ") != 0;
  return !prebuilt_.empty() && f.parent == &model_.main() && has_name && tapset_of(f.span) == prebuilt_;
}

// A function of a prebuilt module is used.
std::string ProgramBuilder::link(const sema::Function& f) {
  const std::string tapset = tapset_of(f.span);
  const std::string symbol = prebuilt_symbol(tapset, linked_.at(tapset));
  std::vector<kir::LinkedTapset>& used = program_->linked;
  if (std::none_of(used.begin(), used.end(), [&](const auto& u) { return u.name == tapset; })) used.push_back({tapset, symbol});
  program_->foreign.push_back(prebuilt_function(tapset, f.name));
  return program_->foreign.back();
}

// Before anything else the main chunk makes the script's instances of the variables of prebuilt tapsets.
void ProgramBuilder::link_tapsets() {
  kir::Body calls;
  for (const kir::LinkedTapset& tapset : program_->linked)
    calls.push_back(stmt(kir::Try{"ktr_link_tapset", {text("c"), text("&" + tapset.symbol)}, 1}));
  for (kir::Function& f : program_->functions)
    if (f.c_name == program_->main) f.body.insert(f.body.begin(), calls.begin(), calls.end());
}

int ProgramBuilder::new_cell(const std::string& c_name, const std::string& title) {
  program_->cells.push_back(c_name);
  program_->variables.push_back({c_name, title, kir::Variable::Kind::kCell});
  return static_cast<int>(program_->cells.size()) - 1;
}

std::string ProgramBuilder::shared_name(const sema::Variable& v) {
  std::string& name = shared_names_[&v];
  if (!name.empty()) return name;
  name = claim("ktg_var_" + squeeze(v.name));
  switch (plan_.of(v)) {
    case Storage::kNumber:
    case Storage::kBool: program_->variables.push_back({name, v.name, kir::Variable::Kind::kNumber}); break;
    case Storage::kCounter: program_->variables.push_back({name, v.name, kir::Variable::Kind::kCounter}); break;
    case Storage::kSpread: program_->variables.push_back({name, v.name, kir::Variable::Kind::kSpread}); break;
    default: cells_[&v] = new_cell(name, v.name);
  }
  return name;
}

kir::Val ProgramBuilder::cell_of(const sema::Variable& v) {
  shared_name(v);
  return kir::Val{kir::Val::Kind::kCell, cells_.at(&v)};
}

kir::Val ProgramBuilder::arg_cell() {
  if (arg_cell_ < 0) arg_cell_ = new_cell(claim("ktg_arg"), "arg");
  return kir::Val{kir::Val::Kind::kCell, arg_cell_};
}

namespace {

// KTR_USES_* of the runtime
constexpr uint32_t kUsesArgstr = 2;
constexpr uint32_t kUsesAny = 7;

}  // namespace

uint32_t ProgramBuilder::uses_of(const sema::Function& f) const {
  const auto all = reach(f);
  uint32_t uses = all.empty() ? kUsesAny : 0;
  for (const sema::Function* g : all) uses |= g->uses;
  return uses;
}

// The values of the event that a handler uses, 0 when one of them has no slot.
uint64_t ProgramBuilder::values_of(const sema::Function& f) const {
  uint64_t values = 0;
  for (const sema::Function* g : reach(f)) values |= g->values;
  return values & kValueWithoutSlot ? 0 : values;
}

// ---- events --------------------------------------------------------------------------------------------------------

namespace {

const char* kind_name(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::kTracepoint: return "KTR_PROBE_TRACEPOINT";
    case ProbeKind::kKprobe: return "KTR_PROBE_KPROBE";
    case ProbeKind::kKretprobe: return "KTR_PROBE_KRETPROBE";
    case ProbeKind::kUprobe: return "KTR_PROBE_UPROBE";
    case ProbeKind::kUretprobe: return "KTR_PROBE_URETPROBE";
    case ProbeKind::kSdt: return "KTR_PROBE_SDT";
    case ProbeKind::kTick: return "KTR_PROBE_TICK";
    case ProbeKind::kProfile: return "KTR_PROBE_PROFILE";
  }
  return "";
}

const char* fetch_op(ast::FetchStep::Kind kind) {
  static const char* const kNames[] = {"KTR_FETCH_REG",  "KTR_FETCH_STACK_N", "KTR_FETCH_STACK", "KTR_FETCH_RETVAL",
                                       "KTR_FETCH_COMM", "KTR_FETCH_ADDR",    "KTR_FETCH_SYM",   "KTR_FETCH_DEREF"};
  return kNames[static_cast<int>(kind)];
}

kir::Fetch make_fetch(const ast::FetchArg& arg, size_t number) {
  kir::Fetch out;
  out.name = arg.name.empty() ? fmt::format("arg{}", number) : arg.name;
  out.type = arg.type.empty() ? "x64" : arg.type;
  for (const ast::FetchStep& step : arg.steps) out.steps.push_back({fetch_op(step.kind), step.offset, step.name});
  return out;
}

kir::Probe make_probe(const ProbeSpec& spec) {
  kir::Probe p;
  p.kind = kind_name(spec.kind);
  p.text = spec.text;
  p.system = spec.system;
  p.event = spec.event;
  p.path = spec.path;
  p.offset = spec.offset;
  for (size_t i = 0; i < spec.fetch.size(); ++i) p.fetch.push_back(make_fetch(spec.fetch[i], i + 1));
  return p;
}

bool is_function_tracer(const kir::Probe& p) { return p.system == "ftrace" && p.event == "function"; }

// Whether the back end for such events runs quick handlers.
bool may_run_quick(const kir::Probe& p) { return p.kind == "KTR_PROBE_TRACEPOINT" && !is_function_tracer(p); }

constexpr char kClosure[] = "it is a closure: it captures variables of the function around it";
constexpr char kRemoves[] = "the script uses kdebug.remove, which such handlers could not heed at once";
constexpr char kNoQuickEvents[] = "only system calls and tracepoints run such handlers";

// `ip == "GLOB"` among the conjuncts of a filter of ftrace:function: the functions to trace. Taken out of the filter.
bool take_ip_filter(const ast::Expr& e, std::string* glob) {
  const auto* cmp = std::get_if<ast::BinaryExpr*>(&sema::strip_parens(e));
  if (!cmp || ((*cmp)->op != ast::BinaryOp::kEq && (*cmp)->op != ast::BinaryOp::kGlob)) return false;
  const auto* lhs = std::get_if<ast::NameExpr*>(&(*cmp)->lhs);
  if (!lhs || (*lhs)->name != "ip") return false;
  if (const auto* s = std::get_if<ast::StringExpr*>(&(*cmp)->rhs)) *glob = (*s)->bytes;
  if (const auto* n = std::get_if<ast::NameExpr*>(&(*cmp)->rhs)) *glob = (*n)->name;
  return !glob->empty();
}

}  // namespace

std::string ProgramBuilder::trace(const ast::TraceStmt& s, const sema::Function& handler) {
  kir::Trace t;
  const size_t number = program_->traces.size();
  t.c_name = claim(fmt::format("ktg_trace_{}", number));
  t.line = line(s.span);
  t.uses = uses_of(handler);
  t.fields = handler.fields;
  t.values = t.uses & kUsesArgstr ? 0 : values_of(handler);
  if (plan_.is_static(handler)) t.handler = code_of(handler);
  bool all_ftrace = true;
  for (const ast::EventSpec* e : s.events) {
    t.probes.push_back(make_probe(probe_spec(*e)));
    const auto sites = model_.user_sites.find(e);
    if (sites != model_.user_sites.end()) t.probes.back().sites = sites->second;
    all_ftrace = all_ftrace && is_function_tracer(t.probes.back());
  }
  const bool quick_events = std::any_of(t.probes.begin(), t.probes.end(), may_run_quick);
  if (t.handler.empty()) {
    t.no_quick = t.no_leaf = {kClosure, 0};
  } else if (removes_) {
    t.no_quick = t.no_leaf = {kRemoves, 0};
  } else if (!quick_events) {
    t.no_quick = {kNoQuickEvents, 0};
  } else {
    QuickLowerer quick(*this, handler);
    t.quick = quick.run(claim(fmt::format("ktg_quick_{}", number)), s);
    if (!t.quick) t.no_quick = quick.refusal();
  }
  std::string functions;
  if (s.filter && all_ftrace && take_ip_filter(*s.filter, &functions)) {
    // The set of functions is the attachment itself; nothing is left to test per event.
    for (kir::Probe& p : t.probes) p.path = functions;
    const auto ip = std::find(program_->fields.begin(), program_->fields.end(), "ip");
    const int id = static_cast<int>(ip - program_->fields.begin());
    t.fields.erase(std::remove(t.fields.begin(), t.fields.end(), id), t.fields.end());
  } else if (s.filter) {
    t.filter = claim(fmt::format("ktg_filter_{}", number));
    program_->functions.push_back(FunctionLowerer(*this, handler).run_filter(t.filter, *s.filter));
  }
  program_->traces.push_back(std::move(t));
  return program_->traces.back().c_name;
}

std::string ProgramBuilder::timer(const ast::TimerStmt& s, const sema::Function& handler) {
  kir::Trace t;
  t.c_name = claim(fmt::format("ktg_trace_{}", program_->traces.size()));
  t.line = line(s.span);
  t.uses = uses_of(handler);
  kir::Probe p;
  p.kind = kind_name(s.is_profile ? ProbeKind::kProfile : ProbeKind::kTick);
  p.text = s.text;
  p.interval_ns = s.interval_ns;
  t.probes.push_back(std::move(p));
  if (s.is_profile && plan_.is_static(handler)) t.handler = code_of(handler);
  if (!s.is_profile)
    t.no_leaf = {"it runs in the script's own thread", 0};
  else if (t.handler.empty())
    t.no_leaf = {kClosure, 0};
  else if (removes_)
    t.no_leaf = {kRemoves, 0};
  t.no_quick = {kNoQuickEvents, 0};
  program_->traces.push_back(std::move(t));
  return program_->traces.back().c_name;
}

}  // namespace kt2ko::lower_detail
