/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_GO_PACKAGE_H
#define EXPLAIN_CODE_GO_PACKAGE_H

/* Which package a folder of Go source is to `go build` for linux/amd64: files that a build
 * constraint, their name or `_test` leaves out do not count. */

#include "explain/code/project.h"

struct go_package {
	const char *name; /* NULL: no file counts */
	const char *cgo;  /* a file with C in it that has no other without C beside it; or NULL */
};

/* Reads the folder ("" is the project's). What is no Go is not an error: the compiler says it. */
MUST_CHECK bool go_package_read(struct own_project *p, const char *folder, struct go_package *out,
				struct error *e);

/* "linux && !cgo" of a line "//go:build", for the toolchain go. */
bool go_constraint_holds(struct str constraint);

/* Whether a file of this name is compiled: "a_windows.go" and "a_test.go" are not. */
bool go_name_counts(const char *name);

#endif
