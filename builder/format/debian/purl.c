/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs and CPE names, as text. What they mean for an image is for vex.c. */

#include "format/debian/purl.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/buf.h"

static int purl_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *purl_decoded(struct arena *a, struct str s)
{
	char *out = arena_text(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int hi = -1, lo = -1;

		if (s.p[i] == '%' && i + 2 < s.n) {
			hi = purl_hex_value(s.p[i + 1]);
			lo = purl_hex_value(s.p[i + 2]);
		}
		out[n++] = hi < 0 || lo < 0 ? s.p[i] : (char)(hi << 4 | lo);
		i += hi < 0 || lo < 0 ? 0 : 2;
	}
	return out;
}

/* Splits at the last `sep`: true and both halves, or false and `head` is all of `s`. */
static bool cut_last(struct str s, char sep, struct str *head, struct str *tail)
{
	const char *at = s.n ? memrchr(s.p, sep, s.n) : NULL;

	*head = s;
	if (!at)
		return false;
	*head = (struct str){ s.p, (size_t)(at - s.p) };
	*tail = str_from(s, head->n + 1);
	return true;
}

static void read_qualifiers(struct arena *a, struct str text, struct purl *out)
{
	struct str one, key, value;

	while (str_next(&text, '&', &one)) {
		if (str_cut(one, '=', &key, &value) && key.n && value.n)
			*list_push(a, &out->qualifiers) = (struct purl_qualifier){
				purl_decoded(a, key), purl_decoded(a, value)
			};
	}
}

static void purl_lower_go(struct arena *a, struct purl *p)
{
	if (strcmp(p->type, "golang") != 0)
		return;
	p->space = str_lower(a, str_of(p->space));
	p->name = str_lower(a, str_of(p->name));
}

bool purl_parse(struct arena *a, const char *text, struct purl *out)
{
	struct str rest = str_of(text), type, tail, name;

	*out = (struct purl){ .space = "" };
	if (!str_starts(rest, STR("pkg:")))
		return false;
	rest = str_from(rest, strlen("pkg:"));
	while (rest.n && rest.p[0] == '/')
		rest = str_from(rest, 1);
	cut_last(rest, '#', &rest, &tail);
	if (str_cut(rest, '?', &rest, &tail))
		read_qualifiers(a, tail, out);
	if (cut_last(rest, '@', &rest, &tail) && tail.n)
		out->version = purl_decoded(a, tail);
	while (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	if (!str_cut(rest, '/', &type, &rest) || type.n == 0 || rest.n == 0)
		return false;
	out->type = str_lower(a, type);
	if (cut_last(rest, '/', &rest, &name)) {
		out->space = purl_decoded(a, rest);
		rest = name;
	}
	out->name = purl_decoded(a, rest);
	purl_lower_go(a, out);
	return *out->name;
}

/* "Zope.Interface" -> "zope-interface" (the names of the package index, and purl-spec). */
static const char *purl_python_name(struct arena *a, const char *name)
{
	struct buf out = { .a = a };

	for (const char *p = name; *p; p++) {
		if (!strchr("-_.", *p))
			buf_putc(&out, (char)tolower((unsigned char)*p));
		else if (p == name || !strchr("-_.", p[-1]))
			buf_putc(&out, '-');
	}
	return buf_cstr(&out);
}

void purl_of(struct arena *a, const char *type, const char *name, const char *version,
	     struct purl *out)
{
	struct str space = { "", 0 }, rest = str_of(name);

	*out = (struct purl){ .type = type, .space = "", .version = version };
	if (strcmp(type, "pypi") == 0) {
		out->name = purl_python_name(a, name);
		return;
	}
	if (strcmp(type, "npm") == 0 && name[0] == '@' && !str_cut(rest, '/', &space, &rest))
		rest.n = space.n = 0;
	if (strcmp(type, "golang") == 0 && !cut_last(str_of(name), '/', &space, &rest))
		space.n = 0;
	if (strcmp(type, "maven") == 0 && !str_cut(str_of(name), ':', &space, &rest))
		rest.n = space.n = 0;
	out->space = str_dup(a, space);
	out->name = str_dup(a, rest);
	purl_lower_go(a, out);
}

/* Bytes that may stand as they are: unreserved ones, and those in `more`. */
static void put_encoded(struct buf *out, const char *text, const char *more)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (isascii(c) && (isalnum(c) || strchr(".-_~", c) || strchr(more, c)))
			buf_putc(out, *p);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct purl_qualifier *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void put_qualifiers(struct buf *out, const struct purl *p)
{
	struct purl_qualifier *sorted = arena_array(out->a, p->qualifiers.n, sizeof(*sorted));
	const char *before = "?";

	if (p->qualifiers.n)
		memcpy(sorted, p->qualifiers.v, p->qualifiers.n * sizeof(*sorted));
	qsort(sorted, p->qualifiers.n, sizeof(*sorted), by_key);
	for (size_t i = 0; i < p->qualifiers.n; i++) {
		if (!sorted[i].value || !*sorted[i].value)
			continue;
		buf_printf(out, "%s%s=", before, sorted[i].key);
		put_encoded(out, sorted[i].value, ":/");
		before = "&";
	}
}

/* In a version ':' stays, as in Debian's epochs, but not in the digest of an image (both as the
 * specification has them in its examples). */
const char *purl_text(struct arena *a, const struct purl *p)
{
	struct buf out = { .a = a };

	buf_printf(&out, "pkg:%s/", p->type);
	if (p->space && *p->space) {
		put_encoded(&out, p->space, "/");
		buf_putc(&out, '/');
	}
	put_encoded(&out, p->name, "");
	if (p->version && *p->version) {
		buf_putc(&out, '@');
		put_encoded(&out, p->version, strcmp(p->type, "oci") == 0 ? "" : ":");
	}
	put_qualifiers(&out, p);
	return buf_cstr(&out);
}

const char *purl_qualifier(const struct purl *p, const char *key)
{
	for (size_t i = 0; i < p->qualifiers.n; i++)
		if (strcmp(p->qualifiers.v[i].key, key) == 0)
			return p->qualifiers.v[i].value;
	return NULL;
}

bool purl_covers(const struct purl *wanted, const struct purl *have)
{
	return wanted->type && have->type && strcmp(wanted->type, have->type) == 0 &&
	       strcmp(wanted->space, have->space) == 0 && strcmp(wanted->name, have->name) == 0 &&
	       (!wanted->version || (have->version && strcmp(wanted->version, have->version) == 0));
}

/* The next field of a CPE name; a colon after a backslash belongs to it. */
static struct str cpe_field(struct str *rest)
{
	struct str field = *rest;
	size_t n = 0;

	while (n < rest->n && rest->p[n] != ':')
		n += rest->p[n] == '\\' ? 2 : 1;
	field.n = MIN(n, rest->n);
	*rest = str_from(*rest, n + 1);
	return field;
}

static const struct str cpe_prefix = STR("cpe:2.3:");

bool cpe_product(const char *cpe, struct str *out)
{
	struct str rest = str_of(cpe);

	if (!str_starts(rest, cpe_prefix))
		return false;
	rest = str_from(rest, cpe_prefix.n);
	for (int i = 0; i < 3; i++) /* part, vendor, product */
		*out = cpe_field(&rest);
	return true;
}

bool cpe_covers(const char *wanted, const char *have)
{
	struct str w = str_of(wanted), h = str_of(have);

	if (!str_starts(w, cpe_prefix) || !str_starts(h, cpe_prefix))
		return false;
	w = str_from(w, cpe_prefix.n);
	h = str_from(h, cpe_prefix.n);
	for (int i = 0; i < 4; i++) {
		struct str x = cpe_field(&w), y = cpe_field(&h);

		if (!str_eq(x, STR("*")) && x.n && !str_eq(x, y))
			return false;
	}
	return true;
}
