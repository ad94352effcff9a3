#@ cpus 2
#@ limit 60
# Counts are exact with several CPUs.
for round in 1 2 3; do
	ktrun -q --param overload=0 /modules/counts.ko -- \
		sh -c '$PROGRAMS/loop_static 20000 & $PROGRAMS/loop_static 20000 & ls -R /proc >/dev/null 2>&1; wait' >out 2>err
	status=$?
	printf '40000\t40000\t40000\ttrue\ttrue\n' | cmp -s - out && [ $status -eq 0 ] || {
		echo "status $status, printed: $(cat out err)"
		exit 1
	}
done
