/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_PAPER_FILES_H
#define SUPPORT_FIXTURE_PAPER_FILES_H

/* A file system of structures: ELF files as the reader would give them, for the loader's rules. */

#include <elf.h>

#include "format/elf/process_set.h"

#define PAPER_FILES 8
#define LIB(where, ...)                       \
	{                                     \
		.path = (where),              \
		.elf = {.is64 = true,         \
			.machine = EM_X86_64, \
			.type = ET_DYN,       \
			__VA_ARGS__ }         \
	}
#define OTHER(where, ...)                               \
	{                                               \
		.path = (where), .elf = { __VA_ARGS__ } \
	}
#define PROGRAM(...)                          \
	{                                     \
		.path = "bin/p",              \
		.elf = {.is64 = true,         \
			.machine = EM_X86_64, \
			.type = ET_EXEC,      \
			__VA_ARGS__ }         \
	}
#define NAMES(...) { (const char *[]){ __VA_ARGS__ }, 1, 1 }
#define TWO(...) { (const char *[]){ __VA_ARGS__ }, 2, 2 }

struct paper_file {
	const char *path;
	struct elf elf;
	const char *bad;
	bool folder, text;
};

struct paper_world {
	struct process_world base;
	const struct paper_file *v;
	struct process_file files[PAPER_FILES];
	size_t n;
	const char *fails; /* opening this path is an error */
	const char *sibling;
};

/* The files up to the first one without a path (at most PAPER_FILES), in a world that opens them.
 * `v` is borrowed. */
void paper_make(struct paper_world *w, const struct paper_file *v);

#endif
