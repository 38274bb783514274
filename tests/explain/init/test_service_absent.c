/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a service needs and no package has. */

#include <criterion/criterion.h>

#include "explain/init/service.h"

static const char unit[] = "[Unit]\n"
			   "ConditionPathExists=/etc/hitch/hitch.conf\n"
			   "ConditionPathExists=!/etc/hitch/off\n"
			   "ConditionPathExists=|/etc/hitch/one\n"
			   "AssertFileNotEmpty=/etc/hitch/key\n"
			   "ConditionPathExists=/sys/class/net\n"
			   "[Service]\n"
			   "ExecStart=/usr/sbin/hitch --config=/etc/hitch/hitch.conf\n";

Test(service_absent, what_nobody_has_is_left_to_decide_once)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };
	struct chain chain = { 0 };
	struct collecting c = { .a = &a, .d = &d, .chain = &chain };
	const struct deb_package package = { .name = "hitch" };
	const struct deb deb = { .package = &package };
	struct service s = { .c = &c, .file = { &deb, "usr/lib/systemd/system/hitch.service" } };
	static const struct owner owner = { .kind = OWNER_PACKAGE, .name = "hitch" };
	const struct node there = {
		.path = "etc/there", .type = NODE_FILE, .mode = 0644, .owner = &owner
	};
	struct error e = { 0 };

	tree_init(&chain.tree, &a);
	cr_assert(tree_add(&chain.tree, &there, &e));
	unit_read(&a, str_of(unit), &s.unit);
	*list_push(&a, &d.files) = (struct draft_file){ .path = "/etc/hitch/key" };
	*list_push(&a, &d.entrypoint) = "/usr/sbin/hitch";
	*list_push(&a, &d.entrypoint) = "/etc/there";
	*list_push(&a, &d.entrypoint) = "--config=/etc/hitch/hitch.conf";
	service_absent(&s);
	cr_assert_eq(d.open.n, 1, "%zu", d.open.n);
	cr_expect_str_eq(
		d.open.v[0],
		"hitch: usr/lib/systemd/system/hitch.service:8: the service needs "
		"/etc/hitch/hitch.conf, which no package of the image has: write it below rootfs/ "
		"and name it in \"files\"");
	d.open.n = 0;
	d.entrypoint.n = 0;
	service_absent(&s);
	cr_assert_eq(d.open.n, 1);
	cr_expect(strstr(d.open.v[0], "hitch.service:2: the service needs /etc/hitch/hitch.conf"),
		  "%s", d.open.v[0]);
}
