/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_DEPOT_H
#define SUPPORT_FIXTURE_DEPOT_H

/* A store in a temporary folder, and downloads into it, for tests. */

#include "transfer/download/fetch.h"
#include "transfer/http/http.h"

struct depot {
	struct arena a;
	const char *dir;  /* temporary folder */
	const char *path; /* the store, below it */
	struct store store;
	struct http_settings settings; /* short patience */
};

/* Opens a fresh store, without proxies and credentials from the environment. */
void depot_open(struct depot *d);
void depot_close(struct depot *d);

/* Names in the folder of blobs, sorted; unfinished files too. */
struct strings depot_blobs(struct depot *d);

/* The path of a blob. */
const char *depot_blob_path(struct depot *d, const struct digest *digest);

/* Fetches with the depot's settings; *text is the whole message of a failure, or "". */
bool depot_fetch(struct depot *d, struct want *wants, size_t n, enum err_kind *kind,
		 const char **text);

/* `n` bytes that look random, the same for the same seed. */
struct str depot_noise(struct arena *a, size_t n, unsigned seed);

/* Puts a blob that was last used so many days ago. Its path. */
const char *depot_put_aged(struct depot *d, const char *text, unsigned days);

/* Counts what a store says: `.base = { .note = depot_count_note }`, or .warn. */
struct depot_notes {
	struct progress base;
	unsigned n;
};
void depot_count_note(struct progress *p, const char *text);

/* In a child: it does not outlive a test that fails. */
void depot_die_with_test(void);

#endif
