// SPDX-License-Identifier: GPL-2.0
#include "project/prepared_runtime.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <algorithm>
#include <atomic>
#include <set>
#include <sstream>
#include <thread>

#include "emit/file_names.h"
#include "project/cache.h"
#include "project/core_objects.h"
#include "project/elf_file.h"
#include "project/interrupt.h"
#include "project/name_patch.h"
#include "project/process.h"
#include "project/recorded_commands.h"
#include "project/run_kbuild.h"
#include "project/stage_timer.h"

namespace kt2ko {
namespace {

using nlohmann::json;

constexpr const char* kFormat =
    "3";  // of the cache; to be raised when an older entry would mislead us
constexpr const char* kRecord = "kt2ko.json";

// What is known of a prepared runtime.
struct Prepared {
  bool usable = false;  // false: this kernel needs the plain way
  RecordedCommands commands;
  std::set<std::string> known;  // symbols that a script may need: the runtime's own, and the
                                // imports it has versions of
};

Done save(const Prepared& prepared, const fs::path& dir) {
  json record = {{"usable", prepared.usable},
                 {"compile", prepared.commands.compile},
                 {"combine", prepared.commands.combine},
                 {"link", prepared.commands.link},
                 {"flags", prepared.commands.flags},
                 {"srcarch", prepared.commands.srcarch},
                 {"known", prepared.known}};
  return write_file(dir / kRecord, record.dump(1));
}

Result<Prepared> load(const fs::path& dir) {
  json record = json::parse(read_file(dir / kRecord).value_or(""), nullptr, false);
  if (record.is_discarded()) {
    return Failure{kRefused, fmt::format("the cache entry {} is damaged", dir.string()),
                   "remove it"};
  }
  Prepared prepared;
  prepared.usable = record["usable"].get<bool>();
  prepared.commands = {record["compile"].get<std::string>(), record["combine"].get<std::string>(),
                       record["link"].get<std::string>(), record["flags"].get<std::string>(),
                       record["srcarch"].get<std::string>()};
  prepared.known = record["known"].get<std::set<std::string>>();
  return prepared;
}

// Looks at what kbuild left in dir.
Prepared inspect(const fs::path& dir, const std::string& module) {
  Prepared prepared;
  std::optional<RecordedCommands> commands = read_commands(dir, module);
  Result<ElfSymbols> symbols = read_symbols(dir / (module + ".o"));
  std::string ko = read_file(dir / (module + ".ko")).value_or("");
  if (!commands || !symbols.ok() || !names_can_be_replaced(ko)) return prepared;
  prepared.usable = true;
  prepared.commands = *commands;
  prepared.known = symbols.value().defined;
  prepared.known.insert(symbols.value().undefined.begin(), symbols.value().undefined.end());
  return prepared;
}

// Stands in for a script that cannot be linked without its ffi.c.
constexpr const char* kEmptyScript = R"(#include "ktr.h"

s64 ktg_counters[1] KTR_PER_CPU;

static int ktg_main(struct ktr_ctx *c, struct ktr_func *self, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return KTR_OK;
}

const struct ktr_script ktg_script = {
	.api = KTR_API_VERSION, .name = "", .file = "", .main = ktg_main, .main_slots = 1,
};
)";

Done prepare(const BuildRequest& request, const std::string& events, const std::string& ffi,
             const fs::path& dir, StageTimes* times) {
  StageTimer timer(times, "runtime, once for this kernel");
  ModuleText text =
      stand_in_text(request.text.ffi.empty() ? request.text.c_text : kEmptyScript, events);
  text.ffi = ffi;
  Done written = write_project(dir, text, request.share);
  if (!written.ok()) return written;
  std::vector<std::string> words = build_words(dir);
  words.push_back("KTR_CORE_OBJECTS=" + core_objects(request.share).string());
  Outcome outcome = run_kbuild(dir, request.kernel, request.cross, words);
  if (interrupted()) return Failure{kRefused, "interrupted"};
  if (outcome.ok()) return save(inspect(dir, text.module), dir);
  // The entry goes away; the C has to stay where the user can see it.
  Result<TempDir> kept = TempDir::make();
  if (!kept.ok()) return kept.failure();
  Failure failure = internal_build_error(outcome, dir, kept.value().path());
  Done copied = write_project(kept.value().path(), request.text, request.share);
  if (copied.ok()) kept.value().keep();
  return failure;
}

Outcome run_shell(const std::string& recorded, const Prepared& prepared, const fs::path& work,
                  const Kernel& kernel) {
  Command command;
  command.argv = {"sh", "-c", command_for(recorded, work)};
  command.cwd = kernel.build_dir.string();
  command.env = build_environment(work);
  command.env.push_back({"SRCARCH", prepared.commands.srcarch});
  return run_captured(command);
}

// The list of objects, MODULE.mod, with the script's own object in the work directory and those of
// its other files.
Done write_object_list(const fs::path& dir, const fs::path& work, const std::string& module,
                       const std::vector<fs::path>& more) {
  std::string list = read_file(dir / (module + ".mod")).value_or("");
  std::string old = (dir / "script.o").string();
  size_t at = list.find(old);
  if (at == std::string::npos)
    return Failure{kRefused, fmt::format("the cache entry {} is damaged", dir.string())};
  std::string objects = (work / "script.o").string();
  for (const fs::path& object : more) objects += "\n" + object.string();
  list.replace(at, old.size(), objects);
  return write_file(work / (module + ".mod"), list);
}

bool all_known(const fs::path& object, const Prepared& prepared) {
  Result<ElfSymbols> symbols = read_symbols(object);
  if (!symbols.ok()) return false;
  for (const std::string& name : symbols.value().undefined) {
    // What the files of the script have of each other is not the runtime's.
    if (prepared.known.count(name) == 0 && name.compare(0, 4, "ktg_") != 0) return false;
  }
  return true;
}

// What became of recorded steps; the work directory stays when one failed.
Done settle(const Outcome& outcome, TempDir* work) {
  if (interrupted()) return Failure{kRefused, "interrupted"};
  if (outcome.ok()) return Nothing{};
  fs::path kept = work->keep();
  return internal_build_error(outcome, kept, kept);
}

Done step(const std::string& recorded, const Prepared& prepared, TempDir* work,
          const Kernel& kernel) {
  return settle(run_shell(recorded, prepared, work->path(), kernel), work);
}

// Steps that need nothing of each other: as many at once as there are processors.
Done steps(const std::vector<std::string>& recorded, const Prepared& prepared, TempDir* work,
           const Kernel& kernel) {
  std::vector<Outcome> outcomes(recorded.size());
  std::atomic<size_t> next = 0;
  const auto work_off = [&] {
    for (size_t i; (i = next++) < recorded.size();) outcomes[i] = run_shell(recorded[i], prepared, work->path(), kernel);
  };
  std::vector<std::thread> others;
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  while (others.size() + 1 < std::min(processors, recorded.size())) others.emplace_back(work_off);
  work_off();
  for (std::thread& other : others) other.join();
  for (const Outcome& outcome : outcomes) {
    Done done = settle(outcome, work);
    if (!done.ok()) return done;
  }
  return Nothing{};
}

// The command that compiles another file of the work directory, NAME.c, as script.c is compiled but for `flags`.
std::string compile_command(const Prepared& prepared, const std::string& name, const std::string& flags = "") {
  std::string compile = prepared.commands.compile;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"script.c", name + ".c"},
                                 {".script.o", fmt::format(".{}.o", name)},
                                 {"script.o", name + ".o"}}) {
    const std::string old = fmt::format("{}/{}", kWorkDir, from);
    const std::string fresh = from == "script.c" ? fmt::format("{} -I{} {}/{}", flags, kWorkDir, kWorkDir, to)
                                                 : fmt::format("{}/{}", kWorkDir, to);
    for (size_t at = 0; (at = compile.find(old, at)) != std::string::npos; at += fresh.size())
      compile.replace(at, old.size(), fresh);
  }
  // kbuild tells the compiler the name of what it compiles.
  for (size_t at = 0; (at = compile.find("_BASENAME='\"script\"'", at)) != std::string::npos;)
    compile.replace(at + 12, 6, name);
  return compile;
}

// The C types that the script uses, compiled for this kernel.
Done build_ffi(const Prepared& prepared, const BuildRequest& request, const fs::path& runtime,
               const fs::path& dir) {
  Done done = write_file(dir / "ffi.c", request.text.ffi);
  if (!done.ok()) return done;
  fs::path script = runtime / "runtime-c/compat/ffi.sh";
  const std::string find = fmt::format(
      "sh {} {}/ktr_ffi_calls.h {}/ffi.c {}/Module.symvers {}", script.string(), kWorkDir,
      kWorkDir, request.kernel.build_dir.string(), prepared.commands.flags);
  const bool calls = request.text.ffi.find("ktr-call:") != std::string::npos;
  Outcome outcome = run_shell((calls ? find + " && " : "") + compile_command(prepared, "ffi"),
                              prepared, dir, request.kernel);
  if (interrupted()) return Failure{kRefused, "interrupted"};
  if (outcome.ok()) return Nothing{};
  if (std::optional<Failure> wrong = ffi_failure(outcome, request.text.ffi_errors)) return *wrong;
  Result<TempDir> kept = TempDir::make();
  if (!kept.ok()) return kept.failure();
  Failure failure = internal_build_error(outcome, dir, kept.value().path());
  Done copied = write_project(kept.value().path(), request.text, request.share);
  if (copied.ok()) kept.value().keep();
  return failure;
}

// What events.c needs of the kernel decides what ends up in ktr_events.h; then it is compiled as
// script.c is.
Done build_events(const Prepared& prepared, const BuildRequest& request, const fs::path& runtime,
                  const fs::path& dir) {
  Done done = write_file(dir / "events.c", request.text.events);
  if (!done.ok()) return done;
  fs::path script = runtime / "runtime-c/compat/events/events.sh";
  const std::string find =
      fmt::format("sh {} {}/ktr_events.h {}/events.c {}/Module.symvers {}", script.string(),
                  kWorkDir, kWorkDir, request.kernel.build_dir.string(), prepared.commands.flags);
  for (const std::string& command : {find, compile_command(prepared, "events")}) {
    Outcome outcome = run_shell(command, prepared, dir, request.kernel);
    if (interrupted()) return Failure{kRefused, "interrupted"};
    if (outcome.ok()) continue;
    Result<TempDir> kept = TempDir::make();
    if (!kept.ok()) return kept.failure();
    Failure failure = internal_build_error(outcome, dir, kept.value().path());
    Done copied = write_project(kept.value().path(), request.text, request.share);
    if (copied.ok()) kept.value().keep();
    return failure;
  }
  return Nothing{};
}

// Kernels that are built with UBSAN put names of files into the module; that of a temporary directory would make each
// build another one. (What KASAN adds still names it.)
std::string with_own_name(const std::string& file, const std::string& text) {
  return fmt::format("#line 1 \"{}\"\n{}", file, text);
}

// Compiles the script's files in the work directory.
Done compile_script(const Prepared& prepared, const BuildRequest& request, TempDir* work) {
  const ModuleText& text = request.text;
  Done done = write_file(work->path() / "script.c", with_own_name("script.c", script_c(text)));
  std::vector<std::string> commands{prepared.commands.compile};
  for (size_t i = 1; i <= n_cold(text); ++i) {
    const std::string file = cold_file_name(i);
    if (done.ok()) done = write_file(work->path() / file, with_own_name(file, text.split[i]));
    commands.push_back(compile_command(prepared, fs::path(file).stem().string(), kColdFlags));
  }
  return done.ok() ? steps(commands, prepared, work, request.kernel) : done;
}

std::vector<fs::path> cold_objects(const ModuleText& text, const fs::path& work) {
  std::vector<fs::path> objects;
  for (size_t i = 1; i <= n_cold(text); ++i) objects.push_back((work / cold_file_name(i)).replace_extension(".o"));
  return objects;
}

// What kbuild would add for modules that this one is linked with: the versions of the symbols that it takes from them, and their
// names. depmod goes by the symbols.
std::string linked_text(const std::vector<LinkedTapset>& linked, const std::set<std::string>& wanted) {
  std::string versions, names;
  for (const LinkedTapset& tapset : linked) {
    names += (names.empty() ? "" : ",") + tapset.module;
    std::istringstream lines(tapset.symvers);
    std::string crc, symbol, rest;
    while (lines >> crc >> symbol && std::getline(lines, rest))
      if (wanted.count(symbol)) versions += fmt::format("\t{{ {}, \"{}\" }},\n", crc, symbol);
  }
  return fmt::format(
      "#include <linux/module.h>\n\nMODULE_INFO(depends, \"{}\");\n#ifdef CONFIG_MODVERSIONS\n"
      "static const struct modversion_info versions[] __used __section(\"__versions\") = {{\n{}}};\n#endif\n",
      names, versions);
}

// Compiles it in the work directory, where the script's objects are.
Done build_linked(const Prepared& prepared, const BuildRequest& request, TempDir* work) {
  std::vector<fs::path> objects = cold_objects(request.text, work->path());
  objects.push_back(work->path() / "script.o");
  std::set<std::string> wanted;
  for (const fs::path& object : objects) {
    const Result<ElfSymbols> symbols = read_symbols(object);
    if (!symbols.ok()) return symbols.failure();
    wanted.insert(symbols.value().undefined.begin(), symbols.value().undefined.end());
  }
  Done done = write_file(work->path() / "linked.c", linked_text(request.text.linked, wanted));
  return done.ok() ? step(compile_command(prepared, "linked"), prepared, work, request.kernel) : done;
}

Result<FastBuild> build_with(const Prepared& prepared, const BuildRequest& request,
                             const fs::path& dir, const std::vector<fs::path>& more,
                             const fs::path& out, StageTimes* times) {
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  TempDir& work = temp.value();
  const std::string module = stand_in_text("").module;
  std::vector<fs::path> objects = cold_objects(request.text, work.path());
  {
    StageTimer timer(times, "compile");
    Done done = compile_script(prepared, request, &work);
    if (!done.ok()) return done.failure();
    objects.push_back(work.path() / "script.o");
    for (const fs::path& object : objects)
      if (!all_known(object, prepared)) return FastBuild::kCannot;
    objects.pop_back();
  }
  StageTimer timer(times, "link");
  objects.insert(objects.end(), more.begin(), more.end());
  Done done = Nothing{};
  if (!request.text.linked.empty()) {
    objects.push_back(work.path() / "linked.o");
    done = build_linked(prepared, request, &work);
  }
  if (done.ok()) done = write_object_list(dir, work.path(), module, objects);
  if (done.ok()) done = step(prepared.commands.combine, prepared, &work, request.kernel);
  if (done.ok()) done = step(prepared.commands.link, prepared, &work, request.kernel);
  if (!done.ok()) return done.failure();
  std::string ko = read_file(work.path() / (module + ".ko")).value_or("");
  replace_names(&ko, request.text);
  done = install_text(ko, out);
  if (!done.ok()) return done.failure();
  return FastBuild::kDone;
}

struct Place {
  fs::path cache;
  std::string key;  // of the runtime
  fs::path runtime;
};

// Events may import what the runtime does not; then a runtime that was built with them serves.
Result<FastBuild> build_with_events(const Prepared& prepared, const BuildRequest& request,
                                    const Place& place, std::vector<fs::path> more,
                                    const fs::path& out, StageTimes* times) {
  Fingerprint key;
  key.add(place.key);
  key.add(request.text.events);
  Result<CacheEntry> events = use_cache_entry(place.cache, key.hex(), [&](const fs::path& dir) {
    StageTimer timer(times, "events, once for this kernel");
    return build_events(prepared, request, place.runtime, dir);
  });
  if (!events.ok()) return events.failure();
  fs::path object = events.value().dir() / "events.o";
  if (all_known(object, prepared)) {
    more.push_back(object);
    return build_with(prepared, request, place.runtime, more, out, times);
  }
  key.add("with the runtime");
  Result<CacheEntry> both = use_cache_entry(place.cache, key.hex(), [&](const fs::path& dir) {
    return prepare(request, request.text.events, "", dir, times);
  });
  if (!both.ok()) return both.failure();
  Result<Prepared> other = load(both.value().dir());
  if (!other.ok()) return other.failure();
  if (!other.value().usable) return FastBuild::kCannot;
  return build_with(other.value(), request, both.value().dir(), more, out, times);
}

Result<FastBuild> build_with_all(const Prepared& prepared, const BuildRequest& request,
                                 const Place& place, const std::vector<fs::path>& more,
                                 const fs::path& out, StageTimes* times) {
  if (request.text.events.empty())
    return build_with(prepared, request, place.runtime, more, out, times);
  return build_with_events(prepared, request, place, more, out, times);
}

Result<FastBuild> build_with_ffi(const Prepared& prepared, const BuildRequest& request,
                                 const Place& place, const fs::path& out, StageTimes* times) {
  Fingerprint key;
  key.add(place.key);
  key.add("ffi");
  key.add(request.text.ffi);
  Result<CacheEntry> ffi = use_cache_entry(place.cache, key.hex(), [&](const fs::path& dir) {
    StageTimer timer(times, "C types, once for this kernel");
    return build_ffi(prepared, request, place.runtime, dir);
  });
  if (!ffi.ok()) return ffi.failure();
  fs::path object = ffi.value().dir() / "ffi.o";
  if (!all_known(object, prepared)) {
    // It calls functions that the runtime does not import: then a runtime that was built with it serves.
    key.add("with the runtime");
    key.add(request.text.events);
    Result<CacheEntry> both = use_cache_entry(place.cache, key.hex(), [&](const fs::path& dir) {
      return prepare(request, request.text.events, request.text.ffi, dir, times);
    });
    if (!both.ok()) return both.failure();
    Result<Prepared> other = load(both.value().dir());
    if (!other.ok()) return other.failure();
    if (!other.value().usable) return FastBuild::kCannot;
    return build_with(other.value(), request, both.value().dir(), {}, out, times);
  }
  return build_with_all(prepared, request, place, {object}, out, times);
}

}  // namespace

std::string runtime_key(const BuildRequest& request) {
  Fingerprint key;
  key.add(kFormat);
  add_share(&key, request.share);
  const fs::path& build = request.kernel.build_dir;
  key.add(request.kernel.release);
  key.add(fs::weakly_canonical(build).string());
  for (const char* file :
       {"Module.symvers", ".config", "include/generated/utsrelease.h",
        "include/generated/uapi/linux/version.h", "include/generated/compile.h"}) {
    key.add_file(build / file, file);
  }
  key.add(request.cross.arch);
  key.add(request.cross.prefix);
  // A compiler is known by its file: asking it for its version costs more than all the rest.
  std::string compiler = program_in_path(kernel_compiler(request.kernel, request.cross));
  struct stat info = {};
  if (stat(compiler.c_str(), &info) == 0) {
    key.add(fmt::format("{} {} {}", compiler, info.st_size, info.st_mtime));
  }
  for (const std::string& word : build_words("/")) key.add(word);
  return key.hex();
}

Result<FastBuild> build_fast(const BuildRequest& request, const fs::path& cache,
                             const fs::path& out, StageTimes* times) {
  std::string key;
  {
    StageTimer timer(times, "look into the cache");
    key = runtime_key(request);
  }
  Result<CacheEntry> entry = use_cache_entry(
      cache, key, [&](const fs::path& dir) { return prepare(request, "", "", dir, times); });
  if (!entry.ok()) return entry.failure();
  const fs::path& dir = entry.value().dir();
  Result<Prepared> prepared = load(dir);
  if (!prepared.ok()) return prepared.failure();
  if (!prepared.value().usable) return FastBuild::kCannot;
  const Place place = {cache, key, dir};
  if (!request.text.ffi.empty())
    return build_with_ffi(prepared.value(), request, place, out, times);
  return build_with_all(prepared.value(), request, place, {}, out, times);
}

}  // namespace kt2ko
