# SPDX-License-Identifier: GPL-2.0
"""Where the CPUs of a guest are that says nothing any more: asked of QEMU's monitor, named by the symbols of another boot."""

import bisect
import re
import select
import socket
import subprocess
import time

import report

PATH_MAX = 108   # of a socket: where temporary files have longer names there is none
ANSWER_S = 5
LOOKS = 2        # a CPU that is at the same place each time does not move
LOOK_EVERY_S = 1
CPU = re.compile(r"CPU#(\d+)\s(?:(?!CPU#).)*?[RE]IP=([0-9a-f]+) [RE]FL=([0-9a-f]+).*?HLT=(\d)", re.DOTALL)
SYMBOLS = "grep -i ' t ' /proc/kallsyms"


def ask(monitor, command):
    """What QEMU's monitor says, as far as it does."""
    said = b""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(ANSWER_S)
        channel.connect(monitor)
        channel.sendall(command.encode() + b"\n")
        while select.select([channel], [], [], LOOK_EVERY_S)[0] and (part := channel.recv(1 << 16)):
            said += part
    return said.decode("ascii", "replace")


class Symbols:
    """Of a kernel as it boots without being moved about."""

    def __init__(self, kernel):
        words = [report.BOOTER, "--no-log-check", "-k", kernel.image, "-m", str(kernel.memory_mb), "-c", SYMBOLS]
        printed = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False).stdout
        rows = sorted((int(line.split()[0], 16), line.split()[2]) for line in printed.decode("ascii", "replace").splitlines())
        self.places = [place for place, _ in rows]
        self.names = [name for _, name in rows]

    def name(self, place):
        at = bisect.bisect_right(self.places, place) - 1
        return f"{self.names[at]}+{place - self.places[at]:#x}" if at >= 0 else hex(place)


def where(monitor, kernel):
    """A line for each CPU and look: "CPU 0 at FUNCTION+OFFSET, flags"; why it is not known."""
    try:
        looks = []
        for _ in range(LOOKS):
            looks.append(ask(monitor, "info registers -a"))
            time.sleep(LOOK_EVERY_S)
        symbols = Symbols(kernel)
    except (OSError, subprocess.SubprocessError) as error:
        return f"where its CPUs are is not known: {error}\n"
    text = ""
    for look in looks:
        for number, place, flags, halted in CPU.findall(look):
            text += f"CPU {number} at {symbols.name(int(place, 16))} ({place}), flags {flags}{', halted' if halted == '1' else ''}\n"
    return text or f"QEMU's monitor says:\n{looks[0]}"
