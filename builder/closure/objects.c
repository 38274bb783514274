/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ELF headers once per file and keeps what they say. */

#include "closure/objects.h"

static size_t position(const struct objects *o, const char *path)
{
	size_t low = 0, high = o->v.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(o->v.v[middle]->node->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct object *insert(struct objects *o, size_t at, const struct node *n)
{
	struct object *object = arena_alloc(o->a, sizeof(*object));

	(void)*list_push(o->a, &o->v);
	memmove(o->v.v + at + 1, o->v.v + at, (o->v.n - 1 - at) * sizeof(*o->v.v));
	o->v.v[at] = object;
	object->node = n;
	return object;
}

bool objects_get(struct objects *o, const struct node *n, struct object **out, struct error *e)
{
	size_t at = position(o, n->path);
	AUTO_MAPPING m = { 0 };
	struct error bad = { 0 };

	if (at < o->v.n && o->v.v[at]->node == n) {
		*out = o->v.v[at];
		(*out)->touched = true;
		return true;
	}
	if (!node_map(n, &m, e))
		return false;
	*out = insert(o, at, n);
	(*out)->touched = true;
	(*out)->is_elf = elf_is(m.bytes);
	if ((*out)->is_elf && !elf_read(o->a, m.bytes, &(*out)->elf, &bad))
		(*out)->bad = arena_strdup(o->a, bad.cause);
	return true;
}
