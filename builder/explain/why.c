/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked for, and the way from there to the file that a recipe keeps. */

#include "explain/why.h"

#include <stdlib.h>

#include "base/path.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/model/components.h"

#define NAMES_SHOWN 8

struct search_for {
	struct arena *a;
	const struct why_subject *s;
	struct why *out;
};

static const struct items *why_items(const struct search_for *f)
{
	return &f->s->image->model.items;
}

/* Ours: a recipe asks for it. Of others: nothing in the image needs it. */
static bool is_kept(const void *context, const struct item *i)
{
	const struct why_subject *s = context;

	return s->makings->n ? !origin_is_needed(s->makings, &s->image->model, i)
			     : !needs_any(s->needs, i);
}

static const char *needed_as(const struct search_for *f, const struct item *by,
			     const struct item *on)
{
	size_t n;
	const struct need *l = needs_of(f->s->needs, by, &n);

	for (size_t i = 0; i < n; i++)
		if (l[i].on == on)
			return l[i].name;
	return NULL;
}

static void add_stop(struct search_for *f, const struct item *i, const struct item *next)
{
	struct why_stop *stop = list_push(f->a, &f->out->chain);

	stop->item = i;
	stop->as = next ? needed_as(f, next, i) : NULL;
	origin_of(f->a, f->s->makings, &f->s->image->model, i, &stop->reasons);
}

/* The way down from what is kept, told from the other end. */
static void why_add_way(struct search_for *f, const struct item *i)
{
	struct need_way way;

	needs_way(f->a, f->s->needs, i, is_kept, f->s, &way);
	if (way.n == 0)
		add_stop(f, i, NULL);
	for (size_t k = way.n; k-- > 0;)
		add_stop(f, way.v[k], k ? way.v[k - 1] : NULL);
}

static int compare_item_paths(const void *a, const void *b)
{
	const struct item *const *x = a, *const *y = b;

	return path_order((*x)->path, (*y)->path);
}

/* Everybody who needs one of these; those among them do not count. */
static void why_add_users(struct search_for *f,
			  bool (*is_one)(const struct search_for *f, const struct need *n))
{
	struct why *out = f->out;
	size_t n = 0;

	for (size_t i = 0; i < f->s->needs->n; i++)
		if (is_one(f, &f->s->needs->v[i]))
			*list_push(f->a, &out->needed_by) = f->s->needs->v[i].by;
	if (out->needed_by.n)
		qsort(out->needed_by.v, out->needed_by.n, sizeof(*out->needed_by.v),
		      compare_item_paths);
	for (size_t i = 0; i < out->needed_by.n; i++)
		if (n == 0 || out->needed_by.v[n - 1] != out->needed_by.v[i])
			out->needed_by.v[n++] = out->needed_by.v[i];
	out->needed_by.n = n;
}

static bool needs_item(const struct search_for *f, const struct need *n)
{
	return n->on && n->on == f->out->chain.v[0].item;
}

static bool needs_package(const struct search_for *f, const struct need *n)
{
	return n->on && n->on->package == f->out->package && n->by->package != f->out->package;
}

static bool needs_name(const struct search_for *f, const struct need *n)
{
	return !n->on && strcmp(path_base(n->name), f->out->asked) == 0;
}

static bool about_item(struct search_for *f, const struct item *i)
{
	const struct item *target;

	f->out->kind = i->elf && i->elf->head.soname ? WHY_LIBRARY : WHY_FILE;
	if (i->type == ITEM_LINK) {
		AUTO_ARENA scratch = { 0 };

		add_stop(f, i, NULL);
		target = model_resolve(&f->s->image->model, path_dir(&scratch, i->path), i->target,
				       NULL);
		if (target && target->type == ITEM_FILE)
			why_add_way(f, target);
	} else {
		why_add_way(f, i);
	}
	why_add_users(f, needs_item);
	return true;
}

/* A package is in for a file that is kept (a program, if it has one), else for the first of its
 * files that is needed. */
static bool about_package(struct search_for *f, const struct package *p)
{
	const struct item *program = NULL, *kept = NULL, *needed = NULL, *any = NULL;

	f->out->kind = WHY_PACKAGE;
	f->out->package = p;
	for (size_t i = 0; i < why_items(f)->n; i++) {
		const struct item *one = why_items(f)->v[i];

		if (one->package != p || one->type == ITEM_DIR)
			continue;
		f->out->files++;
		if (!any)
			any = one;
		if (!needed && needs_any(f->s->needs, one))
			needed = one;
		if (!origin_layer(&f->s->image->model, one) ||
		    origin_is_needed(f->s->makings, &f->s->image->model, one) ||
		    strncmp(one->path, "usr/share/doc/", 14) == 0)
			continue;
		if (!kept)
			kept = one;
		if (!program && one->elf && one->elf->program)
			program = one;
	}
	if (!any)
		any = model_at(&f->s->image->model, p->record);
	if (program || kept || needed || any)
		why_add_way(f, program ? program : kept ? kept : needed ? needed : any);
	why_add_users(f, needs_package);
	return true;
}

/* Files (and links) by soname, then by the last part of their path. */
static void find_items_named(const struct search_for *f, const char *name, bool soname,
			     struct items *out)
{
	for (size_t i = 0; i < why_items(f)->n; i++) {
		struct item *one = why_items(f)->v[i];
		const char *is = one->elf ? one->elf->head.soname : NULL;

		if (one->type == ITEM_DIR || (soname && (!is || one->shared)))
			continue;
		if (strcmp(soname ? is : path_base(one->path), name) == 0)
			*list_push(f->a, out) = one;
	}
}

/* Links to folders, as pnpm puts one for each package: they say less than the package. */
static bool why_are_folders(const struct search_for *f, const struct items *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct item *to = l->v[i]->type == ITEM_LINK
						? model_resolve(&f->s->image->model, "",
								l->v[i]->path, NULL)
						: l->v[i];

		if (!to || to->type != ITEM_DIR)
			return false;
	}
	return l->n > 0;
}

static bool why_fail_several(const struct search_for *f, const char *what, const struct items *l,
			     struct error *e)
{
	struct buf names = { .a = f->a };

	for (size_t i = 0; i < l->n && i < NAMES_SHOWN; i++)
		buf_printf(&names, "%s/%s", i ? ", " : "", l->v[i]->path);
	return err_set(e, ERR_USAGE, "%zu files are called %s; name one of them: %s%s", l->n, what,
		       buf_cstr(&names), l->n > NAMES_SHOWN ? ", ..." : "");
}

static bool why_fail_unknown(const struct search_for *f, const char *what, struct error *e)
{
	bool is_path = strchr(what, '/') && !str_starts(str_of(what), STR("pkg:"));
	struct strings names = { 0 };
	const char *near;

	for (size_t i = 0; i < why_items(f)->n; i++) {
		const struct item *one = why_items(f)->v[i];

		*list_push(f->a, &names) = is_path ? one->path : path_base(one->path);
		if (!is_path && one->elf && one->elf->head.soname)
			*list_push(f->a, &names) = one->elf->head.soname;
	}
	for (size_t i = 0; !is_path && i < f->s->image->model.packages.n; i++)
		*list_push(f->a, &names) = f->s->image->model.packages.v[i].name;
	while (is_path && *what == '/')
		what++;
	near = str_nearest(str_of(what), names.v, names.n);
	if (near && strcmp(near, what) == 0) /* of a folder */
		near = NULL;
	return err_set(e, ERR_USAGE, "the image has no %s %s%s%s%s%s%s",
		       is_path ? "file" : "file, library or package", is_path ? "/" : "", what,
		       near ? "; did you mean " : "", near && is_path ? "/" : "", near ? near : "",
		       near ? "?" : "");
}

/* "pkg:npm/ms@2.1.3" and "pkg:npm/ms" are the package ms 2.1.3; so are "ms" and "ms@2.1.3". */
static bool component_is(const struct image_component *c, const char *what,
			 const struct purl *asked)
{
	const char *version = str_starts(str_of(what), str_of(c->name)) ? what + strlen(c->name)
									: NULL;

	if (!asked->type)
		return version && (!*version || (*version == '@' && c->version &&
						 strcmp(version + 1, c->version) == 0));
	return c->purl.type && strcmp(c->purl.type, asked->type) == 0 &&
	       strcmp(c->purl.space, asked->space) == 0 && strcmp(c->purl.name, asked->name) == 0 &&
	       (!asked->version ||
		(c->purl.version && strcmp(c->purl.version, asked->version) == 0));
}

static bool why_fail_versions(const struct search_for *f, const char *what, const struct strings *l,
			      struct error *e)
{
	return err_set(e, ERR_USAGE, "%zu packages are called %s; name one of them: %s", l->n, what,
		       strings_join(f->a, l, ", "));
}

/* A package that is no record of dpkg's, under the names that bills of materials and audits use:
 * it is in for the file that tells of it. 1, 0: there is none, -1. */
static int why_find_language(struct search_for *f, const char *what, struct error *e)
{
	const struct model *m = &f->s->image->model;
	struct components all = { NULL, 0, 0 };
	struct remarks problems = { 0 };
	struct purl asked = { .type = NULL };
	struct strings found = { NULL, 0, 0 };
	const struct image_component *one = NULL;
	const struct item *i;

	if (str_starts(str_of(what), STR("pkg:")) && !purl_parse(f->a, what, &asked))
		return 0;
	if (asked.type && strcmp(asked.type, "deb") == 0) {
		const struct package *p = packages_find(&m->packages, asked.name);

		return p ? about_package(f, p) : 0;
	}
	if (!image_components(f->a, m, &all, &problems, e))
		return -1;
	list_each(c, &all) {
		if (!c->locator || !component_is(c, what, &asked))
			continue;
		*list_push(f->a, &found) = c->locator;
		one = c;
	}
	if (found.n > 1)
		return why_fail_versions(f, what, &found, e) ? 1 : -1;
	i = one ? model_at(m, one->record) : NULL;
	if (!i)
		return 0;
	f->out->locator = one->locator;
	return about_item(f, i);
}

static bool why_find_or_fail(struct search_for *f, const char *what, struct error *e)
{
	int found = why_find_language(f, what, e);

	return found > 0 || (found == 0 && why_fail_unknown(f, what, e));
}

static bool find_path(struct search_for *f, const char *what, struct error *e)
{
	struct error ignored = { 0 };
	const struct item *i = NULL;
	const char *path;

	if (!path_normalise(f->a, str_of(what), &path, &ignored))
		return why_find_or_fail(f, what, e);
	i = model_at(&f->s->image->model, path);
	if (!i)
		i = model_resolve(&f->s->image->model, "", path, NULL);
	return i ? about_item(f, i) : why_find_or_fail(f, what, e);
}

bool why_find(struct arena *a, const struct why_subject *s, const char *what, struct why *out,
	      struct error *e)
{
	struct search_for f = { a, s, out };
	const struct package *p = packages_find(&s->image->model.packages, what);
	struct items found = { NULL, 0, 0 };
	int package;

	*out = (struct why){ .asked = what };
	if (strchr(what, '/'))
		return find_path(&f, what, e);
	if (p)
		return about_package(&f, p);
	find_items_named(&f, what, true, &found);
	if (found.n == 0)
		find_items_named(&f, what, false, &found);
	if (why_are_folders(&f, &found) && (package = why_find_language(&f, what, e)) != 0)
		return package > 0;
	if (found.n == 1)
		return about_item(&f, found.v[0]);
	if (found.n > 1)
		return why_fail_several(&f, what, &found, e);
	out->kind = WHY_MISSING;
	why_add_users(&f, needs_name);
	return out->needed_by.n || why_find_or_fail(&f, what, e);
}
