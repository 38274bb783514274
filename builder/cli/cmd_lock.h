/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CMD_LOCK_H
#define CLI_CMD_LOCK_H

/* What the verbs lock and update share. */

#include "cli/cli.h"
#include "transfer/store/store.h"
#include "input/relock/relock.h"

struct lock_options {
	bool check;  /* change nothing, say whether anything would change */
	bool verify; /* only go through the chain of trust again */
	bool allow_older;
	bool suggest, write;	      /* print what the recipe lacks; and write it there */
	bool moves;		      /* update: for every platform that images.json lists */
	const struct strings *update; /* of struct relock_order */
	const struct strings *named;  /* update: the packages asked for, or NULL */
	bool security;		      /* update: what has fixes, and nothing else */
	struct strings cve;	      /* vulnerability data */
	struct platforms platforms;   /* --platform; none: see lock_platforms() */
	struct archive_memo *memo;    /* of struct relock_order */
};

/* Those asked for; else the usual one and those that have a lock already - and, to move them
 * forward, all that images.json lists: an image for two platforms is one thing. ERR_INPUT. */
MUST_CHECK bool lock_platforms(struct cli *c, const struct lock_options *o, const struct recipe *r,
			       struct platforms *out, struct error *e);

MUST_CHECK bool lock_open_store(struct cli *c, struct store *s, struct error *e);

struct lock_tools;

/* Locks a recipe and its bases, adds them to `l` and tells what became of them. `t` is left with
 * the first lock of tools that changes: recipes may be of several repositories. */
MUST_CHECK bool lock_recipe(struct cli *c, const struct store *s, const struct lock_options *o,
			    const struct recipe *r, struct relocks *l, struct lock_tools *t,
			    struct error *e);

/* The end of the verb: ERR_FINDINGS when --check found something that would change. */
MUST_CHECK bool lock_outcome(const struct lock_options *o, const struct relocks *l,
			     const struct lock_tools *t, struct error *e);

/* imgbuild lock --check --cve (cli/lock_security.h): whether the locks of these recipes lack fixes,
 * and nothing else. ERR_FINDINGS names the first that is missing. */
MUST_CHECK bool lock_check_fixes(struct cli *c, const struct store *s, const struct lock_options *o,
				 const struct strings *files, struct error *e);

/* imgbuild lock --verify: goes through the chain of trust of a recipe's lock again, and says what
 * it rests on. */
MUST_CHECK bool lock_verify_recipe(struct cli *c, const struct store *s, const struct recipe *r,
				   const struct platform *p, struct error *e);

/* The same for what the repository's lock of tools has (input/lock/tools_lock.h), if there is
 * one. */
MUST_CHECK bool lock_verify_tools(struct cli *c, const struct store *s, const struct recipe *r,
				  struct error *e);

/* The lock of tools of a recipe's repository, as it was and as it is to be. */
struct lock_tools {
	const char *path;
	const struct lock *old; /* NULL: there was none, or it stays anyway */
	struct lock now;	/* without tools: there is nothing to say */
	bool changed;
};

/* Makes it where it is not there yet and the recipe's archive has the packages; `move`: also where
 * it is there, from what the archive has now: all of it, or the packages of o->update. Nothing is
 * written. */
MUST_CHECK bool lock_tools_make(struct cli *c, const struct store *s, const struct lock_options *o,
				const struct recipe *r, bool move, struct lock_tools *t,
				struct error *e);

/* Prints what became of it, as lock_report(). */
void lock_tools_report(struct cli *c, const struct lock_tools *t, bool check);

/* Whether one of the names is that of a tool or its source; and all these names, where there is
 * such a lock. */
bool lock_tools_named(const struct strings *names);
MUST_CHECK bool lock_tools_names(struct arena *a, const struct recipe *r, struct strings *out,
				 struct error *e);

/* Prints what became of one lock. `is_top`: it is that of the recipe that was asked for; `check`:
 * nothing was written. */
void lock_report(struct cli *c, const struct relocked *r, bool is_top, bool check);

/* imgbuild lock --suggest: prints the lines that the recipe lacks on the first of these platforms
 * (none: the usual one); `write` adds them to its file. */
MUST_CHECK bool lock_suggest(struct cli *c, const struct store *s, const char *file,
			     const struct platforms *platforms, bool write, struct error *e);

#endif
