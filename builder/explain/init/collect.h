/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_COLLECT_H
#define EXPLAIN_INIT_COLLECT_H

/* What the readers of this folder share: the draft, and the open packages of the image that it will
 * be. */

#include "explain/init/draft.h"
#include "line/chain.h"

struct collecting {
	struct arena *a;
	struct init_draft *d;
	const struct chain *chain;
	const struct composition *top; /* of the recipe itself */
	struct LIST(const struct deb *)
		own; /* the packages asked for, then those that were taken */
};

/* Fills `own` from the chain. */
void collect_open(struct collecting *c);

/* An own package by its name, or NULL. */
const struct deb *collect_own(const struct collecting *c, struct str name);

/* A package of the recipe's lock by its name, open or not; NULL: the lock has none. */
const struct placed *collect_placed(const struct collecting *c, struct str name);

/* A text file of one of the packages. */
struct collect_text {
	const struct deb *deb;
	const char *path; /* no leading slash; "postinst" for a control member */
	struct str text;
};

#define COLLECT_TEXT_MAX (1u << 20)

/* Reads a file of a package; larger ones and what is not a file give an empty text. ERR_SYSTEM. */
MUST_CHECK bool collect_read(struct collecting *c, const struct deb *deb,
			     const struct deb_entry *entry, struct collect_text *out,
			     struct error *e);

/* The same by its path, absolute or not, in whichever own package has it. false with no error: none
 * has. */
MUST_CHECK bool collect_find(struct collecting *c, const char *path, struct collect_text *out,
			     bool *found, struct error *e);

/* Files directly in `folder` ("usr/lib/tmpfiles.d/") whose names end in `end`, of all own packages.
 */
struct collect_texts LIST(struct collect_text);
MUST_CHECK bool collect_folder(struct collecting *c, const char *folder, const char *end,
			       struct collect_texts *out, struct error *e);

/* "nginx-common: usr/lib/tmpfiles.d/nginx.conf:3"; line 0: without one. */
const char *collect_place(struct collecting *c, const struct collect_text *t, unsigned line);

/* wishes.c: accounts, folders, links and owners that packages want, from sysusers.d, tmpfiles.d and
 * scripts. */
MUST_CHECK bool collect_accounts(struct collecting *c, struct error *e);
MUST_CHECK bool collect_folders(struct collecting *c, struct error *e);

/* The folders that a script of /etc/init.d makes before it starts the service. */
void collect_script(struct collecting *c, const struct collect_text *t);

/* A folder with an owner, who gets an account if it is one of Debian's own. */
void collect_dir(struct collecting *c, const char *path, unsigned mode, const char *user,
		 const char *group, const char *from);

/* A package's file with another owner becomes one of the repository. mode 0: as it is. */
MUST_CHECK bool collect_owned_file(struct collecting *c, const char *path, unsigned mode,
				   const char *user, const char *group, const char *from,
				   struct error *e);

/* service.c: the unit, and from it entrypoint, user, folders and variables. */
MUST_CHECK bool collect_service(struct collecting *c, struct error *e);

/* host.c: what needs a library that is left out, is left out, too. */
MUST_CHECK bool collect_unwanted(struct collecting *c, struct error *e);

/* host.c: what has no meaning in an image is dropped. */
MUST_CHECK bool collect_drops(struct collecting *c, struct error *e);

#endif
