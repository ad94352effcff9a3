// SPDX-License-Identifier: GPL-2.0
// Fields that events have by their definition: probes of functions and of markers have those that the runtime gives
// (functions.c, attach_uprobe.c) and their fetch arguments. Whatever the kernel is, another name is a mistake.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "catalog/nearest.h"
#include "catalog/probe_spec.h"
#include "sema/analyze.h"
#include "sema/field_names.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

// The fields but for those that every event has; empty: they are the kernel's business.
std::vector<std::string> fields_of(const ProbeSpec& spec) {
  std::vector<std::string> fields;
  switch (spec.kind) {
    case ProbeKind::kKretprobe:
    case ProbeKind::kUretprobe:
      fields = {"__probe_func", "__probe_ret_ip"};
      break;
    case ProbeKind::kKprobe:
    case ProbeKind::kUprobe:
    case ProbeKind::kSdt:
      fields = {"__probe_ip"};
      break;
    default:
      if (spec.system == "ftrace" && spec.event == "function") return {"ip", "parent_ip"};
      return {};
  }
  for (const FetchArg& f : spec.fetch) fields.push_back(f.name);
  return fields;
}

class FieldChecker : public Walker<FieldChecker> {
 public:
  FieldChecker(const Model& model, Diags& diags) : model_(model), diags_(diags) {}

  void stmt(const Stmt& s) {
    if (const auto* t = std::get_if<TraceStmt*>(&s)) trace(**t);
  }

 private:
  void trace(const TraceStmt& s) {
    const auto handler = model_.bodies.find(s.body);
    if (handler == model_.bodies.end()) return;
    for (const EventSpec* e : s.events) {
      const ProbeSpec spec = probe_spec(*e);
      const std::vector<std::string> fields = fields_of(spec);
      if (fields.empty()) continue;
      for (const int id : handler->second->fields) {
        const std::string& name = model_.fields[static_cast<size_t>(id)];
        if (is_field_of_all(name) || std::find(fields.begin(), fields.end(), name) != fields.end()) continue;
        diags_.error(Code::KT3015, field_span(model_, s, id), fmt::format("event {} has no field {}", e->text, name)).hint =
            hint(spec, name, fields);
      }
    }
  }

  static std::string hint(const ProbeSpec& spec, const std::string& name, const std::vector<std::string>& fields) {
    Nearest nearest(name);
    for (const std::string& f : fields) nearest.look_at(f);
    if (!nearest.best().empty()) return fmt::format("did you mean {}?", nearest.best());
    const std::string all = fmt::format("its fields are: {}", fmt::join(fields, " "));
    return spec.kind == ProbeKind::kTracepoint ? all : fmt::format("{}; give it a fetch argument {}=...", all, name);
  }

  const Model& model_;
  Diags& diags_;
};

}  // namespace

void check_probe_fields(const Script& script, const Model& model, Diags& diags) {
  FieldChecker(model, diags).walk(*script.block);
}

}  // namespace kt2ko::sema
