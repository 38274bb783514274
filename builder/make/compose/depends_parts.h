/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_DEPENDS_PARTS_H
#define MAKE_COMPOSE_DEPENDS_PARTS_H

/* Private to depends.c and depends_kinds.c. */

#include "format/debian/relations.h"
#include "make/compose/composition.h"
#include "make/compose/depends_report.h"
#include "make/compose/spelt_libraries.h"

/* A package that may meet a dependency or have some. */
struct dependent {
	const struct deb *deb;
	struct placed *placed; /* the same; its deb has no contents while it is not open */
	struct composition *composition;
	const struct owner *owner; /* of its nodes, NULL: none */
	bool there;		   /* a file of it is in the image */
	bool is_library;	   /* the closure brought it, not a component */
	bool counts, done;	   /* its dependencies count; were looked at */
};

/* A name that the image has, without a package of ours behind it. */
struct depends_present {
	const char *name;
	struct str version; /* empty: not known, or provided without one */
	bool any_version;   /* meets whatever is asked for */
};

/* A package's link that leads nowhere in the image. */
struct depends_link {
	const struct node *node;
	const char *to; /* without a leading slash */
};

struct depends_accepting {
	const struct depends_accept *accept;
	const struct recipe *recipe;
	const struct component *component;
	bool used;
};

struct package_spelling {
	const char *package;
	struct spelt_files files;
};

struct depending {
	struct arena *a;
	const struct compositions *compositions;
	const struct tree *tree; /* of all of them */
	struct strings there;	 /* names of packages in the image, sorted */
	struct LIST(struct depends_present) present;
	struct strings copyrights; /* names of what has a copyright file there, sorted */
	struct strings files;	   /* base names of the image's files and links, sorted */
	struct LIST(struct depends_link) links; /* that lead nowhere */
	struct LIST(struct dependent) all;	/* each name once */
	struct LIST(struct depends_accepting) accepts;
	struct LIST(struct package_spelling) spelling; /* of those that were asked for */
	struct depends_report *out;
};

/* Fills `there`, `present`, `files` and `all`. */
void dependents_collect(struct depending *d);

/* Whether what is `present` meets a relation; whether a package does, by its name and version or by
 * what it provides (Policy 7.5). */
bool depends_present(const struct depending *d, const struct relation *r);
bool dependent_meets(const struct dependent *p, const struct relation *r);
bool dependent_is_essential(const struct deb *deb);
/* By what a build has noted of it; and, if it is open, by itself. */
bool dependent_is_noted_library(const struct dependent *p);
bool dependent_is_library(const struct dependent *p);
bool dependent_is_empty(const struct deb *deb);

/* Opens a candidate that nobody has asked for until now. */
MUST_CHECK bool dependent_open(struct dependent *p, struct error *e);

/* Whether an ELF file of `by` in the image spells the name of a library of `of` that is not there:
 * then *spelt says so. */
MUST_CHECK bool dependent_spells(struct depending *d, const struct dependent *by,
				 const struct dependent *of, const char **spelt, struct error *e);

/* Whether a link in the image, of `by` or (NULL) of anybody, leads nowhere and `of`, which is open,
 * has what it means; or NULL. dot of graphviz is a link to a program in libgvc6. */
const char *dependent_links(const struct depending *d, const struct dependent *by,
			    const struct dependent *of);

/* Whether the image has links of `by` that lead nowhere. */
bool dependent_dangles(const struct depending *d, const struct dependent *by);

/* What a package of which only libraries came has of plug-ins, when the image has none of them; or
 * NULL. */
const char *dependent_plugins(const struct depending *d, const struct dependent *p);

/* Whether a library of a package of which only libraries came, or a file of who depends on it,
 * names a folder of data that stayed behind (library_data.c): then *spelt says so. */
MUST_CHECK bool dependent_data(struct depending *d, const struct dependent *p, const char **spelt,
			       struct error *e);

/* What a package has for an interpreter that is in the image (interpreter_modules.c); or NULL.
 * `by`, which depends on it, or NULL: the interpreter itself asks for nothing in this way (nodejs
 * depends on node-corepack, a tool). */
const char *dependent_modules(const struct depending *d, const struct dependent *p,
			      const struct dependent *by);

/* Which component of which recipe is to speak of what `by` depends on. */
void dependent_place(const struct depending *d, const struct dependent *by, struct depends_miss *m);

#endif
