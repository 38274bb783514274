/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_COMPARE_INCREASE_H
#define INSPECT_COMPARE_INCREASE_H

/* What makes an image larger than an earlier one: packages, files, layers, the largest first. */

#include "inspect/audit/audit.h"
#include "base/buf.h"

enum increase_part { INCREASE_PACKAGES, INCREASE_FILES, INCREASE_LAYERS, INCREASE_PARTS };

#define INCREASE_SHOWN 10 /* rows of each part that the forms show */

struct increase_row {
	const char *name;   /* "libssl3t64", "/usr/bin/x", "layer 3, hello/libraries" */
	const char *detail; /* versions: "1.0-1 -> 1.0-2"; may be empty */
	bool is_new;
	uint64_t before, after; /* bytes; of a layer as it is pulled */
};

struct increase_rows LIST(struct increase_row);

struct increase {
	const struct audit_result *before, *after;
	struct increase_rows parts[INCREASE_PARTS]; /* what is new or larger, by how much */
};

/* Compares two results of audit_image(). A package is what its record accounts for; layers are told
 * apart by the names that imgbuild gives them, else by their content. In `a`. */
void increase_find(struct arena *a, const struct audit_result *before,
		   const struct audit_result *after, struct increase *out);

/* Bytes of an image's layers as they are pulled (of a docker archive: as they are in it). */
uint64_t increase_pulled(const struct audit_result *r);

/* The forms: one line for each row, and tables for a pull request. Both begin with the sizes of
 * both images. Texts of the images are escaped. */
void increase_text(const struct increase *x, struct buf *out);
void increase_markdown(const struct increase *x, struct buf *out);

/* "24.1 MB -> 31.2 MB to pull, 60.0 MB -> 71.3 MB in files, 12 -> 14 layers, 38 -> 41 packages" */
void increase_sizes(const struct audit_result *before, const struct audit_result *after,
		    struct buf *out);

#endif
