# SPDX-License-Identifier: GPL-2.0
"""Programs as modules: built for a kernel, all run in one guest. What is left of tests/vm does the work."""

import os
import sys

import homes

VM = os.path.join(os.path.dirname(homes.HERE), "vm")
sys.path.append(VM)

import guest  # noqa: E402
import kernels  # noqa: E402
from kernel_run import build_script  # noqa: E402
from run_cases import in_guest, ktrun_shell  # noqa: E402

LIMIT_S = 60


def command_of(program):
    """What causes the program's events: the interpreter knows the length of each name."""
    return "; ".join("hostname " + "h" * event["arg2"] for event in program.events)


def result_of(run):
    """A guest's Result as one of homes. Lines about losses and the machine's load are not compared."""
    if not isinstance(run.status, int):
        return homes.Result(problem=f"it ended with {run.status}")
    stderr = run.files["err"].decode("latin-1")
    errors = "".join(line + "\n" for line in stderr.splitlines() if not line.startswith("ktrun: "))
    return homes.Result(run.status, run.files["out"].decode("latin-1"), errors)


class VmHome:
    """Modules for a kernel (`6.1`). folder: for everything that is made."""

    def __init__(self, name, folder):
        self.kernel = kernels.find([name])[0]
        self.folder = folder
        self.build_script = build_script

    def guest_case(self, test, name, difference):
        """A GuestCase, and what is wrong when there is none. difference(test, Result): the problem, or ''."""
        script = homes.write(os.path.join(self.folder, test.name + ".kp"), test.text)
        module, problem = self.build_script(self.kernel, script, self.folder)
        if problem:
            return None, problem
        shell = ktrun_shell([in_guest(module)], (), ["-q", *homes.params_of(test.program)], command_of(test.program))
        return guest.GuestCase(name, shell, {f"{MODULES_DIR}/{os.path.basename(module)}": module}, LIMIT_S,
                               lambda run: difference(test, result_of(run))), ""

    def run(self, cases, add_result):
        guest.Runner(self.kernel, add_result).run(cases)
