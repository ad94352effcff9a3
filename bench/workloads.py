# SPDX-License-Identifier: GPL-2.0
"""What is measured: one row per workload."""


class Workload:
    """A loop of hammer.c, a script and a hand-written module that do the same work in every round."""

    def __init__(self, name, title, loop, known, limit=1.3, reader="", checked=True, parameters=""):
        self.name = name          # scripts/NAME.kp, handwritten/hw_NAME.c
        self.title = title
        self.loop = loop          # of hammer.c
        self.known = known        # instructions that a good hand-written module took on 6.1: ours may not be slower
        self.limit = limit        # kt2ko at most this many times hand-written
        self.reader = reader      # file of the hand-written module's output; both modules get a reader
        self.checked = checked    # the hand-written module shows how many events it saw
        self.parameters = parameters  # of the hand-written module


ALL = [
    Workload("empty_syscall", "empty handler on one system call", "getppid", 65, checked=False),
    Workload("count_syscall", "n += 1 on one system call", "getppid", 66),
    Workload("count_execname", "s[execname] += 1 on all sys_enter_*", "getppid", 88),
    Workload("count_parts", "s[pid, execname] += 1 on all sys_enter_*", "getppid", 96),
    Workload("count_probename", "s[probename] += 1 on all sys_enter_*", "getppid", 66),
    Workload("latency", "enter to exit per thread, histogram", "getppid", 249, limit=1.5),
    Workload("count_vfs_read", "n += 1 on entry of vfs_read", "read", 36),
    Workload("count_vfs_read_return", "n += 1 on return of vfs_read", "read", 241),
    Workload("printf", 'printf("%d %s\\n", pid, execname), a reader', "getppid-read", 204,
             reader="/sys/kernel/debug/hw_printf0", checked=False),
    Workload("compare", "ten comparisons on an argument", "lseek", 83),
    Workload("count_stack", "s[stack()] += 1 on vfs_read", "read", 1851, limit=1.5),
    Workload("switch_name", "s[prev_comm] += 1 on sched_switch", "yield", 42),
    Workload("count_switch", "n += 1 on sched_switch", "yield", 28),
    Workload("uprobe", "n += 1 on a user function", "function", 912,
             parameters="file=/usr/bin/hammer offset={hammer_target}"),
]
