/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_CONTENT_INTAKE_H
#define INSPECT_LAYERS_CONTENT_INTAKE_H

/* Looks at the content of one file after the other while it streams by, and keeps facts, not
 * bytes. ELF needs random access: a large ELF file is noted in a file of the child's own. The few
 * texts that rules read later (package records, passwd, ld.so.cache) are passed on to the parent.
 */

#include "inspect/layers/content_sums.h"
#include "inspect/layers/layer_items.h"

#define INTAKE_ELF_MAX (512u << 20) /* bytes of an ELF file or a jar that is looked into */
#define INTAKE_KEEP_MAX (8u << 20)  /* bytes of a text that is kept, where no rule says more */
#define INTAKE_HEAD (256u << 10)    /* bytes of a file that are scanned as text */

struct intake {
	const struct keep_rule *keep; /* or NULL */
	int scratch;		      /* the ELF file being read */
	struct sink *out;	      /* texts go there */
	char *head;		      /* INTAKE_HEAD bytes */
	size_t head_n;
	uint64_t size;
	bool keeping, spooling, jar;
	struct sums sums;
};

/* `a` is for the head. Texts go to `out` as frames. */
void intake_init(struct intake *in, struct arena *a, const struct keep_rule *keep, int scratch,
		 struct sink *out);
void intake_close(struct intake *in);

/* The content of one file. intake_end() fills the item's facts, which live in `a`; *kept: all of
 * its text was passed on. ERR_SYSTEM. */
void intake_begin(struct intake *in, const char *path);
MUST_CHECK bool intake_add(struct intake *in, struct str chunk, struct error *e);
MUST_CHECK bool intake_end(struct intake *in, struct arena *a, struct item *item, bool *kept,
			   struct error *e);

#endif
