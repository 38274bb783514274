/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_STEP_INPUTS_H
#define LINE_STEP_INPUTS_H

/* The inputs of a build's steps by the names people know them by, for --explain. */

#include "line/chain.h"
#include "transfer/store/history.h"

/* The packages of a stage's lock that the image is taken from. */
MUST_CHECK bool changes_packages(const struct build_order *o, const struct chain *c,
				 const struct stage *s, struct error *e);

/* The stage's own layers, after they were written from this tree. */
MUST_CHECK bool changes_layers(const struct build_order *o, const struct chain *c,
			       const struct stage *s, const struct tree *t,
			       const struct layers *own, struct error *e);

/* The image as a whole. `in` is what unchanged_inputs() and unchanged_key() found. */
MUST_CHECK bool changes_image(const struct build_order *o, const struct recipe *r,
			      const struct build_result *out, const struct history_inputs *in,
			      struct error *e);

/* The recipe's "config", key by key. */
void config_inputs(struct arena *a, const struct recipe *r, struct history_inputs *out);

#endif
