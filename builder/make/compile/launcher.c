/* SPDX-License-Identifier: Apache-2.0 */
/* What ccache(1) and distcc(1) need inside the sandbox. */

#include "make/compile/launcher.h"

#include "input/recipe/variables.h"
#include "make/compile/compiler_cache.h"

/* Each is found under the compilers' names in /usr/lib/PROGRAM: the custom of both. */
static const char *const programs[] = { "ccache", "distcc" };
#define PROGRAMS (ARRAY_SIZE(programs))

const char *launcher_role(struct arena *a, const struct source_recipe *s)
{
	return arena_printf(a, "launcher:%s", s->toolchain->name);
}

static bool is_locked(const struct compile_request *rq, const char *role, const char *program)
{
	for (size_t i = 0; i < rq->lock->packages.n; i++) {
		const struct locked_package *p = &rq->lock->packages.v[i];

		if (strcmp(p->name, program) == 0 && package_has_role(p, role))
			return true;
	}
	return false;
}

bool launcher_is_there(struct arena *a, const struct compile_request *rq)
{
	const struct launcher *l = rq->options->launcher;
	const char *role = launcher_role(a, rq->source);
	const bool wanted[PROGRAMS] = { l->ccache, l->distcc };

	if (rq->source->toolchain->launcher.n == 0)
		return false;
	for (size_t i = 0; i < PROGRAMS; i++) {
		if (!wanted[i] || is_locked(rq, role, programs[i]))
			continue;
		progress_warn(rq->progress,
			      "%s names no package %s for the launcher of toolchain %s, so %s is "
			      "compiled without; add it to %s and run imgbuild lock",
			      rq->lock->file, programs[i], rq->source->toolchain->name,
			      rq->source->name, rq->source->toolchain->file);
		return false;
	}
	return true;
}

/* "gcc", and "x86_64-linux-gnu-gcc", which is what distcc asks its servers for. */
static bool is_compiler(const char *path)
{
	static const char *const names[] = { "gcc", "g++", "cc", "c++", "-gnu-gcc", "-gnu-g++" };
	struct str name = str_of(path_base(path));

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i][0] == '-' ? str_ends(name, str_of(names[i]))
				       : strcmp(name.p, names[i]) == 0)
			return strncmp(path, "usr/bin/", 8) == 0;
	}
	return false;
}

static bool launcher_link_compilers(struct tree *t, const char *program, const struct owner *owner,
				    struct error *e)
{
	struct strings found = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		if (is_compiler(t->v[i]->path))
			*list_push(t->a, &found) = path_base(t->v[i]->path);
	}
	for (size_t i = 0; i < found.n; i++) {
		struct node n = { .path = arena_printf(t->a, "usr/lib/%s/%s", program, found.v[i]),
				  .type = NODE_LINK,
				  .mode = 0777,
				  .owner = owner,
				  .target = arena_printf(t->a, "../../bin/%s", program) };

		if (!tree_find(t, n.path) && !tree_add(t, &n, e))
			return err_wrap(e, "launcher");
	}
	return true;
}

bool launcher_add_links(struct tree *t, const struct owner *owner, struct error *e)
{
	struct node folder = { .path = "cache", .type = NODE_DIR, .mode = 0755, .owner = owner };

	if (!tree_add(t, &folder, e))
		return err_wrap(e, "launcher");
	for (size_t i = 0; i < PROGRAMS; i++) {
		if (tree_find(t, arena_printf(t->a, "usr/bin/%s", programs[i])) &&
		    !launcher_link_compilers(t, programs[i], owner, e))
			return false;
	}
	return true;
}

/* The compilers are found as the launcher. */
static void launcher_go_first(struct arena *a, const struct launcher *l, struct sandbox *box)
{
	struct variable *path = variables_find(&box->env, "PATH"); /* each sandbox has one */

	path->value = arena_printf(a, "/usr/lib/%s:%s", programs[l->ccache ? 0 : 1], path->value);
}

bool launcher_enter(struct arena *a, const struct compile_request *rq, const struct digest *root,
		    bool passed, struct sandbox *box, struct error *e)
{
	const struct launcher *l = rq->options->launcher;

	if (!compiler_cache_open(a, rq->store, "ccache", rq->source->name, &box->cache, e))
		return false;
	box->tunnels = &l->tunnels;
	if (!passed)
		launcher_go_first(a, l, box);
	if (l->ccache) {
		variables_set(a, &box->env, (struct variable){ "CCACHE_DIR", "/cache" });
		variables_set(a, &box->env, (struct variable){ "CCACHE_MAXSIZE", "5G" });
		/* it would look no further than the headers that were found the last time, where
		 * one that is new may come first */
		variables_set(a, &box->env, (struct variable){ "CCACHE_NODIRECT", "1" });
		if (passed) /* where a configured folder names it */
			variables_set(a, &box->env, (struct variable){ "CCACHE_DISABLE", "1" });
		/* not the compiler's modification time, and more than its own bytes: all of the
		 * toolchain */
		variables_set(a, &box->env,
			      (struct variable){
				      "CCACHE_COMPILERCHECK",
				      arena_printf(a, "string:%s", digest_hex_dup(a, root)) });
	}
	if (l->distcc)
		variables_set(a, &box->env, (struct variable){ "DISTCC_DIR", "/tmp" });
	for (size_t i = 0; i < l->env.n; i++)
		variables_set(a, &box->env, l->env.v[i]);
	return true;
}
