/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_LDCONF_H
#define FORMAT_ELF_LDCONF_H

/* /etc/ld.so.conf (ldconfig(8)): one folder a line, '#' begins a comment, "include GLOB..." reads
 * more files, "hwcap ..." is old and skipped. Reads through callbacks, so the file may stand in a
 * tree, in an archive or on a disk. */

#include "base/str.h"

#define LDCONF_DEPTH_MAX 16
#define LDCONF_FOLDERS_MAX 4096
#define LDCONF_FILES_MAX 1024

/* Where files come from. Paths are absolute and as written: normalising is up to the callback. */
struct ldconf_source {
	/* The text of a file. *found = false if there is none: that is not an error. */
	bool (*read)(struct ldconf_source *s, const char *path, struct str *text, bool *found,
		     struct error *e);
	/* The names in a folder, in any order; none if there is no such folder. */
	bool (*list)(struct ldconf_source *s, const char *folder, struct strings *names,
		     struct error *e);
};

/* Reads `path` and what it includes (files of one glob in byte order) and adds the folders to `out`
 * in the order met, each once, without trailing slashes. A missing file gives nothing. A file that
 * includes itself, at whatever distance, is read once. ERR_INPUT naming file and line for a
 * relative folder or too many of anything. */
MUST_CHECK bool ldconf_read(struct arena *a, struct ldconf_source *s, const char *path,
			    struct strings *out, struct error *e);

#endif
