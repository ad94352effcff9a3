# SPDX-License-Identifier: GPL-2.0
# Every refusal has its message and status, and leaves nothing behind.
. /cases/lib.sh
M=/modules

run 2
run 2 --nonsense $M/flood.ko
run 2 -p x $M/flood.ko
run 2 --timeout 0 $M/flood.ko
run 2 $M/flood.ko 1 --
has err 'no command'
run 2 -p 1 $M/flood.ko 1 -- true
has err 'exclude'

run 3 /no/such.ko
has err 'cannot read /no/such.ko: No such file'
run 3 /cases/lib.sh
has err 'is not a kernel module'
run 3 /usr/bin/ktrun
has err 'is not a kernel module'
run 3 -p 99999 $M/flood.ko 1
has err 'cannot find pid 99999'
run 3 -C 77 $M/flood.ko 1
has err 'cpu 77 is not online'
run 3 -q --param nonsense=1 $M/flood.ko 1
has err 'has no parameter nonsense'
run 3 -q --param hold=0 $M/flood.ko 1
has err 'set by ktrun itself'
run 3 -q -o /no/dir/file $M/flood.ko 1
has err 'cannot write /no/dir/file'

# Built for another kernel, another protocol, no script.
sed "s/vermagic=$(uname -r | head -c 3)/vermagic=9.9/" $M/flood.ko >other.ko
run 3 other.ko 1
has err 'was built for kernel 9.9'
sed 's/kt2ko_wire=[0-9]*/kt2ko_wire=7/' $M/flood.ko >wire.ko
run 3 wire.ko 1
has err 'speaks module protocol 7'
sed 's/kt2ko_wire=/xt2ko_wire=/' $M/flood.ko >none.ko
run 3 none.ko 1
has err 'is not a script module'
head -c 2000 $M/flood.ko >cut.ko
run 3 cut.ko 1
has err 'is not a kernel module'

# The kernel refuses it, and says why.
run 3 -q --param buffer_kb=1 $M/flood.ko 1
has err 'refuses a parameter'
has err 'buffer_kb must be between'

# A part of the kernel has the name.
sed 's/name=flood/name=block/' $M/flood.ko >block.ko
run 3 block.ko 1
has err 'the kernel has a part of the name block'
has err 'kt2ko -m kt_block'

# Not root.
chmod 755 /root
touch out err
chmod 666 out err
su nobody -c "ktrun $M/flood.ko 1" >out 2>err && fail 'loaded without root'
has err 'only root may load modules'
unloaded flood
exit 0
