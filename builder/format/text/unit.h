/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_UNIT_H
#define FORMAT_TEXT_UNIT_H

/* systemd's texts: unit files (systemd.syntax(7)), files of environment variables (systemd.exec(5),
 * EnvironmentFile=), and words in quotes, as command lines, sysusers.d and tmpfiles.d have them.
 * Readers take any bytes: a line that is not a setting is left out. */

#include "base/str.h"

struct unit_setting {
	const char *section;	 /* "Service"; "" in a file of variables */
	const char *key, *value; /* blanks around them removed, continued lines joined by a blank */
	unsigned line;		 /* where it begins, from 1 */
};

struct unit LIST(struct unit_setting);

#define UNIT_SETTINGS_MAX 4000 /* the rest is left out */

void unit_read(struct arena *a, struct str text, struct unit *out);

/* KEY=VALUE, comments begin with # or ;. Quotes are removed as a shell would. */
void unit_read_variables(struct arena *a, struct str text, struct unit *out);

/* The settings of this key that hold: those after the last empty one. *i starts at 0; NULL at the
 * end. */
const struct unit_setting *unit_next(const struct unit *u, const char *section, const char *key,
				     size_t *i);

/* The last of them, or NULL. */
const struct unit_setting *unit_last(const struct unit *u, const char *section, const char *key);

/* Splits at blanks outside of quotes, and removes quotes and backslashes; what begins with $ or %
 * stays as it is. false: a quote does not end, and its word is left out. */
bool unit_words(struct arena *a, struct str value, struct strings *out);

/* The words of the next line of a table as sysusers.d(5) and tmpfiles.d(5) have it: comments, empty
 * lines and lines of less than two words are passed over. `number` counts lines from 1 (begin with
 * 0). false: no more. */
bool unit_table_line(struct arena *a, struct str *text, unsigned *number, struct strings *words);

#endif
