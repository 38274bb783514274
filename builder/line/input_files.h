/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_INPUT_FILES_H
#define LINE_INPUT_FILES_H

/* Every file that a build reads from the repository or from what comes with imgbuild: recipes and
 * what they extend, sources, toolchains, images.json, locks, the trees of "files", local sources,
 * patches, signatures of sources and their keyrings, the keyrings of archives, tests. */

#include <sys/stat.h>

#include "base/strmap.h"
#include "line/build_order.h"

struct input_file {
	const char *name;   /* "recipes/hello.json", "(built-in) recipes/cc-debian13.json" */
	const char *path;   /* as it can be opened from here */
	const char *target; /* of a symlink; else NULL */
	bool builtin;	    /* it comes with imgbuild */
	bool executable;
	bool folder;	      /* an empty folder of "files", which is part of the image */
	bool lock;	      /* imgbuild may have written it itself */
	uint64_t size;	      /* of a file */
	struct digest sha256; /* of its bytes; of a symlink, of its target; of a folder, 0 */
	struct stat state;    /* when it was hashed; all 0: no file, or it was young then */
};

struct input_files {
	struct input_file *v;
	size_t n, cap;
	struct strings bare; /* paths of folders of sources in which nothing is read: it may come */
};

/* Lists and hashes them, for a recipe and the platforms of the order; its locks must be there. A
 * file may be there twice. `known` has those of an earlier look by their paths, or is NULL: which
 * of them has the same inode, size and times is not read again. ERR_SYSTEM, ERR_INPUT; then `out`
 * has those before the one that fails: recipes and what else says what to build come first, locks
 * last. */
MUST_CHECK bool input_files_list(struct arena *a, const struct build_order *o,
				 const struct recipe *r, const struct strmap *known,
				 struct input_files *out, struct error *e);

/* By their paths. */
void input_files_index(struct arena *a, const struct input_files *l, struct strmap *out);

#endif
