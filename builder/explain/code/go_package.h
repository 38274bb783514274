/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_GO_PACKAGE_H
#define EXPLAIN_CODE_GO_PACKAGE_H

/* Which package a folder of Go source is to `go build` for linux/amd64: files that a build
 * constraint, their name or `_test` leaves out do not count. */

#include "explain/code/project.h"

#define GO_RELEASE 24 /* of the toolchain go: 1.24 */
#define GO_PACKAGE "golang-1.24-go"

struct go_package {
	const char *name; /* NULL: no file counts */
	/* of go_package_read() alone: */
	const char *cgo; /* a file with C in it, if no other is there for who has no C; or NULL */
	const char *cxx; /* of that: a source in C++ beside it; or NULL */
	struct strings imports;
};

/* The name of the folder's package ("" is the project's). What is no Go is not an error: the
 * compiler says it. */
MUST_CHECK bool go_package_name(struct own_project *p, const char *folder, const char **out,
				struct error *e);

/* All of a package that is compiled, with C or without: notes the libraries that it asks for, and
 * tells what it embeds and git leaves out. */
MUST_CHECK bool go_package_read(struct own_project *p, const char *folder, bool cgo,
				struct go_package *out, struct error *e);

/* "linux && !cgo" of a line "//go:build", for the toolchain go. */
bool go_constraint_holds(struct str constraint, bool cgo);

/* Whether a file of this name is compiled: "a_windows.go" and "a_test.go" are not. */
bool go_name_counts(const char *name);

#endif
