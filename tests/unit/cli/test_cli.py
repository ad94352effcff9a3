#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The program as users meet it: exit statuses, messages, files. Needs neither headers nor root.

usage: test_cli.py KT2KO
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

KT2KO = ""


class Cli(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kt2ko-cli-")
        self.addCleanup(self.folder.cleanup)
        self.script = self.write("io.kp", 'print("x")\n')

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run_it(self, *words, status=0, **environment):
        done = subprocess.run([KT2KO, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, encoding="utf-8", cwd=self.folder.name,
                              env=dict(os.environ, LC_ALL="C", **environment))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def error_of(self, *words, status, **environment):
        """stderr of a run that must fail: one clear message and, after it, a hint."""
        done = self.run_it(*words, status=status, **environment)
        self.assertEqual(done.stdout, "")
        self.assertIn("kt2ko: error: ", done.stderr)
        return done.stderr

    def test_usage(self):
        for words in ([], ["--nonsense"], ["run"], ["a.kp", "b.kp"], ["-m", "No", self.script]):
            self.assertIn("\nhint: ", self.error_of(*words, status=2))

    def test_values_that_say_nothing(self):
        self.assertIn("-k names no kernel", self.error_of("-k", "", self.script, status=2))
        self.assertIn("-j needs one module", self.error_of("check", "-j", "0", self.script, status=2))

    def test_version_and_help(self):
        self.assertRegex(self.run_it("--version").stdout, r"^kt2ko \d+\.\d+\.\d+\n$")
        self.assertIn("usage:", self.run_it("vm", "--help").stdout)

    def test_files_that_are_no_scripts(self):
        self.assertIn("No such file", self.error_of("none.kp", status=2))
        self.assertIn("is a directory", self.error_of("/tmp", status=2))
        self.assertIn("KT1024", self.run_it("/bin/true", status=1).stderr)
        self.assertIn("KT4001", self.error_of(self.write("big.kp", "#" * 1100000), status=1))

    def test_a_wrong_script(self):
        done = self.run_it(self.write("bad.kp", "print(\n"), status=1)
        self.assertRegex(done.stderr, r"bad\.kp:\d+:\d+: error: .* \[KT1\d\d\d\]\n")
        self.assertNotIn("kt2ko: error", done.stderr)
        self.assertNotIn("\033[", done.stderr)
        self.assertIn("\033[", self.run_it("--color=always", "bad.kp", status=1).stderr)

    def test_passes(self):
        self.assertEqual(self.run_it("--stop-after=parse", self.script).stdout, "")
        self.assertIn("print", self.run_it("--dump-after=parse", self.script).stdout)
        self.assertTrue(self.run_it("--dump-after=lower", self.script).stdout)
        self.assertIn("#include \"ktr.h\"", self.run_it("--dump-after=emit", self.script).stdout)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["io.kp"])

    def test_a_module_directory_of_a_script_with_tapsets(self):
        script = self.write("up.kp", "trace sched:sched_switch { print(task.parent_name()) }\n")
        self.run_it("--emit-c", self.path("c"), script)
        self.assertRegex(self.read("c/ffi.c"), r'#line \d+ "task\.kp"')

    def test_what_is_no_module_of_a_tapset(self):
        self.assertIn("there is no tapset 'none'", self.error_of("tapset", "none", status=2))
        self.assertIn("takes one tapset", self.error_of("tapset", "errno", "vfs", status=2))
        self.assertIn("KT1001", self.run_it("tapset", self.write("wrong.kp", "function f() { return 1 + }\n"), status=1).stderr)
        for name, text, reason in (
                ("own", "function _f() { return 1 }\n", "has no function that scripts can use"),
                ("traces", "function f() { trace sched:sched_switch { print(1) } }\n", "cannot be a module: it traces events"),
                ("kernel", "function f() { return kread_u64(`jiffies`) }\n", "cannot be a module: it uses the kernel's symbol")):
            with self.subTest(name):
                self.assertIn(reason, self.error_of("tapset", self.write(name + ".kp", text), status=1))

    def test_linked_with_tapsets(self):
        self.write("two.kp", "var limit = 2\nfunction twice(x) { return x * limit }\n")
        uses = self.write("uses.kp", "print(two.twice(4))\ntrace_end { print(two.twice(8)) }\n")
        done = self.error_of("--link-tapsets", "-I", ".", uses, status=3)
        self.assertIn("the tapset 'two' has no module here: kt2ko_two.symvers is in none of the folders", done)
        text = self.run_it("--link-tapsets", "-I", ".", "--dump-after", "emit", self.write("no.kp", "print(1)\n")).stdout
        self.assertNotIn("ktr_tapset.h", text)
        self.write("kt2ko_two.symvers", "0x0\tktg_tapset_two_000000000000\tkt2ko_two\tEXPORT_SYMBOL_GPL\t\n")
        self.assertIn("is of another text", self.error_of("--link-tapsets", "-I", ".", uses, status=3))
        self.assertIn("KT3027", self.run_it("--link-tapsets", "-I", ".", self.write("var.kp", "print(two.limit)\n"), status=1).stderr)

    def test_explain(self):
        script = self.write("count.kp", "var n = 0\ntrace sched:sched_switch { n += 1 }\ntrace_end { print(n) }\n")
        text = self.run_it("--explain", script).stdout
        self.assertIn("n, line 1\n      a number in parts", text)
        self.assertIn("handlers add to it and do nothing else with it (line 2)", text)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["count.kp", "io.kp"])
        self.assertNotIn("Limits given", text)
        text = self.run_it("--explain", "--param", "memory_kb=1024", "--param", "buffer_kb=64", "--param", "max_elements=7",
                           "--param", "max_loop_count=8", "--param", "max_loop_count=9", script).stdout
        self.assertIn("256 KiB at load (reserve_kb), at most 1 MiB (memory_kb)", text)
        self.assertIn("at most 7 elements (max_elements", text)
        self.assertIn("output: 64 KiB per CPU (buffer_kb)", text)
        self.assertIn("Limits given when it is built\n  max_loop_count: 9 (default: 100000)\n", text)
        text = self.run_it("--explain", "--param", "memory_kb=100", script).stdout
        self.assertIn("100 KiB at load (reserve_kb), at most 100 KiB (memory_kb)", text)
        wrong = self.run_it("--explain", self.write("bad.kp", "var n = 0\nn = x\n"), status=1)
        self.assertIn("KT1018", wrong.stderr)
        self.assertEqual(wrong.stdout, "")

    def test_c_of_a_script(self):
        self.run_it("--user-c", "one.c", self.script)
        self.run_it("--user-c", "two.c", "io.kp")
        self.run_it("--no-line", "--user-c", "three.c", "io.kp")
        one, two, three = (self.read(name) for name in ("one.c", "two.c", "three.c"))
        self.assertEqual(one, two)  # the same bytes, wherever the script lies
        self.assertIn("#line", one)
        self.assertNotIn("#line", three)
        self.assertNotIn(self.folder.name, one)
        self.assertIn("cannot write", self.error_of("--user-c", "/no/such/x.c", self.script, status=3))

    def test_module_directory(self):
        self.run_it("--emit-c", "out", self.script)
        for name in ("script.c", "module.c", "Kbuild", "Makefile", "runtime-c/include/ktr.h"):
            self.assertTrue(os.path.isfile(self.path("out/" + name)), name)
        for name in ("module.c", "Kbuild", "Makefile"):
            self.assertNotIn("{{", self.read("out/" + name))
            self.assertNotIn(self.folder.name, self.read("out/" + name))
        self.write("types.kp", 'ffi.include "linux/fs.h"\nprint(ffi.sizeof("struct inode"))\n')
        self.run_it("--emit-c", "types", "types.kp")
        self.assertIn('#line 2 "types.kp"\n#include <linux/fs.h>\n', self.read("types/ffi.c"))
        self.run_it("--emit-c", "out", "-e", "print(1)")
        os.mkdir(self.path("theirs"))
        self.write("theirs/file", "x")
        self.assertIn("not ours", self.error_of("--emit-c", "theirs", self.script, status=2))
        self.assertIn("not a directory", self.error_of("--emit-c", "io.kp", self.script, status=2))

    def test_missing_headers(self):
        text = self.error_of("-k", "4.4.4-none", self.script, status=3)
        self.assertIn("apt-get install linux-headers-4.4.4-none", text)
        self.assertIn("not a prepared kernel build directory", self.error_of("-k", "/usr", self.script, status=3))

    def test_missing_share(self):
        text = self.error_of("--emit-c", "out", self.script, status=3, KT2KO_SHARE="/nowhere")
        self.assertIn("KT2KO_SHARE", text)

    def test_check_reports_a_wrong_script(self):
        self.write("bad.kp", "print(\n")
        fake = self.fake_kernel()
        done = self.run_it("check", "-k", fake, "bad.kp", status=1)
        self.assertIn("bad.kp", done.stdout)
        self.assertIn("script wrong", done.stdout)

    def test_check_for_machines(self):
        self.write("bad.kp", "print(1)\nprint(nothing % 2)\nvar s = errno.nam(1)\n")
        self.write("also.kp", "x = 1\nprint(nobody)\n")
        fake = self.fake_kernel()
        done = self.run_it("check", "-k", fake, "--json", "--sarif", "found.sarif", "--annotations", "bad.kp", "also.kp", status=1)
        rows = json.loads(done.stdout)
        self.assertEqual([(row["script"], row["kernel"], row["result"]) for row in rows],
                         [("bad.kp", None, "wrong"), ("also.kp", None, "wrong")])
        wrong = rows[0]["findings"][0]
        self.assertEqual((wrong["file"], wrong["line"], wrong["column"], wrong["severity"], wrong["code"], wrong["hint"]),
                         ("bad.kp", 3, 9, "error", "KT3010", "did you mean 'errno.name'?"))
        self.assertEqual([f["severity"] for f in rows[1]["findings"]], ["warning", "error"])
        run = json.loads(self.read("found.sarif"))["runs"][0]
        self.assertEqual([(r["ruleId"], r["level"]) for r in run["results"]],
                         [("KT3010", "error"), ("KT1020", "warning"), ("KT1018", "error")])
        self.assertEqual([rule["id"] for rule in run["tool"]["driver"]["rules"]], ["KT3010", "KT1020", "KT1018"])
        place = run["results"][2]["locations"][0]["physicalLocation"]
        self.assertEqual((place["artifactLocation"]["uri"], place["region"]["startLine"], place["region"]["startColumn"]), ("also.kp", 2, 7))
        lines = [line for line in done.stderr.splitlines() if line.startswith("::")]
        self.assertEqual(lines[2], "::error file=also.kp,line=2,col=7,title=KT1018::undefined global variable 'nobody'")
        self.assertEqual(len(lines), 3)

    def test_check_with_snapshots(self):
        text = ("kt2ko-facts 2 {release}\nmx86_64\nCCONFIG_MODULES=y\nCCONFIG_SMP=y\nCCONFIG_RELAY=y\nCCONFIG_PROC_FS=y\n"
                "CCONFIG_KALLSYMS=y\nCCONFIG_KPROBES=y\nCCONFIG_TRACEPOINTS=y\n"
                "Esched:sched_switch\n{fields}tvfs_read\nfplain\nM\nwkvm_exit\n")
        self.write("one.facts", text.format(release="1.1.1-one", fields="Fchar[16]\tprev_comm\nFpid_t\tprev_pid\n"))
        self.write("two.facts", text.format(release="2.2.2-two", fields="Flong\tprev_comm\n"))
        self.write("fine.kp", "trace sched:sched_switch { print(prev_comm, arg1) }\ntrace probe:plain { print(1) }\n")
        self.write("module.kp", "trace kvm:kvm_exit { print(1) }\n")
        self.write("user.kp", f"trace probe:{KT2KO}:main {{ print(1) }}\n")
        kernels = ("-k", "one.facts", "-k", "two.facts")
        done = self.run_it("check", *kernels, "fine.kp", status=0)
        self.assertEqual(done.stdout.splitlines(), [
            "fine.kp  1.1.1-one  ok, not built: no headers; 2 of 2 events there",
            "    probe:plain: breakpoint, the function tracer does not know the function",
            "fine.kp  2.2.2-two  ok, not built: no headers; 2 of 2 events there",
            "    sched:sched_switch: arg1 is not there, pid_t prev_pid in 1.1.1-one",
            "    sched:sched_switch: prev_comm is long, char[16] in 1.1.1-one",
            "    probe:plain: breakpoint, the function tracer does not know the function"])
        self.assertEqual(done.stderr.count("[KT3025]"), 1)
        self.run_it("check", "--strict", *kernels, "fine.kp", status=1)
        self.run_it("check", "--strict", *kernels[:2], "fine.kp", status=0)
        rows = json.loads(self.run_it("check", "--json", *kernels, "module.kp", status=0).stdout)
        self.assertEqual([(row["events"][0]["state"], row["built"]) for row in rows], [("module", False)] * 2)
        self.assertIn("[KT3009]", self.run_it("check", "-k", "one.facts", "-e", "trace kvm:kvm_entry { print(1) }", status=1).stderr)
        self.assertIn("built without CONFIG_UPROBES [KT3026]", self.run_it("check", "-k", "one.facts", "user.kp", status=1).stderr)
        self.assertEqual(self.run_it("list", "-k", "one.facts", "*:*").stdout, "sched:sched_switch\n")
        self.write("not.facts", "kt2ko-facts 1 6.1\n")
        self.assertIn("not a complete snapshot", self.error_of("check", "-k", "not.facts", "fine.kp", status=3))
        subprocess.run(["sh", "-n"], input=self.run_it("snapshot", "--script").stdout, check=True, encoding="utf-8")

    def test_list_of_a_file(self):
        build = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../vm/programs/build.sh")
        subprocess.run(["bash", build, self.path("programs")], check=True, stdout=subprocess.DEVNULL)
        nm = subprocess.run(["nm", self.path("programs/calls_pie")], check=True, stdout=subprocess.PIPE, encoding="utf-8")
        names = {line.split()[2] for line in nm.stdout.splitlines() if line.split()[-2] in "tT"}
        listed = self.run_it("list", "probe:programs/calls_pie:*").stdout.splitlines()
        self.assertLessEqual({line.split(":")[2] for line in listed}, names)
        for name in ("main", "add3", "hidden", "twin"):
            self.assertIn(f"probe:programs/calls_pie:{name}", listed)
        self.assertEqual(listed, sorted(listed))
        self.assertEqual(self.run_it("list", "sdt:programs/marks:mar*:tw*").stdout,
                         "sdt:programs/marks:marks:twice  -4@%eax\nsdt:programs/marks:marks:twice  -4@%ecx\n")
        self.assertEqual(json.loads(self.run_it("list", "--json", "sdt:programs/marks:mar*:tw*").stdout),
                         [{"event": "sdt:programs/marks:marks:twice", "arguments": f"-4@%{at}"} for at in ("eax", "ecx")])
        self.assertEqual([one["event"] for one in json.loads(self.run_it("list", "--json", "probe:programs/calls_pie:*").stdout)], listed)
        self.assertIn("did you mean add3?", self.error_of("list", "probe:programs/calls_pie:add4", status=1))
        self.assertIn("no static markers", self.error_of("list", "sdt:programs/calls_pie", status=1))
        self.assertIn("No such file", self.error_of("list", "probe:programs/none:x", status=3))

    def fake_kernel(self):
        """Enough of a build directory to be taken for one."""
        os.makedirs(self.path("k/include/config"))
        self.write("k/Makefile", "modules:\n\t@echo there is no such kernel; false\n")
        self.write("k/include/config/kernel.release", "5.5.5-fake\n")
        return self.path("k")

    def test_directories_that_make_cannot_use(self):
        os.mkdir(self.path("a b"))
        text = self.error_of("-k", self.fake_kernel(), self.script, status=3, TMPDIR=self.path("a b"))
        self.assertIn("TMPDIR", text)
        self.assertEqual(os.listdir(self.path("a b")), [])

    def test_a_build_that_fails_keeps_the_c(self):
        text = self.error_of("-k", self.fake_kernel(), self.script, status=3, TMPDIR=self.folder.name,
                             XDG_CACHE_HOME=self.path("cache"))
        self.assertIn("internal error", text)
        kept = text.split("kept in ")[1].split("\n")[0]
        self.assertTrue(os.path.isfile(os.path.join(kept, "script.c")), text)
        self.assertEqual(os.listdir(self.path("cache/kt2ko/build")), [])

    @unittest.skipIf(os.geteuid() == 0, "root may load modules")
    def test_run_needs_root(self):
        self.assertIn("root", self.error_of("run", self.script, status=3))

    def test_doctor_has_a_line_for_everything(self):
        done = subprocess.run([KT2KO, "doctor"], stdout=subprocess.PIPE, check=False, encoding="utf-8")
        self.assertIn(done.returncode, (0, 3))
        lines = done.stdout.splitlines()
        self.assertGreaterEqual(len(lines), 10)
        for line in lines:
            self.assertRegex(line, r"^(ok|limited|missing) +\S")
            if not line.startswith("ok"):
                self.assertIn("; ", line)


if __name__ == "__main__":
    KT2KO = os.path.abspath(sys.argv.pop(1))
    unittest.main()
