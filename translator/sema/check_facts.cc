// SPDX-License-Identifier: GPL-2.0
// What the kernel that the module is for does not have: events, functions, fields. Only when its
// facts are known.
#include <fmt/format.h>

#include <algorithm>

#include "catalog/config_needs.h"
#include "catalog/event_values.h"
#include "catalog/kernel_facts.h"
#include "catalog/nearest.h"
#include "catalog/probe_spec.h"
#include "sema/analyze.h"
#include "sema/field_names.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

class FactChecker : public Walker<FactChecker> {
 public:
  FactChecker(Model& model, KernelFacts& facts, Diags& diags) : model_(model), facts_(facts), diags_(diags) {}

  void stmt(const Stmt& s) {
    if (const auto* t = std::get_if<TraceStmt*>(&s)) trace(**t);
  }

 private:
  void trace(const TraceStmt& s) {
    for (const EventSpec* e : s.events) {
      const ProbeSpec spec = probe_spec(*e);
      use_ = {};
      use_.text = e->text;
      if (configured(*e, spec)) {
        if (spec.kind == ProbeKind::kTracepoint)
          tracepoint(s, *e, spec);
        else if (spec.kind == ProbeKind::kKprobe || spec.kind == ProbeKind::kKretprobe)
          function(*e, spec);
      }
      model_.event_uses.push_back(std::move(use_));
    }
  }

  // What the kernel was built without, as far as its configuration is known.
  bool configured(const EventSpec& e, const ProbeSpec& spec) {
    for (const ConfigNeed& need : config_needs(spec.kind)) {
      if (facts_.config_has(need.option)) continue;
      if (!need.fallback.empty()) {
        use_.fallback = need.fallback;
        continue;
      }
      use_.state = EventState::kRefused;
      diags_.error(Code::KT3026, e.span, fmt::format("kernel {} was built without {}", facts_.release, need.option));
      return false;
    }
    return true;
  }

  // An error, or a warning where a module that is not loaded may have what is missing.
  Diag& missing(Code code, Span span, bool from_module, const std::string& message) {
    use_.state = from_module ? EventState::kFromModule : EventState::kMissing;
    if (!from_module)
      return diags_.error(code, span, fmt::format("{} in kernel {}", message, facts_.release));
    return diags_.warning(
        code, span,
        fmt::format("{} in kernel {} itself: it must come from a module", message, facts_.release));
  }

  // Then the name is right.
  bool known_in_module(bool from_module) const { return from_module && facts_.module_words; }

  void tracepoint(const TraceStmt& s, const EventSpec& e, const ProbeSpec& spec) {
    if (spec.system == "ftrace") return function_tracer(e, spec);
    const std::vector<size_t> meant = facts_.events_meant(spec.system, spec.event);
    if (meant.empty()) {
      const bool from_module = is_glob(spec.event) ? facts_.module_may_match(spec.event)
                                                     : facts_.module_may_have(spec.event);
      Diag& d = missing(Code::KT3009, e.span, from_module,
                        fmt::format("event {} matches nothing", e.text));
      const std::string near = known_in_module(from_module) ? "" : facts_.nearest_event(spec.system, spec.event);
      if (!near.empty()) d.hint = fmt::format("did you mean {}?", near);
      return;
    }
    use_.state = EventState::kThere;
    use_.matches = meant.size();
    const auto handler = model_.bodies.find(s.body);
    if (handler == model_.bodies.end()) return;
    for (const int id : handler->second->fields) field(s, e, id, meant);
    if (meant.size() == 1) values(e, reached_values(*handler->second), meant.front());
  }

  // Of that system, which lists of events do not show, there is this one.
  void function_tracer(const EventSpec& e, const ProbeSpec& spec) {
    if (spec.event == "function") {
      use_.state = EventState::kThere;
      return;
    }
    missing(Code::KT3009, e.span, false, fmt::format("event {} matches nothing", e.text)).hint = "did you mean ftrace:function?";
  }

  static uint64_t reached_values(const Function& handler) {
    uint64_t values = 0;
    for (const Function* f : reach(handler)) values |= f->values;
    return values;
  }

  // What the handler reads of the one event, for comparison with other kernels.
  void values(const EventSpec& e, uint64_t used, size_t event) {
    const std::vector<FieldFact>& fields = facts_.fields_of(event);
    if (fields.empty()) return;  // not readable
    for (int slot = 0; slot < kArgSlots; ++slot)
      if (used & value_bit(slot)) argument(e, slot, event);
    for (size_t id = 0; id < model_.fields.size() && kArgSlots + static_cast<int>(id) < kValueSlots; ++id) {
      if (!(used & value_bit(kArgSlots + static_cast<int>(id)))) continue;
      for (size_t n = 0; n < fields.size(); ++n)
        if (fields[n].name == model_.fields[id])
          use_.fields.push_back({fields[n].name, fields[n].name, fields[n].type, static_cast<int>(n)});
    }
  }

  void argument(const EventSpec& e, int number, size_t event) {
    const std::vector<FieldFact>& fields = facts_.fields_of(event);
    const std::string asked = fmt::format("arg{}", number);
    if (static_cast<size_t>(number) < fields.size()) {
      const FieldFact& f = fields[static_cast<size_t>(number)];
      use_.fields.push_back({asked, f.name, f.type, number});
      return;
    }
    use_.fields.push_back({asked, "", "", -1});
    Diag& d = diags_.warning(Code::KT3025, e.span, fmt::format("event {} has no {} in kernel {}: it is always nil", e.text, asked, facts_.release));
    d.hint = fmt::format("its last one is arg{}, {}", fields.size() - 1, fields.back().name);
  }

  // One of the events that a pattern means must have it; for the others it is nil.
  void field(const TraceStmt& s, const EventSpec& e, int id, const std::vector<size_t>& meant) {
    const std::string& name = model_.fields[static_cast<size_t>(id)];
    if (is_field_of_all(name)) return;
    if (std::any_of(meant.begin(), meant.end(), [&](size_t i) { return has_field(i, name); })) return;
    if (meant.size() > 1) {
      diags_.error(Code::KT3015, field_span(model_, s, id), fmt::format("no event of {} has a field {}", e.text, name));
      return;
    }
    const EventFact& event = facts_.events[meant.front()];
    Diag& d = diags_.error(Code::KT3015, field_span(model_, s, id),
                           fmt::format("event {}:{} has no field {}", event.system, event.name, name));
    field_hint(meant.front(), name, &d);
  }

  bool has_field(size_t event, const std::string& name) {
    const std::vector<FieldFact>& fields = facts_.fields_of(event);
    if (fields.empty()) return true;  // not readable
    if (facts_.events[event].system == "syscalls" && name == "nr") return true;
    return std::any_of(fields.begin(), fields.end(),
                       [&](const FieldFact& f) { return f.name == name; });
  }

  void field_hint(size_t event, const std::string& name, Diag* d) {
    Nearest nearest(name);
    std::string all;
    for (const FieldFact& f : facts_.fields_of(event)) {
      nearest.look_at(f.name);
      all += (all.empty() ? "" : " ") + f.name;
    }
    d->hint = nearest.best().empty() ? fmt::format("its fields are: {}", all)
                                     : fmt::format("did you mean {}?", nearest.best());
  }

  void function(const EventSpec& e, const ProbeSpec& spec) {
    if (is_glob(spec.event)) {
      use_.state = EventState::kThere;
      use_.matches = facts_.functions_that_match(spec.event);
      if (use_.matches == 0)
        missing(Code::KT3009, e.span, facts_.module_may_match(spec.event), fmt::format("event {} matches nothing", e.text));
      return;
    }
    switch (facts_.function(spec.event)) {
      case FunctionFact::kUnknown: {
        const bool from_module = facts_.module_may_have(spec.event);
        Diag& d = missing(Code::KT3009, e.span, from_module, fmt::format("there is no function {}", spec.event));
        const std::string near = known_in_module(from_module) ? "" : facts_.nearest_function(spec.event);
        if (!near.empty()) d.hint = fmt::format("did you mean {}?", near);
        break;
      }
      case FunctionFact::kBlacklisted:
        use_.state = EventState::kRefused;
        diags_.error(
            Code::KT3014, e.span,
            fmt::format("kernel {} does not allow a probe in {}: it is used by probes themselves",
                        facts_.release, spec.event));
        break;
      case FunctionFact::kProbeable:
        use_.state = EventState::kThere;
        if (!spec.offset) use_.fallback = kBreakpoint;
        break;
      case FunctionFact::kTraceable:
        use_.state = EventState::kThere;
        break;
    }
  }

  Model& model_;
  KernelFacts& facts_;
  Diags& diags_;
  EventUse use_;  // of the event that is looked at
};

}  // namespace

void check_facts(const Script& script, Model& model, KernelFacts& facts, Diags& diags) {
  FactChecker(model, facts, diags).walk(*script.block);
}

}  // namespace kt2ko::sema
