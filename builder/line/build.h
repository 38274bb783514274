/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_BUILD_H
#define LINE_BUILD_H

/* The whole line: recipe -> lock -> fetch -> unpack -> compile -> closure -> layers -> image ->
 * audit and tests. */

#include "line/build_order.h"

/* What a recipe says about its audit: the policy, and the exceptions of it and of its bases. */
void build_fill_audit(struct arena *a, const struct recipe *r, struct audit_request *req);

MUST_CHECK bool build_image(struct arena *a, const struct build_order *o, struct build_result *out,
			    struct error *e);

#endif
