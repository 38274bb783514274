/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_verb.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "cli/command_line.h"
#include "cli/progress_draw.h"

struct verb_run verb_run(struct arena *a, const struct command *command, const char *const *words)
{
	struct cli c = { .a = a };
	struct verb_run r = { 0 };
	char message[4096] = "", *text = NULL, *said = NULL;
	size_t size = 0, length = 0, n = 0;
	FILE *log = open_memstream(&said, &length);

	while (words[n])
		n++;
	c.out = open_memstream(&text, &size);
	c.progress = progress_open(a, PROGRESS_PLAIN, NULL, log);
	r.ok = command_line_read(&c, words, n, &r.e) && c.command->run(&c, &r.e);
	cr_assert_eq(c.command, command);
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
