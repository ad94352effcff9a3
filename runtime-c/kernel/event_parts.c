// SPDX-License-Identifier: GPL-2.0
/*
 * event_parts.c - the parts of the current event, which its back end has, and the fields that all events have.
 */
#include "attach.h"

int ktr_port_arg_value(struct ktr_ctx *c, u32 n, struct ktr_val *out)
{
	const struct ktr_back_end *be = c->ev->att->back_end;

	if (!be->arg)
		return ktr_fail(c, "this event has no arguments");
	return be->arg(c, c->ev, n, out);
}

/* Fields that every event has, as in the kernel's filters. */
enum generic_field { GENERIC_NONE, GENERIC_COMM, GENERIC_CPU, GENERIC_PID };

static enum generic_field generic_field(const char *name)
{
	if (!strcmp(name, "comm") || !strcmp(name, "COMM"))
		return GENERIC_COMM;
	if (!strcmp(name, "cpu") || !strcmp(name, "CPU"))
		return GENERIC_CPU;
	return strcmp(name, "common_pid") ? GENERIC_NONE : GENERIC_PID;
}

bool ktr_is_generic_field(const char *name)
{
	return generic_field(name);
}

static int generic_value(struct ktr_ctx *c, const char *name, struct ktr_val *out)
{
	switch (generic_field(name)) {
	case GENERIC_COMM:
		return ktr_execname(c, out);
	case GENERIC_CPU:
		ktr_set_int(out, ktr_cpu(c));
		return 0;
	case GENERIC_PID:
		ktr_set_int(out, ktr_tid(c));
		return 0;
	default:
		return -1;
	}
}

int ktr_port_field(struct ktr_ctx *c, u32 id, struct ktr_val *out)
{
	const struct ktr_back_end *be = c->ev->att->back_end;
	int rc = be->field ? be->field(c, c->ev, id, out) : -1;

	if (rc && !c->rc)
		rc = generic_value(c, ktr_field_name(id), out);
	if (rc && !c->rc)
		return ktr_fail(c, "event %s has no field %s", ktr_port_probename(c), ktr_field_name(id));
	return rc ? KTR_ERR : 0;
}

bool ktr_port_has_field(struct ktr_ctx *c, u32 id)
{
	const struct ktr_back_end *be = c->ev->att->back_end;

	return be->field && !be->field(c, c->ev, id, NULL);
}

u32 ktr_port_argstr(struct ktr_ctx *c, char *buf, u32 size)
{
	const struct ktr_back_end *be = c->ev->att->back_end;

	if (!be->argstr)
		return scnprintf(buf, size, "argstr_not_available\n");
	return be->argstr(c, c->ev, buf, size);
}

const char *ktr_port_probename(struct ktr_ctx *c)
{
	const struct ktr_back_end *be = c->ev->att->back_end;

	return be->probename ? be->probename(c, c->ev) : c->ev->att->probe->text;
}

const struct ktr_str *ktr_port_probename_const(struct ktr_ctx *c)
{
	const struct ktr_back_end *be = c->ev->att->back_end;

	return be->probename_const ? be->probename_const(c, c->ev) : NULL;
}
