/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_HISTORY_H
#define TRANSFER_STORE_HISTORY_H

/* What each step of a build was made from the last time, input by input, so that --explain can say
 * what has changed since. One small action in the store for each step: only names, versions and
 * shortened digests. */

#include "transfer/store/store.h"

/* The same step of another file, for another platform, has a history of its own. */
struct history_step {
	const char *kind;     /* "packages", "compile", "layer", "image" */
	const char *file;     /* the recipe it belongs to, as it can be opened from here */
	const char *platform; /* "linux/amd64" */
	const char *name;     /* "hello/programs" */
};

struct history_input {
	const char *name;    /* "package libx1"; a step has each name once */
	const char *version; /* what people know its state by, or "" */
	const char *value;   /* differs when anything about it differs */
	const char *part;    /* what to call it when only the value differs, or NULL: its name */
	const char *place;   /* where the recipe speaks of it, or NULL; not remembered */
};

struct history_inputs LIST(struct history_input);

/* Where histories are kept, and who hears of them. */
struct history {
	const struct store *store;
	struct progress *progress;
	bool explain; /* tell; they are written in any case */
	bool aside;   /* nothing is told or written: a rebuild for comparison */
	const char
		*otherwise; /* why it was made although nothing changed, or NULL: it was missing */
};

/* Whether these are the inputs that history_note() remembered. */
MUST_CHECK bool history_same(const struct history *h, const struct history_step *s,
			     const struct history_inputs *now, bool *same, struct error *e);

/* With `explain`, one note: "KIND NAME (PLATFORM): reused", or "made: " and which inputs have
 * changed since history_note(). `result` names what was made, or is NULL when that is not known
 * yet. */
MUST_CHECK bool history_tell(const struct history *h, const struct history_step *s,
			     const struct history_inputs *now, const char *result, bool reused,
			     struct error *e);

/* Remembers the inputs, and the result (may be NULL), for the next time. */
MUST_CHECK bool history_note(const struct history *h, const struct history_step *s,
			     const struct history_inputs *now, const char *result, struct error *e);

/* An input that has no version; `value` is a digest in hexadecimal or a short text. */
void history_add(struct arena *a, struct history_inputs *in, const char *name, const char *value);

#endif
