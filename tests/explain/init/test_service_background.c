/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations that send a service into the background. */

#include <criterion/criterion.h>

#include "support/fixture_package_world.h"

#define LEAVES "ours.service:2 says Type=forking"

static void background_open(struct service_world *w, const char *text)
{
	service_world_open(w);
	w->s.program = "/usr/bin/ours";
	w->s.name = "ours";
	w->s.leaves = LEAVES;
	service_world_file(w, "etc/ours/ours.json", 0640, text);
}

/* As webdis.json has it, and in other forms. */
Test(service_background, lines_that_say_so_say_the_opposite)
{
	static const char *const texts[][2] = {
		{ "{\n\t\"daemonize\": true,\n\t\"x\": 1\n}\n",
		  "{\n\t\"daemonize\": false,\n\t\"x\": 1\n}\n" },
		{ "Daemon YES\n", "Daemon no\n" },
		{ " foreground = off ; why\n", " foreground = on ; why\n" },
		{ "background: 1\ndaemonize=no\n", "background: 0\ndaemonize=no\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct service_world w;

		background_open(&w, texts[i][0]);
		cr_assert(service_background(&w.s, &w.e), "%s", w.e.cause);
		cr_assert_eq(w.d.files.n, 1, "%s", texts[i][0]);
		cr_expect_str_eq(str_dup(&w.a, w.d.files.v[0].text), texts[i][1]);
		cr_expect_eq(w.d.files.v[0].mode, 0640);
		cr_expect_str_eq(service_world_left(&w), "");
		arena_free(&w.a);
	}
}

Test(service_background, where_nothing_keeps_it_that_is_told)
{
	static const char *const texts[] = { "", "# daemonize yes\n", "daemonize\n",
					     "daemonize no\nforeground yes\nforks 1\n" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct service_world w;

		background_open(&w, texts[i]);
		cr_assert(service_background(&w.s, &w.e), "%s", w.e.cause);
		cr_expect_eq(w.d.files.n, 0, "%s", texts[i]);
		cr_expect_str_eq(service_world_left(&w),
				 LEAVES ": find the option that keeps /usr/bin/ours in the "
					"foreground, or the container ends at once");
		arena_free(&w.a);
	}
}
