/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_UNXZ_H
#define FORMAT_ARCHIVE_UNXZ_H

/* A liblzma: what reading xz (The .xz File Format 1.1.0) takes of it. All give the same bytes; that
 * of XZ Utils 5.6 and later takes a third less time for them than those before. */

#include <lzma.h>

#include "base/module.h"

struct xz_library {
	const char *version;
	lzma_ret (*open)(lzma_stream *z, uint64_t memory, uint32_t flags);
	lzma_ret (*code)(lzma_stream *z, lzma_action action);
	void (*end)(lzma_stream *z);
};

/* The one this program is linked with. */
struct xz_library xz_library_host(void);

/* The one in a module, which outlives it; `version` is borrowed. ERR_SYSTEM when it is not a
 * liblzma. */
MUST_CHECK bool xz_library_of(const struct module *m, const char *version, struct xz_library *out,
			      struct error *e);

#endif
