/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_PLACE_PLACE_H
#define MAKE_PLACE_PLACE_H

/* Packages into the tree. */

#include "make/deb/deb.h"
#include "make/tree/path_select.h"

/* Where packages go, and all packages that are open: a copyright file may be in another one.
 * `reach` (may be NULL) opens a package that is not open yet: *deb stays NULL when there is none of
 * this name. */
struct placing {
	struct tree *tree;
	const struct deb *const *debs;
	size_t n;
	bool (*reach)(void *ctx, const char *package, const struct deb **deb, struct error *e);
	void *ctx;
};

/* Which files of a package: make/tree/path_select.h. keep and drop may be NULL. Folders do not
 * count as used: what is in them may still be left out. */
struct selection {
	const struct globs *keep, *drop;
	struct select_used used;
	size_t files; /* files and links selected so far */
};

/* Adds the selected entries, with the folders above them as the package has them. If anything but
 * folders was selected, its copyright file comes too (place_copyright), whatever `drop` says. The
 * deb and the owner must live as long as the tree. Errors of tree_add: a file that another package
 * has is ERR_INPUT naming both. */
MUST_CHECK bool place_package(const struct placing *to, const struct deb *deb,
			      struct selection *which, const struct owner *owner, struct error *e);

/* Adds usr/share/doc/<package>/copyright. Where Debian ships a link in its place or in that of the
 * folder (libstdc++6 -> gcc-14-base), the link is kept, and what it leads to is added from the open
 * package that has it, owned by that package. A package without one adds nothing. */
MUST_CHECK bool place_copyright(const struct placing *to, const struct deb *deb,
				const struct owner *owner, struct error *e);

/* Nobody but imgbuild writes package records. `by` ("the package") names who brings the file.
 * ERR_INPUT saying what to write. */
MUST_CHECK bool place_check_path(const char *path, const char *by, struct error *e);

/* Adds var/lib/dpkg/status.d/<package> (the control file as it is, and a field Conffiles for those
 * of its configuration files that it brought) and <package>.md5sums (as it is; of a package that
 * has none, the sums of what it brought), 0644 root, with the time of the file in the package: the
 * form that scanners read in distroless images. Only if a file or link in the tree is owned by
 * the package; *added (may be NULL) says so. ERR_INPUT when md5sums has a line that scanners
 * would stumble over. */
MUST_CHECK bool place_record(struct tree *t, const struct deb *deb, const struct owner *owner,
			     bool *added, struct error *e);

#endif
