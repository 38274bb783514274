/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_UNPACKED_H
#define TESTS_SUPPORT_FIXTURE_UNPACKED_H

/* Layers as `umoci unpack --rootless` unpacks them (it reads tars with Go's archive/tar, as podman
 * and docker do): what then stands on disk. No Criterion in here, for fuzz targets use it, too. */

#include "base/digest.h"
#include "base/str.h"

struct unpacked_file {
	const char *path; /* without a leading slash */
	unsigned mode;	  /* st_mode */
	uint64_t size;
	struct digest content; /* of files */
	const char *target;    /* of symbolic links */
};

struct unpacked {
	bool refused;		 /* by umoci */
	const char *why;	 /* then: the last that it said */
	struct unpacked_file *v; /* sorted by path, in the order of strcmp() */
	size_t n, cap;
};

/* Makes an image of the layers (plain tars) in the empty folder `dir` and unpacks it there; `dir`
 * is empty again afterwards. ERR_SYSTEM. */
MUST_CHECK bool unpacked_make(struct arena *a, const char *dir, const struct str *layers, size_t n,
			      struct unpacked *out, struct error *e);

/* What is at this path, or NULL. */
const struct unpacked_file *unpacked_at(const struct unpacked *u, const char *path);

#endif
