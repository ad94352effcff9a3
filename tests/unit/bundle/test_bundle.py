#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ktrun with bundles that kt2ko would not write: each is refused with a message, none crashes it. Needs no root, no kernel headers.

usage: test_bundle.py KT2KO KTRUN
"""

import gzip
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))

import bundles  # noqa: E402

KT2KO, KTRUN = "", ""
TIME_LIMIT_S = 60
RELEASE, MACHINE = os.uname().release, os.uname().machine
MODULE = b"no module, but nobody looks before its hash is right " * 100


def row(name="io", kernel=RELEASE, arch=MACHINE, **more):
    return {"name": name, "script": name + ".kp", "kernel": kernel, "arch": arch, "vermagic": kernel + " SMP ",
            "events": ["sched:sched_switch"], "unsafe": False, "dangers": "", "arguments": False, "parameters": [],
            "source_sha256": "0" * 64, "config_sha256": "0" * 64, "file": f"modules/{arch}/{kernel}/{name}.ko", **more}


def manifest(*rows, **more):
    return {"format": 1, "kt2ko": "0.1.0", "options": [], "ktrun": [], "modules": list(rows), **more}


class Bundles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kt2ko-bundle-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "b.ktb")

    def good(self, *rows, **more):
        """(manifest, members) that are right."""
        text = manifest(*(rows or [row()]), **more)
        members = {one["file"]: MODULE for one in text["modules"]}
        bundles.hash_again(text, members)
        return text, members

    def write(self, text, members):
        return bundles.write(self.path, text, members)

    def ktrun(self, *words, status, program=None):
        done = subprocess.run([program or KTRUN, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False, encoding="utf-8", errors="replace", timeout=TIME_LIMIT_S, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def refused(self, text, *words, status=3):
        """One message, which has this text."""
        done = self.ktrun(*(words or ("b.ktb", "io")), status=status)
        self.assertRegex(done.stderr, text)
        self.assertTrue(done.stderr.startswith("ktrun: "), done.stderr)
        self.assertLess(len(done.stderr), 1000)
        self.assertEqual(done.stdout, "")

    def test_the_list(self):
        self.write(*self.good(row("b", "5.0-x"), row("b"), row("a b'c", unsafe=True, script="a b'c.kp")))
        text = self.ktrun("b.ktb", status=0).stdout
        self.assertIn(f"b (b.kp)\n  traces sched:sched_switch\n  5.0-x {MACHINE}\n  {RELEASE} {MACHINE}  (this kernel)\n", text)
        self.assertIn("a b'c (a b'c.kp), unsafe\n", text)
        found = json.loads(self.ktrun("--json", "b.ktb", status=0).stdout)
        self.assertEqual([one["name"] for one in found["modules"]], ["b", "b", "a b'c"])

    def test_what_is_taken_is_looked_at_as_a_file_is(self):
        self.write(*self.good())
        self.refused("io of b.ktb is not a kernel module")
        self.refused("no script x; it has: io", "b.ktb", "x")
        self.refused("no name of a script", "b.ktb", "--", "true", status=2)

    def test_no_module_for_this_kernel(self):
        self.write(*self.good(row("a", "5.0-x"), row("a", "6.0-y"), row("b c", "5.0-x"), options=["--param", "max_string=64"]))
        done = self.ktrun("b.ktb", "a", status=3)
        self.assertIn(f"a is in b.ktb for kernels 5.0-x ({MACHINE}), 6.0-y ({MACHINE}); this is {RELEASE} ({MACHINE})\n", done.stderr)
        self.assertIn(f"kt2ko bundle --param max_string=64 a.kp 'b c.kp' -k 5.0-x -k 6.0-y -k {RELEASE} -o b.ktb\n", done.stderr)
        self.write(*self.good(row(arch="pdp11")))
        self.refused(r"for kernels \S+ \(pdp11\)")

    def test_wrong_hashes_and_sizes(self):
        text, members = self.good()
        name = text["modules"][0]["file"]
        self.write(text, {name: MODULE[:-1] + b"?"})
        self.refused("not what the manifest says")
        self.write(text, {name: MODULE + b"?"})
        self.refused("not what the manifest says")
        self.write(text, {})
        self.refused(f"has no {name}: it is no bundle")
        text["modules"][0]["sha256"] = "x"
        self.write(text, members)
        self.refused("module 1 of its manifest is not described")

    def test_wrong_manifests(self):
        text, members = self.good()
        for key, value in (("name", ""), ("name", None), ("name", "n" * 64), ("name", "a\033[2Jb"), ("file", "../x"), ("file", "/x"),
                           ("file", "a//b"), ("file", "a/../../b"), ("kernel", 6), ("events", "x"), ("events", [1]), ("size", -1),
                           ("size", 1 << 40), ("size", "1"), ("sha256", "A" * 64), ("vermagic", "a\nb")):
            changed = dict(text, modules=[dict(text["modules"][0], **{key: value})])
            self.write(changed, members)
            self.refused("is damaged: module 1 of its manifest")
        for changed in (dict(text, modules=[]), dict(text, modules=3), dict(text, options=[{}]), dict(text, modules=[7])):
            self.write(changed, members)
            self.refused("is damaged: ")
        self.write(dict(text, format=2), members)
        self.refused("format 2, this ktrun knows 1; use the ktrun in it")
        for wrong in ([], {}, {"format": "1"}):
            self.write(wrong, members)
            self.refused("not a bundle of kt2ko")
        for wrong in (b"", b"{", b"\0", b"[" * 5000, b'{"format":1,"format":1}', b"\xff\xfe", b'"' + b"x" * 100000):
            bundles.pack(self.path, [(bundles.MANIFEST, wrong)])
            self.refused("is not JSON")

    def test_members_that_do_not_belong_there(self):
        text, members = self.good()
        last = [*members.items()]
        first = (bundles.MANIFEST, json.dumps(text).encode())
        for name in ("../../etc/x", "/etc/x", "a/./b", "..", "a\033b"):
            bundles.pack(self.path, [first, (name, b"x"), *last])
            self.refused("a member's name leads out of it")
            bundles.pack(self.path, [(name, b"x"), first, *last])
            self.refused("a member's name leads out of it", "b.ktb")
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo("x")
            info.type, info.linkname = kind, "/etc/shadow"
            bundles.pack(self.path, [(info, b""), first, *last])
            self.refused("x/? is not a file")

    def test_giant_members(self):
        for size in ((64 << 20) + 1, 1 << 40, (1 << 62) + 5):
            info = tarfile.TarInfo(bundles.MANIFEST)
            info.size = size
            with open(self.path, "wb") as file:
                file.write(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"{" * 4096))
            self.refused("manifest.json is larger than 64 MiB|is damaged: ")
        bundles.pack(self.path, [(bundles.MANIFEST, b" " * (17 << 20))])
        self.refused("manifest.json is larger than it may be")

    def test_what_is_no_archive(self):
        with open(self.path, "wb") as file:
            file.write(gzip.compress(b"hello" * 1000))
        self.refused("is damaged|is no bundle")
        with open(self.path, "wb") as file:
            file.write(b"\x1f\x8b")
        self.refused("is damaged|cannot read|is no bundle")
        bundles.pack(self.path, [("README", b"x")])
        self.refused("has no manifest.json: it is no bundle")
        self.refused("cannot read .*No such file", "none.ktb")
        self.refused("is not a kernel module", "/dev/null")

    def test_every_way_to_be_cut_off(self):
        self.write(*self.good())
        with open(self.path, "rb") as file:
            whole = file.read()
        for size in range(2, len(whole) - 1, max(1, len(whole) // 60)):
            with open(self.path, "wb") as file:
                file.write(whole[:size])
            self.ktrun("b.ktb", "io", status=3)

    def test_any_byte_may_be_wrong(self):
        """Nothing else than a refusal, or a list; under a checker of memory errors when there is one (KTRUN_CHECKED)."""
        self.write(*self.good(row("a"), row("b", "5.0-x")))
        with open(self.path, "rb") as file:
            whole = gzip.decompress(file.read())
        chance = random.Random(1)
        for _ in range(150):
            data = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                data[chance.randrange(min(len(data), 3000))] = chance.choice((0, 0x22, 0x2f, 0x39, 0xff, chance.randrange(256)))
            packed = bytearray(gzip.compress(bytes(data)))
            if chance.random() < 0.3:
                packed[chance.randrange(2, len(packed))] ^= 1 << chance.randrange(8)
            with open(self.path, "wb") as file:
                file.write(packed)
            done = subprocess.run([os.environ.get("KTRUN_CHECKED", KTRUN), self.path, "a"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=TIME_LIMIT_S)
            self.assertEqual(done.returncode, 3, done.stderr)

    def test_usage_of_kt2ko(self):
        script = os.path.join(self.folder, "x.kp")
        with open(script, "w", encoding="utf-8") as file:
            file.write("print(1)\n")
        for words, text in ((["x.kp"], "bundle needs -o"), (["-o", "y.ktb"], "bundle needs a script"),
                            (["-o", "y.ktb", "x.kp", "-k", "/none/such"], "not a prepared kernel build directory"),
                            (["-o", "y.ktb", "-m", "z", "x.kp", "x.kp"], "-m with several scripts")):
            done = self.ktrun("bundle", *words, status=3 if "/none/such" in words else 2, program=KT2KO)
            self.assertIn(text, done.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.folder, "y.ktb")))


if __name__ == "__main__":
    KTRUN = os.path.abspath(sys.argv.pop())
    KT2KO = os.path.abspath(sys.argv.pop())
    unittest.main()
