/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LOCK_SECURITY_H
#define CLI_LOCK_SECURITY_H

/* Fixes that locks do not have yet: for lock --check --cve and update --security. */

#include "cli/cmd_lock.h"
#include "cli/cve_data.h"
#include "input/relock/newer_versions.h"

/* A vulnerability of a locked package that has a fix. */
struct security_fix {
	const char *id;
	const char *version; /* of the source package, that has it first */
};

/* A locked package or source for which there is a fix. */
struct security_row {
	const char *lock; /* path */
	struct newer_item item;
	struct LIST(struct security_fix) fixes; /* known by data; none: a security suite has it */
	bool can_move; /* the archive has a newer version, which has fixes */
};

struct security_rows LIST(struct security_row);

/* Adds what there is for the locks of a recipe, of its bases and of the tools of its repository, in
 * the archive's security suites and in the data, which may be none. Texts live in c->a.
 * ERR_FINDINGS when a lock is missing or does not answer its recipe, else as lock_make() and
 * vuln_read(). */
MUST_CHECK bool security_look(struct cli *c, const struct store *s, const struct lock_options *o,
			      const struct recipe *r, const struct vuln_inputs *data,
			      struct security_rows *out, struct error *e);

/* Prints them, a line each. */
void security_report(struct cli *c, const char *recipe, const struct security_rows *l);

/* ERR_FINDINGS unless there are none: names the first. */
MUST_CHECK bool security_outcome(struct cli *c, const char *recipe, const struct security_rows *l,
				 struct error *e);

/* The names of what can move. */
void security_names(struct arena *a, const struct security_rows *l, struct strings *out);

/* Warns of what `l` says can move, and has not moved in these locks: a recipe may hold it back. */
void security_tell_kept(struct cli *c, const struct security_rows *l, const struct relocks *now);

#endif
