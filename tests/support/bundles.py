# SPDX-License-Identifier: GPL-2.0
"""Bundles (kt2ko bundle): reading them, and writing ones that kt2ko would not write."""

import gzip
import hashlib
import io
import json
import tarfile

MANIFEST = "manifest.json"


def read(path):
    """(manifest, {member: bytes}) of a bundle; the manifest is not among the members."""
    members = {}
    with tarfile.open(path, "r:gz") as archive:
        for info in archive:
            members[info.name] = archive.extractfile(info).read()
    return json.loads(members.pop(MANIFEST)), members


def hash_again(manifest, members):
    """Makes the manifest's sizes and hashes those of the members."""
    for row in manifest["modules"]:
        data = members[row["file"]]
        row["size"], row["sha256"] = len(data), hashlib.sha256(data).hexdigest()


def pack(path, entries, form=tarfile.USTAR_FORMAT):
    """Writes an archive. entries: (TarInfo or name, bytes)."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=form) as archive:
        for info, content in entries:
            if isinstance(info, str):
                info = tarfile.TarInfo(info)
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with open(path, "wb") as file:
        file.write(gzip.compress(data.getvalue(), mtime=0))
    return path


def write(path, manifest, members):
    return pack(path, [(MANIFEST, json.dumps(manifest).encode()), *members.items()])


def changed_symbol_version(module):
    """The module with another version of one of its imports: what it is when the kernel's types have changed."""
    for name in (b"_printk", b"kfree", b"vfree"):
        at = module.find(name.ljust(56, b"\0"))  # a record of __versions: the version, 8 bytes, and the name
        if at >= 8:
            return module[:at - 8] + bytes([module[at - 8] ^ 1]) + module[at - 7:]
    raise ValueError("none of the imports is known")
