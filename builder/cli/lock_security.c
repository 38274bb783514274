/* SPDX-License-Identifier: Apache-2.0 */
/* All packages of all locks are judged in one go: the tracker's file is large. */

#include "cli/lock_security.h"

#include <stdlib.h>
#include <unistd.h>

#include "format/debian/debversion.h"
#include "input/lock/tools_lock.h"
#include "inspect/vuln/tracker.h"
#include "inspect/vuln/vuln.h"

struct security_search {
	struct cli *c;
	const struct store *s;
	const struct lock_options *o;
	const struct vuln_inputs *data;
	struct strings seen;	  /* paths of locks */
	struct security_rows all; /* what could have fixes */
};

static void security_add_items(struct security_search *l, const char *path,
			       const struct newer_items *items)
{
	list_each(i, items)
		*list_push(l->c->a, &l->all) = (struct security_row){ .lock = path, .item = *i };
}

static bool security_find(struct security_search *l, const struct recipe *r,
			  const struct lock *lock, const struct platform *p, const char *path,
			  struct error *e)
{
	struct cli *c = l->c;
	struct mirrors mirrors = { 0 };
	const struct lock_order order = { .store = l->s,
					  .mirrors = &mirrors,
					  .recipe = r,
					  .platform = p,
					  .offline = c->offline,
					  .allow_older = l->o->allow_older,
					  .progress = c->progress };
	struct newer_items items = { 0 };

	if (!mirrors_find(c->a, &c->mirrors, getenv("IMGBUILD_MIRROR"), r->archive, "/", &mirrors,
			  e) ||
	    !newer_find(c->a, &order, lock, &items, e))
		return err_wrap(e, "lock %s", path);
	security_add_items(l, path, &items);
	return true;
}

/* A lock that is not there or is stale says nothing of what will be built. */
static bool security_load(struct security_search *l, const struct recipe *r,
			  const struct platform *p, const char *path, struct lock *out,
			  struct error *e)
{
	enum err_kind kind = l->o->moves ? ERR_INPUT : ERR_FINDINGS;
	struct error stale = { 0 };

	if (access(path, F_OK) != 0)
		return err_set(e, kind, "there is no %s; imgbuild lock makes it", path);
	return lock_load(l->c->a, path, out, e) &&
	       (lock_check(out, r, p, &stale) || err_set(e, kind, "%s", stale.cause));
}

/* A recipe and its bases, each for its own platforms and for those of what stands on it. */
static bool security_chain(struct security_search *l, const struct recipe *r,
			   const struct platforms *above, struct error *e)
{
	struct arena *a = l->c->a;
	struct platforms own;

	if (!lock_platforms(l->c, l->o, r, &own, e))
		return false;
	for (size_t i = 0; above && i < above->n; i++) {
		if (!platforms_have(&own, above->v[i]))
			*list_push(a, &own) = above->v[i];
	}
	if (r->base && !security_chain(l, r->base, &own, e))
		return false;
	for (size_t i = 0; i < own.n; i++) {
		const char *path = recipe_lock_path(a, r, own.v[i]);
		struct lock *lock = arena_alloc(a, sizeof(*lock));

		if (strings_has(&l->seen, path) || (l->o->moves && access(path, F_OK) != 0))
			continue;
		*list_push(a, &l->seen) = path;
		if (!security_load(l, r, own.v[i], path, lock, e) ||
		    !security_find(l, r, lock, own.v[i], path, e))
			return false;
	}
	return true;
}

/* What writes layers on each machine. */
static bool security_tools(struct security_search *l, const struct recipe *r, struct error *e)
{
	struct arena *a = l->c->a;
	const char *path = tools_path(a, r->repository);
	struct lock *tools = arena_alloc(a, sizeof(*tools));
	struct platforms machines = { 0 };
	int there = strings_has(&l->seen, path) ? 0 : tools_load(a, path, tools, e);

	if (there <= 0)
		return there == 0;
	*list_push(a, &l->seen) = path;
	platforms_all(a, &machines);
	for (size_t i = 0; i < machines.n; i++) {
		struct lock *part = arena_alloc(a, sizeof(*part));

		tools_for(a, tools, NULL, machines.v[i], part);
		if (part->packages.n && !security_find(l, r, part, machines.v[i], path, e))
			return false;
	}
	return true;
}

static void security_note(struct arena *a, struct security_row *row, const struct vuln *v)
{
	for (size_t i = 0; i < row->fixes.n; i++) {
		if (strcmp(row->fixes.v[i].id, v->id) == 0)
			return;
	}
	*list_push(a, &row->fixes) = (struct security_fix){ v->id, v->fixed };
}

/* The Debian release of a row; what a base image has is of that of the first one that says it. */
static const char *security_release(const struct security_rows *l, const struct security_row *row)
{
	const char *codename = row->item.codename;

	for (size_t i = 0; !codename && i < l->n; i++)
		codename = l->v[i].item.codename;
	return codename ? tracker_release(codename) : NULL;
}

/* Asks the data about all rows of one release. */
static bool security_ask(struct security_search *l, const char *release, struct error *e)
{
	struct arena *a = l->c->a;
	struct components components = { 0 };
	struct LIST(struct security_row *) rows = { 0 };
	struct vulns found = { 0 };

	list_each(row, &l->all) {
		const char *own = security_release(&l->all, row);

		if ((own != release) && (!own || !release || strcmp(own, release) != 0))
			continue;
		*list_push(a, &rows) = row;
		*list_push(a, &components) =
			(struct image_component){ .name = row->item.name,
						  .version = row->item.version,
						  .architecture = row->item.architecture,
						  .source = row->item.source,
						  .source_version = row->item.source_version };
	}
	if (!vuln_read_components(a, &components, release, l->data, &found, e))
		return false;
	if (found.other_releases)
		progress_warn(
			l->c->progress,
			"--cve: the data speak of Debian %s, not of %s that the packages are of",
			found.other_releases, release);
	list_each(v, &found) {
		if (v->component && v->state == VULN_AFFECTED && v->fixed)
			security_note(a, rows.v[v->component - components.v], v);
	}
	return true;
}

static bool security_ask_all(struct security_search *l, struct error *e)
{
	struct strings done = { 0 };

	for (size_t i = 0; l->data->n && i < l->all.n; i++) {
		const char *release = security_release(&l->all, &l->all.v[i]);

		if (strings_has(&done, release ? release : ""))
			continue;
		*list_push(l->c->a, &done) = release ? release : "";
		if (!security_ask(l, release, e))
			return false;
	}
	return true;
}

static bool security_has_fix(const struct security_row *row)
{
	for (size_t i = 0; row->item.now && i < row->fixes.n; i++) {
		if (debversion_compare(str_of(row->item.now_source_version),
				       str_of(row->fixes.v[i].version)) >= 0)
			return true;
	}
	return row->item.now && row->item.security;
}

static int security_compare(const void *a, const void *b)
{
	const struct security_row *x = a, *y = b;
	int order = strcmp(x->item.name, y->item.name);

	return order ? order : strcmp(x->lock, y->lock);
}

bool security_look(struct cli *c, const struct store *s, const struct lock_options *o,
		   const struct recipe *r, const struct vuln_inputs *data,
		   struct security_rows *out, struct error *e)
{
	struct security_search l = { .c = c, .s = s, .o = o, .data = data };

	if (!security_chain(&l, r, NULL, e) || !security_tools(&l, r, e) ||
	    !security_ask_all(&l, e))
		return false;
	list_each(row, &l.all) {
		row->can_move = security_has_fix(row);
		if (row->can_move || row->fixes.n)
			*list_push(c->a, out) = *row;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), security_compare);
	return true;
}
