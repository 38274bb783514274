/* SPDX-License-Identifier: Apache-2.0 */
/* Its files are in one unlinked file, as those of a decoded package are. */

#include "support/fixture_package_world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"

void service_world_open(struct service_world *w)
{
	*w = (struct service_world){ .package = { .name = "ours" } };
	w->d = (struct init_draft){ .a = &w->a };
	w->deb = (struct deb){ .package = &w->package };
	w->deb.data = (struct blob){ .fd = fileno(tmpfile()), .name = "ours.deb" };
	w->c = (struct collecting){ .a = &w->a, .d = &w->d, .chain = &w->chain };
	w->s = (struct service){ .c = &w->c, .name = "ours" };
	tree_init(&w->chain.tree, &w->a);
	*list_push(&w->a, &w->c.own) = &w->deb;
	*list_push(&w->a, &w->d.packages) = "ours";
}

void service_world_file(struct service_world *w, const char *path, unsigned mode, const char *text)
{
	service_world_bytes(w, path, mode, str_of(text));
}

void service_world_bytes(struct service_world *w, const char *path, unsigned mode, struct str bytes)
{
	static const struct owner owner = { .kind = OWNER_PACKAGE, .name = "ours" };
	off_t at = lseek(w->deb.data.fd, 0, SEEK_END);
	struct deb_entry *x;
	struct node n;

	cr_assert(at >= 0 && fd_write(w->deb.data.fd, bytes, "ours.deb", &w->e));
	x = list_push(&w->a, &w->deb.entries);
	*x = (struct deb_entry){ .path = path,
				 .type = NODE_FILE,
				 .mode = mode,
				 .offset = (uint64_t)at,
				 .size = bytes.n };
	n = deb_node(&w->deb, x, NULL);
	n.owner = &owner;
	cr_assert(tree_add(&w->chain.tree, &n, &w->e), "%s", w->e.cause);
}

const char *service_world_left(struct service_world *w)
{
	return strings_join(&w->a, &w->d.open, "\n");
}

void service_world_control(struct service_world *w, const char *name, const char *text)
{
	*list_push(&w->a, &w->deb.control) = (struct deb_control){ .name = name,
								   .text = str_of(text) };
}
