/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_VULN_INPUT_H
#define INSPECT_VULN_VULN_INPUT_H

/* Where vulnerability data are read from. */

#include "base/str.h"

struct vuln_input {
	const char *name; /* the path of a file or folder; of what is open, what to call it */
	int fd;		  /* a file, open for reading, borrowed; -1: to be opened by its name */
	int64_t when;	  /* what date the data have, seconds since 1970; 0: nobody says */
};

struct vuln_inputs LIST(struct vuln_input);

/* Adds a file or folder, to be opened when it is read; `path` is borrowed. */
void vuln_input_add(struct arena *a, struct vuln_inputs *l, const char *path);

#endif
