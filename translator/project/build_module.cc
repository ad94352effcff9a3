// SPDX-License-Identifier: GPL-2.0
#include "project/build_module.h"

#include <fmt/format.h>

#include "project/cache.h"
#include "project/interrupt.h"
#include "project/prepared_runtime.h"
#include "project/run_kbuild.h"
#include "project/stage_timer.h"

namespace kt2ko {
namespace {

Done build_plain(const BuildRequest& request, const fs::path& out, StageTimes* times) {
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  const fs::path& dir = temp.value().path();
  {
    StageTimer timer(times, "project");
    Done written = write_project(dir, request.text, request.share);
    if (!written.ok()) return written;
  }
  Outcome outcome;
  {
    StageTimer timer(times, "kbuild");
    outcome = run_kbuild(dir, request.kernel, request.cross, build_words(dir));
  }
  if (interrupted()) return Failure{kRefused, "interrupted"};
  if (!outcome.ok()) {
    if (std::optional<Failure> wrong = ffi_failure(outcome, request.text.ffi_errors)) return *wrong;
    fs::path kept = temp.value().keep();
    return internal_build_error(outcome, kept, kept);
  }
  return install_file(dir / (request.text.module + ".ko"), out);
}

Done build_unsigned(const BuildRequest& request, const fs::path& cache, const fs::path& out,
                    StageTimes* times) {
  if (!cache.empty() && is_path_for_make(cache)) {
    Result<FastBuild> fast = build_fast(request, cache, out, times);
    if (!fast.ok()) return fast.failure();
    if (fast.value() == FastBuild::kDone) return Nothing{};
  }
  return build_plain(request, out, times);
}

// A module that could not be signed must not lie where a signed one is expected.
Done build_signed(const BuildRequest& request, const fs::path& cache, const fs::path& out,
                  StageTimes* times) {
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  const fs::path module = temp.value().path() / (request.text.module + ".ko");
  Done built = build_unsigned(request, cache, module, times);
  if (!built.ok()) return built;
  {
    StageTimer timer(times, "signature");
    Done done = sign_module(request.kernel, request.sign, module);
    if (!done.ok()) return done;
  }
  return install_file(module, out);
}

}  // namespace

Done build_module(const BuildRequest& request, const fs::path& out, StageTimes* times) {
  Done tools = check_tools(request.kernel, request.cross);
  if (!tools.ok()) return tools;
  if (!is_path_for_make(temp_parent())) {
    return Failure{kRefused, fmt::format("make cannot work in {}", temp_parent().string()),
                   "point TMPDIR to a directory without blanks and special characters in its path"};
  }
  fs::path cache = request.plain_kbuild ? fs::path() : cache_root();
  if (!request.sign.wanted()) return build_unsigned(request, cache, out, times);
  Done able = check_signing(request.kernel, request.sign);
  return able.ok() ? build_signed(request, cache, out, times) : able;
}

}  // namespace kt2ko
