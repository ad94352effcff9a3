// SPDX-License-Identifier: GPL-2.0
/*
 * params.c - module parameters (see ktr_wire.h) and the script's arguments made from `args`.
 */
#include "home.h"

#include <linux/ctype.h>
#include <linux/moduleparam.h>

int ktr_p_pid;
bool ktr_p_children;
bool ktr_p_self;
int ktr_p_cpu = -1;
unsigned int ktr_p_hold;
unsigned int ktr_p_linger = 2;
unsigned int ktr_p_gid = KTR_NO_GID;
bool ktr_p_on_error;
bool ktr_p_perf_counters;

module_param_named(pid, ktr_p_pid, int, 0444);
MODULE_PARM_DESC(pid, "trace this process only (thread group id), 0: all");
module_param_named(children, ktr_p_children, bool, 0444);
MODULE_PARM_DESC(children, "1: with pid, its children and theirs too");
module_param_named(self, ktr_p_self, bool, 0444);
MODULE_PARM_DESC(self, "1: also what the tracer itself causes: the reader that owns the trace, the script's own thread");
module_param_named(cpu, ktr_p_cpu, int, 0444);
MODULE_PARM_DESC(cpu, "trace this CPU only, -1: all");
module_param_named(hold, ktr_p_hold, uint, 0444);
MODULE_PARM_DESC(hold, "1: wait for \"start\" in the control file before the main chunk runs; 2: and end when the loader dies before it owns the trace");
module_param_named(linger, ktr_p_linger, uint, 0444);
MODULE_PARM_DESC(linger, "seconds that unloading waits for attached readers");
module_param_named(gid, ktr_p_gid, uint, 0444);
MODULE_PARM_DESC(gid, "number of the group that may read the output; default: root only");
module_param_named(on_error, ktr_p_on_error, bool, 0444);
MODULE_PARM_DESC(on_error, "0: a run-time error ends the script, 1: just the handler");

module_param_named(perf_counters, ktr_p_perf_counters, bool, 0444);
MODULE_PARM_DESC(perf_counters, "1: records of tracepoints through perf counters; slower to attach and to detach");

/* ---- limits --------------------------------------------------------------------------------------------------- */

static int limit_set(const char *val, const struct kernel_param *kp)
{
	return kstrtos64(val, 0, kp->arg);
}

static int limit_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%lld\n", *(const s64 *)kp->arg);
}

static const struct kernel_param_ops limit_ops = {
	.set = limit_set,
	.get = limit_get,
};

#define PARAMETER(NAME, name, def, least, most, what, over, test) \
	module_param_cb(name, &limit_ops, &ktr_limits[KTR_LIM_##NAME], 0444); \
	__MODULE_PARM_TYPE(name, "long"); \
	MODULE_PARM_DESC(name, what);
KTR_LIMIT_LIST(PARAMETER)
#undef PARAMETER

static int check_limits(void)
{
	int wrong = ktr_limits_wrong();

	if (wrong >= 0) {
		const struct ktr_limit_row *l = &ktr_limit_rows[wrong];

		ktr_pr_err("%s must be between %lld and %lld\n", l->name, l->least, l->most);
		return -EINVAL;
	}
	if (ktr_limits[KTR_LIM_RESERVE_KB] > ktr_limits[KTR_LIM_MEMORY_KB]) {
		ktr_pr_err("reserve_kb must be between 1 and memory_kb, which is %lld\n", ktr_limits[KTR_LIM_MEMORY_KB]);
		return -EINVAL;
	}
	ktr_str_max = ktr_limits[KTR_LIM_MAX_STRING];
	return 0;
}

/* ---- the script's arguments ----------------------------------------------------------------------------------- */

/* A string of any length: the stock charp parameter refuses more than 1024 bytes. */
static char *args_text;

static int args_set(const char *val, const struct kernel_param *kp)
{
	char *copy = kstrdup(val, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	kfree(args_text);
	args_text = copy;
	return 0;
}

static int args_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", args_text ? args_text : "");
}

/* Called when the module goes, also when loading failed before its init function ran. */
static void args_free(void *arg)
{
	kfree(args_text);
	args_text = NULL;
}

static const struct kernel_param_ops args_ops = {
	.set = args_set,
	.get = args_get,
	.free = args_free,
};

module_param_cb(args, &args_ops, NULL, 0444);
MODULE_PARM_DESC(args, "the script's arguments, separated by commas or blanks; %HH is the byte HH");

static char *arg_bytes;		/* all arguments, each with its NUL */
static const char **arg_list;
static u32 n_args;

static bool is_separator(char c)
{
	return c == ',' || isspace(c);
}

/* One byte of an argument, %HH decoded; the number of characters it took. */
static unsigned int decode_byte(const char *s, char *out)
{
	if (s[0] == '%' && isxdigit(s[1]) && isxdigit(s[2])) {
		*out = hex_to_bin(s[1]) << 4 | hex_to_bin(s[2]);
		return 3;
	}
	*out = s[0];
	return 1;
}

static u32 count_args(const char *s)
{
	u32 n = 0;

	while (*s) {
		while (*s && is_separator(*s))
			s++;
		if (!*s)
			break;
		n++;
		while (*s && !is_separator(*s))
			s++;
	}
	return n;
}

static void split_args(const char *s)
{
	char *out = arg_bytes;
	u32 i = 0;

	while (*s) {
		while (*s && is_separator(*s))
			s++;
		if (!*s)
			break;
		arg_list[i++] = out;
		while (*s && !is_separator(*s))
			s += decode_byte(s, out++);
		*out++ = '\0';
	}
}

static int check_params(void)
{
	if (ktr_p_hold > KTR_HOLD_FOR_LOADER) {
		ktr_pr_err("hold must be between 0 and %d\n", KTR_HOLD_FOR_LOADER);
		return -EINVAL;
	}
	if (ktr_p_children && !ktr_p_pid) {
		ktr_pr_err("children needs pid\n");
		return -EINVAL;
	}
	if (ktr_p_cpu != -1 &&
	    (ktr_p_cpu < 0 || (unsigned int)ktr_p_cpu >= nr_cpu_ids || !cpu_online(ktr_p_cpu))) {
		ktr_pr_err("cpu %d is not online\n", ktr_p_cpu);
		return -EINVAL;
	}
	return 0;
}

int ktr_params_init(void)
{
	int err;

	ktr_limits_settle();
	err = check_limits();
	if (!err)
		err = check_params();
	if (err || !args_text)
		return err;
	n_args = count_args(args_text);
	if (!n_args)
		return 0;
	arg_bytes = kvmalloc(strlen(args_text) + 1, GFP_KERNEL);
	arg_list = kvmalloc_array(n_args, sizeof(*arg_list), GFP_KERNEL);
	if (!arg_bytes || !arg_list) {
		ktr_params_exit();
		return -ENOMEM;
	}
	split_args(args_text);
	return 0;
}

void ktr_params_exit(void)
{
	kvfree(arg_list);
	kvfree(arg_bytes);
	arg_list = NULL;
	arg_bytes = NULL;
	n_args = 0;
}

u32 ktr_port_n_args(void)
{
	return n_args;
}

const char *ktr_port_arg(u32 i)
{
	return i >= 1 && i <= n_args ? arg_list[i - 1] : "";
}

s64 ktr_port_loop_limit(const struct ktr_ctx *c)
{
	return ktr_limits[c->level == KTR_LEVEL_THREAD ? KTR_LIM_MAX_MAIN_LOOP_COUNT : KTR_LIM_MAX_LOOP_COUNT];
}
