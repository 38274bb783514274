/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_SIMPLE_INDEX_H
#define FORMAT_TEXT_SIMPLE_INDEX_H

/* A page of an index of Python packages (packaging.python.org: simple repository API; PEP 503 and
 * 691): the files of one project. */

#include "base/digest.h"

struct simple_file {
	const char *name; /* "app-1.0-py3-none-any.whl" */
	const char *url; /* as the page has it: absolute, or relative to the page; without "#..." */
	bool has_sha256;
	struct digest sha256;
};

struct simple_files LIST(struct simple_file);

/* Reads the page of the address `url`, JSON or HTML by how it begins. Files that were yanked are
 * there too: a fixed version may name them. ERR_INPUT for JSON that is not such a page. */
MUST_CHECK bool simple_index_read(struct arena *a, struct str text, const char *url,
				  struct simple_files *out, struct error *e);

/* The parts of a wheel's name "NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl"; false: it is none. */
bool simple_split_wheel(const char *file, struct str *name, struct str *version, struct str *tag);

#endif
