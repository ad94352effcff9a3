# SPDX-License-Identifier: GPL-2.0
"""The other tools, when they are installed: what they are, how their scripts are made ready and brought into the guest.

bpftrace compiles in the guest. SystemTap's modules are built here, against the headers of the guest's kernel.
"""

import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "rivals")
STAP_RUNTIME = "/usr/share/systemtap/runtime"
STAP_IO = "/usr/lib/systemtap/stapio"


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

    @classmethod
    def build(cls, kernel, workload, folder, hammer):
        """The module's path and "", or None and why there is none."""
        source = script(workload, "stp")
        path = os.path.join(folder, f"st_{workload.name}.ko")
        if os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(source):
            return path, ""
        words = ["stap", "-p4", "-r", f"/lib/modules/{kernel.release}/build", "-m", f"st_{workload.name}"]
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
