/* SPDX-License-Identifier: Apache-2.0 */
/* Knows offsets and lines, not what JSON is. */

#include "format/json/json_walk.h"

#include <stdlib.h>
#include <sys/param.h>

#define BLOCK 4096

struct json_walk *json_walk_new(void)
{
	return calloc(1, sizeof(struct json_walk));
}

void json_walk_drop(struct json_walk *w)
{
	if (w)
		free(w->lines);
	free(w);
}

struct json_step *json_walk_step(const struct json_node *n)
{
	struct json_walk *w = n->doc->walk;
	const void *of = n->value;
	size_t depth = 0;

	for (; n->up; n = n->up)
		depth++;
	if (!w || depth >= JSON_WALK_DEPTH)
		return NULL;
	if (w->steps[depth].of != of)
		w->steps[depth] = (struct json_step){ .of = of };
	return &w->steps[depth];
}

/* Goes on from `from` to `to`. */
static void lines_count(struct str text, size_t from, size_t to, struct json_lines *l)
{
	const char *end;

	for (; from < to && (end = memchr(text.p + from, '\n', to - from)); from = l->end) {
		l->n++;
		l->end = (size_t)(end - text.p) + 1;
	}
}

static struct json_lines *lines_all(struct str text)
{
	size_t n = text.n / BLOCK + 1;
	struct json_lines *l = calloc(n, sizeof(*l));

	for (size_t i = 1; l && i < n; i++) {
		l[i] = l[i - 1];
		lines_count(text, (i - 1) * BLOCK, i * BLOCK, &l[i]);
	}
	return l;
}

void json_walk_line(struct json_walk *w, struct str text, size_t at, unsigned *line, unsigned *col)
{
	struct json_lines l = { 0, 0 };
	size_t from = 0, to = MIN(at, text.n);

	if (w && !w->lines)
		w->lines = lines_all(text);
	if (w && w->lines) {
		l = w->lines[to / BLOCK];
		from = to / BLOCK * BLOCK;
	}
	lines_count(text, from, to, &l);
	*line = l.n + 1;
	*col = (unsigned)(at - l.end) + 1;
}
