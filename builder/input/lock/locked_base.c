/* SPDX-License-Identifier: Apache-2.0 */
/* The image that a recipe stands on: its digest and its packages, in a lock. */

#include "input/lock/locked_base.h"

#include <stdlib.h>

#include "format/debian/debian_names.h"
#include "format/debian/debversion.h"
#include "input/lock/lock_values.h"

static const char *const image_role[] = { "image" };

/* Who has one of these is part of an image. */
static struct strings base_roles(void)
{
	return (struct strings){ (const char **)(uintptr_t)image_role, 1, 1 };
}

static bool read_base_package(struct arena *a, const struct json_node *n, struct locked_base *base,
			      struct error *e)
{
	static const char *const keys[] = { "name",   "version",  "architecture",
					    "source", "provides", "conflicts",
					    "breaks", "partial",  NULL };
	struct locked_package *p = list_push(a, &base->packages);
	struct json_node partial;

	*p = (struct locked_package){ .depends = "", .roles = base_roles(), .why = "" };
	if (!json_want_object(n, e) || !lock_need_package(a, n, p, e) ||
	    !json_opt_string(a, n, "provides", &p->provides, e) ||
	    !json_opt_string(a, n, "conflicts", &p->conflicts, e) ||
	    !json_opt_string(a, n, "breaks", &p->breaks, e) ||
	    (json_get(n, "partial", &partial) && !json_as_bool(&partial, &p->partial, e)) ||
	    !json_no_other_keys(n, keys, e))
		return false;
	/* lookups rely on it */
	return base->packages.n < 2 || strcmp(p[-1].name, p->name) < 0 ||
	       json_fail(n, e, "package %s is not in order, or there twice", p->name);
}

bool locked_base_read(struct arena *a, const struct json_node *root, struct lock *lock,
		      struct error *e)
{
	static const char *const keys[] = { "reference", "digest", "records", "packages", NULL };
	struct json_node n, list, item;
	struct locked_base *base;

	if (!json_get(root, "base", &n))
		return true;
	base = arena_alloc(a, sizeof(*base));
	*base = (struct locked_base){ .reference = NULL };
	lock->base = base;
	if (!json_want_object(&n, e) ||
	    !lock_need_string(a, &n, "reference", &base->reference, e) ||
	    !lock_need_digest(a, &n, "digest", &base->digest, e) ||
	    !json_opt_string(a, &n, "records", &base->records, e) ||
	    !json_need(&n, "packages", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!read_base_package(a, &item, base, e))
			return false;
	}
	return json_no_other_keys(&n, keys, e);
}

static void write_base_package(struct jsonw *w, const struct locked_package *p)
{
	jsonw_object(w, NULL);
	lock_put_package(w, p);
	lock_put_text(w, "provides", p->provides);
	lock_put_text(w, "conflicts", p->conflicts);
	lock_put_text(w, "breaks", p->breaks);
	if (p->partial)
		jsonw_bool(w, "partial", true);
	jsonw_object_end(w);
}

void locked_base_write(struct jsonw *w, const struct lock *lock)
{
	const struct locked_base *base = lock->base;

	if (!base)
		return;
	jsonw_object(w, "base");
	jsonw_cstr(w, "reference", base->reference);
	jsonw_cstr(w, "digest", digest_hex_dup(w->out->a, &base->digest));
	lock_put_text(w, "records", base->records);
	jsonw_array(w, "packages");
	for (size_t i = 0; i < base->packages.n; i++)
		write_base_package(w, &base->packages.v[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

const struct lock *locked_base_as_lock(struct arena *a, const struct locked_base *base)
{
	struct lock *out = arena_alloc(a, sizeof(*out));

	*out = (struct lock){ .file = arena_printf(a, "the base image %s", base->reference),
			      .of_image = true };
	out->packages.v = base->packages.v;
	out->packages.n = base->packages.n;
	return out;
}

const struct locked_package *locked_base_package(const struct locked_base *base, const char *name)
{
	size_t low = 0, high = base ? base->packages.n : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, base->packages.v[middle].name);

		if (order == 0)
			return &base->packages.v[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void locked_base_add(struct arena *a, struct locked_base *base, const char *architecture,
		     const struct locked_package *p)
{
	struct locked_package *copy;

	if (!name_is_package(str_of(p->name)) || !debversion_valid(str_of(p->version)) ||
	    (strcmp(p->architecture, architecture) != 0 && strcmp(p->architecture, "all") != 0))
		return;
	copy = list_push(a, &base->packages);
	*copy = *p;
	copy->roles = base_roles();
	copy->depends = copy->why = "";
	if (!name_is_package(str_of(p->source)) || !debversion_valid(str_of(p->source_version))) {
		copy->source = p->name;
		copy->source_version = p->version;
	}
}

static int compare_base_packages(const void *a, const void *b)
{
	return strcmp(((const struct locked_package *)a)->name,
		      ((const struct locked_package *)b)->name);
}

void locked_base_sort(struct locked_base *base)
{
	size_t kept = 0;

	if (base->packages.n)
		qsort(base->packages.v, base->packages.n, sizeof(*base->packages.v),
		      compare_base_packages);
	for (size_t i = 0; i < base->packages.n; i++) {
		if (kept && strcmp(base->packages.v[kept - 1].name, base->packages.v[i].name) == 0)
			continue;
		base->packages.v[kept++] = base->packages.v[i];
	}
	base->packages.n = kept;
}
