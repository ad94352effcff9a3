/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_wire.h - what a script module and its reader agree on.
 *
 * Used by the runtime (kernel and user space) and by ktrun. It includes nothing; the including file supplies nothing
 * either: all types are spelled out. All numbers are in the byte order of the machine that runs the module.
 *
 * Files of a loaded script, in /proc/kt2ko/<module>/:
 *
 *   cpuN     the relay stream of CPU N: records, back to back, each starting at a multiple of 8 bytes
 *   trace    the same output as plain text in time order; follows the script, ends with it
 *   status   lines "key value", see KTR_STATUS_*; then one line per attached probe. Readable in every state.
 *   control  read: one line "<state> <exit>\n" with the state's name and the exit status so far; poll() reports POLLIN
 *            when the state has changed since this descriptor last read it.
 *            write: one command a write, a trailing newline is ignored:
 *              own    closing this descriptor stops the trace (the loader's death does that by itself); what the
 *                     writing task causes is left out of the trace
 *              start  lets a script go on that was loaded with the parameter hold
 *              stop   ends the trace: detach, trace_end, state "ended"
 *
 *   formats  the formats that KTR_REC_FORMAT records name, see below; the same in every state
 *   code     the files that frames of user stacks lie in, see below; only of scripts that take such stacks
 *   resolve  questions of the module about user programs, see below; one process at a time may have it open
 *
 * States, in this order: "held" (hold, main chunk not begun), "starting" (main chunk runs), "running" (events are
 * attached), "ending" (detached, trace_end runs), "ended" (no more output will come).
 *
 * Module parameters (insmod SCRIPT.ko NAME=VALUE ...):
 *   args      the script's arguments, separated by commas or blanks; %HH stands for the byte HH
 *   pid       trace this process only (thread group id), 0: all
 *   children  1: with pid, its children and theirs too, default 0
 *   self      1: also what the tracer causes: who wrote "own" to control, and the script's own thread; default 0
 *   cpu       trace this CPU only, -1: all
 *   hold      1: wait for "start" before the main chunk runs; 2: the same, and the script ends when the process that loads
 *             the module dies before somebody owns the trace
 *   gid       number of the group that may read trace and cpuN, default: root only
 *   linger    seconds that unloading waits for attached readers that make progress, default 2
 *   max_loop_count       loop iterations per event handler, default 100000
 *   max_main_loop_count  the same for the main chunk, tick handlers and trace_end, default 20000000
 *   buffer_kb            relay buffer per CPU in KiB, default 1024
 *   output_kb            KiB of output that a CPU may write in a second, default 0: any; what is over it is dropped and counted
 *   memory_kb            memory of tables, kept texts and functions at most, in KiB, default 65536; what does not fit is
 *                        dropped and counted
 *   reserve_kb           of it, what is taken at load and kept ready for handlers, default 256
 *   max_elements         elements of a table that has no limit of its own, default 1048576
 *   max_string           longest string made at run time, 64 to 4096 bytes, default 4096; longer ones are cut and counted
 *   on_error             0: a run-time error ends the script (default), 1: it ends just the handler and is counted
 *   overload             percent of a CPU that handlers may take over overload_ms before the most expensive probe is disarmed
 *                        and named; when that does not help the next, at last the script ends with its trace_end and exit
 *                        status 1. 0 to 100, default 50; 0: they may take any
 *   overload_ms          milliseconds over which that is judged, 10 to 60000, default 1000
 *   perf_counters        1: records of tracepoints come from perf counters, as where the quicker way does not work;
 *                        modules whose events are counted cannot be unloaded meanwhile
 */
#ifndef KTR_WIRE_H
#define KTR_WIRE_H

#define KTR_WIRE_VERSION 4

/* modinfo entries of every script module: kt2ko_wire=<KTR_WIRE_VERSION>, kt2ko_script=<file name of the script> */
#define KTR_MODINFO_WIRE "kt2ko_wire"
#define KTR_MODINFO_SCRIPT "kt2ko_script"

#define KTR_PROC_DIR "kt2ko"

/*
 * A record: this header, then `size` bytes, then zero bytes up to a multiple of 8.
 * time: nanoseconds of CLOCK_MONOTONIC, taken at commit with interrupts off, ascending within one CPU's stream.
 */
struct ktr_rec {
	unsigned long long time;
	unsigned int size;	/* bytes of payload, padding excluded */
	unsigned short kind;	/* KTR_REC_* */
	unsigned short flags;	/* KTR_RF_* */
};

_Static_assert(sizeof(struct ktr_rec) == 16, "struct ktr_rec is part of the wire format");

#define KTR_REC_ALIGN 8u
#define KTR_REC_MAX_PAYLOAD 8192u	/* longer output is split into several records */

enum ktr_rec_kind {
	KTR_REC_TEXT = 1,	/* payload: text of the script's output; not NUL-terminated */
	KTR_REC_LOST = 2,	/* payload: struct ktr_rec_lost; stands where the records are missing */
	KTR_REC_FORMAT = 3,	/* payload: struct ktr_rec_format and arguments: output whose text the reader makes */
};

enum ktr_rec_flags {
	KTR_RF_ERROR = 1,	/* a run-time error message, or a warning of overload: goes to stderr */
	KTR_RF_EVENT = 2,	/* text of an event (print(argstr)): ktrun -T puts its time before it */
	KTR_RF_FOLDED = 8,	/* lines of print_folded(): ktrun --flamegraph draws them; else text as any other */
	KTR_RF_MORE = 4,	/* the next record of this CPU continues this one (output over KTR_REC_MAX_PAYLOAD) */
};

struct ktr_rec_lost {
	unsigned long long count;	/* records dropped here */
	unsigned long long over_rate;	/* of them, those over the limit of output (output_kb); the others found the buffer full */
};

/*
 * Output of one print or printf as arguments: the text is what printf() writes for this format. The arguments follow, each
 * beginning at a multiple of 8 bytes; tags says in 4 bits each, the first in the lowest ones, what they are. An argument of a
 * conversion of numbers is a KTR_ARG_INT, one of %p a KTR_ARG_TEXT, written as it is.
 */
struct ktr_rec_format {
	unsigned int format;	/* number of the format in the file formats */
	unsigned int tags;
};

enum ktr_arg_tag {
	KTR_ARG_NIL,		/* nothing follows */
	KTR_ARG_FALSE,
	KTR_ARG_TRUE,
	KTR_ARG_INT,		/* 8 bytes, signed */
	KTR_ARG_TEXT,		/* its length in 4 bytes, then its bytes */
	KTR_ARG_COMM,		/* KTR_ARG_COMM_BYTES bytes, a text up to its first NUL */
};

#define KTR_FORMAT_ARGS 8u		/* at most */
#define KTR_FORMAT_TEXT_MAX 2048u	/* longest text of such a record */
#define KTR_ARG_COMM_BYTES 16u

/*
 * The file formats: one line for each, "NUMBER TEXT", ascending from 0; in TEXT %HH stands for the byte HH. NUMBERs are decimal.
 */
#define KTR_FORMATS_FILE "formats"

/*
 * The file code: frames of user stacks stand in the output as "NAME+0xOFFSET", an offset in a file. One line for each file:
 *
 *   NAME MAJOR:MINOR INODE ID PATH
 *
 * No two have the same NAME, which consists of letters, digits and . _ - #. MAJOR:MINOR and INODE are the file's as stat()
 * gives them, on most file systems. ID is its build id in hexadecimal digits, "-": none, or not read. PATH is where it was
 * when it was met, with %HH for the byte HH; it may be empty. Whatever has been printed is there when the file is opened.
 */
#define KTR_CODE_FILE "code"

/*
 * Lines of status: the key, one blank, the value. The reader needs these; further keys may follow, it ignores them.
 *   state NAME      the state as in control, but "ending" from when the end was asked for: no handler starts from then on
 *   exit N          the exit status so far
 *   owner 0|1       1: a descriptor of control that wrote "own" is open, or the loader that hold=2 waits for is alive. When
 *                   it says 0 because the owner died, the state is "ending" or "ended"
 *   lost N TEXT     one line per cause of loss or skipping: TEXT says what and why ("output records: buffer full").
 *                   The reader prints those whose N is not 0 when the script has ended, so TEXT is for people.
 *   probe TEXT      one line per attached probe; its shape is for people
 */
#define KTR_STATUS_STATE "state"
#define KTR_STATUS_EXIT "exit"
#define KTR_STATUS_OWNER "owner"
#define KTR_STATUS_LOST "lost"
#define KTR_STATUS_PROBE "probe"

/*
 * resolve: a script may name functions and markers of programs whose places the module does not know: the file was not
 * there when the script was built, is another build of it now, or was named at run time. It then asks whoever has
 * this file open, and waits for the answer while its main chunk runs. With nobody there the script fails at once; when
 * the file is closed before the answer is complete, too.
 *
 * poll() reports POLLIN while there is a question; read() gives it, once, as one line; 0 bytes: there is none.
 *
 *   SEQ function PATH WRITTEN GLOB OFFSET	functions, or what stands OFFSET bytes into them
 *   SEQ return PATH WRITTEN GLOB		functions whose return is to be probed
 *   SEQ offset PATH WRITTEN OFFSET		an offset in the file
 *   SEQ marker PATH WRITTEN PROVIDER GLOB	static markers; PROVIDER is a glob, * for all
 *
 * SEQ is a number that all parts of the answer repeat. Words are separated by one blank; in PATH, WRITTEN, PROVIDER,
 * GLOB and NAME %HH stands for the byte HH. PATH is where the file was when the script was built, if that is known;
 * WRITTEN is what the script says, to be tried when PATH is not there. Offsets are hexadecimal with 0x. The answer, one
 * line a write, a trailing newline is ignored:
 *
 *   file SEQ FD	the file: a descriptor of the writing process that is open for reading
 *   site SEQ OFFSET COUNTER NAME [ARG]...
 *			one place, see struct ktr_site; ARG is a struct ktr_marker_arg as decimal numbers
 *			op,size,base,index,scale,shift,relative,value
 *   done SEQ		that was all: `file` and at least one `site` came before
 *   none SEQ TEXT	there is no answer; TEXT follows the event's name in the script's error message
 *
 * A write fails with EINVAL when it is malformed, with ESTALE when nobody waits for it any more.
 */
#define KTR_RESOLVE_FILE "resolve"
#define KTR_RESOLVE_LINE_MAX 4096u

/* Exit status of the script as shown in control and status: 0 done, 1 a run-time error ended it. */

#endif
