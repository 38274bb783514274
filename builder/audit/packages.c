/* SPDX-License-Identifier: Apache-2.0 */
/* Package records. Knows dpkg's files; lists of files and sums are read in ownership.c. */

#include "audit/packages.h"

#include <stdlib.h>

#include "audit/licence.h"
#include "audit/ownership.h"
#include "format/deb822.h"
#include "tree/tree.h"

#define PACKAGES_MAX 20000

static void problem(struct arena *a, struct records *out, const char *path, const char *text)
{
	*list_push(a, &out->problems) = (struct layer_remark){ "package.bad-record", path, text };
}

static const char *text_of(struct arena *a, struct str s)
{
	return s.n ? str_dup(a, s) : NULL;
}

/* "gcc-14 (14.2.0-19)" names source and version; nothing means the package itself. */
static void source_of(struct arena *a, struct str field, struct package *p)
{
	struct str name, version;

	p->source = p->name;
	p->source_version = p->version;
	if (field.n == 0)
		return;
	if (str_cut(field, '(', &name, &version)) {
		str_cut(version, ')', &version, &field);
		p->source_version = str_dup(a, str_trim(version));
	}
	p->source = str_dup(a, str_trim(name));
}

static bool valid_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789+.-", s.p[i]) || !s.p[i])
			return false;
	return s.n >= 2;
}

static void add_stanza(struct arena *a, const struct deb822 *r, const char *record, struct model *m,
		       struct records *out)
{
	struct str name = deb822_get(r, "Package"), version = deb822_get(r, "Version");
	struct str status = deb822_get(r, "Status");
	struct package p = { .record = record };

	if (status.n && !str_ends(status, STR(" installed")))
		return;		/* removed, its configuration stays */
	if (!valid_name(name) || version.n == 0) {
		problem(a, out, record, "a stanza without a valid Package and Version");
		return;
	}
	if (m->packages.n == PACKAGES_MAX)
		return;
	p.name = str_dup(a, name);
	p.version = str_dup(a, version);
	p.architecture = text_of(a, deb822_get(r, "Architecture"));
	p.maintainer = text_of(a, deb822_get(r, "Maintainer"));
	source_of(a, deb822_get(r, "Source"), &p);
	*list_push(a, &m->packages) = p;
}

static bool read_record(struct arena *a, struct model *m, const struct item *i, struct records *out,
			struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct error bad = { .kind = ERR_NONE };
	struct deb822 r;
	struct str text;
	int got;

	if (!model_text(&scratch, m, i, &text, e))
		return false;
	if (!text.p) {
		problem(a, out, i->path, "it is too large to be read");
		return true;
	}
	deb822_init(&r, text, i->path);
	while ((got = deb822_next(&r, &bad)) == 1)
		add_stanza(a, &r, i->path, m, out);
	if (got < 0)
		problem(a, out, i->path, arena_printf(a, "line %u: %s", bad.at.line, bad.cause));
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct package *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->architecture ? x->architecture : "",
				      y->architecture ? y->architecture : "");
}

const struct package *packages_find(const struct packages *l, const char *name)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(l->v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n && strcmp(l->v[lo].name, name) == 0 ? &l->v[lo] : NULL;
}

static bool read_copyrights(struct arena *a, struct model *m, struct error *e)
{
	for (struct package *p = m->packages.v; p < m->packages.v + m->packages.n; p++) {
		AUTO_ARENA scratch = { 0 };
		const char *path = arena_printf(&scratch, "usr/share/doc/%s/copyright", p->name);
		const struct item *i = model_resolve(m, "", path, NULL);
		struct str text;

		p->has_copyright = i && i->type == ITEM_FILE;
		if (!p->has_copyright)
			continue;
		if (!model_text(&scratch, m, i, &text, e))
			return false;
		p->licences = licence_names(a, text);
	}
	return true;
}

static bool is_record(const struct item *i)
{
	static const struct str dir = STR("var/lib/dpkg/status.d/");
	struct str path = str_of(i->path);

	return i->type == ITEM_FILE && (strcmp(i->path, "var/lib/dpkg/status") == 0 ||
		(str_starts(path, dir) && !str_ends(path, STR(".md5sums"))));
}

bool packages_read(struct arena *a, struct model *m, const struct strings *owned,
		   struct records *out, struct error *e)
{
	for (size_t i = 0; i < m->items.n; i++)
		if (is_record(m->items.v[i]) && !read_record(a, m, m->items.v[i], out, e))
			return false;
	if (m->packages.n)
		qsort(m->packages.v, m->packages.n, sizeof(*m->packages.v), by_name);
	return read_copyrights(a, m, e) && ownership_read(a, m, owned, out, e);
}
