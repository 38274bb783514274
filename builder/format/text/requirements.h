/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_REQUIREMENTS_H
#define FORMAT_TEXT_REQUIREMENTS_H

/* A requirements file with hashes, as pip-compile --generate-hashes, uv and poetry export write it
 * (pip.pypa.io: requirements file format, hash-checking mode). */

#include "base/content_digest.h"
#include "base/str.h"

struct requirement {
	const char *name;    /* normalised (packaging.python.org): "charset-normalizer" */
	const char *version; /* behind "==" */
	struct str marker;   /* behind ";", or empty */
	struct LIST(struct content_digest) hashes; /* SHA-256 or SHA-512 of files that it may be */
	unsigned line;
};

struct requirements {
	struct LIST(struct requirement) v;
	/* --index-url, which counts instead of what was said before, and --extra-index-url, which
	 * counts besides that; without a final slash */
	struct strings indexes;
	bool indexes_alone; /* there is an --index-url: the settings of pip do not count */
};

/* Reads the file `file`. ERR_INPUT at the line of a requirement without a fixed version ("==") or
 * without a hash, of one from a URL or a folder, of an option that would take more files in (-r,
 * -c, -e, --find-links), and of a malformed marker. */
MUST_CHECK bool requirements_read(struct arena *a, struct str text, const char *file,
				  struct requirements *out, struct error *e);

/* "Charset_Normalizer" -> "charset-normalizer" (PEP 503). */
const char *requirement_name(struct arena *a, struct str name);

/* An address of an index: http or https, without credentials. In `a`, without final slashes.
 * ERR_INPUT naming `from`. */
MUST_CHECK bool requirement_index(struct arena *a, struct str url, const char *from,
				  struct strings *out, struct error *e);

#endif
