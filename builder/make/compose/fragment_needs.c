/* SPDX-License-Identifier: Apache-2.0 */
/* Needs against a compiled fragment: the counterpart of input/resolve/provider_needs.c, with the
 * same reader. */

#include "make/compose/fragment_needs.h"

#include "input/resolve/package_probe.h"

static size_t count_options(const struct component *c, struct str program)
{
	size_t n = 0;

	for (size_t i = 0; i < c->configured_with.n; i++)
		n += probe_has_option(program, str_of(c->configured_with.v[i]));
	return n;
}

static const char *first_missing(const struct component *c, struct str program)
{
	for (size_t i = 0; i < c->configured_with.n; i++) {
		if (!probe_has_option(program, str_of(c->configured_with.v[i])))
			return c->configured_with.v[i];
	}
	return NULL;
}

static bool check_fragment_options(const struct component *c, const struct fragment *f,
				   struct error *e)
{
	const struct node *best = NULL;
	size_t most = 0;

	list_each(n, &f->nodes) {
		AUTO_MAPPING m = { 0 };
		size_t hits;

		if (n->type != NODE_FILE || n->content.size == 0)
			continue;
		if (!node_map(n, &m, e))
			return false;
		hits = str_starts(m.bytes, STR("\177ELF")) ? count_options(c, m.bytes) : 0;
		if (hits <= most)
			continue;
		most = hits;
		best = n;
	}
	if (most < c->configured_with.n) {
		AUTO_MAPPING m = { 0 };

		if (best && !node_map(best, &m, e))
			return false;
		if (!best)
			return err_set(e, ERR_INPUT,
				       "needs \"configured-with\" %s, which no program that was "
				       "compiled records",
				       c->configured_with.v[0]);
		return err_set(e, ERR_INPUT,
			       "needs \"configured-with\" %s, which /%s does not record; add "
			       "the option to the configure step of its source recipe",
			       first_missing(c, m.bytes), best->path);
	}
	return true;
}

static bool has_file(const struct fragment *f, const char *path)
{
	for (size_t i = 0; i < f->nodes.n; i++) {
		if (f->nodes.v[i].type != NODE_DIR && strcmp(f->nodes.v[i].path, path + 1) == 0)
			return true;
	}
	return false;
}

bool needs_check_fragment(const struct component *component, const struct fragment *f,
			  struct error *e)
{
	for (size_t i = 0; i < component->needs_files.n; i++) {
		if (!has_file(f, component->needs_files.v[i]))
			return err_set(e, ERR_INPUT,
				       "needs %s, which its source does not install (or does "
				       "not keep)",
				       component->needs_files.v[i]);
	}
	return component->configured_with.n == 0 || check_fragment_options(component, f, e);
}
