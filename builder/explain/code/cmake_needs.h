/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_CMAKE_NEEDS_H
#define EXPLAIN_CODE_CMAKE_NEEDS_H

/* Commands of CMake that ask for what other projects make. */

#include "explain/code/cmake_project.h"

#define CMAKE_NOTES_MAX 1000 /* programs, needs: nobody writes more */

/* A function of the project's own that makes programs: the argument that names them. */
struct cmake_wrapper {
	const char *name;
	size_t word;
	bool installed;
};

struct cmake_reading {
	struct own_project *p;
	struct cmake_lists *out;
	struct LIST(struct cmake_wrapper) wrappers;
	struct strings function; /* that is read: its name, its parameters; none: outside of one */
	struct LIST(struct draft_variable) variables;
	struct strings files;	   /* that were begun */
	const char *folder, *file; /* that is read */
	struct str text;
	unsigned depth;
};

/* One command: its name is of the text, its words are not. */
struct cmake_command {
	struct str name;
	struct strings words;
};

/* Names of commands have no case. */
bool cmake_command_is(const struct cmake_command *c, const char *name);

/* "app/src/CMakeLists.txt:3" */
const char *cmake_command_place(const struct cmake_reading *r, const struct cmake_command *c);

/* Notes what a command asks for, if it is one that does. */
void cmake_needs_note(struct cmake_reading *r, const struct cmake_command *c);

#endif
