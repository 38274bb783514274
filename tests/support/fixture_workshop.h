/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_WORKSHOP_H
#define SUPPORT_FIXTURE_WORKSHOP_H

/* A store, a lock and a toolchain of one package that holds one static program
 * (tests/make/compile/tool), for tests that compile without a network and without a compiler
 * inside. */

#include <pthread.h>
#include <stdatomic.h>

#include "make/compile/compile.h"
#include "make/deb/deb_decoder.h"
#include "support/fixture_depot.h"

struct workshop {
	struct depot depot;
	struct lock lock;
	struct toolchain toolchain;
	struct source_recipe source; /* named "thing"; without steps and keep patterns */
	struct progress progress;    /* collects into `said`, and counts */
	pthread_mutex_t saying;
	struct arena words; /* of `said`: any thread writes there */
	struct buf said;
	atomic_uint toolchains; /* that were unpacked */
	struct compile_options options;
	const char *sources;	     /* a local folder with one file, tree of the source */
	struct workplace *workplace; /* of the next request; or NULL */
};

void workshop_open(struct workshop *w);
void workshop_close(struct workshop *w);

/* The bytes of that program, compiled in `dir`. */
struct str workshop_tool(struct arena *a, const char *dir);

/* Adds a package with this data.tar to store and lock. */
void workshop_deb(struct workshop *w, const char *name, const char *architecture, const char *role,
		  struct str data);

/* The same for amd64; /usr/bin/NAME in it is the program. */
void workshop_package(struct workshop *w, const char *name, const char *role);

/* Adds a step "tool WORDS..."; the list ends with NULL. */
void workshop_step(struct workshop *w, const char *name, const char *const *words);
#define WORKSHOP_STEP(w, name, ...) \
	workshop_step((w), (name), (const char *const[]){ __VA_ARGS__, NULL })

/* Compiles. *text is the whole message of a failure, or "". */
bool workshop_compile(struct workshop *w, unsigned jobs, struct fragment *out, const char **text,
		      enum err_kind *kind);

/* The bytes of a file of the fragment; empty if it has none of that path. */
struct str workshop_file(struct workshop *w, const struct fragment *f, const char *path);

#endif
