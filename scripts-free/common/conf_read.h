/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CONF_READ_H
#define COMMON_CONF_READ_H

/* Reads a squid.conf with everything it includes, and collects the facts. */

#include <stdbool.h>

#include "common/conf_facts.h"

#define CONF_DEPTH 16	       /* includes inside includes; Squid's own limit */
#define CONF_FILES 512	       /* files in all: an include loop ends here */
#define CONF_BYTES (64u << 20) /* of all files: what is longer has no end */

/* Asked every few KiB while files are read; false ends the reading. */
struct conf_watch {
	bool (*go_on)(void *arg); /* NULL: read to the end */
	void *arg;
};

/* Fills `f` from `path` and the files it includes (patterns in the last part of a name are
 * followed in name order). Included files that are not there or not readable are passed over:
 * Squid's own parse names them. One that is no regular file, or has no end, is f->refused, and ends
 * the reading. False, errno set, if `path` itself cannot be read: EISDIR, ENODEV (no file of
 * either kind), EFBIG, EINTR (the watch ended it). */
bool conf_read(const char *path, struct conf_facts *f);
bool conf_read_watched(const char *path, struct conf_facts *f, struct conf_watch watch);

#endif
