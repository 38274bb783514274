/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_LOADER_PROCESS_H
#define FORMAT_ELF_LOADER_PROCESS_H

/* The rules of glibc's loader (ld.so(8)), on paper: which files a process maps that starts with a
 * program, and how each was found. Breadth first; a library that is loaded already is taken by its
 * name or SONAME; else DT_RPATH of the object and of those that loaded it, unless it has
 * DT_RUNPATH; DT_RUNPATH; the cache; the default folders of Debian's multiarch glibc. Behind all
 * that comes what objects open because their .note.dlopen requires it. Files of another machine are
 * passed over, others that are not a library end the search. Knows names only: files are looked up
 * by whoever has a file system. Both the build (make/closure) and what judges images
 * (inspect/model) use these rules, each with files of its own.
 *
 * Left out on purpose: LD_LIBRARY_PATH and LD_PRELOAD (an environment, not a file system); empty
 * and relative elements of search paths (they mean the working directory; the audit reports them).
 */

#include "format/elf/process_types.h"

/* Is it no fault if it is missing? */
bool process_edge_is_optional(const struct process_edge *edge);

/* Follows the process that starts with `program`, an ELF file that is not bad, into `p`, which
 * lives in `a`. */
MUST_CHECK bool process_follow(struct arena *a, struct process_world *w,
			       struct process_file *program, struct process *p, struct error *e);

/* The object that has this name in the process, or NULL. */
struct process_object *process_loaded(const struct process *p, const char *name);

/* As process_follow(), for a module that `by`, an object of the process `host`, opens by its path,
 * as dlopen() does: the edges are those of what is new in `p`. Changes nothing in `host`, which
 * must outlive `p`. */
MUST_CHECK bool process_follow_module(struct arena *a, const struct process *host,
				      const struct process_object *by, struct process_file *module,
				      struct process *p, struct error *e);

/* The names that the text of etc/ld.so.preload has, in order. */
void process_preload(struct arena *a, struct str text, struct strings *out);

#endif
