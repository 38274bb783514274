/* SPDX-License-Identifier: Apache-2.0 */
/* sysusers.d and tmpfiles.d against systemd's own programs. */

#include <criterion/criterion.h>

#include "format/text/sysusers.h"
#include "format/text/tmpfiles.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const char users_text[] = "# users of a test\n"
				 "u ours 4321 \"Some Service\" /var/lib/ours /bin/false\n"
				 "g theirs 4322\n"
				 "u other 4323 - /nowhere\n";

Test(sysusers, accounts_are_those_that_systemd_makes)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *passwd;
	struct sysusers users = { 0 };
	unsigned seen = 0;

	oracle_need("systemd-sysusers");
	files_put(arena_printf(&a, "%s/etc/machine-id", dir), "");
	files_put(arena_printf(&a, "%s/x.conf", dir), users_text);
	oracle_run(&a,
		   (const char *const[]){ "systemd-sysusers", arena_printf(&a, "--root=%s", dir),
					  arena_printf(&a, "%s/x.conf", dir), NULL });
	passwd = files_get(&a, arena_printf(&a, "%s/etc/passwd", dir));
	sysusers_read(&a, str_of(arena_printf(&a, "%snonsense\nx y\n", users_text)), &users);
	for (size_t i = 0; i < users.n; i++) {
		const struct sysuser *u = &users.v[i];

		if (u->type != 'u')
			continue;
		seen++;
		cr_expect(strstr(passwd, arena_printf(&a, "%s:x:%s:%s:%s:%s:", u->name, u->id,
						      u->id, u->gecos ? u->gecos : "", u->home)),
			  "%s is not in %s", u->name, passwd);
	}
	cr_expect_eq(seen, 2);
	cr_expect_eq(users.n, 3);
	cr_expect_eq(users.v[1].line, 3);
	files_remove(dir);
}

static const char folders_text[] = "d /run/ours 0750 root root -\n"
				   "D /run/theirs 2755\n"
				   "L+ /run/link - - - - ours\n"
				   "# nothing\n"
				   "d~ relative\n";

Test(tmpfiles, folders_are_those_that_systemd_makes)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct tmpfiles lines = { 0 };

	oracle_need("systemd-tmpfiles");
	files_put(arena_printf(&a, "%s/etc/machine-id", dir), "");
	files_put(arena_printf(&a, "%s/etc/passwd", dir), "root:x:0:0::/:/bin/sh\n");
	files_put(arena_printf(&a, "%s/etc/group", dir), "root:x:0:\n");
	files_put(arena_printf(&a, "%s/x.conf", dir), folders_text);
	oracle_run(&a, (const char *const[]){ "systemd-tmpfiles", "--create",
					      arena_printf(&a, "--root=%s", dir),
					      arena_printf(&a, "%s/x.conf", dir), NULL });
	tmpfiles_read(&a, str_of(folders_text), &lines);
	cr_assert_eq(lines.n, 3);
	for (size_t i = 0; i < 2; i++) {
		struct str mode = ORACLE(&a, "stat", "-c", "%a",
					 arena_printf(&a, "%s%s", dir, lines.v[i].path));

		cr_expect_str_eq(str_dup(&a, str_trim(mode)),
				 lines.v[i].mode + (lines.v[i].mode[0] == '0'));
	}
	cr_expect_eq(lines.v[2].type, 'L');
	cr_expect_str_eq(lines.v[2].argument,
			 str_dup(&a,
				 str_trim(ORACLE(&a, "readlink",
						 arena_printf(&a, "%s%s", dir, lines.v[2].path)))));
	cr_expect_null(lines.v[2].user);
	files_remove(dir);
}
