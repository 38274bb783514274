/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_PYTHON_SETUP_H
#define EXPLAIN_CODE_PYTHON_SETUP_H

/* What setup.cfg and setup.py of a project tell setuptools, as far as a text tells it: setup.py is
 * a program, and is not run. */

#include "explain/code/python_wants.h"

struct python_setup {
	const char *file;		   /* "setup.cfg"; NULL: neither is there */
	const char *name, *version;	   /* NULL: it does not say */
	struct strings commands;	   /* console_scripts, gui_scripts and scripts */
	bool pbr;			   /* built by pbr, which setup.py asks for */
	const char *needs;		   /* the first of install_requires, or NULL */
	struct python_wants all;	   /* of install_requires */
	const char *needs_file, *needs_at; /* where it stands: the file, and with its line */
};

MUST_CHECK bool python_setup_read(struct own_project *p, struct python_setup *out, struct error *e);

#endif
