/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_PYTHON_WANTS_H
#define EXPLAIN_CODE_PYTHON_WANTS_H

/* What a Python project needs when it runs, and Debian's packages of it where no lock file says
 * which files of others are meant: they are of the archive, and locked as every package is. */

#include "explain/code/project.h"

/* "idna>=3 ; os_name == 'posix'" of Python's own form; of Poetry "idna" and "^3". */
struct python_need {
	const char *name, *specifiers;
	const char *extras; /* "standard": what more of it is to work; or "" */
	const char *at;	    /* "app/pyproject.toml:3" */
};

struct python_wants {
	struct LIST(struct python_need) v;
	bool unknown; /* there are others, which only a program knows */
};

/* Whether a requirement is one of this Python: its marker, behind ";", holds, or it has none. */
bool python_need_holds(struct str requirement);

/* Adds one as Python writes it, if it is one of this Python. */
void python_wants_add(struct arena *a, struct str requirement, const char *at,
		      struct python_wants *out);

/* Adds one of [tool.poetry.dependencies]; keys behind that name, "optional" or "version", and what
 * stands there. */
void python_wants_add_poetry(struct arena *a, const struct strings *keys, const char *value,
			     const char *at, struct python_wants *out);

/* Has each looked for in the archive (LIBRARY_NEEDED); with `file` those of this requirements file,
 * if the project says nothing else. ERR_INPUT, with the text p->unlocked: they are not all known.
 */
MUST_CHECK bool python_wants_packages(struct own_project *p, const struct python_wants *needs,
				      const char *file, struct error *e);

/* Has a package looked for that builds the project (LIBRARY_DISTRIBUTION), and tells those that
 * read the version from git which one it is. */
void python_wants_tool(struct own_project *p, const char *name, const char *at);

#endif
