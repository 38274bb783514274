/* SPDX-License-Identifier: Apache-2.0 */
/* One image, whatever the host: built here and by an imgbuild that was compiled in Debian 13, each
 * with an empty store, from one recipe and lock. And so for code of one's own in each language. */

#include <fcntl.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "full/fixture_debian13.h"
#include "support/fixture_files.h"

/* "hello" as its recipe says, and with zstd layers on its gzip base; and what Debian's packages
 * alone make. */
static const char *const recipes[] = { "recipes/hello.json", "recipes/hello-zstd.json",
				       "recipes/cephalo-packages.json" };
#define RECIPES (ARRAY_SIZE(recipes))

static void add_zstd(struct arena *a, const char *dir)
{
	const char *text = files_get(a, "recipes/hello.json");

	files_put(arena_printf(a, "%s/recipes/hello-zstd.json", dir),
		  arena_printf(a, "{ \"layers\": { \"compression\": \"zstd\" },%s", text + 1));
	ORACLE(a, "cp", "recipes/hello.lock.json",
	       arena_printf(a, "%s/recipes/hello-zstd.lock.json", dir));
}

static const char *digest_of_build(struct arena *a, const struct oracle_run *r)
{
	const char *at = strstr(r->out.p, "\"digest\":\"sha256:");

	cr_assert(r->status == 0 && at, "%d: %s%s", r->status, r->out.p, r->err.p);
	return arena_strndup(a, at + 10, strlen("sha256:") + 64);
}

static struct oracle_run build_here(struct arena *a, const char *dir, const char *recipe)
{
	return oracle_run(a,
			  (const char *const[]){
				  "env", "--chdir", dir,
				  arena_printf(a, "IMGBUILD_CACHE_DIR=%s/store", dir),
				  arena_printf(a, "%s/imgbuild", dir), "--progress=plain", "--json",
				  "--locked", "--no-audit", recipe, "-o", "out/image", NULL });
}

static struct oracle_run build_there(struct arena *a, const char *recipe)
{
	return DEBIAN13(a, "./imgbuild", "--progress=plain", "--json", "--locked", "--no-audit",
			"--cache-dir", "/src/store", recipe, "-o", "out/image");
}

/* The same two repositories: here in a temporary folder, there in /src. */
static void settle_repositories(struct arena *a, const char *dir)
{
	const char *there = arena_printf(a, "%s/src", debian13_root(a));
	struct oracle_run made;

	debian13_copy(a, dir);
	debian13_copy(a, there);
	add_zstd(a, dir);
	add_zstd(a, there);
	ORACLE(a, "cp", "imgbuild", dir);
	made = DEBIAN13(a, "make", "imgbuild");
	cr_assert_eq(made.status, 0, "%s%s", made.out.p, made.err.p);
}

static const char *version_of(struct arena *a, const char *said)
{
	const char *at = strstr(said, "this machine's ");

	cr_assert(at, "%s", said);
	return arena_strndup(a, at, strcspn(at, ","));
}

Test(hosts, a_recipe_and_its_lock_have_one_digest_on_this_host_and_on_debian_13, .timeout = 5400)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	settle_repositories(&a, dir);
	for (size_t i = 0; i < RECIPES; i++) {
		struct oracle_run here = build_here(&a, dir, recipes[i]),
				  there = build_there(&a, recipes[i]);

		cr_expect_str_eq(digest_of_build(&a, &here), digest_of_build(&a, &there), "%s",
				 recipes[i]);
		cr_expect(!strstr(here.err.p, "warning: ") && !strstr(there.err.p, "warning: "),
			  "%s%s", here.err.p, there.err.p);
	}
	/* without the lock of tools each host's own library writes */
	ORACLE(&a, "rm", "--recursive", arena_printf(&a, "%s/locks", dir),
	       arena_printf(&a, "%s/src/locks", debian13_root(&a)));
	for (size_t i = 0; i < RECIPES; i++) {
		struct oracle_run here = build_here(&a, dir, recipes[i]),
				  there = build_there(&a, recipes[i]);
		bool same = strcmp(digest_of_build(&a, &here), digest_of_build(&a, &there)) == 0;
		bool alike = strcmp(version_of(&a, here.err.p), version_of(&a, there.err.p)) == 0;

		cr_expect_eq(same, alike, "%s: %s, %s", recipes[i], version_of(&a, here.err.p),
			     version_of(&a, there.err.p));
	}
	files_remove(dir);
}

struct host_project {
	const char *option, *name;
	const char *const files[6]; /* names and texts */
};

#define HOST_CARGO "[package]\nname = \"hello-rust\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"
#define HOST_CARGO_LOCK "version = 4\n\n[[package]]\nname = \"hello-rust\"\nversion = \"0.1.0\"\n"
#define HOST_NODE "{ \"name\": \"hello-node\", \"version\": \"1.0.0\", \"main\": \"main.js\" }\n"
#define HOST_NODE_LOCK \
	"{ \"name\": \"hello-node\", \"lockfileVersion\": 3, \"packages\": { \"\": {} } }\n"

static const struct host_project host_projects[] = {
	{ "--c",
	  "hello-c",
	  { "main.c", "#include <stdio.h>\n\nint main(void) { return puts(\"c\") < 0; }\n" } },
	{ "--cxx",
	  "hello-cxx",
	  { "main.cc", "#include <iostream>\n\nint main() { std::cout << \"cxx\\n\"; }\n" } },
	{ "--go",
	  "hello-go",
	  { "go.mod", "module example.test/hello-go\n\ngo 1.22\n", "main.go",
	    "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"go\") }\n" } },
	{ "--rust",
	  "hello-rust",
	  { "Cargo.toml", HOST_CARGO, "Cargo.lock", HOST_CARGO_LOCK, "src/main.rs",
	    "fn main() { println!(\"rust\"); }\n" } },
	{ "--python", "hello-python", { "main.py", "print('python')\n" } },
	{ "--node",
	  "hello-node",
	  { "package.json", HOST_NODE, "package-lock.json", HOST_NODE_LOCK, "main.js",
	    "console.log('node');\n" } },
	{ "--java",
	  "hello-java",
	  { "src/Hello.java", "public class Hello {\n    public static void main(String[] args) {\n"
			      "        System.out.println(\"java\");\n    }\n}\n" } },
};

/* What init makes of it here, in DIR/projects; and the same there. */
static void host_project_begin(struct arena *a, const char *dir, const struct host_project *p)
{
	const char *there = arena_printf(a, "%s/src", debian13_root(a));
	const char *projects = arena_printf(a, "%s/projects", dir);
	struct oracle_run r;

	for (size_t i = 0; i < ARRAY_SIZE(p->files) && p->files[i]; i += 2)
		files_put(arena_printf(a, "%s/%s/%s", projects, p->name, p->files[i]),
			  p->files[i + 1]);
	r = oracle_run(a, (const char *const[]){
				  "env", "--chdir", projects,
				  arena_printf(a, "IMGBUILD_CACHE_DIR=%s/store", dir),
				  arena_printf(a, "%s/imgbuild", dir), "--progress=quiet", "init",
				  p->option, p->name, NULL });
	cr_assert_eq(r.status, 0, "%s: %s%s", p->name, r.out.p, r.err.p);
	ORACLE(a, "rm", "--recursive", arena_printf(a, "%s/out", projects));
	ORACLE(a, "cp", "--recursive", projects, there);
}

/* Neither takes what the other compiled. */
Test(hosts, code_of_ones_own_has_one_digest_on_this_host_and_on_debian_13, .timeout = 5400)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	settle_repositories(&a, dir);
	for (size_t i = 0; i < ARRAY_SIZE(host_projects); i++) {
		const char *recipe = arena_printf(&a, "projects/recipes/%s.json",
						  host_projects[i].name);
		struct oracle_run here, there;

		host_project_begin(&a, dir, &host_projects[i]);
		here = build_here(&a, dir, recipe);
		there = build_there(&a, recipe);
		cr_expect_str_eq(digest_of_build(&a, &here), digest_of_build(&a, &there), "%s",
				 recipe);
	}
	files_remove(dir);
}
