/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_RUN_MEMO_H
#define LINE_RUN_MEMO_H

/* What the images of one run have in common, made once. It changes no image: each part says under
 * which key something counts for another image, too. */

#include "transfer/store/store_verified.h"

struct run_memo {
	struct store_verified verified;
};
#define RUN_MEMO_INIT { .verified = STORE_VERIFIED_INIT }

#endif
