/* SPDX-License-Identifier: Apache-2.0 */
#include "support/verb.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "cli/progress_draw.h"

struct verb_run verb_run(struct arena *a, bool (*verb)(struct cli *c, struct error *e),
			 const char *const *words)
{
	struct cli c = { .a = a };
	struct cli_common common = { 0 };
	struct verb_run r = { 0 };
	char message[4096] = "", *text = NULL, *said = NULL;
	size_t size = 0, length = 0;
	FILE *log = open_memstream(&said, &length);

	c.argv = arena_array(a, 64, sizeof(*c.argv));
	while (words[c.argc]) {
		cr_assert_lt(c.argc, 64);
		c.argv[c.argc] = arena_strdup(a, words[c.argc]);
		c.argc++;
	}
	c.out = open_memstream(&text, &size);
	c.progress = progress_open(a, PROGRESS_PLAIN, log);
	r.ok = cli_parse(&c, &common, &r.e) && verb(&c, &r.e);
	progress_close(c.progress);
	cr_assert(fclose(c.out) == 0 && fclose(log) == 0);
	if (!r.ok)
		err_format(&r.e, message, sizeof(message));
	r.message = arena_strdup(a, message);
	r.out = arena_strndup(a, text, size);
	r.said = arena_strndup(a, said, length);
	free(text);
	free(said);
	return r;
}
