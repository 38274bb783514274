/* SPDX-License-Identifier: Apache-2.0 */
/* Images that stand on a base that moves. */

#include "e2e/fixture_rebase_world.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"

static const struct locks_world_state first = { "1", "1", "1", NULL, NULL },
				      second = { "1", "1", "2", NULL, NULL };

void rebase_must(struct oracle_run r, const char *what)
{
	cr_assert_eq(r.status, 0, "%s: %d %s%s", what, r.status, r.out.p, r.err.p);
}

const char *rebase_world_path(struct rebase_world *x, const char *name)
{
	return arena_printf(&x->w.a, "%s/out/%s", x->w.m.dir, name);
}

const char *rebase_world_layout(struct rebase_world *x, const char *name)
{
	return arena_printf(&x->w.a, "oci:%s", rebase_world_path(x, name));
}

static void rebase_world_build(struct rebase_world *x, const char *recipe, const char *name)
{
	rebase_must(MINIREPO_RUN(&x->w.m, recipe, "--platform", x->platforms, "--no-audit", "-o",
				 rebase_world_path(x, name)),
		    "build");
}

static void rebase_world_build_both(struct rebase_world *x, const char *name)
{
	rebase_world_build(x, x->w.base, arena_printf(&x->w.a, "base-%s", name));
	rebase_world_build(x, x->w.one, arena_printf(&x->w.a, "one-%s", name));
}

void rebase_world_open(struct rebase_world *x, const char *platforms)
{
	*x = (struct rebase_world){ .platforms = platforms };
	locks_world_open(&x->w);
	registry_open(&x->r, &x->w.a, REGISTRY_OPEN);
	x->image = registry_ref(&x->r, "team/one:1");
	x->base = registry_ref(&x->r, "team/base:1");
	locks_world_publish(&x->w, &first, 9);
	rebase_must(MINIREPO_RUN(&x->w.m, "lock", "--platform", platforms, x->w.one), "lock");
	rebase_world_build_both(x, "first");
	rebase_must(MINIREPO_RUN(&x->w.m, "push", rebase_world_path(x, "base-first"), x->base),
		    "push the base");
	rebase_must(MINIREPO_RUN(&x->w.m, "push", rebase_world_path(x, "one-first"), x->image),
		    "push the image");
}

void rebase_world_close(struct rebase_world *x)
{
	registry_close(&x->r);
	locks_world_close(&x->w);
}

void rebase_world_move(struct rebase_world *x)
{
	locks_world_publish(&x->w, &second, 5);
	rebase_must(MINIREPO_RUN(&x->w.m, "update", "--platform", x->platforms, x->w.one, "libcap"),
		    "update");
	rebase_world_build_both(x, "second");
	rebase_must(MINIREPO_RUN(&x->w.m, "push", rebase_world_path(x, "base-second"), x->base),
		    "push the base");
}

const char *rebase_layers(struct rebase_world *x, const char *image)
{
	static const char program[] =
		"import json, subprocess, sys\n"
		"def raw(image):\n"
		"    return json.loads(subprocess.run(['skopeo', 'inspect', '--raw', '--tls-verify=false',\n"
		"        image], stdout=subprocess.PIPE, check=True).stdout)\n"
		"def blob(digest):\n"
		"    with open(f'{base[4:]}/blobs/sha256/{digest[7:]}') as f: return json.load(f)\n"
		"image = sys.argv[1]\n"
		"base = image if image.startswith('oci:') else image.rsplit(':', 1)[0]\n"
		"top = raw(image)\n"
		"for m in top.get('manifests', [None]):\n"
		"    one = top if m is None else blob(m['digest']) if image.startswith('oci:') \\\n"
		"        else raw(base + '@' + m['digest'])\n"
		"    for l in one['layers']: print(l['digest'])\n";

	return str_dup(&x->w.a, ORACLE(&x->w.a, "python3", "-c", program, image));
}
