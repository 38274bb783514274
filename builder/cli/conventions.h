/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CONVENTIONS_H
#define CLI_CONVENTIONS_H

/* What holds for every verb apart from its options: help, man page and reference print these
 * tables. */

struct convention {
	const char *name, *text; /* the last has no name */
};

#define convention_each(x, table) for (const struct convention *x = (table); x->name; x++)

extern const struct convention exit_statuses[];
extern const struct convention environment_variables[];
extern const struct convention standard_files[];

#endif
