/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_INTAKE_H
#define AUDIT_INTAKE_H

/* Looks at the content of one file after the other while it streams by, and keeps facts, not
 * bytes. Two unlinked temporary files serve: one holds the ELF file being read (ELF needs random
 * access), the other the few texts that rules read later (package records, passwd, ld.so.cache). */

#include "audit/model.h"
#include "audit/sums.h"

#define INTAKE_HEAD (256u << 10)	/* bytes of a file that are scanned as text */
#define INTAKE_KEEP_MAX (8u << 20)	/* bytes of a text that is kept */
#define INTAKE_ELF_MAX (512u << 20)	/* bytes of an ELF file that is looked into */

struct intake {
	struct arena *a;		/* of the model */
	struct model *model;
	const struct keep_rule *keep;	/* or NULL */
	int spool;			/* the ELF file being read; -1: none yet */
	char *head;			/* INTAKE_HEAD bytes */
	size_t head_n;
	uint64_t size;
	bool keeping, spooling;
	struct sums sums;
};

void intake_init(struct intake *in, struct arena *a, struct model *m, const struct keep_rule *keep);
void intake_close(struct intake *in);
#define AUTO_INTAKE __attribute__((cleanup(intake_close))) struct intake

/* The content of one file. intake_end() fills the item's facts. ERR_SYSTEM. */
void intake_begin(struct intake *in, const char *path);
MUST_CHECK bool intake_add(struct intake *in, struct str chunk, struct error *e);
MUST_CHECK bool intake_end(struct intake *in, struct item *item, struct error *e);

#endif
