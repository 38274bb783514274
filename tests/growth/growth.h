/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_GROWTH_GROWTH_H
#define TESTS_GROWTH_GROWTH_H

/* How the cost of reading grows: twice the input may take at most 2.2 times the instructions
 * and 2.2 times the memory. Every case is run with n and with 2n under valgrind, which counts
 * instructions exactly; memory is the most that was allocated at one time. Nothing is timed. */

#include <stdio.h>

#include "base/buf.h"

/* Growth that is fine, in percent, and what is too little to be compared: the sizes of blocks and
 * tables. */
#define GROWTH_PERCENT 220
#define GROWTH_FLOOR_INSTRUCTIONS 50000
#define GROWTH_FLOOR_BYTES (600u << 10)

/* One shape of input and who reads it. The text is head, n times item, tail; '#' in item is the
 * number of the item, '~' the number counted from the end, '\1' a '#', and a comma at the end of
 * the last item is left out. */
struct growth_case {
	const char *parsers; /* public functions of which this is a worst case, between blanks */
	const char *shape;   /* "an array of numbers" */
	size_t n;
	const char *head, *item, *tail;
	void (*make)(struct buf *out, size_t n); /* instead of the three */
	/* Reads it all. false with *e: it was refused. */
	bool (*run)(struct arena *a, struct str input, struct error *e);
	bool refused;  /* a bound ends this shape: it is to be refused */
	bool too_fast; /* grows faster on purpose: the judge has to see it */
};

struct growth_cases {
	const struct growth_case *v;
	size_t n;
};

/* The table, in parts: growth_NAME.c. */
extern const struct growth_cases growth_judge_cases, growth_text_cases, growth_debian_cases,
	growth_elf_cases, growth_archive_cases, growth_script_cases, growth_image_cases,
	growth_layer_cases, growth_suite_cases, growth_vuln_cases, growth_input_cases,
	growth_recipe_cases, growth_registry_cases, growth_embedded_cases, growth_trust_cases,
	growth_python_cases;

/* All of them, in `a`. */
struct growth_list LIST(const struct growth_case *);
void growth_all(struct arena *a, struct growth_list *out);

struct growth_cost {
	uint64_t instructions, bytes;
};

/* growth_measure.c: runs the cases and writes their costs to `out`, a line each. `folder` is where
 * valgrind writes its files "out.NUMBER". False when a case was not read as it should be. */
bool growth_measure(const struct growth_list *l, const char *folder, FILE *out);

/* growth_memory.c: bytes that are allocated now, and the most since growth_memory_mark(). */
size_t growth_memory_now(void);
size_t growth_memory_peak(void);
void growth_memory_mark(void);

/* growth_judge.c: from what was measured to the number of cases that are not as they should be. */
size_t growth_judge(const struct growth_list *l, struct str measured);

/* Writes the costs of n and of 2n to stderr. */
void growth_tell(const struct growth_case *c, const struct growth_cost costs[2]);

/* growth_parsers.c: the number of parsers that no case names, and of names that no parser has. */
size_t growth_parsers_missing(struct arena *a, const struct growth_list *l);

#endif
