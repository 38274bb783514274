/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_MODEL_LOADER_H
#define INSPECT_MODEL_MODEL_LOADER_H

/* Which file of an image needs which other one to run: libraries and loaders of ELF files, what
 * they say they dlopen, interpreters of scripts. Read from the image alone. */

#include "inspect/model/model.h"

enum need_kind { NEED_LOADER, NEED_LIBRARY, NEED_DLOPEN, NEED_SCRIPT };

struct need {
	const struct item *by;
	const struct item *on; /* NULL: it is not in the image */
	const char *name;      /* as `by` has it: "libz.so.1", "/bin/sh" */
	enum need_kind kind;
};

/* By path of `by`, then in the order of its headers. */
struct needs LIST(struct need);

/* Libraries are found as by the first process that loads the file (format/elf/process_set.h). The
 * model must not be closed yet. ERR_SYSTEM. */
MUST_CHECK bool needs_read(struct arena *a, const struct model *m, struct needs *out,
			   struct error *e);

/* What one file needs: *n of them. */
const struct need *needs_of(const struct needs *l, const struct item *by, size_t *n);

/* "loader", "library", "dlopen", "interpreter". */
const char *need_kind_name(enum need_kind kind);

/* A way of needs: from a file that `is_end` accepts down to `item`, the shortest there is. Files in
 * v[0..n-1], v[n-1] == item; n == 0: there is no such way. */
struct need_way LIST(const struct item *);
void needs_way(struct arena *a, const struct needs *l, const struct item *item,
	       bool (*is_end)(const void *context, const struct item *i), const void *context,
	       struct need_way *out);

/* Does any file need it? */
bool needs_any(const struct needs *l, const struct item *on);

#endif
