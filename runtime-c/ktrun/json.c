// SPDX-License-Identifier: GPL-2.0
#include "json.h"

#include "status.h"
#include "utf8.h"

/* Characters that JSON does not allow as they are. */
static void put_escaped(struct kt_text *t, char c)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *p = named; *p; p += 2) {
		if (*p == c) {
			kt_text_put(t, "\\", 1);
			kt_text_put(t, p + 1, 1);
			return;
		}
	}
	kt_text_printf(t, "\\u%04x", (unsigned int)(unsigned char)c);
}

static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

void kt_json_string(struct kt_text *t, const char *bytes, size_t n)
{
	size_t at = 0, plain = 0;	/* what begins at `plain` is not put yet */

	kt_text_put(t, "\"", 1);
	while (at < n) {
		size_t k = kt_utf8_bytes(bytes + at, n - at);

		if (k && is_plain(bytes[at])) {
			at += k;
			continue;
		}
		kt_text_put(t, bytes + plain, at - plain);
		if (k)
			put_escaped(t, bytes[at]);
		else
			kt_text_puts(t, KT_UTF8_REPLACEMENT);
		plain = ++at;
	}
	kt_text_put(t, bytes + plain, at - plain);
	kt_text_put(t, "\"", 1);
}

static void put_base64(struct kt_text *t, const char *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;

	for (; n; p += 3) {
		size_t k = n < 3 ? n : 3;
		unsigned int bits = (unsigned int)p[0] << 16 | (k > 1 ? (unsigned int)p[1] << 8 : 0) | (k > 2 ? p[2] : 0);
		char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63], '=', '=' };

		if (k > 1)
			four[2] = digits[bits >> 6 & 63];
		if (k > 2)
			four[3] = digits[bits & 63];
		kt_text_put(t, four, sizeof(four));
		n -= k;
	}
}

static void put_head(struct kt_text *t, const char *kind, const struct ktr_rec *head, unsigned int cpu)
{
	kt_text_printf(t, "{\"kind\":\"%s\",\"time\":%llu,\"cpu\":%u,", kind, head->time, cpu);
}

void kt_json_output(struct kt_text *t, const struct ktr_rec *head, unsigned int cpu, const char *bytes, size_t n)
{
	const char *kind = head->flags & KTR_RF_ERROR ? "error" : head->flags & KTR_RF_EVENT ? "event" :
			   head->flags & KTR_RF_FOLDED ? "folded" : "text";

	put_head(t, kind, head, cpu);
	kt_text_puts(t, "\"text\":");
	kt_json_string(t, bytes, n);
	if (!kt_utf8_valid(bytes, n)) {
		kt_text_puts(t, ",\"base64\":\"");
		put_base64(t, bytes, n);
		kt_text_put(t, "\"", 1);
	}
	kt_text_puts(t, "}\n");
}

void kt_json_lost(struct kt_text *t, const struct ktr_rec *head, unsigned int cpu, const struct ktr_rec_lost *lost)
{
	put_head(t, "lost", head, cpu);
	kt_text_printf(t, "\"count\":%llu,\"over_rate\":%llu}\n", lost->count, lost->over_rate);
}

void kt_json_summary(struct kt_text *t, unsigned long long time, int status, const char *status_text)
{
	const char *separator = "", *what;
	unsigned long long n;
	int len;

	kt_text_printf(t, "{\"kind\":\"summary\",\"time\":%llu,\"status\":%d", time, status);
	if (status_text) {
		kt_text_puts(t, ",\"lost\":[");
		while (kt_status_next_lost(&status_text, &n, &what, &len)) {
			if (!n)
				continue;
			kt_text_printf(t, "%s{\"count\":%llu,\"what\":", separator, n);
			kt_json_string(t, what, (size_t)len);
			kt_text_put(t, "}", 1);
			separator = ",";
		}
		kt_text_put(t, "]", 1);
	}
	kt_text_puts(t, "}\n");
}
