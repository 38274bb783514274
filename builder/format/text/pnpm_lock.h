/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PNPM_LOCK_H
#define FORMAT_TEXT_PNPM_LOCK_H

/* pnpm-lock.yaml of versions 9.0 (pnpm 9 and 10) and 6.0 (pnpm 8): the packages of a project and of
 * its workspaces, and who needs whom. */

#include "format/text/npm_graph.h"

/* What a package.json asked for when the lock file was written. */
struct pnpm_asked {
	const char *folder;  /* of that package.json; "" is the project's own */
	const char *section; /* "dependencies" */
	const char *name, *range;
	unsigned line;
};

struct pnpm_asking {
	struct LIST(struct pnpm_asked) v;
	struct strings overridden; /* names of which pnpm asks for something else */
	bool hooks;		   /* a program (.pnpmfile.cjs) may have changed what is asked */
};

/* Reads the file `file`; npm_graph_mark() is done. ERR_INPUT at the line: malformed, another
 * version of the format, a package from git, from a file or a folder, a patched one, one without
 * SHA-512, a folder outside of the project. */
MUST_CHECK bool pnpm_lock_read(struct arena *a, struct str text, const char *file,
			       struct npm_graph *out, struct pnpm_asking *asking, struct error *e);

#endif
