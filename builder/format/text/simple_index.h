/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_SIMPLE_INDEX_H
#define FORMAT_TEXT_SIMPLE_INDEX_H

/* A page of an index of Python packages (packaging.python.org: simple repository API; PEP 503 and
 * 691): the files of one project. */

#include "base/digest.h"

struct simple_file {
	const char *name; /* "app-1.0-py3-none-any.whl" */
	const char *url;  /* as the page has it: absolute, or relative; without "#..." */
	const char
		*base; /* what `url` is relative to, itself relative to the page; NULL: the page */
	const char *python; /* "Requires-Python", ">=3.8"; NULL: it does not say */
	const char *yanked; /* why its author took it back, or ""; NULL: nobody did */
	bool has_sha256;
	struct digest sha256;
};

struct simple_files LIST(struct simple_file);

/* Reads the page of the address `url`, JSON or HTML by how it begins. Files that were yanked are
 * there too: a fixed version may name them. ERR_INPUT for JSON that is not such a page. */
MUST_CHECK bool simple_index_read(struct arena *a, struct str text, const char *url,
				  struct simple_files *out, struct error *e);

/* The parts of a wheel's name "NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl"; false: it is none. */
struct simple_wheel {
	struct str name, version, tag;
	struct str build; /* "1", "2rc"; empty: none */
};
bool simple_split_wheel(const char *file, struct simple_wheel *out);

/* The end of the name of a source distribution, of the forms that pip unpacks: ".tar.gz", ".zip";
 * empty: it is none. */
struct str simple_sdist_end(struct str file);

/* Of two wheels of one tag pip takes the one of the greater build: by its number, then by what
 * follows; none is less than any. As strcmp. */
int simple_compare_builds(struct str a, struct str b);

#endif
