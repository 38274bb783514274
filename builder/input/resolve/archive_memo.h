/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_ARCHIVE_MEMO_H
#define INPUT_RESOLVE_ARCHIVE_MEMO_H

/* What a run has read of archives: states of suites, whose signatures are good, and kept indexes,
 * whose bytes were hashed. A recipe and its bases stand on one state, so it is had once. Starts as
 * { 0 }. */

#include "input/release/release.h"
#include "input/resolve/kept_index.h"

struct memo_index {
	struct digest key; /* of the action that remembers it */
	struct digest blob;
	uint64_t size;
	struct kept_index kept;
};

struct memo_release {
	struct arena a; /* what it has lives here: threads read them */
	struct release release;
};

struct archive_memo {
	struct arena a;
	struct LIST(struct memo_release *) reading; /* all that were begun */
	struct LIST(const struct release *) releases;
	struct LIST(struct memo_index *) indexes;
};

/* The state of a suite that has the same name, place and keys, or NULL. */
const struct release *memo_release(const struct archive_memo *m, const struct suite *suite);

const struct kept_index *memo_index(const struct archive_memo *m, const struct digest *key);

void memo_drop(struct archive_memo *m);
#define AUTO_MEMO __attribute__((cleanup(memo_drop))) struct archive_memo

#endif
