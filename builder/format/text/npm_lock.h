/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_NPM_LOCK_H
#define FORMAT_TEXT_NPM_LOCK_H

/* package-lock.json and npm-shrinkwrap.json of versions 2 and 3 (docs.npmjs.com:
 * package-lock.json): the packages of a project, and the folders in which they stand. */

#include "base/content_digest.h"
#include "base/str.h"

/* "bin": a command of a package, and its file there. */
struct npm_command {
	const char *name, *path;
};

/* A package that another one depends on. */
struct npm_need {
	const char *name;
	bool optional;
	bool peer; /* of another one that needs it: it only has to fit */
};

/* A symlink to a package, as pnpm makes them for all who need it. */
struct npm_alias {
	const char *place; /* "node_modules/c" */
	size_t of;	   /* the number of the entry beside which it stands; NPM_OF_PROJECT */
	bool dev;	   /* of the project: only for development */
};

#define NPM_OF_PROJECT SIZE_MAX

/* One entry of "packages" that the lock file has a file or a link for. */
struct npm_entry {
	const char *place;    /* "node_modules/@a/b/node_modules/c" */
	const char *name;     /* "@a/b"; of an alias that of the package itself */
	const char *version;  /* "1.2.3" */
	const char *file;     /* "@a/b/-/b-1.2.3.tgz", as registries name it; NULL: a link */
	const char *link;     /* a folder of the project, "packages/c", or NULL */
	const char *resolved; /* the address that the lock file names, or NULL */
	bool by_name;	      /* else registries have it where `file` says */
	struct content_digest sha512; /* of the file */
	struct strings os, cpu, libc; /* as package.json has them: "linux", "!win32" */
	const char *engine;	      /* the range of Node.js it is for, ">=18"; NULL: any */
	struct LIST(struct npm_command) commands;
	struct LIST(struct npm_alias) aliases;
	bool dev, optional;
	bool bare;    /* which platform it is for, only its own package.json says */
	bool scripts; /* it wants to run a program when it is installed */
	struct LIST(struct npm_need) needs;
	struct strings left_out; /* processors for which npm does not install it (npm_tree.h) */
	unsigned line;
};

struct npm_entries LIST(struct npm_entry);

/* Reads the file `file`, in the order of the text. The project itself, its workspaces (links stand
 * for them) and what is part of another package's file (inBundle) go to `others`, with their place,
 * what they need and the Node.js they are for; what nothing needs (extraneous) is left out.
 * ERR_INPUT at the line: malformed, another version of the format, a package from git or from a
 * file, one without SHA-512, a place or a link that leads out of the project. */
MUST_CHECK bool npm_lock_read(struct arena *a, struct str text, const char *file,
			      struct npm_entries *out, struct npm_entries *others, struct error *e);

/* Whether the entry is for Linux with glibc on this processor, as Node calls it: "x64", "arm64". */
bool npm_entry_fits(const struct npm_entry *x, const char *cpu);

/* Whether it is for this version of Node.js. */
bool npm_entry_takes_node(const struct npm_entry *x, const char *version);

#endif
