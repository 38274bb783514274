/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_UNPACK_WHEEL_COMMANDS_H
#define MAKE_UNPACK_WHEEL_COMMANDS_H

/* Commands of Python packages: the groups console_scripts and gui_scripts of entry_points.txt
 * (packaging.python.org: entry points). */

#include "base/str.h"

/* "name = module:object" */
struct entry_command {
	const char *name;   /* of the command: a file name */
	const char *module; /* "pkg.cli" */
	const char *object; /* "main", "App.run" */
};

struct entry_commands LIST(struct entry_command);

/* Reads entry_points.txt; other groups are passed over. ERR_INPUT for a line that is malformed, and
 * for names that are neither a file name nor a Python name: they become program text. */
MUST_CHECK bool commands_read(struct arena *a, struct str text, struct entry_commands *out,
			      struct error *e);

/* The program: a Python file that the kernel starts with `python`, so that no shell is needed. */
struct str command_text(struct arena *a, const char *python, const struct entry_command *l);

#endif
