/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_RUN_MEMO_H
#define LINE_RUN_MEMO_H

/* What the images of one run have in common, made once. It changes no image: each part says under
 * which key something counts for another image, too. */

#include "inspect/audit/pem_memo.h"
#include "inspect/layers/layer_memo.h"
#include "transfer/store/store_verified.h"

struct run_memo {
	struct layer_memo layers;
	struct pem_memo certificates;
	struct store_verified verified;
};
#define RUN_MEMO_INIT { .verified = STORE_VERIFIED_INIT }

static inline void run_memo_close(struct run_memo *m)
{
	layer_memo_close(&m->layers);
	pem_memo_close(&m->certificates);
}
#define AUTO_RUN_MEMO __attribute__((cleanup(run_memo_close))) struct run_memo

#endif
