/* SPDX-License-Identifier: Apache-2.0 */
/* What ccache(1) needs to be told. Remote storage and distcc would need a network, which the sandbox
 * does not have: only the folder in the store is used. */

#include "compile/launcher.h"

#include "base/file.h"
#include "compile/root.h"

#define LINKS "usr/lib/ccache"

const char *launcher_role(struct arena *a, const struct source_recipe *s)
{
	return arena_printf(a, "launcher:%s", s->toolchain->name);
}

bool launcher_is_there(struct arena *a, const struct compile_request *rq)
{
	const char *role = launcher_role(a, rq->source);

	if (rq->source->toolchain->launcher.n == 0)
		return false;
	for (size_t i = 0; i < rq->lock->packages.n; i++) {
		if (package_has_role(&rq->lock->packages.v[i], role))
			return true;
	}
	progress_warn(rq->progress, "%s names no package for the launcher of toolchain %s, so %s is compiled "
				    "without; run imgbuild lock", rq->lock->file,
		      rq->source->toolchain->name, rq->source->name);
	return false;
}

bool launcher_add_links(struct tree *t, const struct owner *owner, struct error *e)
{
	static const char *const links[] = { LINKS "/gcc", LINKS "/g++", LINKS "/cc", LINKS "/c++" };
	struct node folder = { .path = "cache", .type = NODE_DIR, .mode = 0755, .owner = owner };

	if (!tree_add(t, &folder, e))
		return err_wrap(e, "launcher");
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		struct node n = { .path = links[i], .type = NODE_LINK, .mode = 0777,
				  .target = "../../bin/ccache", .owner = owner };

		if (!tree_add(t, &n, e))
			return err_wrap(e, "launcher");
	}
	return true;
}

static void set(struct arena *a, struct sandbox *box, const char *name, const char *value)
{
	for (size_t i = 0; i < box->env.n; i++) {
		if (strcmp(box->env.v[i].name, name) == 0) {
			box->env.v[i].value = value;
			return;
		}
	}
	*list_push(a, &box->env) = (struct variable){ name, value };
}

bool launcher_enter(struct arena *a, const struct compile_request *rq, struct sandbox *box,
		    struct error *e)
{
	const char *folder = arena_printf(a, "ccache/%s", rq->source->name);
	struct digest root;

	if (!root_key(rq->lock, rq->source, &root, e) || !file_mkdirs(rq->store->fd, folder, e))
		return false;
	box->cache = arena_printf(a, "%s/%s", rq->store->path, folder);
	set(a, box, "PATH", "/" LINKS ":/usr/sbin:/usr/bin");
	set(a, box, "CCACHE_DIR", "/cache");
	set(a, box, "CCACHE_MAXSIZE", "5G");
	/* not the compiler's modification time, and more than its own bytes: all of the toolchain */
	set(a, box, "CCACHE_COMPILERCHECK", arena_printf(a, "string:%s", digest_hex_dup(a, &root)));
	return true;
}
