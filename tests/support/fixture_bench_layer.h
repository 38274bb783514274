/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_LAYER_H
#define SUPPORT_FIXTURE_BENCH_LAYER_H

/* The layer that tells one image of a fleet from the next: a program of its own, its settings and
 * some data. Every error ends the program. */

#include "trust/attestation/layer_facts.h"

struct bench_layer {
	struct str blob; /* gzip */
	struct image_layer says;
};

/* A program that is linked with the C library of this machine: with a place for a number. */
struct str bench_layer_program(struct arena *a, const char *dir);

/* The layer with this number. */
void bench_layer_make(struct arena *a, struct str program, size_t number, struct bench_layer *out);

/* Facts about it: their text, and a predicate that tells of it alone. */
void bench_layer_facts(struct arena *a, const struct bench_layer *l, const char *dir,
		       struct str *text, struct str *predicate);

#endif
