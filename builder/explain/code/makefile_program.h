/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_MAKEFILE_PROGRAM_H
#define EXPLAIN_CODE_MAKEFILE_PROGRAM_H

/* Which program a Makefile makes, as far as its text tells; make is not run. */

#include "explain/code/project.h"

/* "app" or "bin/app": of PROGRAM, TARGET and the like, of what is put into .../bin, of the rule
 * `all`. NULL: nothing tells. *at is where it stands. */
const char *makefile_program(struct arena *a, struct str text, const char **at);

/* Whether it has a rule "install", also as "install : all" or "install uninstall:". */
bool makefile_installs(struct str text);

/* Whether sbin is the only folder for programs that it names. */
bool makefile_has_sbin(struct str text);

/* Where it links a shared library of the project's own (-shared): keeps
 * it, and puts it where the loader looks, unless "make install" does. */
void makefile_add_libraries(struct own_project *p, struct str text);

/* The next module that pkg-config is asked for, in a text that goes behind it; *within a call there
 * may be more. false: none. */
bool makefile_next_module(struct str *rest, bool *within, struct str *out);

/* The next library to link with: "z" of "-lz". The same way. */
bool makefile_next_library(struct str *rest, struct str *out);

#endif
