/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_PYTHON_LOCK_CHOICE_H
#define EXPLAIN_CODE_PYTHON_LOCK_CHOICE_H

/* Which lock file of a Python project is taken: pylock.toml or pylock.NAME.toml, else uv.lock, else
 * poetry.lock, pdm.lock, else requirements.txt or another requirements*.txt, if it has hashes; what
 * is for development, tests and the like does not count. */

#include "explain/code/python_wants.h"

/* What the project needs, as far as pyproject.toml, setup.cfg and setup.py tell. */
struct python_needs_told {
	const char *needs, *at, *in; /* a package, where that stands, and the file; NULL: none */
	struct python_wants all;
	bool installed;	  /* by a back end, which reads `all` and no requirements file */
	const char *tool; /* that the project is for: "uv", "poetry", "pdm"; or NULL */
};

/* Sets p->lock and tells the choice, and p->toolchain where a package has no wheel. *folders: of
 * the project's own packages besides that of the folder itself, which have to be installed;
 * *wheels: of others, which stand in the folder. ERR_INPUT: there is a need and no lock file, one
 * that is not read or has no hashes, saying which command writes one; a lock that does not have
 * what pyproject.toml asks for. */
MUST_CHECK bool python_choose_lock(struct own_project *p, const struct python_needs_told *told,
				   struct strings *folders, struct strings *wheels,
				   struct error *e);

#endif
