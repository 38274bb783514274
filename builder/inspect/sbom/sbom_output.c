/* SPDX-License-Identifier: Apache-2.0 */
/* Buffered output. The first failure is kept, and nothing is written after it. */

#include "inspect/sbom/sbom_output.h"

#define PIECE ((size_t)64 << 10)

void out_begin(struct out *o, struct arena *a, struct sink *to, struct error *e)
{
	*o = (struct out){ .text = { .a = a }, .to = to, .e = e };
	jsonw_init(&o->w, &o->text, true);
}

static void out_flush(struct out *o)
{
	if (!o->failed && o->text.n)
		o->failed = !o->to->write(o->to, buf_str(&o->text), o->e);
	o->text.n = 0;
}

void out_spill(struct out *o)
{
	if (o->text.n >= PIECE)
		out_flush(o);
}

bool out_end(struct out *o)
{
	jsonw_finish(&o->w);
	out_flush(o);
	return !o->failed;
}

void out_optional(struct out *o, const char *key, const char *value)
{
	if (value)
		jsonw_cstr(&o->w, key, value);
}

bool out_is_utf8(struct str s)
{
	while (s.n) {
		size_t n = (unsigned char)s.p[0] < 0x80 ? 1 : jsonw_utf8_sequence(s);

		if (!n)
			return false;
		s = str_from(s, n);
	}
	return true;
}

void out_path_bytes(struct out *o, const char *key, const char *prefix, const char *path)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	if (out_is_utf8(str_of(path)))
		return;
	buf_puts(&text, prefix);
	for (const char *p = path; *p; p++)
		buf_printf(&text, "%02x", (unsigned)(unsigned char)*p);
	jsonw_cstr(&o->w, key, buf_cstr(&text));
}
