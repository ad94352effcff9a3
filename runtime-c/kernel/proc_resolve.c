// SPDX-License-Identifier: GPL-2.0
/*
 * proc_resolve.c - the file resolve: questions about user programs, answered by ktrun (see ktr_wire.h).
 *
 * One question at a time, since only the script's thread asks. It waits without a lock; what the answer brings goes to
 * the question's sites under the lock. Everything that is written is checked here, as if anybody had written it.
 */
#include <linux/ctype.h>
#include <linux/file.h>

#include "proc.h"
#include "user_file.h"

enum phase {
	IDLE,
	ASKED,		/* the line can be read */
	TAKEN,		/* it was read: the answer may come */
	DONE,
	FAILED,
};

static DEFINE_MUTEX(lock);
static bool there;			/* somebody has the file open */
static enum phase phase;
static u32 seq;
static char *line;			/* the question */
static u32 line_len;
static struct ktr_user_sites *answer;
static char why[128];			/* FAILED */

bool ktr_resolver_there(void)
{
	return READ_ONCE(there);
}

static void set_phase(enum phase p)
{
	WRITE_ONCE(phase, p);
	wake_up_all(&ktr_waits->resolve);
}

static void fail(const char *text)
{
	strscpy(why, text, sizeof(why));
	set_phase(FAILED);
}

/* ---- asking ------------------------------------------------------------------------------------------------- */

struct text {
	char *buf;
	u32 n;
};

static void put(struct text *t, const char *s)
{
	while (*s && t->n + 1 < KTR_RESOLVE_LINE_MAX)
		t->buf[t->n++] = *s++;
}

/* A word in which every unusual byte is %HH. */
static void put_word(struct text *t, const char *s)
{
	char hex[4];

	put(t, " ");
	for (; *s; s++) {
		bool plain = isascii(*s) && (isalnum(*s) || strchr("/._-+*?[]!^:,@~", *s));

		snprintf(hex, sizeof(hex), plain ? "%c" : "%%%02X", (unsigned char)*s);
		put(t, hex);
	}
}

static void put_offset(struct text *t, s64 offset)
{
	char word[24];

	snprintf(word, sizeof(word), " 0x%llx", offset);
	put(t, word);
}

static void put_question(struct text *t, const struct ktr_probe *p)
{
	char number[16];

	snprintf(number, sizeof(number), "%u ", seq);
	put(t, number);
	if (p->kind == KTR_PROBE_SDT)
		put(t, "marker");
	else if (!p->event)
		put(t, "offset");
	else
		put(t, p->kind == KTR_PROBE_URETPROBE ? "return" : "function");
	put_word(t, p->sites ? p->sites->path : p->path);
	put_word(t, p->path);
	if (p->kind == KTR_PROBE_SDT)
		put_word(t, p->system ? p->system : "*");
	if (p->event)
		put_word(t, p->event);
	if (p->kind == KTR_PROBE_UPROBE || !p->event)
		put_offset(t, p->offset);
	put(t, "\n");
}

/* False: it is too long. */
static bool make_question(const struct ktr_probe *p)
{
	struct text t = { .buf = line };

	put_question(&t, p);
	line_len = t.n;
	return t.n + 1 < KTR_RESOLVE_LINE_MAX;
}

static int take_outcome(struct ktr_ctx *c, const struct ktr_probe *p)
{
	int rc = 0;

	mutex_lock(&lock);
	if (phase == FAILED)
		rc = ktr_fail(c, "cannot trace %s: %s", p->text, why);
	else if (phase != DONE)
		rc = ktr_exit(c);
	phase = IDLE;
	answer = NULL;
	kfree(line);
	line = NULL;
	mutex_unlock(&lock);
	return rc;
}

static int begin_question(struct ktr_ctx *c, const struct ktr_probe *p, struct ktr_user_sites *us)
{
	int rc = 0;

	mutex_lock(&lock);
	seq++;
	line = kzalloc(KTR_RESOLVE_LINE_MAX, GFP_KERNEL);
	if (!line)
		rc = ktr_fail(c, "no memory");
	else if (!make_question(p))
		rc = ktr_fail(c, "cannot trace %s: the name is too long", p->text);
	else if (!there)
		rc = ktr_fail(c, "cannot trace %s: ktrun has gone", p->text);
	if (rc) {
		kfree(line);
		line = NULL;
	} else {
		answer = us;
		set_phase(ASKED);
	}
	mutex_unlock(&lock);
	return rc;
}

int ktr_resolver_ask(struct ktr_ctx *c, const struct ktr_probe *p, struct ktr_user_sites *us)
{
	int rc = begin_question(c, p, us);

	if (rc)
		return rc;
	/* a signal ends the wait, and says by ktr_life_must_end() what it means */
	while (READ_ONCE(phase) < DONE && !ktr_life_must_end())
		wait_event_interruptible(ktr_waits->resolve, READ_ONCE(phase) >= DONE || ktr_life_must_end());
	return take_outcome(c, p);
}

/* ---- answers ------------------------------------------------------------------------------------------------ */

/* %HH in place. False: not of that form, empty, or longer than a name may be. */
static bool decode_name(char *s)
{
	char *to = s, *begin = s;

	for (; *s; s++) {
		char ch = *s;

		if (ch == '%') {
			if (!isxdigit(s[1]) || !isxdigit(s[2]))
				return false;
			ch = hex_to_bin(s[1]) << 4 | hex_to_bin(s[2]);
			s += 2;
		}
		if (!ch)
			return false;
		*to++ = ch;
	}
	*to = '\0';
	return to > begin && to - begin <= KTR_SITE_NAME_MAX;
}

static bool valid_size(int n)
{
	n = abs(n);
	return n == 1 || n == 2 || n == 4 || n == 8;
}

static bool valid_register(unsigned int r)
{
	return r < KTR_ARCH_N_MARKER_REGS || r == KTR_MARK_NO_REG;
}

static bool valid_scale(unsigned int s)
{
	return s == 1 || s == 2 || s == 4 || s == 8;
}

/* Eight numbers between commas. */
static bool parse_marker_arg(char *s, struct ktr_marker_arg *a)
{
	s64 v[8];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(v); i++) {
		char *word = strsep(&s, ",");

		if (!word || kstrtos64(word, 10, &v[i]) || (i < 7 && (v[i] < -8 || v[i] > KTR_MARK_NO_REG)))
			return false;
	}
	if (s || v[0] < 0 || v[0] > KTR_MARK_MEM || (v[0] && !valid_size(v[1])) || !valid_register(v[2]) ||
	    !valid_register(v[3]) || !valid_scale(v[4]) || (v[5] != 0 && v[5] != 8) || (v[6] != 0 && v[6] != 1))
		return false;
	if (v[0] == KTR_MARK_REG && v[2] == KTR_MARK_NO_REG)
		return false;
	*a = (struct ktr_marker_arg){ .op = v[0], .size = v[1], .base = v[2], .index = v[3], .scale = v[4],
				      .shift = v[5], .relative = v[6], .value = v[7] };
	return true;
}

static int answer_site(char *s)
{
	struct ktr_marker_arg args[KTR_MARKER_ARGS_MAX];
	struct ktr_site site = { .args = args };
	char *offset = strsep(&s, " "), *counter = strsep(&s, " "), *name = strsep(&s, " "), *word;

	if (!offset || !counter || !name || kstrtou64(offset, 16, &site.offset) ||
	    kstrtou64(counter, 16, &site.counter) || !decode_name(name))
		return -EINVAL;
	if (site.offset > LLONG_MAX || site.counter > LLONG_MAX)
		return -EINVAL;
	site.name = name;
	while ((word = strsep(&s, " "))) {
		if (site.n_args == ARRAY_SIZE(args) || !parse_marker_arg(word, &args[site.n_args]))
			return -EINVAL;
		site.n_args++;
	}
	return ktr_user_add(answer, &site);
}

static int answer_file(const char *s)
{
	struct file *file;
	int fd;

	if (!s || kstrtoint(s, 10, &fd) || answer->file)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	if (!S_ISREG(file_inode(file)->i_mode) || !(file->f_mode & FMODE_READ)) {
		fput(file);
		return -EINVAL;
	}
	answer->file = file;
	return 0;
}

static int answer_done(void)
{
	if (!answer->file || !answer->n)
		return -EINVAL;
	set_phase(DONE);
	return 0;
}

static int answer_none(char *s)
{
	char *p;

	for (p = s; p && *p; p++)
		if (!isprint(*p))
			*p = '?';
	fail(s && *s ? s : "not found");
	return 0;
}

/* One line of an answer, under the lock. 0 or -errno. */
static int take_line(char *s)
{
	char *word = strsep(&s, " "), *number = strsep(&s, " ");
	u32 n;

	if (!number || kstrtou32(number, 10, &n))
		return -EINVAL;
	if (phase != TAKEN || n != seq)
		return -ESTALE;
	if (!strcmp(word, "file"))
		return answer_file(s);
	if (!strcmp(word, "site"))
		return s ? answer_site(s) : -EINVAL;
	if (!strcmp(word, "done"))
		return answer_done();
	if (!strcmp(word, "none"))
		return answer_none(s);
	return -EINVAL;
}

/* ---- the file ----------------------------------------------------------------------------------------------- */

static int resolve_open(struct inode *inode, struct file *file)
{
	int err = 0;

	mutex_lock(&lock);
	if (there)
		err = -EBUSY;
	else
		WRITE_ONCE(there, true);
	mutex_unlock(&lock);
	return err;
}

static int resolve_release(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	WRITE_ONCE(there, false);
	if (phase == ASKED || phase == TAKEN)
		fail("ktrun has gone");
	mutex_unlock(&lock);
	return 0;
}

static ssize_t resolve_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	ssize_t n = 0;

	mutex_lock(&lock);
	if (phase == ASKED) {
		n = line_len;
		if (count < line_len)
			n = -EMSGSIZE;
		else if (copy_to_user(to, line, line_len))
			n = -EFAULT;
		else
			set_phase(TAKEN);
	}
	mutex_unlock(&lock);
	return n;
}

static ssize_t resolve_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	char *text;
	int err;

	if (!count || count > KTR_RESOLVE_LINE_MAX)
		return -EINVAL;
	text = memdup_user_nul(from, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (text[count - 1] == '\n')
		text[count - 1] = '\0';
	mutex_lock(&lock);
	err = take_line(text);
	mutex_unlock(&lock);
	kfree(text);
	return err ? err : count;
}

static __poll_t resolve_poll(struct file *file, struct poll_table_struct *table)
{
	poll_wait(file, &ktr_waits->resolve, table);
	return EPOLLOUT | EPOLLWRNORM | (READ_ONCE(phase) == ASKED ? EPOLLIN | EPOLLRDNORM : 0);
}

const struct proc_ops ktr_proc_resolve_ops = {
	.proc_open = resolve_open,
	.proc_read = resolve_read,
	.proc_write = resolve_write,
	.proc_poll = resolve_poll,
	.proc_lseek = default_llseek,
	.proc_release = resolve_release,
};
