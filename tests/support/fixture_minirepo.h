/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_MINIREPO_H
#define TESTS_SUPPORT_FIXTURE_MINIREPO_H

/* A whole small world for imgbuild: a signed archive on 127.0.0.1 with a few packages made here, a
 * repository with one recipe that needs them, a store and a place for the image. Nothing is
 * compiled, so that a build from nothing takes a moment. ./imgbuild is run in it as a user would.
 */

#include "support/fixture_oracle.h"
#include "support/gen_archive.h"

struct minirepo {
	struct arena *a;
	struct archivegen archive;
	const char *dir;	    /* holds all that follows, and nothing else */
	const char *recipe, *lock;  /* repository/mini.json, repository/mini.lock.json */
	const char *store, *out;    /* store/, out/mini/ */
	const char *home;	    /* an empty folder */
	struct buf packages, arm64; /* the indexes so far */
};

/* Makes the world with the packages app, libapp1 and libcap (app needs the others) in their first
 * versions, dated some hours ago, and serves it. Sets IMGBUILD_MIRROR, IMGBUILD_CACHE_DIR and HOME.
 */
void minirepo_open(struct minirepo *m, struct arena *a);
void minirepo_close(struct minirepo *m);

/* Adds a package for amd64 and arm64 to the archive; `lost`: it is in the index but cannot be
 * fetched. Then publishes the suite anew, with a date so many hours ago, and serves all again. */
struct minirepo_package {
	const char *name, *version, *depends; /* depends may be NULL */
	bool lost;
	const char *source, *provides; /* or NULL */
};
void minirepo_package(struct minirepo *m, const struct minirepo_package *p);

/* Adds a package with one ELF file, /usr/bin/NAME, that needs a library, or (NULL) none. */
void minirepo_elf_package(struct minirepo *m, const char *name, const char *needs);
void minirepo_publish(struct minirepo *m, int hours_ago);

/* Forgets the packages and files served so far: the archive has moved on. */
void minirepo_forget(struct minirepo *m);

/* Serves again on a fresh port: a server takes a limited number of connections in its life. */
void minirepo_serve(struct minirepo *m);

/* Removes store, image and lock. */
void minirepo_clear(struct minirepo *m);

/* Runs ./imgbuild --progress=quiet with the words, as the user whose home is m->home. */
struct oracle_run minirepo_run(struct minirepo *m, const char *const *words);
#define MINIREPO_RUN(m, ...) minirepo_run((m), (const char *const[]){ __VA_ARGS__, NULL })

/* ./imgbuild --progress=quiet RECIPE -o OUT: a build from whatever there is. */
struct oracle_run minirepo_build(struct minirepo *m);
extern const char *const minirepo_program;

/* The number of names ".tmp-*" below a folder. */
unsigned minirepo_temporaries(struct arena *a, const char *dir);

/* A digest of all files and names below a folder, temporary ones included; "" if it is not there.
 */
const char *minirepo_digest(struct arena *a, const char *dir);

#endif
