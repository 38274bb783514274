/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_VULN_ZIP_H
#define INSPECT_VULN_VULN_ZIP_H

/* The data files in a ZIP archive, one after the other. The archive is read by a child in a jail.
 */

#include "base/io.h"

/* Calls each() with the name and the content of every member that is wanted() by its name; it need
 * not read to the end. *n: how many there were. ERR_INPUT naming `path`, or what each() fails
 * with. */
struct vuln_zip {
	bool (*wanted)(const char *name);
	bool (*each)(void *to, const char *name, struct source *content, struct error *e);
	void *to;
};
MUST_CHECK bool vuln_zip_read(const struct vuln_zip *v, int fd, const char *path, size_t *n,
			      struct error *e);

#endif
