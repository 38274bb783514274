/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_CMAKE_PROJECT_H
#define EXPLAIN_CODE_CMAKE_PROJECT_H

/* What is known of a project of CMake. */

#include "explain/code/project.h"

struct cmake_program {
	const char *name;   /* of the target */
	const char *folder; /* below the folder of the build: "" or "src" */
	const char *output; /* the file's name */
	bool installed;	    /* by install(TARGETS ...) ... */
	bool sbin;	    /* ... into sbin */
	bool for_tests;	    /* of a folder of tests, examples, or of others' projects */
	const char *at;	    /* "app/src/CMakeLists.txt:3" */
};

/* A package of CMake or a module of pkg-config that is asked for, or what would be downloaded. */
struct cmake_need {
	const char *name, *at;
	bool fetched;
	enum own_library_form form;
};

struct cmake_lists {
	const char *name, *version; /* of project(); NULL: nothing tells */
	struct LIST(struct cmake_program) programs;
	struct LIST(struct cmake_need) needs;
	struct strings off;  /* options for tests, manuals and the like, which are on */
	const char *off_at;  /* the first; or NULL */
	bool libraries;	     /* shared ones are made, or may be */
	bool installs;	     /* anything */
	const char *outputs; /* where programs are put, below the folder of sources; or NULL */
};

#endif
