# SPDX-License-Identifier: GPL-2.0
# Words of the cases in which allocations of kernel memory fail, after those of /cases/lib.sh: `. /cases/faults.sh`. They need a kernel
# with fault injection.

# Allocations of every kind can be made to fail by $PROGRAMS/faults.
faults_begin() {
	F=$PROGRAMS/faults
	INJECT="/sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc"
	mount -t debugfs none /sys/kernel/debug 2>/dev/null
	for kind in $INJECT; do
		echo N >$kind/ignore-gfp-wait
		echo 0 >$kind/verbose
	done
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
	trap 'fault_chance 0; faults_anywhere' EXIT	# cases after this one are not to be hurt
}

# faults_within START END: only allocations of the code between these addresses, and of what it calls.
faults_within() {
	for kind in $INJECT; do
		echo $1 >$kind/require-start
		echo $2 >$kind/require-end
	done
}
faults_anywhere() {
	faults_within 0 0xffffffffffffffff
	faults_not_within 0 0
}
# Begin and end of a function of the kernel.
bounds() { awk -v name=$1 '$3 == name { a = $1; getline; print "0x" a, "0x" $1 }' /proc/kallsyms; }
# Only while a module's own code runs that loads it.
faults_in_init() { faults_within $(bounds do_init_module); }

# faults_not_within START END: but for these.
faults_not_within() {
	for kind in $INJECT; do
		echo $1 >$kind/reject-start
		echo $2 >$kind/reject-end
	done
}

# Only while code of a module that is loaded runs.
faults_within_module() {
	set -- $(awk -v name=$1 '$1 == name { print $6, $2 }' /proc/modules)
	[ -n "$2" ] || fail 'where is the module?'
	faults_within $1 $(printf '0x%x' $(($1 + $2)))
}

# fault_chance PERCENT: so many allocations fail, whoever makes them.
fault_chance() {
	for kind in $INJECT; do
		echo -1 >$kind/times
		echo $1 >$kind/probability
	done
}

# The next N of a loop over the allocations of `what`, until `beyond` is set. Loading and starting take long where CPUs are emulated, and
# many allocations that come late are of one kind, so they are tried at growing distances.
next_fault() {
	n=$((n + 1 + n / 8 * ${sparse:-0}))
	[ $n -le 4000 ] || fail "there is no end to the allocations of $what"
}
first_fault() {
	what=$1
	n=0
	refused=0
	beyond=
}

# faults_while WORD...: what $F does, while the N-th allocation fails; true: it was done all the same.
faults_while() {
	said=$($F $n "$@") || fail "faults $n $*"
	case $said in *beyond) beyond=yes ;; esac
	case $said in
	good*) return 0 ;;
	"failed Cannot allocate memory reached") refused=$((refused + 1)) ;;
	*) fail "$what, allocation $n: $said" ;;
	esac
	return 1
}

# loads_with_faults MODULE [PARAMETERS]: loaded and unloaded, while the N-th allocation for loading fails.
loads_with_faults() {
	first_fault "loading $1"
	until [ -n "$beyond" ]; do
		next_fault
		if faults_while load /modules/$1.ko "$2"; then
			rmmod $1 || fail "rmmod after failure $n"
		fi
		unloaded $1
		[ ! -e /proc/kt2ko/$1 ] || fail "files of $1 are left after failure $n"
	done
}
