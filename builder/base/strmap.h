/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STRMAP_H
#define BASE_STRMAP_H

/* Texts that were met, and what belongs to each, while they come in: for "was this here before?" in
 * readers, whose lists are not sorted yet. A crit-bit tree: a question costs the length of the
 * text, whatever texts somebody chose, and there is no order that could get into an output. Lives
 * in an arena; starts as { 0 }. */

#include "base/str.h"

struct strmap_node;

struct strmap {
	struct strmap_node *root;
};

/* The place of what belongs to a text, which is borrowed: NULL in it when the text is new. */
void **strmap_slot(struct arena *a, struct strmap *m, struct str key);

/* What belongs to a text, or NULL. */
void *strmap_get(const struct strmap *m, struct str key);

/* Notes a text: true if it is new. */
bool strmap_add(struct arena *a, struct strmap *m, struct str key);

#endif
