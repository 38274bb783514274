/* SPDX-License-Identifier: Apache-2.0 */
/* Sums and lists. One list is in memory at a time.
 *
 * Three things are as they should be and no finding (distroless.md 7): files that a slice left
 * out, configuration files (never in md5sums), and files that are not regular any more. */

#include "inspect/model/ownership.h"

#include <stdlib.h>

#include "base/path.h"
#include "inspect/model/language_packages.h"

struct ownership_reading {
	struct arena *a; /* of the result */
	struct model *m;
	struct records *out;
};

static int sum_nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "<md5>  <path>": 32 digits, two blanks, no leading slash (scanners need exactly this). */
static bool split_sum(struct str line, unsigned char md5[static 16], struct str *path)
{
	if (line.n < 35 || line.p[32] != ' ' || line.p[33] != ' ')
		return false;
	for (size_t i = 0; i < 16; i++) {
		int hi = sum_nibble(line.p[2 * i]), lo = sum_nibble(line.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		md5[i] = (unsigned char)(hi << 4 | lo);
	}
	*path = str_from(line, 34);
	return true;
}

/* The item at a path of a package: where merged /usr moved it, it is found through the link. */
static struct item *item_of(const struct ownership_reading *r, struct arena *scratch,
			    struct str path)
{
	struct error ignored = { .kind = ERR_NONE };
	const char *name;
	struct item *i;

	if (!path_normalise(scratch, path, &name, &ignored) || !*name)
		return NULL;
	i = model_at(r->m, name);
	if (i)
		return i;
	i = model_resolve(r->m, "", path_dir(scratch, name), NULL);
	return i && i->type == ITEM_DIR
		       ? model_at(r->m, arena_printf(scratch, "%s/%s", i->path, path_base(name)))
		       : NULL;
}

static void own_item(struct item *i, struct package *p)
{
	i->owned = true;
	if (!i->package && i->type != ITEM_DIR) {
		i->package = p;
		if (i->type == ITEM_FILE && !i->shared)
			p->bytes += i->size;
	}
}

static void sum_line(const struct ownership_reading *r, struct arena *scratch, struct package *p,
		     struct str line, bool *bad)
{
	unsigned char md5[16];
	struct str path;
	struct item *i;

	if (!split_sum(line, md5, &path)) {
		*bad = true;
		return;
	}
	p->listed++;
	i = item_of(r, scratch, path);
	if (!i)
		return;
	p->present++;
	own_item(i, p);
	if (i->type == ITEM_FILE && !i->unread && memcmp(md5, i->md5, sizeof(md5)) != 0)
		*list_push(r->a, &r->out->mismatches) = (struct mismatch){ p, i };
}

static bool read_sums(const struct ownership_reading *r, struct package *p, const struct item *list,
		      struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct str text, line;
	bool bad = false;

	if (!model_text(&scratch, r->m, list, &text, e))
		return false;
	p->has_sums = text.p != NULL;
	while (str_next(&text, '\n', &line))
		sum_line(r, &scratch, p, line, &bad);
	if (bad)
		*list_push(r->a, &r->out->problems) = (struct layer_remark){
			"package.bad-record", list->path,
			"a line is not an MD5 sum, two blanks and a path without leading slash"
		};
	return true;
}

/* Lines that begin with a path of the package, folders too. */
static void own_lines(const struct ownership_reading *r, struct package *p, struct str text)
{
	AUTO_ARENA scratch = { 0 };
	struct str line, word, rest;

	while (str_next(&text, '\n', &line)) {
		struct item *i;

		str_cut(str_trim(line), ' ', &word, &rest);
		i = word.n ? item_of(r, &scratch, word) : NULL;
		if (i)
			own_item(i, p);
	}
}

/* info/NAME.list and .conffiles. */
static bool own_file_list(const struct ownership_reading *r, struct package *p,
			  const struct item *list, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct str text;

	if (!model_text(&scratch, r->m, list, &text, e))
		return false;
	own_lines(r, p, text);
	return true;
}

/* A file of the database: NAME.KIND or NAME:ARCH.KIND. */
static const struct item *database_file(const struct model *m, const struct package *p,
					const char *dir, const char *kind)
{
	AUTO_ARENA scratch = { 0 };
	const struct item *i;

	i = model_resolve(m, "", arena_printf(&scratch, "%s/%s.%s", dir, p->name, kind), NULL);
	if (!i && p->architecture)
		i = model_resolve(m, "",
				  arena_printf(&scratch, "%s/%s:%s.%s", dir, p->name,
					       p->architecture, kind),
				  NULL);
	return i && i->type == ITEM_FILE ? i : NULL;
}

static bool own_package_files(const struct ownership_reading *r, struct package *p, struct error *e)
{
	static const char *const lists[] = { "list", "conffiles" };
	static const char *const dirs[] = { "var/lib/dpkg/info", "var/lib/dpkg/status.d" };

	for (size_t d = 0; d < 2; d++) {
		const struct item *sums = database_file(r->m, p, dirs[d], "md5sums");

		if (sums && !read_sums(r, p, sums, e))
			return false;
	}
	for (size_t l = 0; l < 2; l++) {
		const struct item *list = database_file(r->m, p, dirs[0], lists[l]);

		if (list && !own_file_list(r, p, list, e))
			return false;
	}
	own_lines(r, p, str_of(p->conffiles ? p->conffiles : ""));
	return true;
}

static void own_by_recipe(struct model *m, const struct strings *owned)
{
	for (size_t i = 0; i < owned->n; i++) {
		const char *path = owned->v[i];
		struct item *item = model_at(m, path[0] == '/' ? path + 1 : path);

		if (item)
			item->owned = true;
	}
}

/* What dpkg and imgbuild keep about packages belongs to nobody and is in order. */
static void own_records(struct model *m)
{
	for (size_t i = items_lower(&m->items, "var/lib/dpkg"); i < m->items.n; i++) {
		struct item *item = m->items.v[i];

		if (strcmp(item->path, "var/lib/dpkg") != 0 &&
		    !path_below(item->path, "var/lib/dpkg"))
			break;
		item->owned = true;
	}
}

/* A folder is accounted for by anything below it that is. */
static void own_folders(struct model *m)
{
	AUTO_ARENA scratch = { 0 };
	struct buf dir = { .a = &scratch };

	for (size_t i = 0; i < m->items.n; i++) {
		const char *path = m->items.v[i]->owned ? m->items.v[i]->path : "", *slash;

		while ((slash = strrchr(path, '/'))) {
			struct item *parent;

			dir.n = 0;
			buf_add(&dir, (struct str){ path, (size_t)(slash - path) });
			path = buf_cstr(&dir);
			parent = model_at(m, path);
			if (!parent || parent->owned)
				break;
			parent->owned = true;
			path = parent->path;
		}
	}
}

bool ownership_read(struct arena *a, struct model *m, const struct strings *owned,
		    struct records *out, struct error *e)
{
	struct ownership_reading r = { a, m, out };

	list_each(p, &m->packages) {
		if (!own_package_files(&r, p, e))
			return false;
	}
	if (!language_own(m, e))
		return false;
	own_by_recipe(m, owned);
	own_records(m);
	own_folders(m);
	return true;
}
