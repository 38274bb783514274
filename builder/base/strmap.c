/* SPDX-License-Identifier: Apache-2.0 */
/* A crit-bit tree (Bernstein's): inner nodes name the first bit in which the texts below differ. A
 * byte of a text has nine bits, of which the first says that it is there, so that no text is the
 * beginning of another. */

#include "base/strmap.h"

#define THERE 256u

struct strmap_node {
	struct strmap_node *below[2]; /* NULL: a leaf */
	struct str key;		      /* of leaves */
	void *value;
	size_t at;    /* of inner nodes: the byte ... */
	unsigned bit; /* ... and the bit in it */
};

static unsigned strmap_byte(struct str s, size_t at)
{
	return at < s.n ? THERE | (unsigned char)s.p[at] : 0;
}

static unsigned strmap_side(const struct strmap_node *n, struct str key)
{
	return (strmap_byte(key, n->at) & n->bit) != 0;
}

/* The leaf that has the key if any has. */
static struct strmap_node *strmap_leaf(struct strmap_node *n, struct str key)
{
	while (n && n->below[0])
		n = n->below[strmap_side(n, key)];
	return n;
}

static struct strmap_node *strmap_new(struct arena *a, struct str key)
{
	struct strmap_node *n = arena_alloc(a, sizeof(*n));

	n->key = key;
	return n;
}

/* Puts a leaf where the tree parts from its key, which differs from `other` there. */
static struct strmap_node *strmap_insert(struct arena *a, struct strmap *m, struct str key,
					 struct str other)
{
	struct strmap_node *leaf = strmap_new(a, key), *inner = arena_alloc(a, sizeof(*inner)),
			   **at = &m->root;
	unsigned differ, side;

	while (strmap_byte(key, inner->at) == strmap_byte(other, inner->at))
		inner->at++;
	differ = strmap_byte(key, inner->at) ^ strmap_byte(other, inner->at);
	for (inner->bit = THERE; !(differ & inner->bit);)
		inner->bit >>= 1;
	while ((*at)->below[0] &&
	       ((*at)->at < inner->at || ((*at)->at == inner->at && (*at)->bit > inner->bit)))
		at = &(*at)->below[strmap_side(*at, key)];
	side = strmap_side(inner, key);
	inner->below[side] = leaf;
	inner->below[!side] = *at;
	*at = inner;
	return leaf;
}

void **strmap_slot(struct arena *a, struct strmap *m, struct str key)
{
	struct strmap_node *leaf = strmap_leaf(m->root, key);

	if (!leaf)
		leaf = m->root = strmap_new(a, key);
	else if (!str_eq(leaf->key, key))
		leaf = strmap_insert(a, m, key, leaf->key);
	return &leaf->value;
}

void *strmap_get(const struct strmap *m, struct str key)
{
	const struct strmap_node *leaf = strmap_leaf(m->root, key);

	return leaf && str_eq(leaf->key, key) ? leaf->value : NULL;
}

bool strmap_add(struct arena *a, struct strmap *m, struct str key)
{
	void **slot = strmap_slot(a, m, key);
	bool is_new = !*slot;

	*slot = m;
	return is_new;
}
