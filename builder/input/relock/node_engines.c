/* SPDX-License-Identifier: Apache-2.0 */
/* Only the whole lock tells which Node.js the image has: a base's, or a component's. One that is no
 * package of Debian has no version that is known here. */

#include "input/relock/node_engines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/text/npmrc.h"
#include "input/lock/base_locks.h"
#include "input/resolve/npm_registry.h"

#define ENGINE_SETTINGS_MAX (1u << 20)

struct node_engines {
	struct arena *a;
	const struct lock_order *order;
	const struct dependencies *list;
	const char *node; /* "20.19.2" */
};

/* "20.19.2+dfsg-1" -> "20.19.2"; NULL: no Node.js of Debian. */
static const char *engines_find_node(struct arena *a, const struct lock_order *o,
				     const struct lock *lock)
{
	const struct locked_package *p = bases_package(&o->bases, "nodejs", NULL);

	if (!p)
		p = lock_package(lock, "nodejs");
	if (!p || !package_has_role(p, "image"))
		return NULL;
	return arena_strndup(a, p->version, strspn(p->version, "0123456789."));
}

static bool engines_is_strict(const struct node_engines *n, bool *out, struct error *e)
{
	static const char *const names[] = { "npm_config_engine_strict",
					     "NPM_CONFIG_ENGINE_STRICT" };
	struct strings files = npm_setting_files(n->a, n->list);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		*out = value && npmrc_is_true(str_of(value));
		if (value && value[0])
			return true;
	}
	list_each(file, &files) {
		struct str text;

		if (access(*file, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (!io_read_file(n->a, AT_FDCWD, *file, ENGINE_SETTINGS_MAX, &text, e))
			return false;
		if (npmrc_flag(text, "engine-strict", out))
			return true;
	}
	return true;
}

/* The project itself has no name of a place. */
static const char *engines_label(const struct node_engines *n, const struct npm_entry *x)
{
	if (x->version)
		return arena_printf(n->a, "%s %s", x->name, x->version);
	return x->place[0] ? x->place : "the project itself";
}

/* Adds those who want another Node.js; with `strict` the first one is an error. */
static bool engines_judge(const struct node_engines *n, const struct npm_entries *l, bool strict,
			  struct strings *out, struct error *e)
{
	list_each(x, l) {
		const char *text;

		if (x->optional || !dependencies_want_entry(n->list, x, n->order->platform) ||
		    npm_entry_takes_node(x, n->node))
			continue;
		text = arena_printf(n->a, "%s (%s)", engines_label(n, x), x->engine);
		if (!strings_has(out, text))
			*list_push(n->a, out) = text;
		if (!strict)
			continue;
		err_set(e, ERR_INPUT,
			"%s wants Node.js %s, the image has %s, and npm is set to engine-strict; "
			"take another version of it, or a base with another Node.js",
			engines_label(n, x), x->engine, n->node);
		return err_at(e, n->list->file, x->line, 1);
	}
	return true;
}

static bool engines_want_file(const struct node_engines *n, const struct npm_entries *l,
			      const char *path)
{
	list_each(x, l) {
		if (x->file && strcmp(x->file, path) == 0 &&
		    dependencies_want_entry(n->list, x, n->order->platform))
			return true;
	}
	return false;
}

/* Takes out of the lock what only packages need that are left out; but not all that a source has,
 * for without any file it would not be in the lock. */
static void engines_leave_out(const struct node_engines *n, struct locked_source *s)
{
	struct npm_entries now = dependencies_for_node(n->a, n->list, n->order->platform, n->node);
	struct strings gone = { NULL, 0, 0 };
	size_t kept = 0;

	for (size_t i = 0; i < s->files.n; i++) {
		if (!engines_want_file(n, &now, s->files.v[i].path))
			*list_push(n->a, &gone) = s->files.v[i].path;
	}
	if (gone.n == s->files.n)
		return;
	for (size_t i = 0; i < s->files.n; i++) {
		if (!strings_has(&gone, s->files.v[i].path))
			s->files.v[kept++] = s->files.v[i];
	}
	s->files.n = kept;
	if (gone.n)
		progress_note_list(
			n->order->progress,
			arena_printf(
				n->a,
				"%s: optional packages that are not for Node.js %s, which the image "
				"has, are left out, with what only they need: %s",
				n->list->file, n->node, strings_join(n->a, &gone, ", ")));
}

static bool engines_check_list(const struct node_engines *n, struct locked_source *s,
			       struct error *e)
{
	struct strings names = { NULL, 0, 0 };
	bool strict = false;

	if (!engines_is_strict(n, &strict, e) ||
	    !engines_judge(n, &n->list->others, strict, &names, e) ||
	    !engines_judge(n, &n->list->entries, strict, &names, e))
		return false;
	if (names.n)
		progress_warn_list(
			n->order->progress,
			arena_printf(n->a,
				     "%s: the image has Node.js %s, and some packages want another "
				     "(npm: EBADENGINE): %s",
				     n->list->file, n->node, strings_join(n->a, &names, ", ")));
	engines_leave_out(n, s);
	return true;
}

static struct locked_source *engines_source(struct lock *lock, const char *name)
{
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (strcmp(lock->sources.v[i].name, name) == 0)
			return &lock->sources.v[i];
	}
	return NULL;
}

bool node_engines_check(struct arena *a, const struct lock_order *o, struct lock *lock,
			struct error *e)
{
	struct node_engines n = { .a = a, .order = o, .node = engines_find_node(a, o, lock) };
	struct source_list sources = { NULL, 0, 0 };
	struct strings done = { NULL, 0, 0 }; /* variants have them once more */

	if (!n.node)
		return true;
	recipe_sources(a, o->recipe, &sources);
	list_each(variant, &o->recipe->variants)
		recipe_sources(a, *variant, &sources);
	list_each(r, &sources) {
		struct locked_source *s = engines_source(lock, (*r)->name);

		n.list = &(*r)->dependencies;
		if (!s || n.list->form != DEPENDENCY_NPM || strings_has(&done, s->name))
			continue;
		*list_push(a, &done) = s->name;
		if (!engines_check_list(&n, s, e))
			return false;
	}
	return true;
}
