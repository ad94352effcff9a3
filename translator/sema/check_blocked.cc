// SPDX-License-Identifier: GPL-2.0
// Functions that the runtime refuses to hook on any kernel (ktr_blocklist.def): found out when the script is built, whatever is
// known about the kernel.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "catalog/kernel_facts.h"
#include "catalog/probe_spec.h"
#include "sema/analyze.h"
#include "sema/walk.h"

namespace kt2ko::sema {

using namespace ast;

namespace {

enum class Hook { RETURN, BREAK };

struct Row {
  const char* name;
  Hook how;
  const char* why;
};

#define KTR_BLOCKED(name, how, why) {name, Hook::how, why},
constexpr Row kRows[] = {
#include "ktr_blocklist.def"
};
#undef KTR_BLOCKED

class BlockChecker : public Walker<BlockChecker> {
 public:
  explicit BlockChecker(Diags& diags) : diags_(diags) {}

  void stmt(const Stmt& s) {
    if (const auto* t = std::get_if<TraceStmt*>(&s)) trace(**t);
  }

 private:
  void trace(const TraceStmt& s) {
    for (const EventSpec* e : s.events) {
      const ProbeSpec spec = probe_spec(*e);
      if (is_glob(spec.event)) continue;  // a pattern leaves them out
      // the entry of a function is hooked without a breakpoint, where the function tracer knows it
      if (spec.kind == ProbeKind::kKretprobe)
        function(*e, spec.event, Hook::RETURN);
      else if (spec.kind == ProbeKind::kKprobe && spec.offset)
        function(*e, spec.event, Hook::BREAK);
    }
  }

  void function(const EventSpec& e, const std::string& name, Hook how) {
    for (const Row& row : kRows) {
      if (row.how != how) continue;
      for (const std::string& form : function_forms(name)) {
        if (!glob_matches(row.name, form)) continue;
        diags_.error(Code::KT3014, e.span,
                     fmt::format("{} of {} cannot be traced: {}",
                                 how == Hook::RETURN ? "the return" : "an offset in the code", form, row.why));
        return;
      }
    }
  }

  Diags& diags_;
};

}  // namespace

void check_blocked(const Script& script, Diags& diags) { BlockChecker(diags).walk(*script.block); }

}  // namespace kt2ko::sema
