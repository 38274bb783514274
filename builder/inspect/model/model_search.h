/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_MODEL_SEARCH_H
#define INSPECT_MODEL_MODEL_SEARCH_H

/* Where the dynamic loader would find a library in the image (ld.so(8)): DT_RPATH of the object
 * and of those that loaded it unless it has DT_RUNPATH, DT_RUNPATH, /etc/ld.so.cache, the default
 * folders of Debian's glibc. Files of another machine are passed over. */

#include "inspect/model/model.h"
#include "format/elf/ldcache.h"

struct search {
	const struct model *m;
	bool has_cache;
	struct ldcache cache;
};

/* An object of a process. */
struct loaded {
	const struct item *item;
	const char *name;	/* the DT_NEEDED string that brought it, or NULL */
	size_t by;		/* index of the object that needed it; SIZE_MAX: none */
};

/* A cache that cannot be read counts as none, as for the loader. ERR_SYSTEM. */
MUST_CHECK bool search_init(struct arena *a, const struct model *m, struct search *out,
			    struct error *e);

/* The library `name` that object `at` of the process would get, or NULL. */
const struct item *search_library(const struct search *s, const struct loaded *objects, size_t at,
				  const char *name);

#endif
