/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a whole .deb, in process; then the parent's reading of what its parser said; and the
 * same reading of the raw input, as if the parser had been taken over. */

#include "base/frames.h"
#include "make/deb/deb_index.h"
#include "make/deb/deb_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool fuzz_sink_nothing(struct sink *s, struct error *e)
{
	(void)s;
	(void)e;
	return true;
}

/* Reads frames and the index; true if both are well-formed. */
static bool fuzz_read_frames(struct str frames, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf index = { .a = &a };
	struct str_source from;
	struct frames f = { .from = &from.base, .kinds = DEB_FRAMES };
	struct deb deb = { 0 };
	struct str piece;
	uint64_t bytes = 0;
	char kind;
	int got;

	str_source_init(&from, frames, "fuzz");
	while ((got = frames_next(&f, &kind, &piece, e)) == 1) {
		if (kind == FRAME_INDEX)
			buf_add(&index, piece);
		if (kind == FRAME_DATA)
			bytes += piece.n;
	}
	return got == 0 && deb_index_read(&a, buf_str(&index), bytes, &deb, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct str input = { (const char *)data, size };
	struct deb_options budget = { .control = 1u << 20, .data = 4u << 20 };
	struct buf answer = { .a = &a };
	struct buf_sink out;
	struct error e = { 0 }, of_input = { 0 };

	buf_sink_init(&out, &answer, "answer");
	out.base.finish = fuzz_sink_nothing;
	if (deb_parse(input, "fuzz", &budget, &out.base, &e)) {
		/* what our own parser says is always believed */
		if (!fuzz_read_frames(buf_str(&answer), &e))
			__builtin_trap();
	} else if (e.kind != ERR_INPUT) {
		__builtin_trap();
	}
	if (!fuzz_read_frames(input, &of_input) && of_input.kind != ERR_INPUT)
		__builtin_trap();
	return 0;
}
