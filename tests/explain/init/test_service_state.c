/* SPDX-License-Identifier: Apache-2.0 */
/* Where a service starts. */

#include <criterion/criterion.h>

#include "support/fixture_package_world.h"

static const char *state_workdir(struct service_world *w, const char *value)
{
	service_world_open(w);
	service_world_file(w, "usr/share/ours/run.py", 0644, "");
	*list_push(&w->a, &w->d.users) = (struct draft_user){
		.name = "oursd", .home = "/var/lib/ours", .uid = 999, .gid = 999
	};
	w->s.file = (struct collect_text){ &w->deb, "ours.service", { "", 0 } };
	w->s.name = "ours";
	w->s.program = "/usr/bin/ours";
	*list_push(&w->a, &w->s.unit) = (struct unit_setting){ "Service", "User", "oursd", 2 };
	*list_push(&w->a, &w->s.unit) = (struct unit_setting){ "Service", "WorkingDirectory", value,
							       3 };
	cr_assert(service_settle(&w->s, &w->e), "%s", w->e.cause);
	return w->d.workdir ? w->d.workdir : "";
}

/* As apertium-apy: "python3 servlet.py" is looked for from there. */
Test(service_state, the_units_working_directory_is_the_images)
{
	static const char *const cases[][2] = {
		{ "/usr/share/ours/", "/usr/share/ours" },
		{ "-/usr/share/ours", "/usr/share/ours" },
		{ "~", "/var/lib/ours" },
		{ "/var/lib/ours/db", "/var/lib/ours/db" },
		{ "/usr/share/none", "" },
		{ "/usr/share/%i", "" },
		{ "/", "" },
		{ "none", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct service_world w;

		cr_expect_str_eq(state_workdir(&w, cases[i][0]), cases[i][1], "%s", cases[i][0]);
		if (strcmp(cases[i][1], "/var/lib/ours/db") == 0)
			cr_expect(draft_has_dir(&w.d, "/var/lib/ours/db"));
		arena_free(&w.a);
	}
}
