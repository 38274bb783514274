/* SPDX-License-Identifier: Apache-2.0 */
/* xz streams through liblzma's single-threaded decoder (the multi-threaded one had
 * CVE-2025-31115). Without LZMA_CONCATENATED it stops at the end of each stream. A check type
 * that liblzma cannot compute is refused, because nothing would verify the bytes. */

#include "format/archive/unxz.h"

#include <stdlib.h>

#include "format/archive/decoder.h"
#include "format/archive/decompress.h"

struct unxz {
	lzma_stream z;
	struct xz_library library;
};

struct xz_library xz_library_host(void)
{
	return (struct xz_library){ lzma_version_string(), lzma_stream_decoder, lzma_code,
				    lzma_end };
}

bool xz_library_of(const struct module *m, const char *version, struct xz_library *out,
		   struct error *e)
{
	out->version = version;
	return module_symbol(m, "lzma_stream_decoder", &out->open, e) &&
	       module_symbol(m, "lzma_code", &out->code, e) &&
	       module_symbol(m, "lzma_end", &out->end, e);
}

static bool unxz_again(void *state)
{
	struct unxz *u = state;

	return u->library.open(&u->z, XZ_MEMORY, LZMA_TELL_UNSUPPORTED_CHECK) == LZMA_OK;
}

static void *unxz_open(const struct xz_library *xz)
{
	struct unxz *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->library = xz ? *xz : xz_library_host();
	if (unxz_again(u))
		return u;
	free(u);
	return NULL;
}

static void unxz_close(void *state)
{
	struct unxz *u = state;

	u->library.end(&u->z);
	free(u);
}

static const char *unxz_why(lzma_ret r)
{
	switch (r) {
	case LZMA_MEMLIMIT_ERROR:
		return "needs more memory than the 128 MiB allowed";
	case LZMA_MEM_ERROR:
		return "out of memory";
	case LZMA_FORMAT_ERROR:
		return "is in no format liblzma knows";
	case LZMA_UNSUPPORTED_CHECK:
		return "uses a check that cannot be verified";
	case LZMA_OPTIONS_ERROR:
		return "uses options that liblzma does not know";
	default:
		return "is damaged";
	}
}

static enum decoded unxz_step(void *state, struct str *in, struct room *room, const char **why)
{
	struct unxz *u = state;
	lzma_stream *z = &u->z;
	lzma_ret r;

	z->next_in = (const uint8_t *)in->p;
	z->avail_in = in->n;
	z->next_out = (uint8_t *)room->p;
	z->avail_out = room->n;
	r = u->library.code(z, LZMA_RUN);
	*in = (struct str){ (const char *)z->next_in, z->avail_in };
	*room = (struct room){ (char *)z->next_out, z->avail_out };
	if (r == LZMA_STREAM_END)
		return DECODED_END;
	if (r == LZMA_OK || r == LZMA_BUF_ERROR)
		return DECODED_MORE;
	*why = unxz_why(r);
	return DECODED_BAD;
}

const struct decoder unxz_decoder = {
	.name = "xz",
	.magic = { "\xfd"
		   "7zXZ\0",
		   6 },
	.open = unxz_open,
	.close = unxz_close,
	.step = unxz_step,
	.again = unxz_again,
	.padding = 4,
};
