# SPDX-License-Identifier: GPL-2.0
"""Everything for one kernel: modules of scripts, and guests that run them."""

import concurrent.futures
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import bundled  # noqa: E402
import cases as case_format  # noqa: E402
import guest  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402
import trusting  # noqa: E402
from run_cases import MODULES_DIR, ktrun_shell, side_by_side  # noqa: E402

BUILD_TIMEOUT_S = 600
# Where the CPU is emulated handlers take a much larger part of its time; a case that is about that sets its own.
LIMITS = ["--param", "overload=90"]
SIGNED_SCRIPTS = ("flood", "comm")  # what cases with a key of ours load
TAPSETS = ["-I", os.path.join(HERE, "cases", "tapsets")]
MANY_CASES = 16
SCRIPT_LIMIT_S = 60  # generous: it only has to end what would never end
SAMPLES = os.path.join(report.ROOT, "samples")
PROGRAMS = os.path.join(report.BUILD, "vm", "programs")  # the same path in the guest


def run(words, folder=None):
    return subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", errors="replace", timeout=BUILD_TIMEOUT_S)


def shown(path):
    return os.path.relpath(path, report.ROOT)


def topic(path):
    """The folder of a script as one word: files of different topics may have the same name."""
    return os.path.dirname(shown(path)).replace(os.sep, "-")


def build_script(kernel, path, folder, options=()):
    """Builds a script's module into the folder. Returns (module, problem)."""
    stem = os.path.splitext(os.path.basename(path))[0]
    module = os.path.join(folder, stem + ".ko")
    programs = kernel.programs or PROGRAMS
    os.makedirs(folder, exist_ok=True)
    os.makedirs(programs, exist_ok=True)
    # scripts name the programs that they probe without a folder
    done = run([report.KT2KO, "--no-facts", *LIMITS, *TAPSETS, *kernel.options, *options, "-k", kernel.build, "-o", module, path], programs)
    return module, "" if done.returncode == 0 else f"kt2ko: status {done.returncode}\n{done.stdout}"


def build_handmade(kernel, folder):
    """Builds the hand-written modules. Returns (modules, problem)."""
    done = run(["bash", os.path.join(HERE, "handmade", "build.sh"), kernel.build, folder])
    if done.returncode != 0:
        return [], "\n".join(done.stdout.splitlines()[-40:])
    return sorted(glob.glob(os.path.join(folder, "*.ko"))), ""


def build_programs():
    """Builds the programs that cases probe. Returns (files for the guest, problem)."""
    os.makedirs(PROGRAMS, exist_ok=True)
    done = run(["bash", os.path.join(HERE, "programs", "build.sh"), PROGRAMS])
    if done.returncode != 0:
        return {}, done.stdout
    files = {}
    for folder, _, names in os.walk(PROGRAMS):
        files.update({os.path.join(folder, name): os.path.join(folder, name) for name in names})
    files.update(libraries_of(os.path.join(PROGRAMS, "calls_pie")))
    return files, ""


def libraries_of(program):
    """What a program is linked with, as files for the guest."""
    words = run(["ldd", program]).stdout.split()
    return {word: os.path.realpath(word) for word in words if word.startswith("/")}


def script_stderr(stderr):
    """Without what says something about the load of the machine that runs the guest, not about the script."""
    return re.sub(r"(?m)^ktrun: \d+ timer ticks missed\n", "", stderr)


def scripts_named_in(texts):
    """The scripts of cases/ whose modules these texts speak of; begin_$x speaks of all that begin so."""
    words = set(re.findall(r"\w+", " ".join(texts)))
    beginnings = tuple(word for word in words if word.endswith("_"))

    def named(path):
        stem = os.path.splitext(os.path.basename(path))[0]
        return stem in words or stem.startswith(beginnings)
    return [path for path in sorted(glob.glob(os.path.join(HERE, "cases", "*.kp"))) if named(path)]


def parts(cases):
    """Many cases of one machine as two lists, for two CPUs, each with some of every kind; few are not worth a second boot."""
    if len(cases) >= MANY_CASES:
        return [cases[::2], cases[1::2]]
    return [cases] if cases else []


class ShellCase:
    """A script of cases/ with the directives at its top."""

    def __init__(self, path):
        self.path = path
        self.limit = SCRIPT_LIMIT_S
        self.cpus = 1
        self.parallel = False  # QEMU emulates each CPU in a thread of its own
        self.kernels = []
        self.dirty_log = False
        self.signed = None  # words for the command line of a kernel that trusts a key of ours
        self.kt2ko = False  # it runs kt2ko in the guest
        self.bundle = False  # the guest has bundles in /bundles
        self.kernel_modules = []  # names of the kernel's own modules; the guest has them in /kernel
        self.linked = {}  # scripts of cases/ that are built with --link-tapsets, and the tapsets whose modules they need
        self.lists = []  # words for kt2ko list; the output of the Nth is the file /lists/N in the guest
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        for line in self.text.splitlines():
            if not line.startswith("#@"):
                continue
            word, *rest = line[2:].split()
            if word == "limit":
                self.limit = int(rest[0])
            elif word == "cpus":
                self.cpus = int(rest[0])
            elif word == "parallel":
                self.parallel = True
            elif word == "kernels":
                self.kernels = rest
            elif word == "list":
                self.lists.append(rest)
            elif word == "kernel-module":
                self.kernel_modules += rest
            elif word == "linked":
                self.linked[rest[0]] = rest[1:]
            elif word == "kt2ko":
                self.kt2ko = True
            elif word == "bundle":
                self.bundle = True
            elif word == "signed":
                self.signed = tuple(rest)
            elif word == "dirty-log":
                self.dirty_log = True
            else:
                raise ValueError(f"{path}: unknown directive {word}")


class KernelRun:
    """Everything for one kernel."""

    def __init__(self, kernel, add, programs):
        self.kernel = kernel
        self.programs = programs  # files for the guest
        self.add = add  # (name, problem)
        self.folder = os.path.join(report.BUILD, "vm", f"modules-{kernel.release}")
        self.trust = None

    def name(self, path):
        return f"{shown(path)} on {self.kernel.name}"

    def build_all(self, paths, options=None):
        """{path: module} of the scripts that could be built; the others are told. options: {path: of kt2ko}."""
        built = {}
        with concurrent.futures.ThreadPoolExecutor(report.workers()) as pool:
            made = pool.map(lambda path: build_script(self.kernel, path, os.path.join(self.folder, topic(path)),
                                                     (options or {}).get(path, ())), paths)
            for path, (module, problem) in zip(paths, made):
                if problem:
                    self.add(self.name(path), problem)
                else:
                    built[path] = module
        return built

    def script_case(self, case, what, files):
        """A GuestCase of a script; what: as ktrun_shell() takes it."""
        options = ["-q", *case.ktrun]
        for param in case.params:
            options += ["--param", param]
        return guest.GuestCase(
            self.name(case.path), ktrun_shell(what, case.args, options, case.vm_cmd), files, SCRIPT_LIMIT_S,
            lambda result: case_format.compare(case, "vm", result.status, result.stdout, script_stderr(result.stderr)))

    def module_cases(self, found):
        """Scripts from their module files."""
        built = self.build_all([case.path for case in found], {case.path: case.options() for case in found})
        for case in found:
            if case.path in built:
                module = f"{MODULES_DIR}/{topic(case.path)}/{os.path.basename(built[case.path])}"
                yield self.script_case(case, [module], {module: built[case.path]})

    def sample_cases(self, found):
        """Samples are taken from bundles, one for each topic: the guest has nothing but a kernel, busybox and ktrun."""
        by_topic = {}
        for case in found:
            by_topic.setdefault(topic(case.path), []).append(case)
        for name, cases in sorted(by_topic.items()):
            path = os.path.join(self.folder, "bundles", name + ".ktb")
            try:
                bundled.bundle(path, [case.path for case in cases], [self.kernel], LIMITS)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                self.add(f"a bundle of {name} for {self.kernel.name}", str(error))
                continue
            in_guest = f"/bundles/samples/{os.path.basename(path)}"
            for case in cases:
                script = os.path.splitext(os.path.basename(case.path))[0]
                yield self.script_case(case, [in_guest, script], {in_guest: path})

    def shell_cases(self, found):
        """GuestCases of the scripts in cases/, by the machine: (number of CPUs, parallel, words of a kernel with a key)."""
        wanted = [case for case in found if not case.kernels or self.kernel.name in case.kernels]
        by_machine = {}
        if not wanted:
            return by_machine
        modules, problem = build_handmade(self.kernel, os.path.join(self.folder, "handmade"))
        if problem:
            self.add(f"tests/vm/handmade for {self.kernel.name}", problem)
        scripts = self.build_all(scripts_named_in([case.text for case in wanted]))
        files = {"/cases/lib.sh": os.path.join(HERE, "case_lib.sh"), "/cases/faults.sh": os.path.join(HERE, "faults_lib.sh")}
        files.update(self.programs)
        files.update({f"{MODULES_DIR}/{os.path.basename(path)}": path for path in modules + list(scripts.values())})
        if any(case.signed is not None for case in wanted):
            files.update(self.signed_modules())
        for case in wanted:
            own = self.lists_of(case)
            if case.kt2ko:
                own.update(self.kt2ko_files())
            if case.bundle:
                own.update(bundled.files(kernels.find([]), self.kernel.release, LIMITS, os.path.join(report.BUILD, "vm", "bundles")))
            own.update(self.linked_modules(case))
            own.update(self.kernel_modules(case))
            by_machine.setdefault((case.cpus, case.parallel, case.signed), []).append(guest.GuestCase(
                self.name(case.path), f"PROGRAMS={PROGRAMS}\n{case.text}", {**files, **own}, case.limit,
                None, case.dirty_log))
        return by_machine

    def kt2ko_files(self):
        """kt2ko as it is installed: its debug information would fill the guest's memory."""
        path = os.path.join(self.folder, "kt2ko")
        subprocess.run(["strip", "-o", path, report.KT2KO], check=True)
        return {"/usr/bin/kt2ko": path, **libraries_of(report.KT2KO)}

    def kernel_modules(self, case):
        """Modules that belong to the kernel, unpacked, as files of the guest."""
        files = {}
        for name in case.kernel_modules:
            found = glob.glob(f"/lib/modules/{self.kernel.release}/kernel/**/{name}.ko*", recursive=True)
            path = os.path.join(self.folder, f"{name}.ko")
            unpack = {".ko": "cat", ".xz": "xz -dc", ".zst": "zstd -dcq"}
            if not found or subprocess.run(f"{unpack[os.path.splitext(found[0])[1]]} {found[0]} >{path}", shell=True, check=False).returncode:
                self.add(self.name(case.path), f"no module {name} of {self.kernel.release}")
                continue
            files[f"/kernel/{name}.ko"] = path
        return files

    def linked_modules(self, case):
        """Scripts in /linked that are linked with the modules of tapsets beside them."""
        files = {}
        folder = os.path.join(self.folder, "linked")
        for stem, tapsets in case.linked.items():
            os.makedirs(folder, exist_ok=True)
            for tapset in tapsets:
                done = run([report.KT2KO, "tapset", tapset, *TAPSETS, *self.kernel.options, "-k", self.kernel.build, "-o", folder])
                if done.returncode != 0:
                    self.add(f"tapset {tapset} for {self.kernel.name}", f"status {done.returncode}\n{done.stdout}")
                files[f"/linked/kt2ko_{tapset}.ko"] = os.path.join(folder, f"kt2ko_{tapset}.ko")
            module, problem = build_script(self.kernel, os.path.join(HERE, "cases", stem + ".kp"), folder,
                                           ["--link-tapsets", "-I", folder])
            if problem:
                self.add(f"{stem} with modules of tapsets for {self.kernel.name}", problem)
            files[f"/linked/{stem}.ko"] = module
        return files

    def signed_modules(self):
        """Modules that are signed with a key that the kernel of such cases knows, and with one that it does not."""
        self.trust = trusting.Trust(self.kernel, os.path.join(self.folder, "trusting"))
        files = {}
        for name, key in (("known", self.trust.known), ("foreign", self.trust.foreign)):
            for stem in SIGNED_SCRIPTS:
                module, problem = build_script(self.kernel, os.path.join(HERE, "cases", stem + ".kp"),
                                               os.path.join(self.folder, name), ["--sign", *key])
                if problem:
                    self.add(f"signed {stem} for {self.kernel.name}", problem)
                files[f"/{name}/{stem}.ko"] = module
        return files

    def lists_of(self, case):
        """What kt2ko list shows of this kernel, as files of the guest."""
        files = {}
        for number, words in enumerate(case.lists, 1):
            done = run([report.KT2KO, "list", "-k", self.kernel.build, *words])
            path = os.path.join(self.folder, f"list-{number}-{os.path.basename(case.path)}")
            with open(path, "w", encoding="utf-8") as file:
                file.write(done.stdout)
            files[f"/lists/{number}"] = path
            if done.returncode != 0:
                self.add(self.name(case.path), f"kt2ko list: status {done.returncode}\n{done.stdout}")
        return files

    def guests(self, script_cases, shell_cases):
        """Builds what the cases need; gives calls that run them in guests, independent of each other."""
        with report.timed(f"building for {self.kernel.name}"):
            by_machine = self.shell_cases(shell_cases)
            samples = [case for case in script_cases if case.path.startswith(SAMPLES + os.sep)]
            others = [case for case in script_cases if case not in samples]
            by_machine.setdefault((1, False, None), [])
            by_machine[(1, False, None)] += [*self.module_cases(others), *self.sample_cases(samples)]
        calls = []
        for (cpus, parallel, signed), found in sorted(by_machine.items(), key=str):
            kernel = self.kernel if signed is None else self.trust.kernel(signed)
            for part in parts(found):
                calls.append(lambda kernel=kernel, cpus=cpus, parallel=parallel, part=part: self.in_guests(kernel, cpus, parallel, part))
        return calls

    def in_guests(self, kernel, cpus, parallel, found):
        try:
            guest.Runner(kernel, self.add, cpus, parallel).run(found)
        except Exception as error:  # a broken driver must not look like passed cases
            self.add(f"guests of {kernel.name}", f"{type(error).__name__}: {error}")


def run_kernels(found, prepare, add):
    """prepare(kernel) builds what a kernel's guests need and gives calls that run them, as KernelRun.guests() does."""
    guests = []

    def guarded(kernel):
        try:
            guests.extend(prepare(kernel))
        except Exception as error:  # a broken driver must not look like passed cases
            add(f"the driver on {kernel.name}", f"{type(error).__name__}: {error}")
    side_by_side([lambda kernel=kernel: guarded(kernel) for kernel in found])
    side_by_side(guests)
