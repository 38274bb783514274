/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_INIT_H
#define EXPLAIN_INIT_INIT_H

/* From an empty folder to an image: what Debian packages tell of themselves becomes a recipe, which
 * is locked, built and audited before anything stands in the folder. Nothing is overwritten, and
 * nothing is guessed without a word. */

#include "explain/init/draft.h"
#include "line/build_order.h"

enum init_ci { INIT_CI_NONE, INIT_CI_GITHUB, INIT_CI_GITLAB };

struct init_order {
	struct build_order build; /* store, mirrors, offline, compile, progress, platforms: the rest
				     is filled in */
	struct strings packages;
	const char *program; /* a compiled program of this folder, or NULL */
	const char *name; /* of the image, or NULL: that of the first package or of the program */
	enum init_ci ci;
	bool probe; /* a service gets a health check, whose program is compiled */
};

struct init_result {
	struct init_draft draft;
	const char *recipe;   /* "recipes/nginx.json" */
	struct strings files; /* that were written, sorted */
	bool built;	      /* false: there is nothing to build yet */
	struct build_result build;
	unsigned accepts; /* findings that the recipe accepts */
};

/* Works in the current folder. ERR_INPUT for a file that is in the way, a package that does not
 * exist, a program that is none or is outside the folder; and as build_image(). After an error the
 * folder is as it was. */
MUST_CHECK bool init_run(struct arena *a, const struct init_order *o, struct init_result *out,
			 struct error *e);

/* init_files.c: the files beside the recipe. */
const char *init_catalogue(struct arena *a, const char *name);
const char *init_ci_path(enum init_ci ci);
const char *init_ci_text(struct arena *a, enum init_ci ci, const char *name);

/* Where files are written before they get their places: a folder of its own within the working
 * folder. */
struct init_place {
	const char *scratch;   /* ".tmp-..." */
	struct strings *files; /* relative to the folder, in the order of writing */
};

/* ERR_INPUT when something of this name is there, or a file in the place of a folder above it. */
MUST_CHECK bool init_check_free(const char *path, struct error *e);

/* Writes into the scratch folder. */
MUST_CHECK bool init_write(struct arena *a, const struct init_place *p, const char *path,
			   struct str text, struct error *e);

/* Messages name a file as it would stand in the folder: the scratch folder is gone by then. */
void init_strip_scratch(struct error *e, const char *scratch);

/* Moves everything written to its place: all of it, or nothing, also where a signal comes. */
MUST_CHECK bool init_move(struct arena *a, const struct init_place *p, struct error *e);

/* Copies a file of the working folder into the scratch folder, to the same place, for the builds
 * there: it is not among what is moved. */
MUST_CHECK bool init_lend(struct arena *a, const struct init_place *p, const char *path,
			  struct error *e);

#endif
