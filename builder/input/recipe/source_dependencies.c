/* SPDX-License-Identifier: Apache-2.0 */
/* A source's "dependencies": the lock file of its language is read with the recipe, so that a lock
 * that answers an older one is out of date. */

#include "input/recipe/recipe_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "format/text/cargo_lock.h"
#include "format/text/go_sum.h"

#define DEPENDENCY_TEXT_MAX (16u << 20)

static bool dependencies_of_go(struct arena *a, struct str text, struct dependencies *out,
			       struct error *e)
{
	struct go_sums sums = { NULL, 0, 0 };

	if (!go_sum_read(a, text, out->file, &sums, e))
		return false;
	for (size_t i = 0; i < sums.n; i++) {
		const struct go_sum *s = &sums.v[i];

		*list_push(a, &out->v) = (struct dependency){ s->module, s->version, s->path,
							      s->hash,	 NULL,	     s->line };
	}
	return true;
}

static bool dependencies_of_cargo(struct arena *a, struct str text, struct dependencies *out,
				  struct error *e)
{
	struct cargo_crates crates = { NULL, 0, 0 };

	if (!cargo_lock_read(a, text, out->file, &crates, e))
		return false;
	for (size_t i = 0; i < crates.n; i++) {
		const struct cargo_crate *c = &crates.v[i];

		*list_push(a, &out->v) =
			(struct dependency){ c->name,
					     c->version,
					     arena_printf(a, "%s-%s.crate", c->name, c->version),
					     c->checksum,
					     c->source,
					     c->line };
	}
	return true;
}

/* By the name of the file. */
static const struct {
	const char *name;
	enum dependency_form form;
	bool (*take)(struct arena *a, struct str text, struct dependencies *out, struct error *e);
} dependency_files[] = {
	{ "go.sum", DEPENDENCY_GO, dependencies_of_go },
	{ "Cargo.lock", DEPENDENCY_CARGO, dependencies_of_cargo },
};

static int compare_dependencies(const void *x, const void *y)
{
	return strcmp(((const struct dependency *)x)->path, ((const struct dependency *)y)->path);
}

static bool dependencies_find(struct reader *rd, const struct json_node *n,
			      const struct source_recipe *s, const char **path, size_t *kind,
			      struct error *e)
{
	struct buf known = { .a = rd->a };
	const char *name;

	if (!json_as_string(rd->a, n, &name, e))
		return false;
	if (!path_normalise(rd->a, str_of(name), path, e) || strcmp(*path, name) != 0) {
		err_clear(e);
		return json_fail(n, e, "must be the path of a file below the folder");
	}
	for (*kind = 0; *kind < ARRAY_SIZE(dependency_files); (*kind)++) {
		if (strcmp(path_base(name), dependency_files[*kind].name) == 0) {
			*path = arena_printf(rd->a, "%s/%s", s->folder, name);
			return access(*path, R_OK) == 0 ||
			       json_fail(n, e, "%s: %s", *path, strerror(errno));
		}
		buf_printf(&known, "%s%s", *kind ? ", " : "", dependency_files[*kind].name);
	}
	return json_fail(n, e, "\"%s\" is not a lock file that is known; known are: %s", name,
			 buf_cstr(&known));
}

/* Two registries may have a crate of one name: its file could stand in one place only. */
static bool dependencies_differ(const struct dependencies *l, struct error *e)
{
	for (size_t i = 1; i < l->v.n; i++) {
		const struct dependency *d = &l->v.v[i];

		if (strcmp(d[-1].path, d->path) != 0)
			continue;
		err_set(e, ERR_INPUT, "%s %s is there twice, from different registries", d->name,
			d->version);
		return err_at(e, l->file, d->line, 1);
	}
	return true;
}

/* An address as people write it, without a final slash. */
static bool dependencies_from(struct reader *rd, const struct json_node *n, struct strings *out,
			      struct error *e)
{
	if (!source_read_addresses(rd, n, "from", out, e))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		struct str url = str_of(out->v[i]);

		if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
			return json_fail_key(n, "from", e, "\"%s\" is not an http or https address",
					     out->v[i]);
		while (str_ends(url, STR("/")))
			url.n--;
		out->v[i] = str_dup(rd->a, url);
	}
	return true;
}

bool source_add_dependencies(struct reader *rd, const struct json_node *root,
			     struct source_recipe *s, struct error *e)
{
	static const char *const keys[] = { "lock", "from", NULL };
	struct dependencies *out = &s->dependencies;
	struct json_node n, lock;
	struct str text;
	size_t kind;

	if (!json_get(root, "dependencies", &n))
		return true;
	if (!s->folder)
		return json_fail(&n, e, "is for a \"folder\" of the repository");
	out->at = read_place(&n);
	if (!json_want_object(&n, e) || !json_no_other_keys(&n, keys, e) ||
	    !json_need(&n, "lock", &lock, e) ||
	    !dependencies_find(rd, &lock, s, &out->file, &kind, e) ||
	    !dependencies_from(rd, &n, &out->from, e) ||
	    !io_read_file(rd->a, AT_FDCWD, out->file, DEPENDENCY_TEXT_MAX, &text, e))
		return false;
	out->form = dependency_files[kind].form;
	if (!dependency_files[kind].take(rd->a, text, out, e))
		return false;
	if (out->v.n > 1)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_dependencies);
	if (!dependencies_differ(out, e))
		return false;
	digest_add(rd->hash, text);
	*list_push(rd->a, &rd->inputs) = out->file;
	return true;
}
