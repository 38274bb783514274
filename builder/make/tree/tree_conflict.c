/* SPDX-License-Identifier: Apache-2.0 */
/* The words of conflicts. It knows the keys of a recipe by name and nothing else of recipes. */

#include "make/tree/tree_conflict.h"

static const char *kind_name(const struct node *n)
{
	static const char *const names[] = { "file", "directory", "symlink" };

	return names[n->type];
}

/* "package libx1 1.0-1 (recipes/x.json:4:5)" */
static const char *owner_text(struct arena *a, const struct owner *o)
{
	static const char *const kinds[] = { "package", "source", "recipe entry", "imgbuild's",
					     "the base image" };
	const char *version = o->version ? o->version : "", *why = o->why ? o->why : "";

	return arena_printf(a, "%s %s%s%s%s%s%s", kinds[o->kind], o->name, version[0] ? " " : "",
			    version, why[0] ? " (" : "", why, why[0] ? ")" : "");
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool is_from_component(const struct owner *o)
{
	return o->kind == OWNER_PACKAGE || o->kind == OWNER_SOURCE;
}

/* By steps of a source recipe, which say where things go. */
static bool is_built(const struct owner *o)
{
	return o && o->kind == OWNER_SOURCE && !o->remedy;
}

/* What to change in the recipe, or "". */
static const char *conflict_remedy(struct arena *a, const struct node *old, const struct node *n)
{
	const struct owner *x = old->owner, *y = n->owner;

	if (y->remedy && old->type != NODE_DIR && n->type != NODE_DIR)
		return arena_printf(a, "; %s", y->remedy);
	if (!is_from_component(x) && !is_from_component(y))
		return "";
	if (x->kind == OWNER_PACKAGE && y->kind == OWNER_PACKAGE && strcmp(x->name, y->name) == 0)
		return "; lock the recipe and its base again, so that both have one version";
	if (is_from_component(x) && is_from_component(y) && is_same_text(x->why, y->why))
		return arena_printf(
			a,
			"; make two components of this one, and add \"/%s\" to \"drop\" of one of "
			"them",
			n->path);
	return arena_printf(a, "; add \"/%s\" to \"drop\" of %s", n->path,
			    is_from_component(x) && is_from_component(y)
				    ? "one of the two components"
				    : "that component");
}

bool conflict_of_nodes(struct arena *a, const struct node *old, const struct node *n,
		       struct error *e)
{
	const char *real = old->type == NODE_LINK ? path_follow(a, old->path, old->target) : NULL;
	const char *of_old = owner_text(a, old->owner), *of_new = owner_text(a, n->owner);

	if (n->type == NODE_DIR && real)
		return err_set(
			e, ERR_INPUT,
			"/%s is a symlink to /%s of %s and a directory of %s; use /%s instead",
			n->path, real, of_old, of_new, real);
	return err_set(e, ERR_INPUT, "/%s is a %s of %s and a %s of %s%s", n->path, kind_name(old),
		       of_old, kind_name(n), of_new, conflict_remedy(a, old, n));
}

bool conflict_below(struct arena *a, const struct node *above, const struct node *n,
		    const char *real, struct error *e)
{
	const char *of_old = owner_text(a, above->owner);
	const char *of_new = n->owner ? owner_text(a, n->owner) : "imgbuild";

	if (above->type != NODE_LINK)
		return err_set(e, ERR_INPUT, "/%s of %s lies below /%s, which is a %s of %s",
			       n->path, of_new, above->path, kind_name(above), of_old);
	if (n->owner && n->owner->kind == OWNER_PACKAGE)
		return err_set(
			e, ERR_INPUT,
			"/%s of %s goes through /%s, a symlink to %s of %s; add \"/%s/**\" to "
			"\"drop\" of that component",
			n->path, of_new, above->path, above->target, of_old, above->path);
	return err_set(e, ERR_INPUT,
		       "/%s of %s goes through /%s, a symlink to %s of %s; %s \"/%s\"", n->path,
		       of_new, above->path, above->target, of_old,
		       is_built(n->owner) ? "its steps must install it as" : "write", real);
}

bool conflict_of_attributes(const struct node *old, const struct node *n, struct error *e)
{
	AUTO_ARENA a = { 0 };

	return err_set(
		e, ERR_INPUT,
		"/%s has mode %04o and owner %u:%u in %s, but mode %04o and owner %u:%u in %s; make them the same",
		n->path, old->mode, old->uid, old->gid, owner_text(&a, old->owner), n->mode, n->uid,
		n->gid, owner_text(&a, n->owner));
}
