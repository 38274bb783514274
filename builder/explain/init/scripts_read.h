/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_SCRIPTS_READ_H
#define EXPLAIN_INIT_SCRIPTS_READ_H

/* Calls of maintainer scripts that make accounts, folders and links, as data. All branches count as
 * taken; a word that only a run would know makes a call no call, but for variables that the script
 * sets once, to a constant. */

#include "base/str.h"

enum scripted_kind {
	SCRIPTED_USER,
	SCRIPTED_GROUP,
	SCRIPTED_DIR,
	SCRIPTED_OWNER,
	SCRIPTED_LINK,
	SCRIPTED_COPY
};

struct scripted {
	enum scripted_kind kind;
	const char *name;		  /* of the account; the path; where a link or a copy is */
	const char *group, *home, *gecos; /* of a user */
	const char *user;		  /* owner of a path ("group" is its group), or NULL */
	const char *target;		  /* of a link; of a copy: what is copied */
	int64_t id;			  /* -1: not said */
	unsigned mode;			  /* 0: not said */
	unsigned line;			  /* of the script, from 1; 0: not known */
	bool asked; /* the script asks debconf: this may be one of its answers */
};

struct scripted_calls LIST(struct scripted);

void scripts_read(struct arena *a, struct str script, struct scripted_calls *out);

#endif
