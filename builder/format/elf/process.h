/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_PROCESS_H
#define FORMAT_ELF_PROCESS_H

/* The rules of glibc's loader (ld.so(8)), on paper: which files a process maps that starts with a program, and
 * how each was found. Breadth first; a library that is loaded already is taken by its name or SONAME; else
 * DT_RPATH of the object and of those that loaded it, unless it has DT_RUNPATH; DT_RUNPATH; the cache; the
 * default folders of Debian's multiarch glibc. Files of another machine are passed over, others that are no
 * library end the search. Knows names only: files are looked up by whoever has a file system. Both the build
 * (make/closure) and what judges images (inspect/model) use these rules, each with files of its own.
 *
 * Left out on purpose: LD_LIBRARY_PATH and LD_PRELOAD (an environment, not a file system); empty and relative
 * elements of search paths (they mean the working directory; the audit reports them). */

#include "format/elf/ldcache.h"

/* A file that is there. Two are one file if they are one struct. */
struct process_file {
	const char *path;	/* its own, without "/" in front, no links in it */
	bool is_elf;
	const char *bad;	/* ELF files that cannot be read: why; else NULL */
	const struct elf *elf;	/* of ELF files that are not bad */
};

/* The file system of a process, and what the loader is told by it. */
struct process_world {
	/* What opening `path` (absolute, as written) gives, links followed: a regular file, or *folder is set, or
	 * neither. */
	bool (*open)(struct process_world *w, const char *path, struct process_file **file, bool *folder,
		     struct error *e);

	/* A library with this SONAME, for the machine of `by`, that is of the same package as both; NULL: none. For
	 * plug-ins: who opens one has loaded those libraries of its package that it needs, and they may stand
	 * where no search leads (libattach.so and libjvm.so of a JVM). */
	struct process_file *(*sibling)(struct process_world *w, const struct process_file *program,
					const struct process_file *by, const char *soname);

	const struct ldcache *cache;	/* etc/ld.so.cache; NULL: there is none, or the loader cannot read it */
	struct strings cache_folders;	/* in place of a cache that is yet to be written: what it is made of */
	struct strings preload;		/* names that etc/ld.so.preload has */
	size_t hwcaps;			/* how many folders of glibc-hwcaps the processor has, the least first; 0: the
					 * oldest processor, which is what has to work */
};

/* An object in the process. */
struct process_object {
	struct process_file *file;
	const struct process_object *loader;	/* who asked for it first; NULL: program, interpreter */
	const char *origin;			/* $ORIGIN: the folder of the path that was opened */
	struct strings names;			/* that it was asked for */
	struct strings rpath, runpath;		/* folders */
};

/* One answer of the loader. */
struct process_edge {
	const struct process_object *by;
	const char *needed;		/* DT_NEEDED string, PT_INTERP path, or a name of etc/ld.so.preload */
	size_t order;			/* among those of `by` */
	struct process_file *found;	/* NULL: missing */
	const char *how;		/* "rpath", "runpath", "cache", "default", "interpreter", "preload", "path" (the
					 * name has a slash), "loaded", "package" (a sibling); NULL: missing */
	const char *why;		/* missing: what stood in the way, or "not found" */
	const char *chain;		/* missing: "usr/bin/a > usr/lib/b.so > c.so" */
};

struct process {
	struct arena *a;
	struct process_world *w;
	const struct machine *machine;			/* or NULL */
	struct strings defaults;			/* folders */
	list_of(struct process_object *) objects;	/* in the order of loading, the program first */
	list_of(struct process_edge) edges;		/* object by object */
};

/* Follows the process that starts with `program`, an ELF file that is not bad, into `p`, which lives in `a`. */
MUST_CHECK bool process_follow(struct arena *a, struct process_world *w, struct process_file *program,
			       struct process *p, struct error *e);

/* The object that has this name in the process, or NULL. */
struct process_object *process_loaded(const struct process *p, const char *name);

/* Would dlopen() of this name, called by an object of the process, find a file? Changes nothing. */
MUST_CHECK bool process_dlopen(struct process *p, const struct process_object *by, const char *name,
			       struct process_file **found, struct error *e);

/* The names that the text of etc/ld.so.preload has, in order. */
void process_preload(struct arena *a, struct str text, struct strings *out);

#endif
