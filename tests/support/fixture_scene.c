/* SPDX-License-Identifier: Apache-2.0 */
/* Stores and trees for tests. */

#include "support/fixture_scene.h"

#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "support/fixture_files.h"

void scene_begin(struct scene *s, struct arena *a)
{
	struct error e = { 0 };

	*s = (struct scene){ .a = a, .dir = files_temporary(a), .store = STORE_INIT };
	cr_assert(store_open(a, arena_printf(a, "%s/store", s->dir), &s->store, &e), "%s", e.cause);
	tree_init(&s->tree, a);
}

void scene_end(struct scene *s)
{
	store_close(&s->store);
	files_remove(s->dir);
}

static struct node *scene_add(struct scene *s, const char *layer, struct node n)
{
	struct owner *o = arena_alloc(s->a, sizeof(*o));
	struct error e = { 0 };

	*o = (struct owner){ .kind = OWNER_PACKAGE, .name = layer, .layer = layer };
	n.owner = o;
	n.mtime = 1;
	cr_assert(tree_add(&s->tree, &n, &e), "%s", e.cause);
	return tree_find(&s->tree, n.path);
}

struct node *scene_file(struct scene *s, const char *layer, const char *path, const char *text)
{
	return scene_add(s, layer,
			 (struct node){ .path = path,
					.type = NODE_FILE,
					.mode = 0644,
					.content = { .bytes = text, .size = strlen(text) } });
}

struct node *scene_dir(struct scene *s, const char *layer, const char *path)
{
	return scene_add(s, layer, (struct node){ .path = path, .type = NODE_DIR, .mode = 0755 });
}

struct node *scene_link(struct scene *s, const char *layer, const char *path, const char *target)
{
	return scene_add(s, layer,
			 (struct node){
				 .path = path, .type = NODE_LINK, .mode = 0777, .target = target });
}

/* A blob of 9 MiB; it stays open until the test ends. */
static struct blob *large_blob(struct arena *a)
{
	struct blob *b = arena_alloc(a, sizeof(*b));
	struct digest *d = arena_alloc(a, sizeof(*d));
	size_t n = 9u << 20;
	char *p = arena_alloc(a, n);
	struct error e = { 0 };

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i % 251 ^ i >> 13);
	*d = digest_of((struct str){ p, n });
	*b = (struct blob){ .fd = memfd_create("blob", MFD_CLOEXEC),
			    .name = "a blob",
			    .digest = d };
	cr_assert(b->fd >= 0 && fd_write(b->fd, (struct str){ p, n }, "blob", &e));
	return b;
}

void scene_small_image(struct scene *s)
{
	struct node *n;

	scene_dir(s, "base", "etc");
	scene_file(s, "base", "etc/os-release", "ID=test\n");
	scene_file(s, "base", "usr/lib/libx.so.1.2", "not really a library\n");
	scene_link(s, "base", "usr/lib/libx.so.1", "libx.so.1.2");
	scene_link(s, "base", "lib", "usr/lib");
	scene_dir(s, "base", "tmp")->mode = 01777;
	n = scene_file(s, "app", "usr/bin/app", "");
	n->mode = 0755;
	n->content = (struct content){ .blob = large_blob(s->a), .offset = 4097, .size = 8u << 20 };
	n = scene_file(s, "app",
		       "etc/app/gr\xc3\xbc\xc3\x9f"
		       "e.conf",
		       "key = value\n");
	n->uid = 1000650000;
	n->mode = 0640;
	scene_file(s, "app", "etc/app/empty", "");
	n = scene_dir(s, "app", "var/spool/app");
	n->uid = 1000;
	n->mode = 0770;
	n->mtime = 1700000000;
}
