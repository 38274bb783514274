/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of tools beside the locks of recipes. */

#include "cli/cmd_lock.h"

#include <stdlib.h>

#include "format/json/jsonw.h"
#include "input/lock/tools_lock.h"
#include "input/relock/tools_make.h"

static const char *const tool_names[] = { TOOLS_GZIP,	TOOLS_ZSTD, TOOLS_XZ,
					  "libdeflate", "libzstd",  "xz-utils" };
#define TOOL_NAMES (ARRAY_SIZE(tool_names))

bool lock_tools_named(const struct strings *names)
{
	for (size_t i = 0; i < TOOL_NAMES; i++) {
		if (strings_has(names, tool_names[i]))
			return true;
	}
	return false;
}

bool lock_tools_names(struct arena *a, const struct recipe *r, struct strings *out, struct error *e)
{
	struct lock lock = { 0 };
	int there = tools_load(a, tools_path(a, r->repository), &lock, e);

	for (size_t i = 0; there > 0 && i < TOOL_NAMES; i++)
		*list_push(a, out) = tool_names[i];
	return there >= 0;
}

bool lock_tools_make(struct cli *c, const struct store *s, const struct lock_options *o,
		     const struct recipe *r, bool move, struct lock_tools *t, struct error *e)
{
	struct lock *old = arena_alloc(c->a, sizeof(*old));
	struct mirrors mirrors = { 0 };
	struct lock_order order = { .store = s,
				    .mirrors = &mirrors,
				    .recipe = r,
				    .update = o->security ? o->update : o->named,
				    .offline = c->offline,
				    .memo = o->memo,
				    .progress = c->progress };
	int there;

	*t = (struct lock_tools){ .path = tools_path(c->a, r->repository) };
	there = tools_load(c->a, t->path, old, e);
	if (there < 0 || (there > 0 && !move))
		return there > 0;
	t->old = order.old = there ? old : NULL;
	if (!mirrors_find(c->a, &c->mirrors, getenv("IMGBUILD_MIRROR"), r->archive, "/", &mirrors,
			  e) ||
	    !(there || move ? tools_make(c->a, &order, &t->now, e)
			    : tools_first(c->a, &order, &t->now, e)))
		return err_wrap(e, "lock %s", t->path);
	t->changed = t->now.tools.n > 0 && (!there || t->now.tools.v != old->tools.v);
	return true;
}

/* The version of a package in a lock, or NULL. */
static const char *tool_version(const struct lock *lock, const struct locked_package *p)
{
	const struct platform *machine = platform_of_debian(p->architecture);
	const struct locked_package *found = lock && machine ? tools_find(lock, p->name, machine)
							     : NULL;

	return found ? found->version : NULL;
}

static void tools_print_json(struct cli *c, const struct lock_tools *t)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "lock", t->path);
	jsonw_bool(&w, "changed", t->changed);
	jsonw_array(&w, "tools");
	for (size_t i = 0; i < t->now.tools.n; i++) {
		const struct locked_package *p = &t->now.tools.v[i];
		const char *before = tool_version(t->old, p);

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "name", p->name);
		jsonw_cstr(&w, "architecture", p->architecture);
		if (before)
			jsonw_cstr(&w, "old", before);
		jsonw_cstr(&w, "new", p->version);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

void lock_tools_report(struct cli *c, const struct lock_tools *t, bool check)
{
	if (t->now.tools.n == 0)
		return;
	if (c->json) {
		tools_print_json(c, t);
		return;
	}
	for (size_t i = 0; t->changed && i < t->now.tools.n; i++) {
		const struct locked_package *p = &t->now.tools.v[i];
		const char *before = tool_version(t->old, p);

		fprintf(c->out, "tool       %s (%s)  %s  %s  %s\n", p->name, p->architecture,
			before ? before : "-", p->version, p->state->codename);
	}
	fprintf(c->out, "%s: %zu packages, which compress layers and read packages; %s\n", t->path,
		t->now.tools.n,
		check	     ? t->changed ? "would change" : "up to date"
		: t->changed ? "written"
			     : "unchanged");
}
