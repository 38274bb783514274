/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_UNCHANGED_H
#define LINE_UNCHANGED_H

/* The shortest way: when nothing an image is made of has changed and the image is where it was
 * written, there is nothing to do. */

#include "line/build_order.h"
#include "transfer/store/history.h"

/* Everything but the locks that decides the image, one by one and as a digest: this program, the
 * recipe and all it names (texts of files, local folders). */
MUST_CHECK bool unchanged_inputs(struct arena *a, const struct build_order *o,
				 const struct recipe *r, struct history_inputs *in,
				 struct digest *inputs, struct error *e);

/* The same with the locks, which must be there, and with what writes the layers: they are added to
 * `in`. */
MUST_CHECK bool unchanged_key(struct arena *a, const struct build_order *o, const struct recipe *r,
			      const struct digest *inputs, struct history_inputs *in,
			      struct digest *key, struct error *e);

/* Names the bytes of this program by their size and time; NULL where nothing tells these. */
const char *unchanged_program(struct arena *a);

/* 1 and the result if an image made under this key stands at out->output whole, and beside it what
 * that build told of it, else 0. -1 on error. */
int unchanged_find(struct arena *a, const struct build_order *o, const struct digest *key,
		   struct build_result *out, struct error *e);

/* Remembers a finished build. */
MUST_CHECK bool unchanged_note(struct arena *a, const struct build_order *o,
			       const struct digest *key, const struct image *img,
			       const struct build_result *r, struct error *e);

#endif
