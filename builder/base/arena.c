/* SPDX-License-Identifier: Apache-2.0 */
/* A bump allocator over malloc'ed blocks. Blocks are never moved, so pointers stay valid. */

#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Blocks grow from the first size to the last, so that a short-lived arena costs little. */
#define BLOCK_FIRST (4u << 10)
#define BLOCK_LAST (256u << 10)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

static _Noreturn void out_of_memory(void)
{
	static const char text[] = "imgbuild: error: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(err_status(ERR_SYSTEM));
	_exit(err_status(ERR_SYSTEM));
}

static size_t block_size(const struct arena *a)
{
	if (!a->blocks)
		return BLOCK_FIRST;
	return a->blocks->size < BLOCK_LAST / 2 ? a->blocks->size * 2 : BLOCK_LAST;
}

/* Its bytes are zeroed when they are given out: what nobody asks for is not even touched. Only the
 * bytes of one large thing come zeroed, from fresh pages of the system. */
static struct arena_block *block_new(size_t size, bool zeroed)
{
	struct arena_block *b = NULL;

	if (size <= SIZE_MAX - sizeof(*b))
		b = zeroed ? calloc(1, sizeof(*b) + size) : malloc(sizeof(*b) + size);
	if (!b)
		out_of_memory();
	*b = (struct arena_block){ .size = size };
	return b;
}

void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
}

/* The room left in the first block of `a` is not lost. */
void arena_join(struct arena *a, struct arena *from)
{
	struct arena_block **after = a->blocks ? &a->blocks->next : &a->blocks;
	struct arena_block *rest = *after;

	for (*after = from->blocks; *after;)
		after = &(*after)->next;
	*after = rest;
	from->blocks = NULL;
}

static size_t arena_align(size_t size)
{
	if (size > SIZE_MAX / 2)
		out_of_memory();
	return size ? (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1)
		    : alignof(max_align_t);
}

/* A block for one large thing goes second: the room left in the first is not lost. */
static void *alloc_large(struct arena *a, size_t size)
{
	struct arena_block *b = block_new(size, true);

	b->used = size;
	if (a->blocks) {
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		a->blocks = b;
	}
	return b->data;
}

static void *arena_take(struct arena *a, size_t size, bool zeroed)
{
	struct arena_block *b = a->blocks;
	void *p;

	size = arena_align(size);
	if (!b || b->size - b->used < size) {
		size_t usual = block_size(a);

		if (size > usual / 2)
			return alloc_large(a, size);
		b = block_new(usual, false);
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->data + b->used;
	b->used += size;
	return zeroed ? memset(p, 0, size) : p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return arena_take(a, size, true);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory();
	return arena_alloc(a, total);
}

char *arena_text(struct arena *a, size_t n)
{
	if (n == SIZE_MAX)
		out_of_memory();
	return arena_alloc(a, n + 1);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p;

	if (n == SIZE_MAX)
		out_of_memory();
	p = arena_take(a, n + 1, false);
	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

/* Written where the next bytes are taken; if the room there is too small, its length is known then.
 * Room is a multiple of the alignment, so that a text that fits is taken where it stands. */
char *arena_printf(struct arena *a, const char *fmt, ...)
{
	size_t room = a->blocks ? a->blocks->size - a->blocks->used : 0;
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(room ? a->blocks->data + a->blocks->used : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	p = arena_take(a, (size_t)n + 1, false);
	if ((size_t)n >= room)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}
