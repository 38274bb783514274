/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the cases: with an eighth of n, so that what is done once is done; with n; with 2n. */

#include "growth/growth.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include "base/io.h"

/* "name-#" -> "name-000012"; what is to be a '#' is \1. */
static void measure_item(struct buf *out, const char *item, size_t i, size_t n)
{
	for (const char *p = item; *p; p++) {
		if (*p == '#')
			buf_printf(out, "%06zu", i);
		else if (*p == '\1')
			buf_putc(out, '#');
		else if (*p == '~')
			buf_printf(out, "%06zu", n - i);
		else
			buf_putc(out, *p);
	}
}

static struct str measure_text(struct buf *out, const struct growth_case *c, size_t n)
{
	if (c->make) {
		c->make(out, n);
		return buf_str(out);
	}
	buf_puts(out, c->head ? c->head : "");
	for (size_t i = 0; i < n; i++)
		measure_item(out, c->item, i, n);
	if (out->n && out->p[out->n - 1] == ',')
		out->n--;
	buf_puts(out, c->tail ? c->tail : "");
	return buf_str(out);
}

/* The instructions in the file that valgrind has just written: number `number` of this process. */
static uint64_t measure_instructions(struct arena *a, const char *folder, size_t number)
{
	const char *path = arena_printf(a, "%s/out.%zu", folder, number), *totals;
	struct str text = { "", 0 };
	struct error e = { 0 };

	if (!io_read_file(a, AT_FDCWD, path, 64u << 20, &text, &e))
		return 0;
	unlink(path);
	totals = strstr(text.p, "\ntotals: ");
	return totals ? strtoull(totals + strlen("\ntotals: "), NULL, 10) : 0;
}

/* True if the case was read, or refused, as it says. */
static bool measure_run(const struct growth_case *c, size_t n, bool warm, struct growth_cost *cost)
{
	AUTO_ARENA text = { 0 };
	AUTO_ARENA a = { 0 };
	struct buf b = { .a = &text };
	struct str input = measure_text(&b, c, n);
	struct error e = { 0 };
	size_t before = growth_memory_now();
	bool ok;

	growth_memory_mark();
	CALLGRIND_ZERO_STATS;
	ok = c->run(&a, input, &e);
	CALLGRIND_DUMP_STATS;
	cost->bytes = growth_memory_peak() - before;
	if (ok != c->refused || !warm)
		return true;
	fprintf(stderr, "growth: %s: %s: n = %zu %s: %.300s\n", c->parsers, c->shape, n,
		ok ? "is not refused" : "is refused", e.cause);
	return false;
}

bool growth_measure(const struct growth_list *l, const char *folder, FILE *out)
{
	bool good = true;
	size_t number = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct growth_case *c = l->v[i];
		struct growth_cost costs[3] = { { 0, 0 } };
		AUTO_ARENA a = { 0 };

		for (size_t k = 0; k < ARRAY_SIZE(costs); k++) {
			good &= measure_run(c, k == 0 ? c->n / 8 + 1 : c->n << (k - 1), k > 0,
					    &costs[k]);
			costs[k].instructions = measure_instructions(&a, folder, ++number);
		}
		fprintf(out, "%zu %llu %llu %llu %llu\n", i,
			(unsigned long long)costs[1].instructions,
			(unsigned long long)costs[2].instructions,
			(unsigned long long)costs[1].bytes, (unsigned long long)costs[2].bytes);
		if (getenv("GROWTH_VERBOSE"))
			growth_tell(c, &costs[1]);
	}
	return good;
}
