/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_GO_IMPORTS_H
#define EXPLAIN_CODE_GO_IMPORTS_H

/* What a file of Go imports, and which packages of others are C beneath. */

#include "base/str.h"

/* The paths of the import declarations behind the package clause, with which `text` begins; "C" is
 * one. They point into the text. The compiler tells what is malformed: reading ends there. */
struct go_imports {
	struct str rest;
	bool in_block, after_package;
};
bool go_imports_next(struct go_imports *i, struct str *path);

/* A package of others that is nothing, or fails when it runs, without a compiler of C. */
struct go_c_package {
	const char *path;    /* or what stands below it */
	const char *module;  /* of pkg-config; or NULL */
	const char *library; /* that is linked (-lNAME); or NULL */
	bool cxx;
};

/* NULL: it needs none, or is not known. */
const struct go_c_package *go_c_package_find(struct str path);

#endif
