/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_RUN_MEMO_H
#define LINE_RUN_MEMO_H

/* What the images of one run have in common, made once. It changes no image: each part says under
 * which key something counts for another image, too. */

#include "base/file_digests.h"
#include "input/recipe/recipe_memo.h"
#include "inspect/audit/pem_memo.h"
#include "inspect/layers/layer_memo.h"
#include "line/base_memo.h"
#include "line/made_outputs.h"
#include "transfer/store/kept_facts.h"
#include "transfer/store/store_later.h"
#include "transfer/store/store_verified.h"

struct run_memo {
	struct recipe_memo recipes;
	struct layer_memo layers;
	struct pem_memo certificates;
	struct base_memo bases;
	struct made_outputs outputs;
	struct store_verified verified;
	struct store_later later;
	struct kept_facts kept; /* of images that need not be relied on */
	struct file_digests digests;
	struct digest program; /* this imgbuild's bytes, if it is known */
	bool knows_program;
	bool single; /* one image is all: no base need be kept for another */
};
#define RUN_MEMO_INIT                      \
	{ .layers = LAYER_MEMO_INIT,       \
	  .certificates = PEM_MEMO_INIT,   \
	  .verified = STORE_VERIFIED_INIT, \
	  .later = STORE_LATER_INIT,       \
	  .digests = FILE_DIGESTS_INIT }

static inline void run_memo_close(struct run_memo *m)
{
	base_memo_close(&m->bases);
	made_outputs_close(&m->outputs);
	layer_memo_close(&m->layers);
	pem_memo_close(&m->certificates);
	recipe_memo_close(&m->recipes);
	file_digests_close(&m->digests);
	later_drop(&m->later);
}

/* Between two images: keeps it small. */
static inline void run_memo_trim(struct run_memo *m)
{
	base_memo_trim(&m->bases);
	recipe_memo_trim(&m->recipes);
}
#define AUTO_RUN_MEMO __attribute__((cleanup(run_memo_close))) struct run_memo

#endif
