/* SPDX-License-Identifier: Apache-2.0 */
/* Ports in the configurations that packages bring. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "explain/init/service.h"

struct ports_world {
	struct arena a;
	struct init_draft d;
	struct chain chain;
	struct deb deb;
	struct collecting c;
	struct service s;
	struct error e;
};

static void ports_file(struct ports_world *w, const char *path, const char *text)
{
	off_t at = lseek(w->deb.data.fd, 0, SEEK_END);

	cr_assert(at >= 0 && fd_write(w->deb.data.fd, str_of(text), "x.deb", &w->e));
	*list_push(&w->a, &w->deb.entries) = (struct deb_entry){
		.path = path, .type = NODE_FILE, .offset = (uint64_t)at, .size = strlen(text)
	};
}

/* As freeradius-config has them: of its dozens of sites two are enabled. */
Test(service_ports, configurations_that_are_only_offered_do_not_count)
{
	static const struct owner owner = { .kind = OWNER_PACKAGE, .name = "x" };
	static const struct deb_package package = { .name = "x" };
	const struct node enabled = { .path = "etc/x/sites-enabled/on",
				      .type = NODE_LINK,
				      .target = "../sites-available/on",
				      .owner = &owner };
	struct ports_world w = { .deb = { .package = &package } };

	w.d.a = &w.a;
	w.c = (struct collecting){ .a = &w.a, .d = &w.d, .chain = &w.chain };
	w.s = (struct service){ .c = &w.c, .name = "x" };
	w.deb.data = (struct blob){ .fd = fileno(tmpfile()), .name = "x.deb" };
	*list_push(&w.a, &w.c.own) = &w.deb;
	tree_init(&w.chain.tree, &w.a);
	cr_assert(tree_add(&w.chain.tree, &enabled, &w.e));
	*list_push(&w.a, &w.d.links) = (struct draft_pair){ .name = "/etc/x/sites-enabled/made",
							    .text = "x" };
	ports_file(&w, "etc/x/README.conf", "port = 1\n");
	ports_file(&w, "etc/x/old.example", "port = 2\n");
	ports_file(&w, "etc/x/main.conf", "port = 3\n");
	ports_file(&w, "etc/x/sites-available/made", "port = 4\n");
	ports_file(&w, "etc/x/sites-available/off", "port = 5\n");
	ports_file(&w, "etc/x/sites-available/on", "port = 6\n");
	cr_assert(service_ports(&w.s, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(strings_join(&w.a, &w.d.expose, " "), "3/tcp 4/tcp 6/tcp");
	arena_free(&w.a);
}
