// SPDX-License-Identifier: GPL-2.0
#include "catalog/user_sites.h"

#include "ke_sites.h"  // runtime-c/elf

namespace kt2ko {
namespace {

ke_kind kind_of(const ProbeSpec& spec) {
  if (spec.kind == ProbeKind::kSdt) return KE_MARKERS;
  if (spec.event.empty()) return KE_OFFSET;
  return spec.kind == ProbeKind::kUretprobe ? KE_RETURNS : KE_FUNCTIONS;
}

std::shared_ptr<const UserSites> copy_sites(const ke_result& found) {
  auto out = std::make_shared<UserSites>();
  out->path = found.sites.path;
  out->id = found.sites.id;
  for (unsigned i = 0; i < found.sites.n_sites; ++i) {
    const ktr_site& from = found.sites.sites[i];
    UserSite site;
    site.offset = from.offset;
    site.counter = from.counter;
    site.name = from.name;
    site.args.assign(from.args, from.args + from.n_args);
    if (found.texts != nullptr) {
      site.provider = found.texts[i].provider;
      site.args_text = found.texts[i].args;
    }
    out->sites.push_back(std::move(site));
  }
  return out;
}

}  // namespace

bool is_user_kind(ProbeKind kind) {
  return kind == ProbeKind::kUprobe || kind == ProbeKind::kUretprobe || kind == ProbeKind::kSdt;
}

UserAnswer find_user_sites(const ProbeSpec& spec, unsigned short elf_machine) {
  ke_query query = {};
  query.kind = kind_of(spec);
  query.path = spec.path.c_str();
  query.provider = spec.system.empty() ? nullptr : spec.system.c_str();
  query.name = spec.event.c_str();
  query.offset = static_cast<unsigned long long>(spec.offset);
  query.machine = elf_machine;
  ke_result found = {};
  const ke_status status = ke_resolve(&query, &found);
  UserAnswer answer;
  answer.status = static_cast<UserAnswer::Status>(status);
  if (status == KE_FOUND) {
    answer.sites = copy_sites(found);
  } else {
    answer.error = found.error;
    answer.hint = found.hint;
  }
  ke_free(&found);
  return answer;
}

}  // namespace kt2ko
