/* SPDX-License-Identifier: Apache-2.0 */
/* Package records. Knows dpkg's files; lists of files and sums are read in ownership.c. Control
 * data is parsed by a child in a jail. */

#include "inspect/model/packages.h"

#include <stdlib.h>

#include "inspect/model/other_records.h"
#include "inspect/model/ownership.h"
#include "base/frames.h"
#include "base/jail.h"
#include "base/path.h"
#include "base/wire.h"
#include "format/debian/copyright.h"
#include "format/debian/deb822.h"

#define PACKAGES_MAX 100000
#define MESSAGE_MAX ((size_t)16 << 20)
#define STATUS_DIR "var/lib/dpkg/status.d"
#define TOO_MANY "there are more than 100000 packages: the rest is not looked at"
#define LICENCE_MAX 60 /* bytes of one name, and of all, that a report shows */
#define LICENCES_MAX 400

static const struct jail_limits limits = { (uint64_t)256 << 20, 120, 300 };

static void packages_problem(struct arena *a, struct records *out, const char *path,
			     const char *text)
{
	*list_push(a, &out->problems) = (struct layer_remark){ "package.bad-record", path, text };
}

static const char *dup_or_null(struct arena *a, struct str s)
{
	return s.n ? str_dup(a, s) : NULL;
}

static const char *join_relations(struct arena *a, struct str x, struct str y)
{
	return x.n && y.n ? arena_printf(a, STR_FMT ", " STR_FMT, STR_ARG(x), STR_ARG(y))
			  : dup_or_null(a, x.n ? x : y);
}

/* "gcc-14 (14.2.0-19)" names source and version; nothing means the package itself. */
static void package_source_of(struct arena *a, struct str field, struct package *p)
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

/* The files that record packages. */
struct record_list {
	const struct model *m;
	struct record_files v;
};

/* Each begins with the number of the file. */
enum { FRAME_PACKAGE = 'P', FRAME_PROBLEM = 'X' };
#define RECORD_FRAMES "PX"

/* Of the states of dpkg(1) only two leave no file behind but configuration; a record without a
 * state (status.d) stands for files that are there. */
static bool has_files(struct str status)
{
	return !str_ends(status, STR(" not-installed")) && !str_ends(status, STR(" config-files"));
}

/* In the jail: the fields of a stanza of a package that has files. */
static bool send_stanza(const struct deb822 *r, size_t file, struct sink *out, struct error *e)
{
	static const char *const fields[] = { "Package",  "Version",   "Architecture", "Maintainer",
					      "Source",	  "Conffiles", "Pre-Depends",  "Depends",
					      "Provides", "Conflicts", "Breaks" };
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	if (!has_files(deb822_get(r, "Status")))
		return true;
	wire_put(&message, file);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		wire_put_str(&message, deb822_get(r, fields[i]));
	return frame_put(out, FRAME_PACKAGE, buf_str(&message), e);
}

static bool send_problem(size_t file, const char *text, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	wire_put(&message, file);
	wire_put_text(&message, text);
	return frame_put(out, FRAME_PROBLEM, buf_str(&message), e);
}

/* In the jail. */
static bool parse_record(const struct record_list *files, size_t i, struct sink *out,
			 struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct error bad = { .kind = ERR_NONE };
	struct deb822 r;
	struct str text;
	int got;

	if (!model_text(&a, files->m, files->v.v[i].item, &text, e))
		return false;
	if (!text.p)
		return send_problem(i, "it is too large to be read", out, e);
	deb822_init(&r, text, files->v.v[i].path);
	while ((got = deb822_next(&r, &bad)) == 1)
		if (!send_stanza(&r, i, out, e))
			return false;
	return got == 0 ||
	       send_problem(i, arena_printf(&a, "line %u: %s", bad.at.line, bad.cause), out, e);
}

static bool parse_records(void *ctx, struct sink *out, struct error *e)
{
	const struct record_list *files = ctx;

	for (size_t i = 0; i < files->v.n; i++)
		if (!parse_record(files, i, out, e))
			return false;
	return true;
}

struct package_taker {
	struct arena *a;
	const struct record_list *files;
	struct model *m;
	struct records *out;
	bool full; /* PACKAGES_MAX are there */
};

/* "var/lib/dpkg/status.d/NAME" is the record of NAME: of another package it was not written by who
 * made the image. */
static bool is_named_as(const char *record, struct str name)
{
	struct str path = str_of(record), base = str_of(path_base(record)), before, arch;

	if (!str_starts(path, STR(STATUS_DIR "/")))
		return true;
	return str_eq(base, name) || (str_cut(base, ':', &before, &arch) && str_eq(before, name));
}

static void take_package(struct package_taker *t, const char *record, struct wire *w)
{
	AUTO_ARENA scratch = { 0 };
	struct wire fields = { .a = &scratch, .rest = w->rest };
	struct str name = wire_str(&fields), version = wire_str(&fields), before;
	struct package p = { .record = record };

	if (!valid_name(name) || version.n == 0) {
		packages_problem(t->a, t->out, record,
				 "a stanza without a valid Package and Version");
	} else if (t->m->packages.n == PACKAGES_MAX) {
		if (!t->full)
			packages_problem(t->a, t->out, record, TOO_MANY);
		t->full = true;
	} else {
		if (!is_named_as(record, name))
			packages_problem(t->a, t->out, record,
					 arena_printf(t->a,
						      "it is the record of a package "
						      "" STR_FMT,
						      STR_ARG(name)));
		p.name = str_dup(t->a, name);
		p.version = str_dup(t->a, version);
		p.architecture = dup_or_null(t->a, wire_str(&fields));
		p.maintainer = dup_or_null(t->a, wire_str(&fields));
		package_source_of(t->a, wire_str(&fields), &p);
		p.conffiles = dup_or_null(t->a, wire_str(&fields));
		before = wire_str(&fields);
		p.depends = join_relations(t->a, before, wire_str(&fields));
		p.provides = dup_or_null(t->a, wire_str(&fields));
		p.conflicts = dup_or_null(t->a, wire_str(&fields));
		p.breaks = dup_or_null(t->a, wire_str(&fields));
		*list_push(t->a, &t->m->packages) = p;
	}
	w->bad = fields.bad;
}

static bool packages_take(void *to, char kind, struct str message, struct error *e)
{
	struct package_taker *t = to;
	struct wire w = { .a = t->a, .rest = message };
	uint64_t file = wire_get(&w, t->files->v.n - 1);
	const char *record = t->files->v.v[file].path;

	if (kind == FRAME_PACKAGE)
		take_package(t, record, &w);
	else
		packages_problem(t->a, t->out, record, wire_name(&w));
	return !w.bad || frame_nonsense(e);
}

static int compare_package_records(const void *a, const void *b)
{
	const struct package *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order
		     : strcmp(x->architecture ? x->architecture : "",
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

/* Names of licences for a line: "GPL-2+, MIT"; sentences in place of a name are left out. NULL:
 * none. */
static const char *list_licences(struct arena *a, struct str text)
{
	struct buf out = { .a = a, .max = LICENCES_MAX };
	AUTO_ARENA scratch = { 0 };
	struct copyright c;

	copyright_read(&scratch, text, &c);
	for (size_t i = 0; i < c.n; i++) {
		if (strlen(c.v[i].name) <= LICENCE_MAX)
			buf_printf(&out, "%s%s", out.n ? ", " : "", c.v[i].name);
	}
	return out.n ? buf_cstr(&out) : NULL;
}

static bool read_copyrights(struct arena *a, struct model *m, struct error *e)
{
	list_each(p, &m->packages) {
		AUTO_ARENA scratch = { 0 };
		const char *path = arena_printf(&scratch, "usr/share/doc/%s/copyright", p->name);
		const struct item *i = model_resolve(m, "", path, NULL);
		struct str text;

		p->has_copyright = i && i->type == ITEM_FILE;
		if (!p->has_copyright)
			continue;
		if (!model_text(&scratch, m, i, &text, e))
			return false;
		p->licences = list_licences(a, text);
	}
	return true;
}

static void packages_add_record(struct arena *a, const struct model *m, const char *path,
				struct record_files *out)
{
	const struct item *i = model_resolve(m, "", path, NULL);

	if (i && i->type == ITEM_FILE)
		*list_push(a, out) = (struct record_file){ path, i };
}

void packages_records(struct arena *a, const struct model *m, struct record_files *out)
{
	const struct item *dir = model_resolve(m, "", STATUS_DIR, NULL);

	packages_add_record(a, m, "var/lib/dpkg/status", out);
	if (!dir || dir->type != ITEM_DIR)
		return;
	for (size_t i = items_lower(&m->items, dir->path) + 1; i < m->items.n; i++) {
		const char *path = m->items.v[i]->path;

		if (!path_below(path, dir->path))
			break;
		if (!str_ends(str_of(path), STR(".md5sums")))
			packages_add_record(a, m,
					    arena_printf(a, STATUS_DIR "/%s",
							 path + strlen(dir->path) + 1),
					    out);
	}
}

/* All records are read by one child. */
static bool read_records(struct arena *a, struct model *m, struct records *out, struct error *e)
{
	AUTO_JAIL jail = { .base.next = NULL };
	struct record_list files = { .m = m };
	const struct jail_files inputs = { { m->kept, -1 }, -1, 0 };
	struct package_taker t = { a, &files, m, out, false };

	packages_records(a, m, &files.v);
	return files.v.n == 0 ||
	       (jail_start(&jail, "the package records", &limits, &inputs, parse_records, &files,
			   e) &&
		frames_each(&jail.base, RECORD_FRAMES, MESSAGE_MAX, packages_take, &t, e));
}

bool packages_read(struct arena *a, struct model *m, const struct strings *owned,
		   struct records *out, struct error *e)
{
	if (!read_records(a, m, out, e))
		return false;
	if (m->packages.n)
		qsort(m->packages.v, m->packages.n, sizeof(*m->packages.v),
		      compare_package_records);
	other_records_find(a, m, &out->problems);
	return read_copyrights(a, m, e) && ownership_read(a, m, owned, out, e);
}
