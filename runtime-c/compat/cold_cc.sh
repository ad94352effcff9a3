#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Compiles what events seldom or never come to: with -Og, which takes the compiler half of the time. Kernel headers are made for
# -O2; where they want that, it is what they get, and this is told.
# usage: cold_cc.sh COMPILER [FLAG...]
if messages=$("$@" -Og 2>&1); then
	[ -z "$messages" ] || echo "$messages" >&2
	exit
fi
echo "cold_cc.sh: with -O2, as it does not compile with -Og: $(echo "$messages" | grep -m1 error:)" >&2
exec "$@"
