/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_SHARED_RESULTS_H
#define LINE_SHARED_RESULTS_H

/* Compiled results and the caches that machines share (trust/cache/remote_cache.h). */

#include "line/build_order.h"

/* Asks the caches of the order for a result that the store does not have: then neither its source
 * nor its toolchain is needed. *cached: it is in the store now. Fails as compile_key_digest(). */
MUST_CHECK bool shared_result_take(struct arena *a, const struct build_order *o,
				   const struct compile_request *rq, bool *cached, struct error *e);

/* For compile_options.used: notes a result for the caches. `ctx` is the struct remote_cache. */
void shared_result_used(void *ctx, const struct compile_request *rq, const struct digest *key,
			const struct fragment *result);

/* Notes the results behind an image that is there already, as far as the store has them. ERR_INPUT
 * from locks. */
MUST_CHECK bool shared_results_note(struct arena *a, const struct build_order *o,
				    const struct recipe *r, struct error *e);

#endif
