/* SPDX-License-Identifier: Apache-2.0 */
/* What is compiled or unpacked for an image stays open with it. */

#include "make/compose/source_fragments.h"

#include "make/compile/compile.h"
#include "make/unpack/unpack.h"
#include "make/unpack/unpack_folder.h"

struct compile_request fragment_request(const struct composition *c,
					const struct source_recipe *source)
{
	return (struct compile_request){ .store = c->order->store,
					 .lock = c->order->lock,
					 .source = source,
					 .options = c->order->compile,
					 .progress = c->order->progress,
					 .decoder = c->order->decoder,
					 .unpack = unpack_folder };
}

struct source_fragment *fragment_of(const struct composition *c, const struct source_recipe *source)
{
	list_each(f, &c->sources) {
		if (f->source == source)
			return f;
	}
	return NULL;
}

bool fragment_add(struct arena *a, struct composition *c, const struct compile_request *rq,
		  struct error *e)
{
	const struct recipe *r = c->order->recipe;
	struct source_fragment *f;

	if (c->sources.cap == 0) {
		/* nodes point into fragments: make room for all, so that none is moved */
		c->sources.cap = r->components.n + r->programs.n + !!r->effects.bytecode;
		c->sources.v = arena_array(a, c->sources.cap, sizeof(*c->sources.v));
	}
	f = &c->sources.v[c->sources.n];
	f->source = rq->source;
	if (!(f->source->unpack.form ? unpack_source : compile_source)(a, rq, &f->fragment, e))
		return false;
	c->sources.n++;
	return true;
}
