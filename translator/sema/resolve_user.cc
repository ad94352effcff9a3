// SPDX-License-Identifier: GPL-2.0
// Events of user programs: where they are, in the files of this machine.
#include <fmt/format.h>

#include "catalog/probe_spec.h"
#include "sema/analyze.h"
#include "sema/walk.h"

namespace kt2ko::sema {
namespace {

class UserResolver : public Walker<UserResolver> {
 public:
  UserResolver(Model& model, const Architecture& target, Diags& diags) : model_(model), target_(target), diags_(diags) {}

  void stmt(const ast::Stmt& s) {
    const auto* trace = std::get_if<ast::TraceStmt*>(&s);
    if (!trace) return;
    for (const ast::EventSpec* e : (*trace)->events) event(*e);
  }

 private:
  void event(const ast::EventSpec& e) {
    const ProbeSpec spec = probe_spec(e);
    if (!is_user_kind(spec.kind)) return;
    if (e.is_return && e.offset && !e.event.empty()) {
      diags_.error(Code::KT3020, e.span, "a return has no offset").hint =
          fmt::format("write: probe:{}:{}%return", e.path, e.event);
      return;
    }
    UserAnswer answer = find_user_sites(spec, target_.elf_machine);
    // What is here under that name belongs to this machine, not to the target.
    const bool elsewhere = target_.elf_machine != own_architecture().elf_machine && answer.status == UserAnswer::Status::kUnusable;
    if (elsewhere) answer.status = UserAnswer::Status::kNoFile;
    switch (answer.status) {
      case UserAnswer::Status::kFound:
        model_.user_sites[&e] = std::move(answer.sites);
        break;
      case UserAnswer::Status::kNoFile:
        diags_.warning(Code::KT3021, e.span,
                       fmt::format("{} {}; its places will be looked up when ktrun loads the module", e.path,
                                   answer.error));
        break;
      default:
        diags_.error(Code::KT3020, e.span, fmt::format("{} {}", e.path, answer.error)).hint = hint(e, answer);
    }
  }

  static std::string hint(const ast::EventSpec& e, const UserAnswer& answer) {
    if (!answer.hint.empty() || answer.status != UserAnswer::Status::kNoMatch) return answer.hint;
    if (e.event.empty()) return "offsets count from the beginning of the file";
    return fmt::format("see: kt2ko list '{}:{}:*'", e.system, e.path);
  }

  Model& model_;
  const Architecture& target_;
  Diags& diags_;
};

}  // namespace

void resolve_user(const ast::Script& script, Model& model, const Architecture& target, Diags& diags) {
  UserResolver(model, target, diags).walk(*script.block);
}

}  // namespace kt2ko::sema
