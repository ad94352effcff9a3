# SPDX-License-Identifier: GPL-2.0
# Tapset functions give nil or "" for what cannot be read, and the script goes on; a process that has unshared the namespace for its
# children is still in its own.
. /cases/lib.sh

run 0 -q /modules/tapset_unreadable.ko -- unshare -p sh -c 'echo written >/dev/null'
tab=$(printf '\t')
has out "text$tab[]"
has out "path${tab}anon_inode:[0]"
has out "numbers${tab}nil${tab}nil${tab}nil${tab}nil${tab}0${tab}nil${tab}nil${tab}nil${tab}nil${tab}nil${tab}nil"
has out "flags${tab}O_RDONLY|0x100000${tab}O_RDONLY|O_SYNC"
has out "in$tab$(readlink /proc/self/ns/pid | tr -cd 0-9)"
unloaded tapset_unreadable
exit 0
