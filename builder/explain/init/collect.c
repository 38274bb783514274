/* SPDX-License-Identifier: Apache-2.0 */
/* Open packages, and texts in them. */

#include "explain/init/collect.h"

static bool collect_is_own(const struct placed *p)
{
	if (!p->open || !p->owner)
		return false;
	for (size_t i = 0; i < p->locked->roles.n; i++) {
		const char *role = p->locked->roles.v[i];

		if (strcmp(role, "image") == 0 || strncmp(role, "take:", 5) == 0)
			return true;
	}
	return false;
}

void collect_open(struct collecting *c)
{
	c->own.n = 0;
	for (int asked = 1; asked >= 0; asked--) {
		for (size_t i = 0; i < c->top->packages.n; i++) {
			const struct placed *p = &c->top->packages.v[i];

			if (collect_is_own(p) &&
			    strings_has(&c->d->packages, p->locked->name) == (asked == 1))
				*list_push(c->a, &c->own) = &p->deb;
		}
	}
}

const struct deb *collect_own(const struct collecting *c, struct str name)
{
	for (size_t i = 0; i < c->own.n; i++) {
		if (str_eq(name, str_of(c->own.v[i]->package->name)))
			return c->own.v[i];
	}
	return NULL;
}

const struct placed *collect_placed(const struct collecting *c, struct str name)
{
	list_each(p, &c->top->packages) {
		if (str_eq(name, str_of(p->locked->name)))
			return p;
	}
	return NULL;
}

bool collect_read(struct collecting *c, const struct deb *deb, const struct deb_entry *entry,
		  struct collect_text *out, struct error *e)
{
	struct node node = deb_node(deb, entry, NULL);
	AUTO_MAPPING map = { 0 };

	*out = (struct collect_text){ deb, entry->path, { "", 0 } };
	if (entry->type != NODE_FILE || entry->size > COLLECT_TEXT_MAX)
		return true;
	if (!node_map(&node, &map, e))
		return false;
	out->text = str_copy(c->a, map.bytes);
	return true;
}

bool collect_find(struct collecting *c, const char *path, struct collect_text *out, bool *found,
		  struct error *e)
{
	path += path[0] == '/';
	*found = false;
	for (size_t i = 0; i < c->own.n; i++) {
		const struct deb_entry *entry = deb_find(c->own.v[i], path);

		if (!entry || entry->type != NODE_FILE)
			continue;
		*found = true;
		return collect_read(c, c->own.v[i], entry, out, e);
	}
	return true;
}

bool collect_folder(struct collecting *c, const char *folder, const char *end,
		    struct collect_texts *out, struct error *e)
{
	size_t n = strlen(folder);

	for (size_t i = 0; i < c->own.n; i++) {
		const struct deb *deb = c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			const struct deb_entry *x = &deb->entries.v[k];

			if (strncmp(x->path, folder, n) != 0 || strchr(x->path + n, '/') ||
			    !str_ends(str_of(x->path), str_of(end)) || x->type != NODE_FILE)
				continue;
			if (!collect_read(c, deb, x, list_push(c->a, out), e))
				return false;
		}
	}
	return true;
}

const char *collect_place(struct collecting *c, const struct collect_text *t, unsigned line)
{
	const char *text = arena_printf(c->a, "%s: %s", t->deb->package->name, t->path);

	return line ? arena_printf(c->a, "%s:%u", text, line) : text;
}
