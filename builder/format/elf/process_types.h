/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_PROCESS_TYPES_H
#define FORMAT_ELF_PROCESS_TYPES_H

/* A process on paper and what it is made of: loader_process.h fills it, process_lookup.h looks
 * libraries up. */

#include "format/elf/ldcache.h"

/* A file that is there. Two are one file if they are one struct. */
struct process_file {
	const char *path; /* its own, without "/" in front, no links in it */
	bool is_elf;
	const char *bad;       /* ELF files that cannot be read: why; else NULL */
	size_t place;	       /* for format/elf/process_set.h */
	const struct elf *elf; /* of ELF files that are not bad */
};

/* The file system of a process, and what the loader is told by it. */
struct process_world {
	/* What opening `path` (absolute, as written) gives, links followed: a regular file, or
	 * *folder is set, or neither. */
	bool (*open)(struct process_world *w, const char *path, struct process_file **file,
		     bool *folder, struct error *e);

	/* A library with this SONAME, for the machine of `by`, that is of the same package as both;
	 * NULL: none. For plug-ins: who opens one has loaded those libraries of its package that it
	 * needs, and they may stand where no search leads (libattach.so and libjvm.so of a JVM). */
	struct process_file *(*sibling)(struct process_world *w, const struct process_file *program,
					const struct process_file *by, const char *soname);

	const struct ldcache
		*cache; /* etc/ld.so.cache; NULL: there is none, or the loader cannot read it */
	struct strings cache_folders; /* in place of a cache that is yet to be written: what it is
					 made of */
	struct strings preload;	      /* names that etc/ld.so.preload has */
	size_t hwcaps; /* how many folders of glibc-hwcaps the processor has, the least first; 0:
			* the oldest processor, which is what has to work */
};

/* An object in the process. */
struct process_object {
	struct process_file *file;
	const struct process_object
		*loader; /* who asked for it first; NULL: program, interpreter, or opened */
	const struct process_object
		*opener;    /* who opened it, as dlopen() does: it inherits no RPATH of that one */
	const char *origin; /* $ORIGIN: the folder of the path that was opened */
	struct strings names;	       /* that it was asked for */
	struct strings rpath, runpath; /* folders */
};

/* One answer of the loader. */
struct process_edge {
	const struct process_object *by;
	const char *needed; /* DT_NEEDED string, PT_INTERP path, a name of etc/ld.so.preload or
			       .note.dlopen */
	const struct elf_dlopen *dlopen; /* the entry of .note.dlopen that asks for it; else NULL */
	size_t order;			 /* among those of `by` */
	struct process_file *found;	 /* NULL: missing */
	const char *
		how;	 /* "rpath", "runpath", "cache", "default", "interpreter", "preload", "path"
			  * (the    name has a slash), "loaded", "package" (a sibling); NULL: missing */
	const char *why; /* missing: what stood in the way, or "not found" */
	bool blocked;	 /* missing: the loader stumbles over a file, see `why` */
	const char *chain; /* missing: "usr/bin/a > usr/lib/b.so > c.so" */
};

struct process {
	struct arena *a;
	struct process_world *w;
	const struct machine *machine; /* or NULL */
	struct strings defaults;       /* folders */
	struct LIST(struct process_object *)
		objects;			/* in the order of loading, the program first */
	struct LIST(struct process_edge) edges; /* of one object in its order */
	size_t first; /* of the objects: that and those behind it are new. 0; of a module, where it
			 is */
};

#endif
