# SPDX-License-Identifier: GPL-2.0
"""Part sweep: every function of a kernel is hooked, in every way, one batch at a time; what became of each."""

import collections
import fnmatch
import hashlib
import json
import os
import re

import functions
import guest
import kernel_run as vm
import report

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "sweep", "sweep.kp")
BLOCKLIST = os.path.join(report.ROOT, "runtime-c", "include", "ktr_blocklist.def")
BATCHES_PER_PIECE = 2
PIECES_PER_BOOT = 10
SECONDS_PER_BATCH = 150   # generous: each function that is refused takes a load
ANSWER_S = 10             # for a command to be done
DEBUG_FACTOR = 4          # how much longer a batch takes there, and how much larger those of patterns are


class Outcome:
    """What became of the functions of one kernel so far, kept in a file."""

    def __init__(self, path, key, again):
        self.path = path
        self.key = key
        self.done = {}       # {way: batches}
        self.attached = {}   # {way: functions}
        self.refused = {}    # {way: {name: why}}
        self.failed = {}     # {way: {name: problem}}
        self.hit = {}        # {way: functions that were called meanwhile}
        self.blocked = {}    # {name: why}: these need not be tried with breakpoints
        if not again and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                kept = json.load(file)
            if kept["key"] == key:
                self.__dict__.update(kept, path=path)

    def save(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump({name: value for name, value in self.__dict__.items() if name not in ("path", "blocked")}, file, indent=1)
        os.rename(self.path + ".new", self.path)

    def without(self, way):
        """{name: why} of functions that need not be tried: known ones that failed; returns whose entry is refused; blocked ones."""
        why = {name: "it failed before" for name in self.failed.get(way.name, {})}
        if way.how == "breakpoints":
            why.update(self.blocked)
        if way.name == functions.OTHER_RETURNS:
            why.update(self.refused.get("other-entries", {}))
        return why

    def add(self, batches, printed):
        """Of a piece that went well."""
        rows = collections.defaultdict(list)
        number = -1
        for line in printed.splitlines():
            words = line.split("\t")
            number = int(words[1]) if words[0] == "batch" else number
            rows[number].append(words)
        for number, batch in enumerate(batches):
            way = batch.way.name
            without = self.without(batch.way)
            refused = {name: without[name] for name in batch.names() if name in without and name not in self.failed.get(way, {})}
            refused.update({words[1]: words[2] for words in rows[number] if words[0] == "refused"})
            self.refused.setdefault(way, {}).update(refused)
            for into, word in ((self.attached, "attached"), (self.hit, "hit")):
                into[way] = into.get(way, 0) + sum(int(words[1]) for words in rows[number] if words[0] == word)
            self.done[way] = self.done.get(way, 0) + 1
        self.save()

    def told(self, way):
        return self.attached.get(way, 0) + len(self.refused.get(way, {})) + len(self.failed.get(way, {}))

    def summary(self, way):
        whys = [re.sub(r"^not possible for \S+: ", "", why) for why in self.refused.get(way, {}).values()]
        # a message that is too long ends early
        reasons = collections.Counter(max((other for other in whys if other.startswith(why)), key=len) for why in whys)
        text = f"{way}: {self.attached.get(way, 0)} attached ({self.hit.get(way, 0)} were called)"
        text += f", {len(self.refused.get(way, {}))} refused, {len(self.failed.get(way, {}))} failed"
        return text + "".join(f"\n    {count} refused: {why}" for why, count in reasons.most_common())


def blocked_by_us(names):
    """{name: why} of those in which the runtime sets no breakpoint."""
    with open(BLOCKLIST, encoding="utf-8") as file:
        patterns = re.findall(r'^KTR_BLOCKED\("([^"]*)", BREAK,', file.read(), re.MULTILINE)
    return {name: "our list has it (not tried)" for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)}


class Piece:
    """Some batches in a guest."""

    def __init__(self, name, batches):
        self.name = name
        self.batches = batches
        self.printed = ""
        self.problem = "it did not run"

    def is_of(self, way):
        return any(batch.way.name == way for batch in self.batches)

    def check(self, result):
        self.printed = result.stdout
        return "" if result.status == 0 else f"exit status {result.status}; printed:\n{guest.tail(result.stdout)}\n{guest.tail(result.stderr)}"


class Failed(Exception):
    """A piece did."""


class Sweep:
    """The sweep over one kernel."""

    def __init__(self, kernel, module, text, cpus, programs):
        self.kernel = kernel
        self.module = module
        self.programs = programs  # of the load
        self.text = text  # of the load and of sweep.sh
        self.cpus = cpus
        self.outcome = None
        self.folder = os.path.dirname(module)

    def survey(self):
        """What functions_of() wants."""
        piece = Piece("survey", [])

        def tell(name, problem):
            piece.problem = problem if name == piece.name else piece.problem
        guest.Runner(self.kernel, tell).run([guest.GuestCase(piece.name, functions.SURVEY, {}, 60, piece.check)])
        if piece.problem:
            raise Failed(piece.problem)
        return piece.printed

    def case(self, piece, number):
        """The list of its functions is a file of its own: the cases of a guest share their files."""
        path = os.path.join(self.folder, f"list-{number}")
        with open(path, "w", encoding="utf-8") as file:
            for i, batch in enumerate(piece.batches):
                file.writelines(batch.lines(i, self.outcome.without(batch.way)))
        in_guest = f"/sweep/list-{number}"
        answer = ANSWER_S * self.kernel.slowness
        # loading takes long there, and entries have told of them
        listed = "aside" if self.kernel.debug or piece.is_of(functions.OTHER_RETURNS) else "tried"
        head = f"SCRIPTS=\nLISTED={listed}\nLIST={in_guest}\nCOMPLAINTS='{guest.COMPLAINTS.pattern}'\nANSWER_S={answer}\nPROGRAMS={vm.PROGRAMS}\n"
        files = {**self.programs, "/modules/sweep.ko": self.module, in_guest: path}
        seconds = SECONDS_PER_BATCH * (DEBUG_FACTOR if self.kernel.debug else 1) * len(piece.batches)
        return guest.GuestCase(piece.name, head + self.text, files, seconds, piece.check)

    def run(self, pieces, done):
        """In one guest, or more when it breaks. done(piece) is called for each; other names that fail are told by it too."""
        by_name = {piece.name: piece for piece in pieces}

        def tell(name, problem):
            piece = by_name.get(name) or Piece(name, [])
            piece.problem = problem
            done(piece)
        guest.Runner(self.kernel, tell, self.cpus).run([self.case(piece, number) for number, piece in enumerate(pieces)])

    def culprits(self, batches):
        """[(name, problem)] of the functions of a piece that failed which fail on their own."""
        found, left, level = [], [Piece(f"batch {number} alone", [batch]) for number, batch in enumerate(batches)], 0
        while left:
            print(f"{self.kernel.name}: reducing: {len(left)} parts, {sum(len(piece.batches[0].names()) for piece in left)} functions",
                  flush=True)
            self.run(left, lambda piece: None)
            level += 1
            halves = []
            for piece in left:
                batch = piece.batches[0]
                if piece.problem and not batch.halves():
                    found += [(name, piece.problem) for name in batch.names()]
                elif piece.problem:
                    halves += batch.halves()
            left = [Piece(f"part {level}.{number}", [batch]) for number, batch in enumerate(halves)]
        return found


def progress(kernel, outcome, way, wanted):
    print(f"{kernel.name}: {way}: {outcome.done[way]} of {wanted} batches; {outcome.attached.get(way, 0)} attached, "
          f"{len(outcome.refused.get(way, {}))} refused, {len(outcome.failed.get(way, {}))} failed", flush=True)


def run_boot(sweep, way, batches, result):
    """One guest for batches of a way. False: something failed that no single function is to blame for."""
    outcome, wanted = sweep.outcome, len(batches)
    firsts = range(outcome.done.get(way, 0), wanted, BATCHES_PER_PIECE)[:PIECES_PER_BOOT]
    pieces = [Piece(f"{way} {first}", batches[first:first + BATCHES_PER_PIECE]) for first in firsts]
    failed = []

    def done(piece):
        if piece.problem:
            failed.append(piece)
            raise Failed
        if piece.batches:
            outcome.add(piece.batches, piece.printed)
            progress(sweep.kernel, outcome, way, wanted)
    try:
        sweep.run(pieces, done)
    except Failed:
        print(f"{sweep.kernel.name}: failed: {failed[0].name}:\n{failed[0].problem}", flush=True)
        culprits = sweep.culprits(failed[0].batches)
        for name, problem in culprits:
            outcome.failed.setdefault(way, {})[name] = problem
        outcome.save()
        if not culprits:
            result.add(f"{failed[0].name} on {sweep.kernel.name}", failed[0].problem)
        return bool(culprits)
    return True


def run_way(sweep, way, batches, result):
    """Batches that have been done already are not done again. Functions that failed are failures in each run."""
    kernel, outcome = sweep.kernel, sweep.outcome
    while outcome.done.get(way, 0) < len(batches) and run_boot(sweep, way, batches, result):
        pass
    result.passed += min(outcome.done.get(way, 0), len(batches))
    for name, problem in outcome.failed.get(way, {}).items():
        result.add(f"{way} of {name} on {kernel.name}", problem)
    functions_n = sum(len(batch.names()) for batch in batches)
    print(f"{kernel.name}: {functions_n} functions: {outcome.summary(way)}", flush=True)
    if outcome.done.get(way, 0) == len(batches) and outcome.told(way) != functions_n:
        result.add(f"{way} on {kernel.name}", f"of {functions_n} functions {outcome.told(way)} were attached, refused or failed")


def key_of(base, batches):
    """A fingerprint of what is swept, and how."""
    digest = hashlib.sha256(base.encode())
    for batch in batches:
        digest.update(repr((batch.way.name, batch.events)).encode())
    return digest.hexdigest()


def run(kernel, base_key, text, programs, cpus, options, folder, result):
    """base_key: fingerprint of what modules are made of; programs: files of the guest; folder: where files are kept."""
    module, problem = vm.build_script(kernel, SCRIPT, os.path.join(folder, f"modules-{kernel.release}"))
    if problem:
        result.add(f"sweep.kp for {kernel.name}", problem)
        return
    sweep = Sweep(kernel, module, text, cpus, programs)
    try:
        found, aside = functions.functions_of(sweep.survey())
    except Failed as error:
        result.add(f"the survey of {kernel.name}", str(error))
        return
    if options.words:
        found = {name: function for name, function in found.items() if name in options.words}
    print(f"{kernel.name}: {len(found)} functions, {sum(function.traced for function in found.values())} of them known to the function "
          f"tracer; {aside} names are of padding and of jumps", flush=True)
    factor = DEBUG_FACTOR if kernel.debug else 1
    batches = {way.name: way.batches(found, factor, bool(options.words)) for way in functions.WAYS}
    key = key_of(base_key, [batch for those in batches.values() for batch in those])
    name = "sweep-words" if options.words else "sweep"
    sweep.outcome = Outcome(os.path.join(folder, f"{name}-{kernel.release}.json"), key, options.again)
    if kernel.debug:
        sweep.outcome.blocked = blocked_by_us(found)
    for way, those in batches.items():
        if options.way in (None, way) and those:
            run_way(sweep, way, those[:options.cycles or None], result)
