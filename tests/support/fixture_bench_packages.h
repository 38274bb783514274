/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_PACKAGES_H
#define SUPPORT_FIXTURE_BENCH_PACKAGES_H

/* Debian's packages of an image and of a recipe, for peers to get the same ones. */

#include "base/str.h"

struct bench_package {
	const char *name;
	const char *path;   /* "debian/pool/main/...": below the archives' common root */
	const char *sha256; /* of the .deb, in hexadecimal */
};
struct bench_packages LIST(struct bench_package);

/* The binary packages that an image names in its bill of materials: those that it has files of, as
 * these lock files have them. `program` is imgbuild. */
void bench_packages_of_image(struct arena *a, const char *program, const char *image,
			     const struct strings *locks, struct bench_packages *out);

/* Adds the binary packages that the recipe of a lock asks for by name, without what they need; for
 * one of its variants, NULL: for all. */
void bench_packages_asked_for(struct arena *a, const char *lock, const char *variant,
			      struct strings *names);

#endif
