/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PYTHON_LOCK_H
#define FORMAT_TEXT_PYTHON_LOCK_H

/* What lock files of Python projects have in common, pylock.toml, uv.lock, poetry.lock and
 * pdm.lock: packages with a version, and the files that each may be. Which machines a package is
 * for is found when the file is read. */

#include "base/content_digest.h"
#include "format/text/toml_tree.h"

struct python_lock_file {
	const char *name; /* "idna-3.7-py3-none-any.whl" */
	const char *url;  /* NULL: an index knows where it is, or: */
	const char *path; /* of a wheel that has no url, below the folder of the lock; else NULL */
	struct content_digest hash;
	unsigned line;
};

struct python_lock_files LIST(struct python_lock_file);

struct python_lock_package {
	const char *name, *version; /* the name normalised */
	struct python_lock_files files;
	const char *index; /* that has its files; NULL: any */
	unsigned machines; /* of the reading: bit 0 is the first one */
	unsigned line;
};

struct python_lock {
	struct LIST(struct python_lock_package)
		v;	   /* that some machine needs, as the text has them */
	const char *again; /* the command that writes it anew */
	unsigned machines; /* that the file is for */
	unsigned machines_line;
	bool reads_project; /* what is needed depends on the pyproject.toml, too */
	/* the project's own packages that are needed, and their folders: "."; and of these the ones
	 * besides "." that are to be installed */
	struct strings own, folders, installed;
};

struct python_lock_reading {
	struct arena *a;
	const char *file;
	const struct strings *machines; /* "x86_64", "aarch64" */
	struct strings groups;		/* of pylock.toml: default-groups */
	bool paths;			/* wheels may have a path alone */
	const char *project_file;	/* the pyproject.toml beside it, and its text; NULL: none */
	struct str project;
	struct python_lock *out;
};

/* For the readers of each form. All set the place of an error, and the first returns false. */
bool python_lock_fail(const struct python_lock_reading *r, unsigned line, struct error *e);

/* A package that is of version control, of a path, ... (`kind`), which stands at `at`; or that no
 * file is known of. */
bool python_lock_fail_origin(const struct python_lock_reading *r, const struct toml_node *n,
			     const struct toml_node *at, const char *origin, const char *kind,
			     struct error *e);
bool python_lock_fail_files(const struct python_lock_reading *r,
			    const struct python_lock_package *p, struct error *e);

/* All machines of the reading; those for which a marker holds (NULL: all). ERR_INPUT. */
unsigned python_lock_all(const struct python_lock_reading *r);
MUST_CHECK bool python_lock_holds(const struct python_lock_reading *r,
				  const struct toml_node *marker, unsigned *machines,
				  struct error *e);

/* The machines of which one of the markers in a list holds: "environments". NULL: all. */
MUST_CHECK bool python_lock_read_machines(const struct python_lock_reading *r,
					  const struct toml_node *markers, struct error *e);

/* ERR_INPUT: a lock, or a package (`what`), that is for other Pythons (`specifiers`, may be NULL).
 */
MUST_CHECK bool python_lock_check_python(const struct python_lock_reading *r, const char *what,
					 const struct toml_node *specifiers, struct error *e);

/* Name, version and line of a package; `otherwise` is its version where it says none, or NULL.
 * ERR_INPUT: one is missing, or is none. */
MUST_CHECK bool python_lock_begin(const struct python_lock_reading *r, const struct toml_node *n,
				  const char *otherwise, struct python_lock_package *out,
				  struct error *e);

/* Adds a file: "name" or "file", "url" (else `otherwise`, which may be NULL), and "hash" or
 * "hashes". What has no name is called as its address ends. ERR_INPUT: it has neither, no SHA-256
 * or SHA-512, a path alone, or an address that is not http or has credentials. */
MUST_CHECK bool python_lock_add_file(const struct python_lock_reading *r, const struct toml_node *n,
				     const char *otherwise, struct python_lock_package *p,
				     struct error *e);

/* Calls the file added last as an index would, if it has sources: "v1.zip" is "app-1.zip". */
void python_lock_rename_source(const struct python_lock_reading *r, struct python_lock_package *p);

#endif
