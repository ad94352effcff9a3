#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Each function of tapsets/ alone makes a script that kt2ko accepts without a warning; names of numbers are the system's.

usage: check_tapsets.py KT2KO RUNTIME_LIBRARY
"""

import errno
import glob
import mmap
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def functions():
    """NAME.function of all tapsets."""
    for path in sorted(glob.glob(os.path.join(ROOT, "tapsets", "*.kp"))):
        name = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding="utf-8") as file:
            for found in re.findall(r"^function ([a-z]\w*)\(", file.read(), re.M):
                yield f"{name}.{found}"


def check_alone(kt2ko, name):
    done = subprocess.run([kt2ko, "--stop-after=emit", "-e", f"print({name})"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, encoding="utf-8")
    return f"{name}: status {done.returncode}\n{done.stdout}" if done.returncode or done.stdout else ""


def constants():
    """(function, argument, what it has to give), of the modules of Python, which have them from the C library."""
    for name in ("O_WRONLY", "O_RDWR"):
        yield "syscall.open_flags", getattr(os, name), name
    for name in ("O_CREAT", "O_EXCL", "O_NOCTTY", "O_TRUNC", "O_APPEND", "O_NONBLOCK", "O_DSYNC", "O_SYNC", "O_ASYNC", "O_DIRECT",
                 "O_DIRECTORY", "O_NOFOLLOW", "O_NOATIME", "O_CLOEXEC", "O_PATH", "O_TMPFILE"):
        yield "syscall.open_flags", getattr(os, name), "O_RDONLY|" + name
    for name in ("PROT_READ", "PROT_WRITE", "PROT_EXEC"):
        yield "syscall.mmap_prot", getattr(mmap, name), name
    for name in ("MAP_SHARED", "MAP_PRIVATE", "MAP_ANONYMOUS", "MAP_DENYWRITE", "MAP_EXECUTABLE", "MAP_NORESERVE", "MAP_POPULATE",
                 "MAP_STACK"):
        if hasattr(mmap, name):
            yield "syscall.mmap_flags", getattr(mmap, name), name
    for family in socket.AddressFamily:
        if family.name in ("AF_UNSPEC", "AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_CAN", "AF_TIPC", "AF_BLUETOOTH",
                           "AF_ALG", "AF_VSOCK"):
            yield "syscall.family_name", family.value, family.name
    for name in ("SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET"):
        yield "syscall.socket_type", int(getattr(socket, name) | socket.SOCK_CLOEXEC), name + "|SOCK_CLOEXEC"


def system_calls():
    """(number, name) of all system calls of this machine, as programs are compiled with them."""
    text = subprocess.run(["cc", "-E", "-dM", "-include", "sys/syscall.h", "-xc", "/dev/null"], stdout=subprocess.PIPE, check=True,
                          encoding="utf-8").stdout
    found = [(int(number), name) for name, number in re.findall(r"^#define __NR_(\w+) (\d+)$", text, re.M)]
    assert len(found) > 250, found
    return found


def names_script():
    """A script that prints every name, and what it has to print."""
    script, wanted = [], []
    for number, name in sorted(errno.errorcode.items()):
        script.append(f"print(errno.name({number}), errno.name(-{number}))")
        name = {"EDEADLOCK": "EDEADLK", "EWOULDBLOCK": "EAGAIN", "ENOTSUP": "EOPNOTSUPP"}.get(name, name)
        wanted.append(f"{name}\t{name}")
    for call, value, name in constants():
        script.append(f"print({call}({value}))")
        wanted.append(name)
    for number, name in system_calls():
        script.append(f"print(syscall.name({number}))")
        wanted.append(name)
    for number in range(1, 32):
        script.append(f"print(signal.name({number}))")
        wanted.append("SIGSTKFLT" if number == 16 else signal.Signals(number).name)
    return "\n".join(script) + "\n", "\n".join(wanted) + "\n"


def check_names(kt2ko, library):
    script, wanted = names_script()
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)
        with open(path("names.kp"), "w", encoding="utf-8") as file:
            file.write(script)
        subprocess.run([kt2ko, "--user-c", path("names.c"), path("names.kp")], check=True)
        subprocess.run(["cc", "-std=gnu11", "-fwrapv", "-fsanitize=address,undefined", "-I", os.path.join(ROOT, "runtime-c", "include"),
                        path("names.c"), library, "-o", path("names")], check=True)
        with open(path("events"), "w", encoding="utf-8"):
            pass
        done = subprocess.run([path("names"), "--events", path("events")], stdout=subprocess.PIPE, check=False, encoding="utf-8")
    different = [f"{a!r} instead of {b!r}" for a, b in zip(done.stdout.split("\n"), wanted.split("\n")) if a != b]
    return "\n".join(different) or ("" if done.stdout == wanted else f"status {done.returncode}, {len(done.stdout)} bytes")


def main():
    kt2ko, library = sys.argv[1:]
    found = list(functions())
    problems = [check_alone(kt2ko, name) for name in found] + [check_names(kt2ko, library)]
    problems = [problem for problem in problems if problem]
    print("\n".join(problems) or f"{len(found)} functions")
    return 1 if problems or not found else 0


if __name__ == "__main__":
    sys.exit(main())
