# SPDX-License-Identifier: GPL-2.0
"""Checks of the ways from a script to a module: each is a function(kernel, folder) that gives a problem or ''."""

import glob
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import report

TIMEOUT_S = 300

# Enough of the library and of the probes that much of the runtime is asked for; with an event for the second file.
SCRIPT = """
var n = 0
var s = {}
var f = function (a, b) { return a .. b }
trace sched:sched_switch { n += 1; s[execname] += 1 }
trace sched:sched_switch /prev_prio > 0/ { s[prev_comm] += 1 }
tick-1s { printf("%s %d\\n", f("n", 1), n); print_hist(s) }
trace_end { for (k, v in pairs(s)) { print(k, v) } }
"""


def kt2ko(*words, cache=None, temp=None, **more):
    environment = dict(os.environ, LC_ALL="C")
    if temp:
        environment["TMPDIR"] = temp
    if cache:
        environment["XDG_CACHE_HOME"] = cache
    return subprocess.run([report.KT2KO, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, encoding="utf-8", errors="replace", env=environment,
                          timeout=TIMEOUT_S, **more)


def output(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, encoding="utf-8",
                          errors="replace").stdout


def write_script(folder, name="both_ways.kp", text=SCRIPT):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def section_bytes(module, name):
    """A section's bytes, b'' when it has none."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["objcopy", "-O", "binary", "--only-section", name, "--set-section-flags", f"{name}=alloc",
                        module, file.name], check=True, stderr=subprocess.DEVNULL)
        return file.read()


def modinfo(module):
    """Lines of .modinfo; a module's srcversion, where a kernel has one, is that of its sources."""
    return sorted(line for line in section_bytes(module, ".modinfo").decode().split("\0")
                  if line and not line.startswith("srcversion="))


def symbols(module):
    """(type, name) of all symbols, sorted."""
    return sorted(tuple(reversed(line.split()[:2])) for line in output("nm", "--format=posix", module).splitlines())


def versions(module):
    """What the module says about the versions of its imports: records of 64 bytes."""
    data = section_bytes(module, "__versions")
    return sorted(data[i:i + 64] for i in range(0, len(data), 64))


def loaded_sections(module):
    """Name -> (flags, size) of the sections that the kernel keeps or runs."""
    found = {}
    for line in output("readelf", "-SW", module).splitlines():
        match = re.match(r"\s*\[ *\d+\] (\S+)\s+(\S+)\s+[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+\s+([A-Z]*)", line)
        if match and "A" in match.group(4):
            found[match.group(1)] = (match.group(4), int(match.group(3), 16))
    return found


def module_name(module):
    """The name in the module structure: the bytes that follow the state and the list head."""
    return section_bytes(module, ".gnu.linkonce.this_module")[24:24 + 56].rstrip(b"\0").decode()


def both_ways_agree(kernel, folder, text=SCRIPT):
    """The cached way gives what kbuild gives."""
    script = write_script(folder, text=text)
    fast, plain = os.path.join(folder, "fast.ko"), os.path.join(folder, "plain.ko")
    for out, words in ((fast, ["-v"]), (plain, ["--kbuild"])):
        done = kt2ko("-k", kernel, "-o", out, *words, script)
        if done.returncode != 0:
            return done.stdout
        if words == ["-v"] and ("link" not in done.stdout or "project" in done.stdout):
            return "the cached way was not taken:\n" + done.stdout
    for what in (modinfo, symbols, versions, module_name):
        one, other = what(fast), what(plain)
        if one != other:
            return f"{what.__name__} differ; {only('cached', one, other)}; {only('kbuild', other, one)}"
    return compare_sections(loaded_sections(fast), loaded_sections(plain))


def both_ways_agree_on_several_files(kernel, folder):
    """So they do where a script is worth more than one compiler; a small one after it leaves none of its files."""
    tour = os.path.join(report.ROOT, "samples/language/tour.kp")
    with open(tour, encoding="utf-8") as file:
        several = f"function tour() {{\n{file.read()}}}\n{SCRIPT}tour()\n"
    for text, wanted in ((several, True), (SCRIPT, False)):
        problem = directory_builds_by_make(kernel, folder, text)
        if problem:
            return problem
        if os.path.exists(os.path.join(folder, "emitted/cold_1.c")) != wanted:
            return f"{'no' if wanted else 'a'} file with functions that no event runs is written"
    return both_ways_agree(kernel, folder, several)


def only(way, these, those):
    return f"only {way}: {[item for item in these if item not in those][:10]}"


def compare_sections(fast, plain):
    """The same sections of the same size; .modinfo is larger, because names are padded."""
    fast.pop(".modinfo")
    plain.pop(".modinfo")
    for name in sorted(set(fast) | set(plain)):
        if fast.get(name) != plain.get(name):
            return f"section {name}: cached {fast.get(name)}, kbuild {plain.get(name)}"
    return ""


def directory_builds_by_make(kernel, folder, text=SCRIPT):
    """--emit-c writes a directory that plain make builds without a warning; a second time into the same directory is fine."""
    script = write_script(folder, text=text)
    project = os.path.join(folder, "emitted")
    for _ in range(2):
        done = kt2ko("--emit-c", project, script)
        if done.returncode != 0:
            return done.stdout
    done = subprocess.run(["make", "-C", project, f"KDIR={kernel}", "W=1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, encoding="utf-8", timeout=TIMEOUT_S)
    if not os.path.exists(os.path.join(project, "both_ways.ko")):
        return done.stdout[-2000:]
    warnings = [line for line in done.stdout.splitlines()
                if ("warning:" in line or "cold_cc.sh:" in line) and not line.startswith("warning: the compiler differs")]
    return "\n".join(warnings[:10])


def core_of(project, kernel, flags, objects):
    """Makes core's object in a module directory: its bytes, and whether it was compiled there. A string is what went wrong."""
    target = os.path.join(project, "runtime-c/units/core.o")
    if os.path.exists(target):
        os.remove(target)
    done = subprocess.run(["make", "-C", kernel, f"M={project}", f"KCFLAGS={flags}", f"KTR_CORE_OBJECTS={objects}",
                           "runtime-c/units/core.o"], capture_output=True, check=False, encoding="utf-8", timeout=TIMEOUT_S)
    if done.returncode != 0 or "error" in done.stdout + done.stderr:
        return done.stdout[-500:] + done.stderr[-500:]
    with open(os.path.join(project, "runtime-c/units/.core.o.cmd"), encoding="utf-8") as file:
        compiled = "core/table.c" in file.read()
    with open(target, "rb") as file:
        return file.read(), compiled


def core_comes_along(kernel, folder):
    """Core is not compiled for kernels whose flags are known, and what is taken instead is what would come of it; with other flags it
    is compiled."""
    project = os.path.join(folder, "emitted")
    done = kt2ko("--emit-c", project, write_script(folder))
    sets = glob.glob(os.path.join(report.BUILD, "lib/kt2ko/core/*/"))
    if done.returncode != 0 or len(sets) != 1:
        return f"{done.stdout} {len(sets)} folders of objects"
    results = [core_of(project, kernel, *words) for words in (("-g0", sets[0]), ("-g0", ""), ("-g0 -O1", sets[0]))]
    for result in results:
        if isinstance(result, str):
            return result
    if [compiled for _, compiled in results] != [False, True, True]:
        return f"compiled: {[compiled for _, compiled in results]}"
    return "" if results[0][0] == results[1][0] else "what comes along differs from what is compiled"


def core_keeps_what_makes_code(_kernel, folder):
    """Of the compiler's words core is made with those that make its code, and no others; a plugin is found from anywhere."""
    compiler, flags = os.path.join(folder, "cc"), os.path.join(folder, "flags")
    with open(compiler, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n[ \"$1\" != --version ] || echo cc 1.0\n")
    os.chmod(compiler, 0o755)
    kept = f"-D__KERNEL__ -std=gnu11 -m64 -fplugin={folder}/plugins/some.so -fplugin-arg-some-all --param=one=1 -O2 -g0"
    words = (f"-Wp,-MMD,{folder}/d -nostdinc -I/kernel/include -include /kernel/kconfig.h -D__KERNEL__ -DMODULE -D X -std=gnu11 -m64 "
             "-fmacro-prefix-map=/kernel/= -fplugin=plugins/some.so -fplugin-arg-some-all --param one=1 -Wall -O2 -g0").split()
    runtime = os.path.join(report.ROOT, "runtime-c")
    subprocess.run(["sh", f"{runtime}/compat/core_cc.sh", "env", compiler, *words, "-c", "-o", f"{folder}/core.o",
                    f"{runtime}/units/core.c"], cwd=folder, check=True, timeout=TIMEOUT_S,
                   env=dict(os.environ, KTR_CORE_FLAGS=flags, LD="true", OBJCOPY="true"))
    with open(flags, encoding="utf-8") as file:
        found = file.read()
    return "" if found == f"env {compiler}\n-nostdinc {kept}\n" else f"wanted {kept}, found {found}"


def features_are_told_apart(kernel, folder):
    """compat/probe.sh: compiled together the probes give what each gives alone; so do some that must not mislead it."""
    done = kt2ko("--emit-c", os.path.join(folder, "emitted"), write_script(folder))
    if done.returncode != 0:
        return done.stdout
    project = os.path.join(folder, "emitted")
    wrong_type = "int *probe(long *p);\nint *probe(long *p)\n{\n\treturn p;\n}\n"
    hard = ({}, {"missing_header": "#include <linux/no_such_header.h>\n", "wrong_type": wrong_type},
            {"unclosed": "void probe(void) {\n", "wrong_type": wrong_type},
            {"in_a_header": "#include <linux/build_bug.h>\nint probe(void)\n{\n\treturn BUILD_BUG_ON_ZERO(1);\n}\n"})
    subprocess.run(["make", "-C", kernel, f"M={project}", "runtime-c/units/kernel_life.o"], check=True, timeout=TIMEOUT_S,
                   stdout=subprocess.DEVNULL)
    probes, header, recorded = (os.path.join(project, "runtime-c/compat", name)
                                for name in ("probes", "ktr_features.h", ".ktr_features.h.cmd"))
    with open(recorded, encoding="utf-8") as file:
        command = file.readline().split(" := ", 1)[1].replace("$$", "$")
    for added in hard:
        found = []
        for name, text in added.items():
            write_script(probes, name + ".c", text)
        for alone in ("", "1"):
            os.remove(header)
            done = subprocess.run(["sh", "-c", command], check=False, timeout=TIMEOUT_S, cwd=kernel,
                                  env=dict(os.environ, KTR_PROBE_ALONE=alone), capture_output=True, encoding="utf-8")
            if done.returncode != 0:
                return f"with {sorted(added)}: {done.stdout[-500:]}{done.stderr[-500:]}"
            with open(header, encoding="utf-8") as file:
                found.append(file.read())
        if found[0] != found[1] or any(f"KTR_HAVE_{name.upper()} 0" not in found[0] for name in added):
            return f"with {sorted(added)}: together\n{found[0]}alone\n{found[1]}"
        for name in added:
            os.remove(os.path.join(probes, name + ".c"))
    return "" if " 1\n" in found[0] else "no feature is there"


def leftovers(temp, cache, out_dir):
    """What an interrupted build must not leave: temporary files, half-made modules, entries that count."""
    found = [os.path.join(temp, name) for name in os.listdir(temp)] + [
        os.path.join(out_dir, name) for name in os.listdir(out_dir) if ".ko" in name]
    build = os.path.join(cache, "kt2ko", "build")
    if os.path.isdir(build):
        found += [os.path.join(build, name) for name in os.listdir(build) if not name.endswith(".lock")]
    return found


def interrupt(words, environment, delay):
    """Starts kt2ko in a session of its own and interrupts it as a terminal does. Returns its status."""
    with subprocess.Popen([report.KT2KO, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
                          start_new_session=True) as process:
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        status = process.wait(TIMEOUT_S)
    return status


def interrupted_build_leaves_nothing(kernel, folder):
    """Ctrl-C at any moment: no leftovers, no half-written module, and the next build works."""
    script = write_script(folder)
    temp, cache, out_dir = (os.path.join(folder, name) for name in ("temp", "cache", "out"))
    for path in (temp, cache, out_dir):
        os.mkdir(path)
    environment = dict(os.environ, TMPDIR=temp, XDG_CACHE_HOME=cache)
    words = ["-k", kernel, "-o", os.path.join(out_dir, "m.ko"), script]
    for way in ([], ["--kbuild"]):
        for delay in (0.02, 0.3, 1.5):
            status = interrupt(way + words, environment, delay)
            if status == 0:
                os.remove(os.path.join(out_dir, "m.ko"))
                continue
            if status != -signal.SIGINT:
                return f"interrupted after {delay} s: status {status}"
            found = leftovers(temp, cache, out_dir)
            if found:
                return f"interrupted after {delay} s, left: {found}"
    done = kt2ko(*words, cache=cache)
    return "" if done.returncode == 0 else done.stdout


def parallel_builds_share_the_cache(kernel, folder):
    """Several first builds at once: the runtime is built by one of them, all get their own module."""
    cache = os.path.join(folder, "cache")
    os.mkdir(cache)
    environment = dict(os.environ, XDG_CACHE_HOME=cache)
    running = []
    for number in range(6):
        script = write_script(folder, f"p{number}.kp", f'print("{number}")\n')
        out = os.path.join(folder, f"p{number}.ko")
        running.append((f"p{number}", out, subprocess.Popen(
            [report.KT2KO, "-v", "-k", kernel, "-o", out, script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment, encoding="utf-8")))
    fills = 0
    for name, out, process in running:
        text, _ = process.communicate(timeout=TIMEOUT_S)
        if process.returncode != 0:
            return text
        if module_name(out) != name:
            return f"{out} is named {module_name(out)}"
        fills += "runtime, once" in text
    return "" if fills == 1 else f"the runtime was built {fills} times"


FAKE_KTRUN = """#!/bin/sh
echo "$@" | sed 's|/proc/self/fd/[0-9]*|MODULE|'
for word; do case $word in /proc/self/fd/*) cat "$word" >"$SAVED";; esac; done
ls -A "$TMPDIR"
exit 1
"""


def run_hands_over_to_ktrun(kernel, folder):
    """kt2ko run becomes ktrun, with the module as an open file and nothing left behind; without root it refuses."""
    script = write_script(folder)
    saved, expected = os.path.join(folder, "saved.ko"), os.path.join(folder, "expected.ko")
    binaries, temp = os.path.join(folder, "bin"), os.path.join(folder, "temp")
    for path in (binaries, temp):
        os.mkdir(path)
    shutil.copy(report.KT2KO, binaries)
    with open(os.path.join(binaries, "ktrun"), "w", encoding="utf-8") as file:
        file.write(FAKE_KTRUN)
    os.chmod(os.path.join(binaries, "ktrun"), 0o755)
    environment = dict(os.environ, KT2KO_SHARE=report.ROOT, TMPDIR=temp, SAVED=saved)
    words = [os.path.join(binaries, "kt2ko"), "run", "-T", "-p", "1", "-k", kernel, script, "one", "-k", "--", "ls", "/"]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, encoding="utf-8",
                          check=False, timeout=TIMEOUT_S)
    if os.geteuid() != 0:
        return "" if done.returncode == 3 and "needs root" in done.stdout else f"{done.returncode}: {done.stdout}"
    if (done.returncode, done.stdout) != (1, "-p 1 -T MODULE one -k -- ls /\n"):
        return f"status {done.returncode}: {done.stdout}"
    built = kt2ko("-k", kernel, "-o", expected, script)
    if built.returncode != 0:
        return built.stdout
    same = subprocess.run(["cmp", saved, expected], check=False, stdout=subprocess.PIPE, encoding="utf-8")
    return same.stdout


LEAVES = """
var n = 0
var m = 0
var s = {}
trace sched:sched_switch { n += 1 }
trace probe:vfs_read { if (tid > 5) { m += 2 } }
trace syscalls:sys_enter_write { s[execname] += 1 }
trace syscalls:sys_enter_getpid { printf("%d %s\\n", pid, execname) }
trace_end { print(n, m, s["cat"]) }
"""


def code_of(name, module):
    """The instructions of a function."""
    text = output("objdump", "-d", "--no-show-raw-insn", f"--disassemble={name}", module)
    return [line.split("\t", 1)[1] for line in text.splitlines() if re.match(r" *[0-9a-f]+:\t", line)]


def is_locked(line):
    return re.match(r"lock|xchg +%|xadd|cmpxchg", line) and not re.match(r"xchg +%ax,%ax", line)


def counters_are_of_one_cpu(kernel, folder):
    """From an event to a counter or an element of a table there is no locked instruction, and everything written is this CPU's own.
    None is on the way to a line of output either."""
    module = os.path.join(folder, "leaves.ko")
    done = kt2ko("-k", kernel, "-o", module, write_script(folder, "leaves.kp", LEAVES))
    if done.returncode != 0:
        return done.stdout
    if "x86-64" not in output("file", "-b", module):
        return ""
    adds = 0
    counting = ("ktg_leaf_0", "ktg_leaf_fn_1", "ktg_hot_run")  # that is ktg_quick_2_run
    for name in (*counting, "ktg_quick_3_run", "ktr_quick_print"):
        code = code_of(name, module)
        if not code:
            return f"no code of {name}"
        for line in code:
            if is_locked(line):
                return f"{name} has a locked instruction: {line}"
            if name in counting and re.match(r"(inc|add|sub|mov)[bwlq]? .*\(", line) and re.search(r"[^,]*\)$|\) +#", line):
                adds += "%gs:" in line
    return "" if adds >= 6 else f"{adds} additions to memory of the CPU, at least 6 are expected"


# C that the compiler refuses, with the column of each complaint.
WRONG_FFI = '''
var task = ffi.cast("struct task_struct *", 0)
print(task.pid, task.nosuch, task.pidd)  # 22 35
print(task.mm.pgd.x, task.pid.x, task.pid[0])  # 19 31 43
var file = ffi.cast("struct file *", 0)
file = task  # 8
print(file.f_inode.i_mode, ffi.cast("struct nosuch *", 0).member)  # 59
print(ffi.sizeof("struct nosuch2"), ffi.sizeof("nosuch_t"))  # 18 48
ffi.cdef [[
struct twice { int a; };
struct twice { int a; };
]]  # -1:1
var own = ffi.new("struct twice")
own.b = 1  # 5
own = file.f_path  # 7
print(own.a)
print(ffi.cast("char *", file.f_path.dentry.d_name.name)[0], file.f_path.dentry.d_nam.name)  # 81
'''

# C that is wrong within a macro of the kernel or of ours only.
WRONG_IN_MACROS = '''
ffi.cdef("struct point { float x; double y; int z; };")
var point = ffi.cast("struct point *", 4096)
print(point.x, point.z)  # 13
point.y = 1  # 7
var numbers = ffi.new("double[4]")
numbers[0] = numbers[1]  # 9 22
print(ffi.C.strlen())  # 13
ffi.C.BUG_ON()  # 7
'''


def marked_places(script):
    """{(line, column)} of the columns that comments of the script name; -1:7 is column 7 of the line before."""
    places = set()
    for number, line in enumerate(script.splitlines(), 1):
        for mark in re.findall(r" (-?\d+:)?(\d+)(?= |$)", line.rpartition("#")[2] if "  # " in line else ""):
            places.add((number + int(mark[0][:-1] or 0) if mark[0] else number, int(mark[1])))
    return places


def wrong_ffi_is_told_in_the_scripts_lines(kernel, folder):
    """Each complaint has the script's line and column, nothing of the generated C is shown, and the status is 1."""
    for script, way in ((WRONG_FFI, ()), (WRONG_FFI, ("--kbuild",)),
                        (WRONG_IN_MACROS, ("--unsafe",)), (WRONG_IN_MACROS, ("--unsafe", "--kbuild"))):
        wanted = marked_places(script)
        done = kt2ko("-k", kernel, *way, "-o", os.path.join(folder, "w.ko"), write_script(folder, "w.kp", script))
        told = {(int(line), int(column)) for line, column in re.findall(r"w\.kp:(\d+):(\d+): error: .*\[KT2015\]", done.stdout)}
        if told != wanted or done.returncode != 1 or "ktg_" in done.stdout or "ktr_" in done.stdout:
            return f"status {done.returncode}, missing {sorted(wanted - told)}, too many {sorted(told - wanted)}\n{done.stdout}"
    missing = kt2ko("-k", kernel, "-o", os.path.join(folder, "w.ko"), "-e", 'ffi.include "linux/nosuch.h"')
    if missing.returncode != 1 or ":1:13: error: linux/nosuch.h: No such file or directory [KT2015]" not in missing.stdout:
        return missing.stdout
    return ""


UNSAFE = """
ffi.include "linux/jiffies.h"
ffi.cdef "unsigned long kallsyms_lookup_name(const char *name);"
ffi.cast("int *", 8)[0] = ffi.C.jiffies_to_msecs(ffi.C.kallsyms_lookup_name("x"))
"""


def unsafe_is_gated_and_shown(kernel, folder):
    script, module = write_script(folder, "unsafe.kp", UNSAFE), os.path.join(folder, "unsafe.ko")
    done = kt2ko("-k", kernel, "-o", module, script)
    if done.returncode != 1 or done.stdout.count("[KT3022]") != 3:
        return f"without --unsafe: status {done.returncode}\n{done.stdout}"
    shown = "calls kallsyms_lookup_name, jiffies_to_msecs; writes to memory"
    done = kt2ko("-k", kernel, "--unsafe", "-v", "-o", module, script)
    if done.returncode != 0 or f"unsafe: {shown}" not in done.stdout:
        return f"with --unsafe: status {done.returncode}\n{done.stdout}"
    if f"kt2ko_unsafe={shown}" not in modinfo(module):
        return f"modinfo: {modinfo(module)}"
    explained = kt2ko("--unsafe", "--explain", script).stdout
    return "" if shown in explained else explained


OF_EVERY_KERNEL = (wrong_ffi_is_told_in_the_scripts_lines, unsafe_is_gated_and_shown, both_ways_agree, both_ways_agree_on_several_files, directory_builds_by_make,
                   features_are_told_apart, core_comes_along, counters_are_of_one_cpu)
OF_OURS = (interrupted_build_leaves_nothing, parallel_builds_share_the_cache, run_hands_over_to_ktrun, core_keeps_what_makes_code)  # no matter which kernel


def run_one(check, kernel, release, result):
    """A check for one kernel, in a folder of its own."""
    folder = tempfile.mkdtemp(prefix="kt2ko-check-")
    try:
        with report.timed(f"{check.__name__} for {release}"):
            result.add(f"{check.__name__} for {release}", check(kernel, folder))
    except (subprocess.SubprocessError, OSError) as error:
        result.add(f"{check.__name__} for {release}", str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def jobs(checks, kernel, release, result):
    """A call for each of the checks."""
    return [lambda check=check: run_one(check, kernel, release, result) for check in checks]
