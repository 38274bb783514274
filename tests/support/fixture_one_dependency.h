/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_ONE_DEPENDENCY_H
#define SUPPORT_FIXTURE_ONE_DEPENDENCY_H

/* A source whose lock file names one dependency, a server of the test's own on 127.0.0.1 that has
 * it, and the lock that is made of both. */

#include "support/fixture_relock.h"

struct one_dependency {
	struct relock_scene s;
	struct fault_reply script[5]; /* up to the first without a path, which answers 404 */
	struct faultd server;
	const char *url; /* the part of the server that a recipe names */
	struct dependency *d;
};

/* The scene of a lock file "code/NAME" of this form, named in app.json:4:3. `script` is filled in
 * before; `d` is as given, in line 7. */
void one_dependency_open(struct one_dependency *t, enum dependency_form form, const char *name,
			 const char *url, const struct dependency *d);
void one_dependency_close(struct one_dependency *t);

/* The recipe names the server. */
void one_dependency_from(struct one_dependency *t);

/* Writes a file below the scene's folder, in which the repository is "repo". */
void one_dependency_put(struct one_dependency *t, const char *file, const char *text);

/* The error of making the lock, which must be of this kind. */
const char *one_dependency_failure(struct one_dependency *t, enum err_kind kind);

/* The lock is made, and names these bytes by a path and an address of the server. */
void one_dependency_expect(struct one_dependency *t, const char *format, const char *path,
			   struct str bytes, const char *address);

/* With this lock as the one before, nobody is asked again, and no server need be named. */
void one_dependency_expect_kept(struct one_dependency *t);

#endif
