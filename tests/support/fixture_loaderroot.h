/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_LOADERROOT_H
#define SUPPORT_FIXTURE_LOADERROOT_H

/* Files in a folder of their own, and what three readings make of them: the loader's, run in a
 * chroot; the tree of the build; the layers of an image. */

#include "support/gen_elf.h"

#define LOADERROOT_PROGRAM "opt/app/bin/prog"

/* What stands at a path: a made ELF file, a link, or some text. */
struct loaderroot_thing {
	const char *path;
	struct elfgen elf;
	const char *link, *text;
};

#define LOADERROOT_THINGS 10

enum { TREE_ALONE = 0, BOTH_SYSTEMS = 1 };

/* A folder with the host's loader in it. The caller removes it. */
const char *loaderroot_make(struct arena *a);

/* Puts `things` there, compares the readings for a processor that has the `hwcaps` least folders of
 * glibc-hwcaps, and takes them away. `with`: what runs the loader, or NULL, and the loader;
 * `cache`: ldconfig is run before; `both`: the image is asked, too. */
void loaderroot_compare(const char *const *with, const char *root, const char *name,
			const struct loaderroot_thing *things, size_t hwcaps, bool cache,
			bool both);

/* With the host's own loader. */
void loaderroot_compare_here(const char *root, const char *name,
			     const struct loaderroot_thing *things, size_t hwcaps, bool cache,
			     bool both);

#endif
