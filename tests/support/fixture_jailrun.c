/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_jailrun.h"

#include <signal.h>

bool jailrun_start(const struct jail_limits *limits, const struct jail_files *files,
		   jail_work *work, void *ctx, struct buf *text, struct error *e)
{
	AUTO_JAIL j = { .base.next = NULL };
	struct buf_sink sink;

	buf_sink_init(&sink, text, "answer");
	return jail_start(&j, "the file", limits, files, work, ctx, e) &&
	       io_copy(&j.base, &sink.base, e);
}

bool jailrun_say(struct sink *out, const char *text, struct error *e)
{
	return out->write(out, str_of(text), e);
}

bool jailrun_crash(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	(void)e;
	(void)out;
	raise(SIGSEGV);
	return true;
}
