/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_DRAFT_H
#define EXPLAIN_INIT_DRAFT_H

/* A recipe in the making: what was chosen for a new image, and from where. Nothing is in it without
 * a choice that says so, but for what the name alone makes (images.json, .gitignore). */

#include "base/buf.h"
#include "base/str.h"
#include "format/json/jsonw.h"
#include "format/machine/machine.h"

/* One key of the recipe: its value in short, and where it was read: "nginx-common:
 * usr/lib/systemd/system/nginx.service:12". */
struct draft_choice {
	const char *key, *value, *from;
};

struct draft_user {
	const char *name, *home, *gecos;
	uint32_t uid, gid;
};

struct draft_group {
	const char *name;
	uint32_t gid;
};

struct draft_dir {
	const char *path; /* absolute */
	unsigned mode;
	const char *user, *group; /* names; NULL: root */
};

/* A file of the repository, rootfs/NAME/PATH, that takes the place of a package's or is new. */
struct draft_file {
	const char *path; /* absolute, in the image */
	struct str text;
	const char *user, *group; /* NULL: root */
	unsigned mode;
};

/* Something that is accepted, or links to something. */
struct draft_pair {
	const char *name, *rule, *text; /* rule: of an accepted finding */
};

struct draft_variable {
	const char *name, *value;
};

struct init_draft {
	struct arena *a;
	const char *name;
	const struct machine
		*machine;	 /* that it is drawn for; its names are variables in the recipe */
	const char *program;	 /* path of a compiled program from the recipe's folder, or NULL */
	struct strings packages; /* asked for; those that have to stand beside them follow */
	size_t asked;		 /* how many of them were asked for */
	struct strings take, libraries, drop;
	struct strings unwanted; /* libraries that were left out, and that other files bring back */
	struct strings emptied;	 /* packages of which everything is dropped */
	struct LIST(struct draft_pair) alternatives, links, without, effects, findings;
	struct LIST(struct draft_pair) stood_for; /* by the base, and how */
	struct LIST(struct draft_user) users;
	struct LIST(struct draft_group) groups;
	struct LIST(struct draft_dir) dirs;
	struct LIST(struct draft_file) files;
	struct LIST(struct draft_variable) env;
	struct strings entrypoint, expose;
	bool probes;		  /* a health check is asked for */
	const char *probe;	  /* what it asks: "tcp://127.0.0.1:6379"; or NULL */
	const char *user, *group; /* names of accounts, or NULL: nonroot of the base */
	const char *stop_signal;
	const char *workdir; /* or NULL: "/" */
	const char *locale;  /* that the image has besides "C"; or NULL */
	bool terminals;	     /* it has the database of terminals */
	bool library_cache;  /* it has ld.so.cache and ldconfig */
	struct LIST(struct draft_choice) choices;
	struct strings open; /* what is left to decide */
	bool unsettled;	     /* something was dropped: which links of alternatives lead somewhere,
				and what of scripts is accepted, is to be found out again */
};

/* Notes where a key comes from; the text is formatted. */
void draft_chose(struct init_draft *d, const char *key, const char *value, const char *from, ...)
	PRINTF_LIKE(4, 5);

/* Notes what a person has to decide. */
void draft_leave(struct init_draft *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Adds a package to those that the image is made of, for which nothing is to be said of a
 * dependency then. false: it was there. */
bool draft_add_package(struct init_draft *d, const char *name, const char *from);

/* Takes back what was said of a dependency: that it is taken, or that the image does without it. */
void draft_forget_dependency(struct init_draft *d, const char *name);

/* Takes back where one value of a key came from; NULL: all of that key. */
void draft_forget_choice(struct init_draft *d, const char *key, const char *value);

/* Takes back which dependencies the image does without: they are judged anew. */
void draft_forget_accepted(struct init_draft *d);

/* Leaves a file, or what a pattern says, out of the image; the draft is unsettled then. false: it
 * was left out before. */
bool draft_drop(struct init_draft *d, const char *path);

/* Adds a folder unless it is there; an owner that is given later counts. false: it was there. */
bool draft_add_dir(struct init_draft *d, const char *path, unsigned mode, const char *user,
		   const char *group);

/* Sets a variable of the environment; of one that is set twice the last value counts, as systemd
 * has it. */
void draft_set_env(struct init_draft *d, const char *name, const char *value, const char *from);

/* The value of a variable; NULL: it is not set. */
const char *draft_env(const struct init_draft *d, const char *name);

/* Whether the draft has a file, a folder or a link at this absolute path. */
bool draft_has_file(const struct init_draft *d, const char *path);
bool draft_has_dir(const struct init_draft *d, const char *path);
bool draft_has_link(const struct init_draft *d, const char *path);

/* The numbers of a user and of a group of the draft, or of the base: root, nonroot, nobody. false:
 * there is none. */
bool draft_find_user(const struct init_draft *d, const char *name, uint32_t *uid, uint32_t *gid);
bool draft_find_group(const struct init_draft *d, const char *name, uint32_t *gid);

/* The name of a group of the draft, or of the base, that has this number; NULL: it is free. */
const char *draft_group_name(const struct init_draft *d, uint32_t gid);

/* "33:33": the service's user. */
const char *draft_ids(const struct init_draft *d, const char *user, const char *group);

/* The text of the recipe. */
void draft_format(const struct init_draft *d, struct buf *out);

/* How such a text begins: the name, and the base unless it is NULL. A list of words in one line, or
 * nothing when it is empty. */
void draft_text_begin(struct jsonw *w, struct buf *out, const char *name, const char *base);
void draft_text_words(struct jsonw *w, const char *key, const struct strings *l);

/* The component of ldconfig, if the draft has it. */
void draft_text_library_cache(struct jsonw *w, const struct init_draft *d);

/* A component of the draft's packages, with what is said of them. */
void draft_text_packages(struct jsonw *w, const struct init_draft *d, const char *name);

/* What composing asked for, under its keys of a provider, a component, the recipe; nothing where
 * there is none. */
void draft_text_alternatives(struct jsonw *w, const struct init_draft *d);
void draft_text_depends(struct jsonw *w, const struct init_draft *d);
void draft_text_effects(struct jsonw *w, const struct init_draft *d);

#endif
