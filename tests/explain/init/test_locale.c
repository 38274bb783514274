/* SPDX-License-Identifier: Apache-2.0 */
/* Which images have a locale, by what they start and by what is in them. */

#include <criterion/criterion.h>

#include "support/fixture_package_world.h"
#include "explain/init/locale.h"
#include "explain/init/terminal.h"

static const struct str asks = STR("\177ELF of a program\0setlocale\0nl_langinfo\0mbrtowc\0");
static const struct str sets = STR("\177ELF of a program\0setlocale\0nl_langinfo_l\0");

Test(locale, who_asks_for_the_character_set_gets_one)
{
	const struct {
		const char *path;
		struct str bytes;
		bool started, chosen;
	} cases[] = {
		{ "usr/bin/tmux", asks, true, true },
		{ "usr/bin/tmux", asks, false, false },
		{ "usr/sbin/nginx", sets, true, false },
		{ "usr/bin/notes", STR("#!/usr/bin/x\n\0nl_langinfo\0"), true, false },
		{ "usr/bin/python3.13", sets, false, true },
		{ "usr/lib/erlang/erts-15.2/bin/beam.smp", sets, false, true },
		{ "usr/share/python3", sets, false, false },
		{ "usr/lib/x86_64-linux-gnu/libncursesw.so.6", sets, false, true },
		{ "usr/lib/x86_64-linux-gnu/libncurses.so.6", sets, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct service_world w;

		service_world_open(&w);
		service_world_bytes(&w, cases[i].path, 0755, cases[i].bytes);
		if (cases[i].started)
			*list_push(&w.a, &w.d.entrypoint) = arena_printf(&w.a, "/%s",
									 cases[i].path);
		cr_assert(collect_locale(&w.c, &w.e), "%s", w.e.cause);
		cr_expect_eq(w.d.locale != NULL, cases[i].chosen, "%zu %s", i, cases[i].path);
		cr_expect_eq(draft_env(&w.d, "LANG") != NULL, cases[i].chosen, "%s", cases[i].path);
		arena_free(&w.a);
	}
}

Test(locale, what_the_service_says_stays_and_nothing_is_chosen_twice)
{
	struct service_world w;

	service_world_open(&w);
	service_world_bytes(&w, "usr/bin/ruby3.3", 0755, sets);
	draft_set_env(&w.d, "LC_ALL", "C", "x.service:3");
	cr_assert(collect_locale(&w.c, &w.e) && collect_locale(&w.c, &w.e));
	cr_expect_str_eq(w.d.locale, "C.UTF-8");
	cr_expect_null(draft_env(&w.d, "LANG"));
	cr_expect_eq(w.d.choices.n, 2);
	arena_free(&w.a);
}

Test(locale, who_knows_terminals_has_their_database)
{
	struct service_world w;
	bool added = false;

	service_world_open(&w);
	service_world_bytes(&w, "usr/lib/libtinfo.so", 0644, sets);
	collect_terminal(&w.c, &added);
	cr_expect_not(added);
	service_world_bytes(&w, "usr/lib/x86_64-linux-gnu/libtinfo.so.6", 0644, sets);
	collect_terminal(&w.c, &added);
	cr_expect(added && strings_has(&w.d.packages, "ncurses-base"));
	added = false;
	collect_terminal(&w.c, &added);
	cr_expect_not(added, "twice");
	arena_free(&w.a);
	service_world_open(&w);
	service_world_bytes(&w, "usr/lib/x86_64-linux-gnu/libtinfo.so.6", 0644, sets);
	service_world_bytes(&w, "usr/share/terminfo/x/xterm", 0644, sets);
	collect_terminal(&w.c, &added);
	cr_expect_not(added, "the image has it");
	arena_free(&w.a);
}
