// SPDX-License-Identifier: GPL-2.0
/* Events that exist although no line of the event list has them: a script that traces them is right. */
#include "home.h"

static const char *const known[][2] = {
	{ "sched", "sched_switch" }, { "sched", "sched_wakeup" }, { "sched", "sched_wakeup_new" },
	{ "sched", "sched_waking" }, { "sched", "sched_migrate_task" }, { "sched", "sched_process_exec" },
	{ "sched", "sched_process_exit" }, { "sched", "sched_process_fork" }, { "sched", "sched_process_free" },
	{ "sched", "sched_process_wait" }, { "sched", "sched_stat_runtime" }, { "sched", "sched_stat_sleep" },
	{ "raw_syscalls", "sys_enter" }, { "raw_syscalls", "sys_exit" },
	{ "irq", "irq_handler_entry" }, { "irq", "irq_handler_exit" }, { "irq", "softirq_entry" },
	{ "irq", "softirq_exit" }, { "irq", "softirq_raise" }, { "irq", "tasklet_entry" }, { "irq", "tasklet_exit" },
	{ "timer", "timer_start" }, { "timer", "timer_cancel" }, { "timer", "timer_expire_entry" },
	{ "timer", "timer_expire_exit" }, { "timer", "hrtimer_start" }, { "timer", "hrtimer_expire_entry" },
	{ "timer", "hrtimer_expire_exit" }, { "timer", "itimer_state" }, { "timer", "tick_stop" },
	{ "kmem", "kmalloc" }, { "kmem", "kfree" }, { "kmem", "kmem_cache_alloc" }, { "kmem", "kmem_cache_free" },
	{ "kmem", "mm_page_alloc" }, { "kmem", "mm_page_free" }, { "kmem", "rss_stat" },
	{ "block", "block_rq_issue" }, { "block", "block_rq_complete" }, { "block", "block_rq_insert" },
	{ "block", "block_bio_queue" }, { "block", "block_bio_complete" }, { "block", "block_plug" },
	{ "net", "netif_receive_skb" }, { "net", "net_dev_queue" }, { "net", "net_dev_start_xmit" },
	{ "net", "net_dev_xmit" }, { "net", "netif_rx" }, { "skb", "kfree_skb" }, { "skb", "consume_skb" },
	{ "sock", "inet_sock_set_state" }, { "tcp", "tcp_retransmit_skb" }, { "tcp", "tcp_probe" },
	{ "signal", "signal_generate" }, { "signal", "signal_deliver" },
	{ "task", "task_newtask" }, { "task", "task_rename" },
	{ "workqueue", "workqueue_queue_work" }, { "workqueue", "workqueue_execute_start" },
	{ "workqueue", "workqueue_execute_end" },
	{ "exceptions", "page_fault_user" }, { "exceptions", "page_fault_kernel" },
	{ "power", "cpu_idle" }, { "power", "cpu_frequency" },
	{ "module", "module_load" }, { "module", "module_free" },
	{ "writeback", "writeback_start" }, { "writeback", "writeback_written" },
	{ "vmscan", "mm_vmscan_kswapd_wake" }, { "oom", "mark_victim" }, { "printk", "console" },
	{ "ftrace", "function" },
};

static const char *const syscalls[] = {
	"read", "write", "open", "openat", "openat2", "close", "newstat", "newfstat", "newfstatat", "poll", "lseek",
	"mmap", "mprotect", "munmap", "brk", "ioctl", "pread64", "pwrite64", "readv", "writev", "access", "pipe",
	"pipe2", "select", "sched_yield", "madvise", "dup", "dup2", "nanosleep", "clock_nanosleep", "getpid", "socket",
	"connect", "accept", "accept4", "sendto", "recvfrom", "sendmsg", "recvmsg", "bind", "listen", "clone", "clone3",
	"fork", "vfork", "execve", "execveat", "exit", "exit_group", "wait4", "kill", "fcntl", "fsync", "getdents64",
	"mkdir", "rmdir", "unlink", "unlinkat", "rename", "chdir", "gettid", "futex", "epoll_wait", "epoll_ctl",
	"getuid", "setuid", "getrandom", "statx", "io_uring_enter", "bpf", "perf_event_open", "mount", "prctl",
};

static bool is_known_tracepoint(const struct ktr_probe *p)
{
	char name[64];
	u32 i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (matches_name(p, known[i][0], known[i][1]))
			return true;
	}
	for (i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++) {
		snprintf(name, sizeof(name), "sys_enter_%s", syscalls[i]);
		if (matches_name(p, "syscalls", name))
			return true;
		snprintf(name, sizeof(name), "sys_exit_%s", syscalls[i]);
		if (matches_name(p, "syscalls", name))
			return true;
	}
	return false;
}

bool is_well_known(const struct ktr_probe *p)
{
	switch (p->kind) {
	case KTR_PROBE_TRACEPOINT:
		return is_known_tracepoint(p);
	case KTR_PROBE_KPROBE:
	case KTR_PROBE_KRETPROBE:
		return world_has_symbol_like(p->event);
	default:
		return false;
	}
}
