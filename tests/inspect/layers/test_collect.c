/* SPDX-License-Identifier: Apache-2.0 */
/* What a layer's parser may say once it was taken over: its parent neither fills the disk nor the
 * memory with it. That malformed answers do no harm is for tests/fuzz/fuzz_layer_apply.c. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "inspect/layers/content_intake.h"
#include "inspect/layers/layer.h"
#include "inspect/layers/layer_wire.h"
#include "inspect/model/model.h"

/* Has the bytes of `said` taken as what the parser of the only layer says. */
static bool collect_said(struct arena *a, struct str said, struct layer_budget *budget,
			 struct model *m, struct error *e)
{
	struct change change = { .adds = { NULL, 0, 0 } };
	struct str_source from;

	list_push(a, &m->layers);
	str_source_init(&from, said, "the layer");
	return layer_collect(a, a, &from.base, m, 0, budget, &change, e);
}

static void say_frame(struct buf *said, enum layer_frame kind, struct str message)
{
	struct error e = { 0 };
	struct frame_sink frame;
	struct buf_sink out;

	buf_sink_init(&out, said, "test");
	frame_sink_init(&frame, &out.base, (char)kind);
	cr_assert(frame.base.write(&frame.base, message, &e));
}

Test(audit, collect_keeps_no_text_that_is_longer_than_those_that_are_kept)
{
	static char text[1u << 20];
	AUTO_ARENA a = { 0 };
	struct buf said = { .a = &a };
	struct model m = { .kept = -1 };
	struct layer_budget budget = { .entries = 0 };
	struct error e = { 0 };

	for (size_t n = 0; n <= INTAKE_KEEP_MAX; n += sizeof(text))
		say_frame(&said, LAYER_TEXT, (struct str){ text, sizeof(text) });
	cr_expect_not(collect_said(&a, buf_str(&said), &budget, &m, &e));
	cr_expect_str_eq(e.cause, "its parser gives no sensible answer");
	cr_expect_eq(lseek(m.kept, 0, SEEK_END), INTAKE_KEEP_MAX);
	model_close(&m);
}

Test(audit, collect_has_one_budget_for_all_that_is_said_of_all_layers)
{
	AUTO_ARENA a = { 0 };
	struct buf said = { .a = &a }, message = { .a = &a };
	const uint64_t most = (uint64_t)SAID_GIB << 30;

	wire_put_text(&message, "layer.odd-entry");
	wire_put_text(&message, NULL);
	wire_put_text(&message, "a text that no budget but this one counts");
	say_frame(&said, LAYER_REMARK, buf_str(&message));
	for (int over = 0; over < 2; over++) {
		struct model m = { .kept = -1 };
		struct layer_budget budget = { .said = most - message.n + (uint64_t)over };
		struct error e = { 0 };

		cr_expect_not(collect_said(&a, buf_str(&said), &budget, &m, &e));
		cr_expect_eq(m.remarks.n, !over);
		cr_expect_str_eq(e.cause,
				 over ? "the layers hold more than 4 GiB of texts and facts"
				      : "its parser gives no sensible answer");
		model_close(&m);
	}
}
