/* SPDX-License-Identifier: Apache-2.0 */
/* What is left out with something else. */

#include <criterion/criterion.h>

#include "support/fixture_package_world.h"

#define ELF "\177ELF________________________________________________________________"

/* As libreoffice-nogui has it: librptxmllo.so needs librptlo.so, which needs a library that no
 * package has. */
Test(host_files, what_needs_a_library_that_is_left_out_is_left_out)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(&w, "usr/lib/x/libone.so", 0644, ELF);
	service_world_file(&w, "usr/lib/x/liblast.so", 0644, ELF "libone.so.1");
	service_world_bytes(&w, "usr/lib/x/libtwo.so", 0644, STR(ELF "libone.so\0x"));
	*list_push(&w.a, &w.d.drop) = "/usr/lib/x/libone.so";
	*list_push(&w.a, &w.d.unwanted) = "/usr/lib/x/libone.so";
	cr_assert(collect_unwanted(&w.c, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(strings_join(&w.a, &w.d.drop, " "),
			 "/usr/lib/x/libone.so /usr/lib/x/libtwo.so");
	cr_expect_str_eq(
		service_world_left(&w),
		"/usr/lib/x/libtwo.so is left out, for it needs libone.so, which is left out, "
		"too");
	arena_free(&w.a);
}

/* As clamav-base is for clamav-daemon: only systemd has a use for its files. */
Test(host_files, nothing_is_said_of_packages_that_the_image_does_without)
{
	static const struct owner owner = { .kind = OWNER_PACKAGE, .name = "base" };
	static const struct deb_package package = { .name = "base" };
	struct deb base = { .package = &package };
	const struct composition none = { 0 };
	struct service_world w;
	const struct node node = { .path = "usr/lib/sysusers.d/b.conf",
				   .type = NODE_FILE,
				   .owner = &owner };

	service_world_open(&w);
	w.c.top = &none;
	w.d.asked = 1;
	service_world_file(&w, "usr/sbin/ours", 0755, "");
	service_world_file(&w, "usr/share/doc/x/y", 0644, "");
	*list_push(&w.a, &base.entries) = (struct deb_entry){ .path = node.path,
							      .type = NODE_FILE };
	*list_push(&w.a, &w.c.own) = &base;
	cr_assert(tree_add(&w.chain.tree, &node, &w.e));
	*list_push(&w.a, &w.d.take) = "base";
	*list_push(&w.a, &w.d.without) = (struct draft_pair){ .name = "logrotate" };
	cr_assert(collect_drops(&w.c, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(strings_join(&w.a, &w.d.drop, " "), "/usr/share/doc/**");
	cr_expect_str_eq(strings_join(&w.a, &w.d.emptied, " "), "base");
	cr_expect_eq(w.d.take.n + w.d.without.n, 0);
	cr_expect(w.d.unsettled);
	list_each(x, &w.d.choices)
		cr_expect_str_neq(x->value, "/usr/lib/sysusers.d/**");
	arena_free(&w.a);
}

/* As shoelaces is started: its unit names a folder of examples. */
Test(host_files, documents_that_the_entrypoint_names_stay)
{
	const struct composition none = { 0 };
	struct service_world w;

	service_world_open(&w);
	w.c.top = &none;
	w.d.asked = 1;
	service_world_file(&w, "usr/bin/x", 0755, ELF);
	service_world_file(&w, "usr/share/doc/x/data/y", 0644, "");
	service_world_file(&w, "usr/share/doc/x/database", 0644, "");
	*list_push(&w.a, &w.d.entrypoint) = "/usr/bin/x";
	*list_push(&w.a, &w.d.entrypoint) = "-data-dir=/usr/share/doc/x/data/";
	cr_assert(collect_drops(&w.c, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(strings_join(&w.a, &w.d.drop, " "), "/usr/share/doc/x/database");
	arena_free(&w.a);
}
