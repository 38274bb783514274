/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of accounts, against Debian's base-passwd. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "explain/init/accounts.h"
#include "support/fixture_files.h"

#define MASTER "/usr/share/base-passwd/"

Test(accounts, numbers_are_those_of_base_passwd)
{
	static const char *const names[] = { "daemon",	 "bin",	   "sys",  "lp",
					     "mail",	 "news",   "uucp", "proxy",
					     "www-data", "backup", "list", "irc" };
	AUTO_ARENA a = { 0 };
	const char *passwd, *group;

	if (access(MASTER "passwd.master", R_OK) != 0)
		cr_skip_test("base-passwd is not installed");
	passwd = arena_printf(&a, "\n%s", files_get(&a, MASTER "passwd.master"));
	group = arena_printf(&a, "\n%s", files_get(&a, MASTER "group.master"));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int64_t id = accounts_static(names[i]);

		cr_expect(strstr(passwd, arena_printf(&a, "\n%s:*:%lld:%lld:", names[i],
						      (long long)id, (long long)id)),
			  "%s is not %lld", names[i], (long long)id);
	}
	for (const char *p = "adm\0dialout\0cdrom\0audio\0shadow\0utmp\0video\0users\0src\0disk\0";
	     *p; p += strlen(p) + 1) {
		struct init_draft d = { .a = &a };
		uint32_t gid = 0;

		accounts_add_group(&d, p, -1, "here");
		cr_assert(draft_find_group(&d, p, &gid));
		cr_expect(strstr(group, arena_printf(&a, "\n%s:*:%u:", p, gid)), "%s is not %u", p,
			  gid);
	}
	cr_expect_eq(accounts_static("redis"), -1);
}

Test(accounts, a_number_that_nobody_says_is_chosen_and_told)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };
	const struct account_wish one = { .name = "one", .id = -1 },
				  two = { .name = "two", .id = -1, .group = "adm" };
	uint32_t uid = 0, gid = 0;

	accounts_add_user(&d, &one, "a: postinst:1");
	accounts_add_user(&d, &two, "b: postinst:2");
	cr_expect(draft_find_user(&d, "one", &uid, &gid) && uid == 999 && gid == 999);
	cr_expect(draft_find_user(&d, "two", &uid, &gid) && uid == 998 && gid == 4);
	cr_expect_str_eq(d.choices.v[0].from, "a: postinst:1; the number is chosen here");
	cr_expect_str_eq(draft_ids(&d, "two", NULL), "998:4");
}

/* mumble-server: its line of sysusers.d says no home, its postinst calls adduser with one. */
Test(accounts, two_that_name_an_account_complete_each_other)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };
	const struct account_wish line = { .name = "x", .id = -1, .gecos = "X server" },
				  call = { .name = "x", .id = -1, .home = "/var/lib/x" },
				  third = { .name = "x", .id = -1, .home = "/srv", .gecos = "Y" };

	accounts_add_user(&d, &line, "x: usr/lib/sysusers.d/x.conf:1");
	accounts_add_user(&d, &call, "x: postinst:3");
	accounts_add_user(&d, &third, "x: postinst:4");
	cr_assert_eq(d.users.n, 1);
	cr_expect_str_eq(d.users.v[0].home, "/var/lib/x");
	cr_expect_str_eq(d.users.v[0].gecos, "X server");
}

Test(accounts, names_that_recipes_cannot_have_are_left_to_decide)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };

	accounts_add_group(&d, "_ssh", -1, "openssh-client: postinst:7");
	cr_expect_eq(d.groups.n, 1);
	accounts_add_group(&d, "Debian+exim", -1, "exim4-config: postinst:9");
	cr_expect_eq(d.groups.n, 1);
	cr_assert_eq(d.open.n, 1);
	cr_expect(strstr(d.open.v[0], "exim4-config: postinst:9 makes the account \"Debian+exim\""),
		  "%s", d.open.v[0]);
}

/* systemd's basic.conf: "u! sync 4:65534", beside the group adm, which has 4. */
Test(accounts, a_group_does_not_take_the_number_of_another)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };
	uint32_t uid = 0, gid = 0, adm = 0;

	accounts_add_group(&d, "adm", 4, "here");
	accounts_add_user(&d, &(struct account_wish){ .name = "x", .id = 4 }, "here");
	cr_assert(draft_find_group(&d, "adm", &adm) && draft_find_user(&d, "x", &uid, &gid));
	cr_expect_eq(adm, 4);
	cr_expect_eq(uid, 4);
	cr_expect_neq(gid, 4);
	cr_expect_str_eq(draft_group_name(&d, gid), "x");
	accounts_add_user(&d,
			  &(struct account_wish){
				  .name = "sync", .id = 5, .group = draft_group_name(&d, 65534) },
			  "here");
	cr_assert(draft_find_user(&d, "sync", &uid, &gid));
	cr_expect_eq(gid, 65534);
	cr_expect_not(draft_find_group(&d, "sync", &gid));
	cr_expect_null(draft_group_name(&d, 4321));
}
