/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright files. They are written by people: what is found here is for reading, not for judging. */

#include "inspect/model/licence.h"

#include <ctype.h>
#include <strings.h>

#include "base/buf.h"

#define NAME_MAX_BYTES 60
#define TEXT_MAX_BYTES 400

static void add(struct buf *out, struct str name)
{
	struct str rest = buf_str(out), one;

	if (name.n == 0 || name.n > NAME_MAX_BYTES)
		return;
	while (str_next(&rest, ',', &one))
		if (str_eq(str_trim(one), name))
			return;
	buf_printf(out, "%s" STR_FMT, out->n ? ", " : "", STR_ARG(name));
}

static void read_fields(struct str text, struct buf *out)
{
	static const char field[] = "License:";
	struct str line;

	while (str_next(&text, '\n', &line))
		if (line.n > sizeof(field) && strncasecmp(line.p, field, sizeof(field) - 1) == 0)
			add(out, str_trim(str_from(line, sizeof(field) - 1)));
}

static void read_references(struct str text, struct buf *out)
{
	static const struct str dir = STR("/usr/share/common-licenses/");
	const char *p;

	while ((p = memmem(text.p, text.n, dir.p, dir.n)) != NULL) {
		size_t n = 0;

		text = str_from(text, (size_t)(p - text.p) + dir.n);
		while (n < text.n && text.p[n] && (isalnum((unsigned char)text.p[n]) || strchr(".-+", text.p[n])))
			n++;
		while (n && text.p[n - 1] == '.')
			n--;
		add(out, (struct str){ text.p, n });
	}
}

const char *licence_names(struct arena *a, struct str copyright)
{
	struct buf out = { .a = a, .max = TEXT_MAX_BYTES };

	if (str_starts(str_trim(copyright), STR("Format")))	/* "Format-Specification" before 1.0 */
		read_fields(copyright, &out);
	if (!out.n)
		read_references(copyright, &out);
	return out.n ? buf_cstr(&out) : NULL;
}
