/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PIP_SETTINGS_H
#define FORMAT_TEXT_PIP_SETTINGS_H

/* pip.conf (pip.pypa.io: configuration) and variables of the environment: which indexes they name.
 * A key counts as a whole: the variable before [install] of all files, that before [global]; of
 * more files the last that is read. */

#include "base/error.h"
#include "base/str.h"

struct pip_value {
	const char *key;  /* as it is written */
	const char *file; /* NULL: a variable */
	unsigned line;
	struct strings words; /* none: nothing is said */
};

struct pip_section {
	struct pip_value index, extra;
};

struct pip_settings {
	struct pip_section global, install, environment;
};

/* Takes what the file `file` says. ERR_INPUT at the line of a key that is there twice. */
MUST_CHECK bool pip_settings_read(struct arena *a, struct str text, const char *file,
				  struct pip_settings *out, struct error *e);

/* Takes PIP_INDEX_URL and PIP_EXTRA_INDEX_URL. */
void pip_settings_ask_environment(struct arena *a, struct pip_settings *out);

/* Adds index-url, then extra-index-url. ERR_INPUT at the line for an address that is not http or
 * https, or has credentials in it. */
MUST_CHECK bool pip_settings_indexes(struct arena *a, const struct pip_settings *s,
				     struct strings *out, struct error *e);

#endif
