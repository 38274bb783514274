/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright files are written by people: what does not look like a field is read over. */

#include "format/debian/copyright.h"

#include <ctype.h>
#include <strings.h>

#include "base/buf.h"

static struct copyright_licence *find_licence(const struct copyright *c, struct str name)
{
	uintptr_t number = (uintptr_t)strmap_get(&c->names, name);

	return number ? &c->v[number - 1] : NULL;
}

struct str copyright_text(const struct copyright *c, struct str name)
{
	const struct copyright_licence *l = find_licence(c, name);

	return l ? l->text : (struct str){ NULL, 0 };
}

static struct copyright_licence *add_licence(struct arena *a, struct copyright *c, struct str name)
{
	struct copyright_licence *l = find_licence(c, name);

	if (l || name.n == 0 || name.n > COPYRIGHT_NAME_MAX || memchr(name.p, '\0', name.n) ||
	    c->n == COPYRIGHT_NAMES_MAX)
		return l;
	l = list_push(a, c);
	l->name = str_dup(a, name);
	*strmap_slot(a, &c->names, str_of(l->name)) = (void *)(uintptr_t)c->n;
	return l;
}

/* The lines that continue a field, without their indentation; a line of "." is an empty one. */
static struct str take_licence_text(struct arena *a, struct str *rest)
{
	struct buf out = { .a = a, .max = COPYRIGHT_TEXT_MAX };
	struct str line;

	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
		str_next(rest, '\n', &line);
		line = str_from(line, 1);
		if (!str_eq(str_trim(line), STR(".")))
			buf_add(&out, line);
		buf_putc(&out, '\n');
	}
	return str_trim(buf_str(&out));
}

static void read_fields(struct arena *a, struct str text, struct copyright *out)
{
	static const struct str field = STR("License:");
	struct str line;

	while (str_next(&text, '\n', &line)) {
		struct copyright_licence *l;
		struct str quoted;

		if (line.n < field.n || strncasecmp(line.p, field.p, field.n) != 0)
			continue;
		l = add_licence(a, out, str_trim(str_from(line, field.n)));
		quoted = take_licence_text(a, &text);
		if (l && !l->text.n)
			l->text = quoted;
	}
}

static void read_pointers(struct arena *a, struct str text, struct copyright *out)
{
	static const struct str dir = STR("/usr/share/common-licenses/");
	const char *p;

	while (text.n && (p = memmem(text.p, text.n, dir.p, dir.n)) != NULL) {
		size_t n = 0;

		text = str_from(text, (size_t)(p - text.p) + dir.n);
		while (n < text.n && (isalnum((unsigned char)text.p[n]) ||
				      (text.p[n] && strchr(".-+", text.p[n]))))
			n++;
		while (n && text.p[n - 1] == '.')
			n--;
		add_licence(a, out, (struct str){ text.p, n });
	}
}

void copyright_read(struct arena *a, struct str text, struct copyright *out)
{
	*out = (struct copyright){ .structured = str_starts(str_trim(text), STR("Format")) };
	if (out->structured)
		read_fields(a, text, out);
	if (out->n == 0) {
		out->structured = false;
		read_pointers(a, text, out);
	}
}
