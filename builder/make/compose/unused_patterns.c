/* SPDX-License-Identifier: Apache-2.0 */
/* Looks again at what a component was made from, after it was placed: only patterns that matched
 * nothing are worth the time. */

#include "make/compose/unused_patterns.h"

#include "make/tree/path_select.h"

#define EXAMPLES 5
#define EXAMPLE_MAX 100

void stock_add_package(struct arena *a, struct stock *s, const struct deb *deb)
{
	s->merged = true;
	s->what = s->what ? arena_printf(a, "%s, %s", s->what, deb->package->name)
			  : arena_printf(a, "package %s", deb->package->name);
	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *entry = &deb->entries.v[i];

		*list_push(a, s) = (struct stock_item){ entry->path, entry->type, entry->target };
	}
}

void stock_add_fragment(struct arena *a, struct stock *s, const struct fragment *f)
{
	for (size_t i = 0; i < f->nodes.n; i++) {
		const struct node *n = &f->nodes.v[i];

		*list_push(a, s) = (struct stock_item){ n->path, n->type, n->target };
	}
}

struct links_of {
	const struct stock *stock;
	const struct tree *tree;
};

/* The target of the symlink at a path, in the provider or in the image so far. */
static const char *stock_link(const void *context, const char *path)
{
	const struct links_of *l = context;
	const struct node *n = tree_find(l->tree, path);
	const char *merged = l->stock->merged ? path_merged_link(path) : NULL;

	if (merged || (n && n->type == NODE_LINK))
		return merged ? merged : n->target;
	for (size_t i = 0; i < l->stock->n; i++) {
		if (l->stock->v[i].type == NODE_LINK && strcmp(l->stock->v[i].path, path) == 0)
			return l->stock->v[i].target;
	}
	return NULL;
}

static bool has_below(const struct stock *s, const char *dir)
{
	size_t n = strlen(dir);

	for (size_t i = 0; i < s->n; i++) {
		if (strncmp(s->v[i].path, dir, n) == 0 && s->v[i].path[n] == '/')
			return true;
	}
	return false;
}

enum matched { MATCHED_NOTHING, MATCHED_EMPTY_DIR, MATCHED_DIR };

static enum matched pattern_match(const struct stock *s, const char *glob)
{
	enum matched most = MATCHED_NOTHING;

	for (size_t i = 0; i < s->n && most != MATCHED_DIR; i++) {
		if (s->v[i].type == NODE_DIR && glob_match(glob, s->v[i].path))
			most = has_below(s, s->v[i].path) ? MATCHED_DIR : MATCHED_EMPTY_DIR;
	}
	return most;
}

/* The path that was most likely meant: one of the same name elsewhere, or one spelt like it. For a
 * pattern with wildcards, the directory before the first of them. */
static const char *nearest_path(struct arena *a, const struct stock *s, const char *glob)
{
	size_t wild = strcspn(glob, "*?[");
	bool is_literal = glob[wild] == '\0';
	const char *wanted = is_literal ? glob : arena_strndup(a, glob, wild), *near;
	struct strings names = { 0 };
	unsigned slips;

	if (!is_literal) {
		wanted = arena_strndup(a, wanted,
				       strrchr(wanted, '/')
					       ? (size_t)(strrchr(wanted, '/') - wanted)
					       : 0);
		if (!wanted[0])
			return NULL;
	}
	for (size_t i = 0; i < s->n; i++) {
		const char *path = arena_printf(a, "/%s", s->v[i].path);

		if (is_literal ? s->v[i].type == NODE_DIR : s->v[i].type != NODE_DIR)
			continue;
		if (strcmp(path, wanted) == 0)
			return NULL; /* the directory is right; what is wrong comes behind it */
		if (is_literal && strcmp(path_base(path), path_base(wanted)) == 0)
			return path;
		*list_push(a, &names) = path;
	}
	near = str_nearest(str_of(wanted), names.v, names.n);
	/* the length of the directories before it must not make any other name near */
	slips = (unsigned)strlen(path_base(wanted)) / 4 + 1;
	if (near && str_distance(str_of(wanted), str_of(near), slips) > slips)
		near = NULL;
	return near && !is_literal ? arena_printf(a, "%s%s", near, glob + strlen(wanted)) : near;
}

static void warn_pattern(const struct composition *c, const struct stock *s, const char *key,
			 const struct glob *p)
{
	AUTO_ARENA a = { 0 };
	struct progress *to = c->order->progress;
	const char *place = place_format(&a, &p->at), *near;
	enum matched matched = pattern_match(s, p->text);

	if (matched == MATCHED_EMPTY_DIR)
		return;
	if (matched == MATCHED_DIR) {
		progress_warn(
			to,
			"%s: %s: pattern \"%s\" matches only a directory; \"%s/**\" means what is in it",
			place, key, p->text, p->text);
		return;
	}
	near = nearest_path(&a, s, p->text);
	if (near)
		progress_warn(to,
			      "%s: %s: pattern \"%s\" matches no file of %s; did you mean \"%s\"?",
			      place, key, p->text, s->what, near);
	else
		progress_warn(to, "%s: %s: pattern \"%s\" matches no file of %s", place, key,
			      p->text, s->what);
}

bool patterns_check_used(const struct composition *c, const struct stock *s, const char *key,
			 const struct globs *l, const bool *used, struct error *e)
{
	const struct links_of links = { s, c->tree };

	for (size_t i = 0; i < l->n; i++) {
		const struct glob *p = &l->v[i];
		AUTO_ARENA a = { 0 };
		const char *link, *real;

		if (used[i])
			continue;
		real = path_through(&a, p->text, stock_link, &links, &link);
		if (link) {
			err_set(e, ERR_INPUT,
				"%s: \"%s\" goes through the symlink /%s; write \"/%s\"", key,
				p->text, link, real);
			return err_at(e, p->at.file, p->at.line, p->at.col);
		}
		warn_pattern(c, s, key, p);
	}
	return true;
}

/* What every package has tells nobody what to keep. */
static bool is_telling(const struct stock_item *x)
{
	return x->type != NODE_DIR && strncmp(x->path, "usr/share/doc/", 14) != 0 &&
	       strlen(x->path) <= EXAMPLE_MAX;
}

static bool is_stock_program(const struct stock_item *x)
{
	return strstr(x->path, "bin/") != NULL;
}

/* Some of its paths, programs first. */
static const char *stock_examples(struct arena *a, const struct stock *s)
{
	struct buf has = { .a = a };
	size_t n = 0;

	for (int programs = 1; programs >= 0; programs--) {
		for (size_t i = 0; i < s->n; i++) {
			if (!is_telling(&s->v[i]) || is_stock_program(&s->v[i]) != programs)
				continue;
			if (n++ < EXAMPLES)
				buf_printf(&has, "%s/%s", n > 1 ? ", " : "", s->v[i].path);
		}
	}
	if (n > EXAMPLES)
		buf_printf(&has, " and %zu more", n - EXAMPLES);
	return n ? buf_cstr(&has) : "no file";
}

bool patterns_refuse_empty(const struct component *component, const struct stock *s,
			   struct error *e)
{
	AUTO_ARENA a = { 0 };

	err_set(e, ERR_INPUT,
		"it puts no file into the image; change its \"keep\" or \"drop\": %s has %s",
		s->what, stock_examples(&a, s));
	return err_at(e, component->at.file, component->at.line, component->at.col);
}
