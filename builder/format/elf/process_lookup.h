/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_PROCESS_LOOKUP_H
#define FORMAT_ELF_PROCESS_LOOKUP_H

/* One library looked for by an object of a process: all places in the order of the loader. Private
 * to format/elf. */

#include "format/elf/process_types.h"

struct process_lookup {
	const struct process_object *by;
	const char *name;
	struct process_file *file; /* found */
	const char *opened;	   /* the path it was found at */
	const char *how;
	const char *stop;   /* the loader gives up: why */
	const char *passed; /* the first file that was passed over, and why */
};

/* Looks everywhere. Whether it was found, or where the search ended, is in the lookup. */
MUST_CHECK bool process_lookup_find(struct process *p, struct process_lookup *l, struct error *e);

/* Tries one file, which is found as `how` says. */
MUST_CHECK bool process_lookup_at(struct process *p, struct process_lookup *l, const char *path,
				  const char *how, struct error *e);

bool process_lookup_ended(const struct process_lookup *l);

/* Can a file be loaded into the process, as far as machine and kind are concerned? */
bool process_suits(const struct process *p, const struct process_file *file);

#endif
