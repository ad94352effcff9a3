# SPDX-License-Identifier: GPL-2.0
"""The other tools, when they are installed: what they are, how their scripts are made ready and brought into the guest.

bpftrace compiles in the guest. SystemTap's modules are built here, against the headers of the guest's kernel.
"""

import os
import re
import shutil
import subprocess
import tempfile

import report

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "rivals")
STAP_RUNTIME = "/usr/share/systemtap/runtime"
STAP_IO = "/usr/lib/systemtap/stapio"
BOOT_LIMIT_S = 180


def script(workload, ending):
    path = os.path.join(SCRIPTS, f"{workload.name}.{ending}")
    return path if os.path.exists(path) else None


def first_line(words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.splitlines()[0] if done.stdout else "?"


class Bpftrace:
    name = "bpftrace"

    @staticmethod
    def installed():
        return shutil.which("bpftrace") is not None

    @staticmethod
    def version():
        return first_line(["bpftrace", "--version"])

    @staticmethod
    def prepare(_kernel, chosen, _folder, _hammer):
        """Words for the guest's maker, and notes {workload: why it is not measured}."""
        words = ["-p", "bpftrace"]
        for w in chosen:
            if script(w, "bt"):
                words += ["-f", f"/bench/{w.name}.bt={script(w, 'bt')}"]
        return words, {}


class SystemTap:
    name = "SystemTap"

    @staticmethod
    def installed():
        return shutil.which("stap") is not None and os.path.exists(STAP_IO)

    @staticmethod
    def version():
        return first_line(["stap", "--version"])

    @staticmethod
    def runtime(folder):
        """Version 4.8 takes back task work by the name that stable kernels have since given to something else: with the
        kernels' new name it compiles. A copy, so that the installed one stays as it is."""
        copy = os.path.join(folder, "stap-runtime")
        if not os.path.exists(copy):
            partial = f"{copy}.{os.getpid()}"
            shutil.copytree(STAP_RUNTIME, partial)
            path = os.path.join(partial, "stp_task_work.c")
            with open(path, encoding="utf-8") as file:
                text = re.sub(r"\btask_work_cancel\b", "task_work_cancel_func", file.read())
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.rename(partial, copy)
        return copy

    @staticmethod
    def renamed(kernel):
        """Whether this kernel has task_work_cancel_func()."""
        header = f"/lib/modules/{kernel.release}/source/include/linux/task_work.h"
        if not os.path.exists(header):
            return False
        with open(header, encoding="utf-8") as file:
            return "task_work_cancel_func" in file.read()

    @staticmethod
    def functions(kernel):
        """The kernel's functions as a System.map has them, which Debian's has not; asked of the kernel itself."""
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as job:
            job.write("grep -i ' t ' /proc/kallsyms | grep -v '\\['\n")
            job.flush()
            return subprocess.run([report.BOOTER, "-k", kernel.image, "-t", str(BOOT_LIMIT_S), job.name], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, check=True).stdout

    @classmethod
    def build_tree(cls, kernel, folder, source):
        """The kernel's build directory. Probes of functions are found without debug information where there is a System.map:
        then in a copy that consists of links. (Tracepoints are not found there: the path says where headers are.)"""
        with open(source, encoding="utf-8") as file:
            if "kprobe." not in file.read():
                return f"/lib/modules/{kernel.release}/build"
        tree = os.path.join(folder, "stap-tree")
        if not os.path.exists(os.path.join(tree, "System.map")):
            os.makedirs(tree, exist_ok=True)
            for name in os.listdir(kernel.build):
                if not os.path.lexists(os.path.join(tree, name)):
                    os.symlink(os.path.join(os.path.realpath(kernel.build), name), os.path.join(tree, name))
            with open(os.path.join(tree, "System.map.new"), "w", encoding="utf-8") as file:
                file.write(cls.functions(kernel))
            os.rename(os.path.join(tree, "System.map.new"), os.path.join(tree, "System.map"))
        return tree

    @classmethod
    def build(cls, kernel, workload, folder, hammer):
        """The module's path and "", or None and why there is none."""
        source = script(workload, "stp")
        path = os.path.join(folder, f"st_{workload.name}.ko")
        if os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(source):
            return path, ""
        words = ["stap", "-p4", "-r", cls.build_tree(kernel, folder, source), "-m", f"st_{workload.name}"]
        if cls.renamed(kernel):
            words += ["-R", cls.runtime(os.path.dirname(folder))]
        done = subprocess.run(words + [source, hammer], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        if done.returncode:
            errors = [line for line in done.stdout.splitlines() if "error:" in line] or done.stdout.splitlines()[-1:]
            return None, errors[0].strip() if errors else f"status {done.returncode}"
        return path, ""

    @classmethod
    def prepare(cls, kernel, chosen, folder, hammer):
        words, notes = ["-p", "staprun", "-p", STAP_IO, "-f", f"/bench/hammer-path={folder}/hammer-path"], {}
        with open(os.path.join(folder, "hammer-path"), "w", encoding="utf-8") as file:
            file.write(hammer + "\n")
        for w in chosen:
            if not script(w, "stp"):
                continue
            path, problem = cls.build(kernel, w, folder, hammer)
            if problem:
                notes[w.name] = f"SystemTap: {problem}"
            else:
                words += ["-f", f"/bench/{os.path.basename(path)}={path}"]
        return words, notes


ALL = [Bpftrace, SystemTap]
