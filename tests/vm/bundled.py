# SPDX-License-Identifier: GPL-2.0
"""The bundles of cases with `#@ bundle`: one with all packaged kernels, and ones that are wrong for a kernel."""

import copy
import os
import subprocess
import threading

import bundles
import report

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = [os.path.join(HERE, "cases", name + ".kp") for name in ("flood", "comm")]
TIMEOUT_S = 600
LOCK = threading.Lock()


def bundle(path, scripts, kernels, options):
    """Writes a bundle of scripts for kernels; gives its path."""
    words = [report.KT2KO, "bundle", "--no-facts", *options, "-o", path, *scripts]
    for kernel in kernels:
        words += ["-k", kernel.build]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", timeout=TIMEOUT_S)
    if done.returncode != 0:
        raise RuntimeError(f"kt2ko bundle: status {done.returncode}\n{done.stdout}")
    return path


def changed(manifest, members, release, change):
    """The same bundle with other bytes in the modules of this kernel, and with their hashes."""
    manifest, members = copy.deepcopy(manifest), dict(members)
    for row in manifest["modules"]:
        if row["kernel"] == release:
            members[row["file"]] = change(members[row["file"]])
    bundles.hash_again(manifest, members)
    return manifest, members


def wrong_ones(path, release, folder):
    """{name: file} of bundles that this kernel cannot use."""
    manifest, members = bundles.read(path)
    others = dict(manifest, modules=[row for row in manifest["modules"] if row["kernel"] != release])
    made = {
        "others": (others, members),
        "vermagic": changed(manifest, members, release, lambda m: m.replace(b"SMP preempt ", b"SMP prexmpt ", 1)),
        "versions": changed(manifest, members, release, bundles.changed_symbol_version),
    }
    damaged = {name: data[:-1] + bytes([data[-1] ^ 1]) if release in name else data for name, data in members.items()}
    made["damaged"] = (manifest, damaged)
    os.makedirs(folder, exist_ok=True)
    return {name: bundles.write(os.path.join(folder, name + ".ktb"), *content) for name, content in made.items()}


def files(kernels, release, options, folder):
    """Files of the guest: /bundles/NAME.ktb. traces.ktb is the same file for all kernels."""
    with LOCK:
        path = bundle(os.path.join(folder, "traces.ktb"), SCRIPTS, kernels, options)
    found = {"traces": path, **wrong_ones(path, release, os.path.join(folder, release))}
    return {f"/bundles/{name}.ktb": file for name, file in found.items()}
