/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_GO_REACH_H
#define EXPLAIN_CODE_GO_REACH_H

/* The modules of a project of Go, the packages that a program of theirs is made of, and which
 * program it is. */

#include "explain/code/project.h"

struct go_own_module {
	const char *path;   /* "example.org/app/v2" */
	const char *folder; /* below the project's; "" is that itself */
};

struct go_own_modules {
	struct LIST(struct go_own_module) v;
	const char *vendor; /* the folder of packages of others; or NULL */
};

/* What the packages of a program ask for. */
struct go_reach {
	const char *cgo; /* a file with C in it, or that imports what has; or NULL */
	const char *cxx; /* the same of C++ */
};

/* Reads the package in `folder` and all below these modules that it imports. */
MUST_CHECK bool go_reach_read(struct own_project *p, const struct go_own_modules *modules,
			      const char *folder, struct go_reach *out, struct error *e);

/* go_choice.c: of folders of package main, "." is the project's, that which becomes the program;
 * the others are told. */
const char *go_choose_program(struct own_project *p, const struct go_own_modules *modules,
			      const struct strings *programs);

/* Tells where the project gives the program its version by an option of the linker. */
void go_tell_version(struct own_project *p);

#endif
