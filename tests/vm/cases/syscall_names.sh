# SPDX-License-Identifier: GPL-2.0
# Names of system calls by their numbers are those that the kernel's events of the same calls have.
. /cases/lib.sh

mkdir -p /tmp/some/where
cat >work <<'END'
ls -lR /tmp >listing; echo x >>listing; mv listing /tmp/some; ln -s some /tmp/link; readlink /tmp/link; rm /tmp/link
mknod fifo p; chmod 600 fifo; dd if=/etc/passwd of=copy bs=16 count=2; sync; uname -a; id; kill -0 $$; sleep 0.01
mount -t tmpfs none /tmp/some/where; df /tmp/some/where; umount /tmp/some/where; ip link show; truncate -s 4 copy; stat copy
END
run 0 -q /modules/syscall_names.ko -- sh work
# What the functions are called in the kernel, where that is another name.
grep '^event' out | sed -e 's/^event.*sys_enter_//' -e 's/^new\(stat\|lstat\|fstat\|uname\)	/\1	/' -e 's/^sendfile64	/sendfile	/' \
	-e 's/^umount	/umount2	/' | sort >events
grep '^number' out | sed -e 's/^number	//' | sort >numbers
[ $(wc -l <numbers) -gt 40 ] || fail "few calls: $(cat numbers)"
cmp -s events numbers || fail "$(diff events numbers)"
exit 0
