/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_BUILD_AGAINST_H
#define CLI_BUILD_AGAINST_H

/* What grew in a build since an earlier image: `build --against`. */

#include "cli/image_operand.h"
#include "line/build_order.h"

/* One for each platform of the build. */
struct against {
	struct image_operand *images;
	struct audit_result *results;
	const char *name;
	size_t n;
};
#define AGAINST_INIT { .n = 0 }

/* Opens the image and reads it, before the build: what is wrong with it is told at once. `name`
 * NULL: nobody asked. Release in any case. Fails as image_operand_open() and audit_image(). */
MUST_CHECK bool against_open(struct cli *c, const struct registry_options *registry,
			     const char *name, const struct platforms *platforms,
			     struct against *out, struct error *e);
void against_close(struct against *x);
#define AUTO_AGAINST __attribute__((cleanup(against_close))) struct against

/* Tells what grew, as notes, for each platform. An image whose audit did not run is read for it. */
MUST_CHECK bool against_tell(struct cli *c, const struct against *x, const struct build_order *o,
			     const struct build_result *r, struct error *e);

#endif
