// SPDX-License-Identifier: GPL-2.0
#include "project/build_tapset.h"

#include <fmt/format.h>

#include <sstream>

#include "project/interrupt.h"
#include "project/run_kbuild.h"
#include "project/stage_timer.h"

namespace kt2ko {
namespace {

// kbuild names the module by its path in a directory that is gone: by its name, the same input gives the same bytes.
std::string own_symvers(const std::string& symvers, const std::string& module) {
  std::string out;
  std::istringstream lines(symvers);
  for (std::string line; std::getline(lines, line);) {
    const size_t begin = line.find('\t', line.find('\t') + 1) + 1;
    out += line.replace(begin, line.find('\t', begin) - begin, module) + "\n";
  }
  return out;
}

Done compile(const BuildRequest& request, TempDir* temp, StageTimes* times) {
  const fs::path& dir = temp->path();
  Done written = write_tapset_project(dir, request.text, request.share);
  if (!written.ok()) return written;
  Outcome outcome;
  {
    StageTimer timer(times, "kbuild");
    outcome = run_kbuild(dir, request.kernel, request.cross, build_words(dir));
  }
  if (interrupted()) return Failure{kRefused, "interrupted"};
  if (outcome.ok()) return Nothing{};
  const fs::path kept = temp->keep();
  return internal_build_error(outcome, kept, kept);
}

}  // namespace

Done build_tapset(const BuildRequest& request, const fs::path& folder, StageTimes* times) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return Failure{kUsage, fmt::format("{} is no directory", folder.string()), "name one that is there with -o"};
  Done able = check_tools(request.kernel, request.cross);
  if (able.ok() && request.sign.wanted()) able = check_signing(request.kernel, request.sign);
  if (!able.ok()) return able;
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  Done done = compile(request, &temp.value(), times);
  const fs::path& dir = temp.value().path();
  const std::string& module = request.text.module;
  if (done.ok() && request.sign.wanted()) done = sign_module(request.kernel, request.sign, dir / (module + ".ko"));
  const std::string symvers = own_symvers(read_file(dir / "Module.symvers").value_or(""), module);
  if (done.ok()) done = install_text(symvers, folder / (module + ".symvers"));
  if (done.ok()) done = install_file(dir / (module + ".ko"), folder / (module + ".ko"));
  return done;
}

}  // namespace kt2ko
