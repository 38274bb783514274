/* SPDX-License-Identifier: Apache-2.0 */
/* A recipe on an image of a registry that is made like the original distroless: a layer for each
 * package, GNU tar, plain, gzip and zstd, an opaque folder, mode 0555. What comes out has the files
 * that the same recipe gives on the base's own recipe. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_distroless.h"
#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "e2e/fixture_registry.h"
#include "support/fixture_files.h"

/* A program that is compiled, a package that the base does not have, one that it has. */
#define TOOL(base)                                                                            \
	"{\"name\":\"tool\"," base ",\"components\":[{\"name\":\"hostname\",\"providers\":[{" \
	"\"packages\":[\"hostname\",\"zlib1g\"]}]}],\"programs\":[{\"source\":"               \
	"\"../scripts-free/hello\",\"toolchain\":\"toolchain/c.json\",\"to\":"                \
	"\"/usr/bin/hello\"}],\"users\":[{\"name\":\"app\",\"uid\":4711,\"gid\":4711,"        \
	"\"home\":\"/\"}],\"config\":{\"entrypoint\":[\"/usr/bin/hello\"],"                   \
	"\"user\":\"65532:65532\"},\"audit\":{\"policy\":\"base\"}}"

struct base_family {
	struct arena a;
	struct registry registry;
	const char *dir, *recipe, *lock, *like;
};

/* The cc-debian13 of this repository, with mode 0555 where the original has it. */
static void write_base(struct base_family *f)
{
	const char *text = ORACLE(&f->a, "sed", "s/\"replace\": true/&, \"mode\": \"0555\"/",
				  "recipes/cc-debian13.json")
				   .p;

	cr_assert_not_null(strstr(text, "0555"));
	files_put(arena_printf(&f->a, "%s/recipes/cc-debian13.json", f->dir), text);
}

static void base_family_open(struct base_family *f)
{
	*f = (struct base_family){ 0 };
	f->dir = files_temporary(&f->a);
	f->recipe = arena_printf(&f->a, "%s/recipes/tool.json", f->dir);
	f->lock = arena_printf(&f->a, "%s/recipes/tool.lock.json", f->dir);
	f->like = arena_printf(&f->a, "%s/like", f->dir);
	registry_open(&f->registry, &f->a, REGISTRY_OPEN);
	write_base(f);
	ORACLE(&f->a, "cp", "--recursive", "images.json", "locks", "rootfs", "scripts-free",
	       f->dir);
	ORACLE(&f->a, "cp", "--recursive", "recipes/toolchain", "recipes/cc-debian13.lock.json",
	       arena_printf(&f->a, "%s/recipes", f->dir));
}

static void base_family_close(struct base_family *f)
{
	registry_close(&f->registry);
	files_remove(f->dir);
	arena_free(&f->a);
}

static const char *base_family_build(struct base_family *f, const char *recipe, const char *name)
{
	const char *out = arena_printf(&f->a, "%s/out/%s", f->dir, name);
	struct oracle_run r = IMGBUILD(&f->a, "--progress=plain", recipe, "-o", out);

	cr_assert_eq(r.status, 0, "%d %s%s", r.status, r.out.p, r.err.p);
	return out;
}

/* "[sha256:... sha256:...", without what ends the list. */
static const char *base_family_layers(struct base_family *f, const char *image)
{
	struct str said = str_trim(ORACLE(&f->a, "skopeo", "inspect", "--tls-verify=false",
					  "--format", "{{.Layers}}", image));

	return arena_strndup(&f->a, said.p, said.n - 1);
}

/* Names, types, modes, targets; and times of all but folders, which unpacking changes. */
static const char *list_tree(struct base_family *f, const char *root)
{
	return ORACLE(&f->a, "sh", "-c",
		      "{ find \"$0\" -mindepth 1 -printf '%P %y %m %l\\n';"
		      " find \"$0\" ! -type d -printf '%P %T@\\n'; } | sort",
		      root)
		.p;
}

/* Both unpacked by umoci, and compared by diff: names and contents; the rest by find. */
static void expect_same_trees(struct base_family *f, const char *x, const char *y)
{
	const char *one, *two, *plain = arena_printf(&f->a, "%s/plain", f->dir);
	const char *packed = arena_printf(&f->a, "%s/packed", f->dir);

	/* umoci reads no zstd */
	ORACLE(&f->a, "skopeo", "copy", "--dest-decompress", arena_printf(&f->a, "oci:%s", y),
	       arena_printf(&f->a, "dir:%s", plain));
	ORACLE(&f->a, "skopeo", "copy", arena_printf(&f->a, "dir:%s", plain),
	       arena_printf(&f->a, "oci:%s:tool:latest", packed));
	y = packed;
	(void)image_unpack(&f->a, f->dir, x, "tool");
	ORACLE(&f->a, "mv", arena_printf(&f->a, "%s/bundle-tool", f->dir),
	       arena_printf(&f->a, "%s/first", f->dir));
	two = image_unpack(&f->a, f->dir, y, "tool");
	one = arena_printf(&f->a, "%s/first/rootfs", f->dir);
	ORACLE(&f->a, "diff", "--recursive", "--no-dereference", one, two);
	cr_expect_str_eq(list_tree(f, one), list_tree(f, two));
}

/* imgbuild diff: nothing but the labels that say which recipe and which lock it was. */
static void expect_same_but_origin(struct base_family *f, const char *x, const char *y)
{
	static const char heading[] = "config: 0 new, 0 gone, 2 changed\n"
				      "  ~ label vnd.imgbuild.lock.digest  ";
	struct oracle_run r = IMGBUILD(&f->a, "diff", x, y);

	cr_expect_eq(strncmp(r.out.p, heading, strlen(heading)), 0, "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.out.p, "  ~ label vnd.imgbuild.recipe.digest  ") &&
			  strstr(r.out.p, "15 -> 15 packages") && !strstr(r.out.p, "files: ") &&
			  !strstr(r.out.p, "packages: "),
		  "%s", r.out.p);
}

Test(base_family, on_an_image_of_a_registry_come_the_files_of_the_recipe, .timeout = 600)
{
	struct base_family f;
	struct oracle_run r;
	const char *by_recipe, *by_image, *ref, *base_layers, *layers;

	oracle_need("skopeo");
	oracle_need("umoci");
	base_family_open(&f);
	files_put(f.recipe, TOOL("\"base\":\"cc-debian13\""));
	by_recipe = base_family_build(&f, f.recipe, "by-recipe");
	distroless_make_alike(&f.a,
			      base_family_build(&f,
						arena_printf(&f.a, "%s/recipes/cc-debian13.json",
							     f.dir),
						"cc"),
			      f.like);
	ref = registry_ref(&f.registry, "distroless/cc-debian13:latest");
	cr_assert_eq(IMGBUILD(&f.a, "push", f.like, ref).status, 0);
	base_layers = base_family_layers(&f, ref);
	unlink(f.lock);
	files_put(f.recipe,
		  arena_printf(&f.a, TOOL("\"archive\":\"debian13\",\"base\":\"%s\""), ref));
	by_image = base_family_build(&f, f.recipe, "by-image");
	expect_same_but_origin(&f, by_recipe, by_image);
	expect_same_trees(&f, by_recipe, by_image);
	layers = base_family_layers(&f, arena_printf(&f.a, "oci:%s", by_image));
	cr_expect(strncmp(layers, base_layers, strlen(base_layers)) == 0,
		  "its layers are the first ones, as they are: %s, %s", base_layers, layers);
	r = IMGBUILD(&f.a, "verify", by_image, "--recipe", f.recipe);
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	base_family_close(&f);
}
