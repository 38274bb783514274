/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

/* Memory for data that lives as long as one phase of work: strings, lists, trees. Everything
 * allocated from an arena dies with it, at once; nothing is freed singly. An arena belongs to
 * one thread at a time. Allocation cannot fail: when the machine is out of memory the process
 * says so and exits with the status of ERR_SYSTEM (the one exit outside main). */

#include <stddef.h>

#include "base/error.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
};

/* Frees everything; the arena is empty and usable again. */
void arena_free(struct arena *a);

/* What `from` has lives as long as what `a` has; `from` is empty and usable again. */
void arena_join(struct arena *a, struct arena *from);

/* `size` zeroed bytes, aligned for any type; a size of 0 gives a unique pointer. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));

/* `count` zeroed elements; a product that overflows counts as out of memory. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));

/* Room for `n` characters and a final NUL, all zeroed. */
char *arena_text(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull));

/* Copies of `n` bytes plus a final NUL. */
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3)
	__attribute__((returns_nonnull));

/* An arena that frees itself at the end of its scope; it starts as { 0 }. */
#define AUTO_ARENA __attribute__((cleanup(arena_free))) struct arena

#endif
