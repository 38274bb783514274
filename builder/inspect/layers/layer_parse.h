/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LAYER_PARSE_H
#define AUDIT_LAYER_PARSE_H

/* From the bytes of a layer to facts about its entries: all that has to do with untrusted formats
 * (gzip, zstd, tar, ELF, text). Runs in a jail, opens nothing, and writes frames. */

#include "inspect/model/model.h"
#include "base/frames.h"
#include "base/wire.h"

struct layer_job {
	const struct image_layer *layer;
	size_t index;			/* of it */
	const struct keep_rule *keep;	/* or NULL */
	int fd;				/* the blob: its place in this file */
	uint64_t offset, size;
	int scratch;			/* for notes */
};

/* What is written, in the order of the tar. */
enum layer_frame {
	LAYER_TEXT = 'T',	/* the next bytes of the file that comes next: its text is kept */
	LAYER_ITEM = 'I',	/* an entry (layer_wire.h) */
	LAYER_REMOVAL = 'W',	/* a whiteout: path; opaque or not */
	LAYER_REMARK = 'R',	/* rule, path or NULL, text */
	LAYER_END = 'E',	/* size of the tar */
};
#define LAYER_FRAMES "TIWRE"

#define INTAKE_ELF_MAX (512u << 20)	/* bytes of an ELF file that is looked into */
#define INTAKE_KEEP_MAX (8u << 20)	/* bytes of a text that is kept */

/* Reads the whole layer. ERR_INPUT with the offset where it is malformed. */
MUST_CHECK bool layer_parse(const struct layer_job *job, struct sink *out, struct error *e);

#endif
