# SPDX-License-Identifier: GPL-2.0
"""Which functions a kernel has, the ways to hook them, and batches of them: for the sweep over all."""

import collections
import os

# Printed by SURVEY in this order.
SECTION = "@section"
SURVEY = f"""
mount -t tracefs none /sys/kernel/tracing 2>/dev/null
awk '$2 ~ /[tTwW]/' /proc/kallsyms
echo {SECTION}
cd /sys/kernel/tracing
cat available_filter_functions_addrs 2>/dev/null || sed 's/^/0 /' available_filter_functions
exit 0
"""
CALL_BYTES = 5  # the tracer's call; the next instruction can have a breakpoint
MARK_BYTES = 4  # endbr64, which may stand before it


class Function:
    """A name of the kernel's: functions that share one are hooked together, but for breakpoints, which the first gets."""

    def __init__(self, name, place, module):
        self.name = name
        self.place = place    # from _stext on
        self.module = module  # it is a module's
        self.traced = False   # the function tracer knows it
        self.inside = None    # offset behind the tracer's call; None: the first of this name has none


def functions_of(survey):
    """({name: Function} of what the guest printed, how many names are none of functions)."""
    symbols, traced = (part.splitlines() for part in survey.split(SECTION + "\n"))
    rows = [line.split() for line in symbols]
    edges = {row[2]: int(row[0], 16) for row in rows if row[2] in ("_stext", "_etext")}
    found, aside = {}, 0
    for row in rows:
        address, name, module = int(row[0], 16), row[2], len(row) > 3
        if not module and not edges["_stext"] <= address < edges["_etext"]:
            continue  # what ran at boot only
        if name.startswith(("__pfx_", "__SCT__")):
            aside += 1  # padding in front of a function; a jump that static calls are made through
        elif name not in found or address - edges["_stext"] < found[name].place:
            found[name] = Function(name, address - edges["_stext"], module)
    calls = collections.defaultdict(set)
    for line in traced:
        address, name = line.split()[:2]
        if name in found:
            calls[name].add(int(address, 16) - edges["_stext"] if address != "0" else found[name].place)
    for name, places in calls.items():
        function = found[name]
        function.traced = True
        offsets = [place - function.place for place in places if place - function.place in (0, MARK_BYTES)]
        function.inside = offsets[0] + CALL_BYTES if offsets else None
    return found, aside


def patterns(names, size, prefix=""):
    """(pattern, names) pairs that mean each of the names, sorted ones, and, as these are all there are, nothing else."""
    if len(names) == 1:
        return [(names[0], names)]
    if prefix and len(names) <= size:
        return [(prefix + "*", names)]
    found, letters, group = [], "", []
    by_letter = collections.defaultdict(list)
    for name in names:
        by_letter[name[len(prefix):len(prefix) + 1]].append(name)
    for letter, those in sorted(by_letter.items()):
        if letter and group and len(group) + len(those) <= size:
            letters, group = letters + letter, group + those
            continue
        if group:
            found += [(f"{prefix}[{letters}]*", group)] if len(letters) > 1 else patterns(group, size, prefix + letters)
        letters, group = letter, those
        if not letter:
            found, letters, group = found + [(prefix, those)], "", []
    if group:
        found += [(f"{prefix}[{letters}]*", group)] if len(letters) > 1 else patterns(group, size, prefix + letters)
    return found


class Batch:
    """Functions that are hooked at the same time: (event, names of the functions that it means) pairs."""

    def __init__(self, way, events):
        self.way = way
        self.events = events

    def names(self):
        return [name for _, names in self.events for name in names]

    def lines(self, number, refused):
        """For sweep.sh, without those functions."""
        return [f"{number} {self.way.how} {event} {name}\n" for event, names in self.events for name in names if name not in refused]

    def halves(self):
        """Two that are the same together; none: it is one function, or place."""
        events = self.events
        if len(events) == 1:
            names = events[0][1]
            if len(names) == 1 or self.way.how != "patterns":
                return []
            events = [(self.way.form.format(name=pattern), those)
                      for pattern, those in patterns(names, max(1, len(names) // 2), os.path.commonprefix(names))]
        middle = (len(events) + 1) // 2
        return [Batch(self.way, events[:middle]), Batch(self.way, events[middle:])]


class Way:
    """A way to hook functions: what for, and how many at a time."""

    def __init__(self, name, how, form, size, what):
        self.name = name
        self.how = how    # sweep.sh knows how to count these
        self.form = form  # of an event; as module parameters have it
        self.size = size
        self.what = what  # whether a Function is hooked so

    def batches(self, functions, factor, some):
        """
        factor: how many times as large batches of patterns are, on a kernel where loading takes much of the time; of breakpoints they are not,
        as each that is hit all the time makes setting the next one slower. some: these are not all functions, so that patterns would mean others too.
        """
        size = self.size * (factor if self.how == "patterns" else 1)
        names = sorted(name for name, function in functions.items() if self.what(function))
        if self.how == "patterns" and not some:
            return [Batch(self, [(self.form.format(name=pattern), those)]) for pattern, those in patterns(names, size)]
        by_event = collections.defaultdict(list)  # names may mean one place
        for name in names:
            by_event[self.event(functions[name])].append(name)
        events = list(by_event.items())
        return [Batch(self, events[i:i + size]) for i in range(0, len(events), size)]

    def event(self, function):
        """Resolving a name takes long when the tracer does not know it, so that a place is better."""
        form = self.form
        if function.module:
            form = form.replace(BY_PLACE, "probe:{name}")
        return form.format(name=function.name, inside=function.inside, place=function.place)


BY_PLACE = "probe:_stext+{place:#x}"
OTHER_RETURNS = "other-returns"
WAYS = [
    Way("entries", "patterns", "probe:{name}", 400, lambda function: function.traced),
    Way("returns", "patterns", "probe:{name}%25return", 400, lambda function: function.traced),
    Way("breakpoints", "breakpoints", "probe:{name}+{inside}", 250, lambda function: function.inside),
    Way("other-entries", "breakpoints", BY_PLACE, 250, lambda function: not function.inside),
    Way(OTHER_RETURNS, "breakpoints", BY_PLACE + "%25return", 100, lambda function: not function.traced),
]
