/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_COMPARE_DIFF_H
#define INSPECT_COMPARE_DIFF_H

/* What changed between two images: packages, files, what ELF files need and offer, configuration,
 * findings. Compares two results of audit_image(). */

#include "inspect/audit/audit.h"
#include "inspect/image/manifest.h"
#include "base/buf.h"

enum diff_part { DIFF_PACKAGES, DIFF_CONFIG, DIFF_FINDINGS, DIFF_FILES, DIFF_PARTS };

struct difference {
	enum diff_part part;
	char sign;	     /* '+' new, '-' gone, '~' changed */
	const char *subject; /* package, path, name of the setting, rule */
	const char *detail;  /* "1.0-1 -> 1.0-2 (upgrade)"; may be empty */
	bool symbols;	     /* an ELF file that lost some */
	struct strings more; /* lines of diff_more(): names of symbols, entries of changelogs */
};

struct diff {
	const struct audit_result *before, *after;
	struct LIST(struct difference) list; /* by part, then by subject */
};

void diff_make(struct arena *a, const struct audit_result *before, const struct audit_result *after,
	       struct diff *out);

/* Adds what only contents tell: reads both images once more, where there is need to. Fails as
 * audit_image() does. */
MUST_CHECK bool diff_more(struct arena *a, struct diff *d, const char *platform, struct error *e);

/* What differs in two configurations, alone. */
void diff_settings(struct arena *a, const struct image_facts *before,
		   const struct image_facts *after, struct diff *out);

/* The forms: for people, for programs ({"format":1,"changes":[...]}), for a pull request. */
void diff_text(const struct diff *d, struct buf *out);
void diff_json(const struct diff *d, struct buf *out);
void diff_markdown(const struct diff *d, struct buf *out);

#endif
