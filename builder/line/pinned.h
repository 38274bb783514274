/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_PINNED_H
#define LINE_PINNED_H

/* The libraries that write the layers of a build, and the one that reads its packages. The
 * repository pins them (input/lock/tools_lock.h): two versions of one library write two images from
 * the same files, and a later liblzma reads them in two thirds of the time. */

#include "line/build_order.h"
#include "format/archive/unxz.h"
#include "make/layer/compressor.h"

struct pinned {
	struct compressor compressor;	/* what to write with; whoever writes sets the format */
	struct xz_library xz;		/* what to read packages with */
	struct module gzip, zstd, lzma; /* where they come from, if they are not the host's */
	bool lacking;	       /* something that the lock pins, or should, cannot be used */
	const char *why;       /* the first reason */
	struct strings wanted; /* what is pinned and cannot be used: "libdeflate 1.23-2" */
	struct strings used;   /* with what is written */
};
#define PINNED_INIT { .gzip = MODULE_INIT, .zstd = MODULE_INIT, .lzma = MODULE_INIT }

/* Loads what the recipe and its bases write with; to be called before there are threads. What
 * cannot be loaded (nothing pins it, another machine, not in the store and no network, memory that
 * cannot be executed) is replaced by the host's, with one warning that names both versions if it is
 * what writes. Where the host's liblzma is no older than the pinned one, it reads. Errors are those
 * of a file that is malformed, of bytes that are not the pinned ones, and of the store. Contents
 * live in `a`. */
MUST_CHECK bool pinned_open(struct arena *a, const struct build_order *o, const struct recipe *r,
			    struct pinned *out, struct error *e);

/* When all that was read and written with it is done. */
void pinned_close(struct pinned *p);
#define AUTO_PINNED __attribute__((cleanup(pinned_close))) struct pinned

#endif
