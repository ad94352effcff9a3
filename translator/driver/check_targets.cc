// SPDX-License-Identifier: GPL-2.0
#include "driver/check_targets.h"

#include "driver/facts.h"
#include "driver/script_module.h"
#include "project/btf_header.h"
#include "project/packed_text.h"

namespace kt2ko {
namespace {

CheckTarget from_headers(const Options& options, const Kernel& kernel) {
  return {kernel.release, kernel, facts_for(options, &kernel), std::nullopt};
}

// A snapshot of another architecture says nothing about headers that happen to have the same release.
Result<CheckTarget> from_snapshot(const std::string& file) {
  Result<KernelFacts> facts = load_snapshot(file);
  if (!facts.ok()) return facts.failure();
  CheckTarget target{facts.value().release, std::nullopt, std::nullopt, std::nullopt};
  Result<Kernel> headers = find_kernel(target.release);
  const std::string& machine = facts.value().machine;
  if (headers.ok() && (machine.empty() || machine == running_machine())) target.headers = headers.value();
  target.facts = std::move(facts.value());
  return target;
}

}  // namespace

const std::string& c_types_of(CheckTarget* target) {
  constexpr size_t kMostBytes = 256u << 20;
  if (target->types) return *target->types;
  target->types.emplace();
  if (!target->facts) return *target->types;
  target->facts->need_types();
  if (target->facts->types.empty()) return *target->types;
  if (const std::optional<std::string> btf = unpack_text(target->facts->types, kMostBytes)) target->types = header_of_btf(*btf).value_or("");
  return *target->types;
}

Result<std::vector<CheckTarget>> check_targets(const Options& options) {
  std::vector<CheckTarget> targets;
  for (const std::string& name : options.kernels) {
    if (names_snapshot(name)) {
      Result<CheckTarget> target = from_snapshot(name);
      if (!target.ok()) return target.failure();
      targets.push_back(std::move(target.value()));
      continue;
    }
    Result<Kernel> kernel = find_kernel(name);
    if (!kernel.ok()) return kernel.failure();
    targets.push_back(from_headers(options, kernel.value()));
  }
  if (!targets.empty()) return targets;
  Result<std::vector<Kernel>> kernels = chosen_kernels(options);
  if (!kernels.ok()) return kernels.failure();
  for (const Kernel& kernel : kernels.value()) targets.push_back(from_headers(options, kernel));
  return targets;
}

}  // namespace kt2ko
