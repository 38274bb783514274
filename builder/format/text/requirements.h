/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_REQUIREMENTS_H
#define FORMAT_TEXT_REQUIREMENTS_H

/* Requirements files with hashes, as pip-compile --generate-hashes, uv and poetry export write them
 * (pip.pypa.io: requirements file format, hash-checking mode, constraints files). */

#include "base/content_digest.h"
#include "base/str.h"
#include "base/strmap.h"

struct requirement {
	const char *name;      /* normalised (packaging.python.org): "charset-normalizer" */
	const char *version;   /* behind "=="; "": no single one is named */
	struct str specifiers; /* what stands behind the name: "==1.0", ">=1,<2", or empty */
	struct str extras;     /* in brackets behind the name: "socks,brotli"; or empty */
	struct str marker;     /* behind ";", or empty */
	struct LIST(struct content_digest) hashes; /* SHA-256 or SHA-512 of files that it may be */
	const char *file;
	unsigned line;
};

struct requirement_list LIST(struct requirement);

/* Who reads the files that -r and -c of a requirements file name, into the same requirements. */
struct requirements_include {
	bool (*read)(struct requirements_include *, struct str path, bool constraints,
		     struct error *e);
};

struct requirements {
	struct requirement_list v;
	struct requirement_list constraints; /* of the files of -c */
	struct strmap constrained;	     /* the same: of a name a struct requirement_list */
	/* --index-url, which counts instead of what was said before, and --extra-index-url, which
	 * counts besides that; without a final slash */
	struct strings indexes;
	bool indexes_alone; /* there is an --index-url: the settings of pip do not count */
	struct requirements_include *include; /* NULL: a file that names others is refused */
};

/* Reads the file `file`, whose lines are requirements or constraints. ERR_INPUT at the line of one
 * from a URL or a folder, of an option that would take more in (-e, --find-links), of a file that
 * cannot be included, and of a malformed marker. */
MUST_CHECK bool requirements_read(struct arena *a, struct str text, const char *file,
				  bool constraints, struct requirements *out, struct error *e);

/* 1 its marker holds on a machine ("x86_64"), 0 it does not, -1 with ERR_INPUT at its line. */
MUST_CHECK int requirement_holds(const struct requirement *r, const char *machine, struct error *e);

/* What `r` is on such a machine with the constraints that hold there: one that has a version
 * gives it, and its hashes, where the requirement has none. ERR_INPUT at the line of a requirement
 * that then has no fixed version or no hash, or whose version a constraint does not take. */
MUST_CHECK bool requirement_constrain(const struct requirements *all, const struct requirement *r,
				      const char *machine, struct requirement *out,
				      struct error *e);

/* Takes "name[extra] >=1 ; marker" apart into `r`. ERR_INPUT: it has no name, or something else
 * behind it. */
MUST_CHECK bool requirement_split(struct arena *a, struct str text, struct requirement *r,
				  struct error *e);

/* "Charset_Normalizer" -> "charset-normalizer" (PEP 503). */
const char *requirement_name(struct arena *a, struct str name);

/* An address of an index: http or https, without credentials. In `a`, without final slashes.
 * ERR_INPUT naming `from`. */
MUST_CHECK bool requirement_index(struct arena *a, struct str url, const char *from,
				  struct strings *out, struct error *e);

#endif
