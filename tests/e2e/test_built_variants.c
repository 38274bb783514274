/* SPDX-License-Identifier: Apache-2.0 */
/* Variants of one recipe, built: what they share, what a change in one does to another, and what
 * each may hold. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define FAMILY_DEBUG                                                                                 \
	"\"components\":[{\"name\":\"busybox\",\"providers\":[{\"packages\":[\"busybox-static\"]}]," \
	"\"keep\":[\"/usr/bin/busybox\"]}],"                                                         \
	"\"effects\":{\"accept\":[{\"package\":\"busybox-static\",\"reason\":\"an initramfs\"}]}"
#define FAMILY_ACCEPT                                                                        \
	",\"audit\":{\"accept\":[{\"rule\":\"shell.program\",\"path\":\"/usr/bin/busybox\"," \
	"\"reason\":\"to look around\"},{\"rule\":\"elf.no-pie\",\"path\":"                  \
	"\"/usr/bin/busybox\",\"reason\":\"built so by Debian\"}]}"

struct family_folder {
	struct arena a;
	const char *dir, *program;
};

static void family_write(struct family_folder *f, const char *debug)
{
	files_put(
		arena_printf(&f->a, "%s/tool.json", f->dir),
		arena_printf(&f->a,
			     "{\"name\":\"tool\",\"base\":\"cc-debian13\",\"components\":[{"
			     "\"name\":\"hostname\",\"providers\":[{\"packages\":[\"hostname\"]}],"
			     "\"keep\":[\"/usr/bin/hostname\"]}],\"config\":{\"entrypoint\":["
			     "\"/usr/bin/hostname\"],\"user\":\"65532\"},\"variants\":{\"root\":{"
			     "\"config\":{\"user\":\"0\"},\"audit\":{\"policy\":\"base\"}},"
			     "\"debug\":{%s}}}",
			     debug));
}

static void family_open(struct family_folder *f, const char *debug)
{
	char here[4096];

	*f = (struct family_folder){ 0 };
	cr_assert_not_null(getcwd(here, sizeof(here)));
	f->dir = files_temporary(&f->a);
	f->program = arena_printf(&f->a, "%s/imgbuild", here);
	files_put(
		arena_printf(&f->a, "%s/images.json", f->dir),
		"{\"images\":{\"tool\":{\"recipe\":\"tool.json\",\"tags\":[\"1.0\",\"latest\"]}}}");
	family_write(f, debug);
}

static void family_close(struct family_folder *f)
{
	files_remove(f->dir);
	arena_free(&f->a);
}

static struct oracle_run family_run(struct family_folder *f, const char *const words[4])
{
	return oracle_run(&f->a, (const char *const[]){ "env", "-C", f->dir, f->program,
							"--progress=plain", words[0], words[1],
							words[2], words[3], NULL });
}
#define FAMILY(f, ...) family_run((f), (const char *const[4]){ __VA_ARGS__ })

static const char *family_trimmed(struct family_folder *f, struct str said)
{
	return str_dup(&f->a, str_trim(said));
}

/* What skopeo reads of a built image: by a template of its own. */
static const char *family_says(struct family_folder *f, const char *image, const char *format)
{
	return family_trimmed(f, ORACLE(&f->a, "skopeo", "inspect", "--config", "--format", format,
					arena_printf(&f->a, "oci:%s/out/%s", f->dir, image)));
}

static const char *family_layers(struct family_folder *f, const char *image)
{
	return family_trimmed(f, ORACLE(&f->a, "skopeo", "inspect", "--format", "{{.Layers}}",
					arena_printf(&f->a, "oci:%s/out/%s", f->dir, image)));
}

static const char *family_digest(struct family_folder *f, const char *image)
{
	return family_trimmed(f, ORACLE(&f->a, "skopeo", "inspect", "--format", "{{.Digest}}",
					arena_printf(&f->a, "oci:%s/out/%s", f->dir, image)));
}

Test(built_variants, all_are_built_share_layers_and_do_not_move_one_another)
{
	struct family_folder f;
	struct oracle_run r;
	const char *plain, *root, *debug;

	family_open(&f, FAMILY_DEBUG FAMILY_ACCEPT);
	r = FAMILY(&f, "tool.json");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	plain = family_layers(&f, "tool:tool:1.0");
	debug = family_layers(&f, "tool-debug:tool:1.0-debug");
	cr_expect_str_eq(family_layers(&f, "tool-root:tool:1.0-root"), plain);
	cr_expect(strstr(debug, arena_strndup(&f.a, plain, strlen(plain) - 1)) == debug,
		  "debug has these layers and one more: %s, %s", plain, debug);
	cr_expect_str_eq(str_dup(&f.a, str_trim(str_of(family_says(&f, "tool:tool:1.0",
								   "{{.Config.User}}")))),
			 "65532");
	cr_expect_str_eq(family_says(&f, "tool-root:tool:1.0-root", "{{.Config.User}}"), "0");
	cr_expect_not_null(
		strstr(family_says(&f, "tool-debug:tool:1.0-debug", "{{.Config.Labels}}"),
		       "vnd.imgbuild.variant:debug"));
	plain = family_digest(&f, "tool:tool:1.0");
	root = family_digest(&f, "tool-root:tool:1.0-root");
	debug = family_digest(&f, "tool-debug:tool:1.0-debug");
	family_write(&f, FAMILY_DEBUG FAMILY_ACCEPT ",\"libraries\":[\"libcap2\"],"
						    "\"config\":{\"env\":{\"A\":\"1\"}}");
	r = FAMILY(&f, "lock", "tool.json");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	r = FAMILY(&f, "tool.json", "--locked");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect_str_eq(family_digest(&f, "tool:tool:1.0"), plain,
			 "a package that only debug may use does not move the recipe itself");
	cr_expect_str_eq(family_digest(&f, "tool-root:tool:1.0-root"), root);
	cr_expect_str_neq(family_digest(&f, "tool-debug:tool:1.0-debug"), debug);
	r = FAMILY(&f, "verify", "out/tool");
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	r = FAMILY(&f, "verify", "out/tool-debug");
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	r = FAMILY(&f, "why", "out/tool-debug", "/usr/bin/busybox");
	cr_expect_not_null(strstr(r.out.p, "component busybox"), "%s%s", r.out.p, r.err.p);
	family_close(&f);
}

Test(built_variants, what_debug_accepts_counts_for_debug_alone)
{
	struct family_folder f;
	struct oracle_run r;

	family_open(&f, FAMILY_DEBUG FAMILY_ACCEPT);
	r = FAMILY(&f, "tool.json", "--variant", "debug");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect_eq(access(arena_printf(&f.a, "%s/out/tool", f.dir), F_OK), -1);
	cr_expect_eq(FAMILY(&f, "audit", "out/tool-debug").status, 0);
	cr_expect_eq(FAMILY(&f, "audit", "out/tool-debug", "--recipe", "tool.json").status, 0);
	family_write(&f, FAMILY_DEBUG);
	r = FAMILY(&f, "tool.json", "--variant", "debug");
	cr_expect_eq(r.status, 1, "strict refuses a shell that the variant does not accept");
	cr_expect_not_null(strstr(r.err.p, "refuses tool:debug; it was kept as"), "%s", r.err.p);
	r = FAMILY(&f, "audit", "out/tool-debug", "--recipe", "tool.json");
	cr_expect_eq(r.status, 1,
		     "the image was made from another recipe: its label chooses nothing");
	family_close(&f);
}

Test(built_variants, options_of_one_image_need_to_know_which)
{
	struct family_folder f;
	struct oracle_run r;

	family_open(&f, FAMILY_DEBUG FAMILY_ACCEPT);
	r = FAMILY(&f, "tool.json", "-o", "x");
	cr_expect_eq(r.status, 2);
	cr_expect_not_null(
		strstr(r.err.p,
		       "-o, --archive, --tag and --against go with one image "
		       "only, and tool has variants, too; say which with --variant latest or "
		       "--variant debug"),
		"%s", r.err.p);
	r = FAMILY(&f, "tool.json", "--variant", "debgu");
	cr_expect_eq(r.status, 3);
	cr_expect_not_null(strstr(r.err.p, "tool.json has latest, debug, root; did you mean "
					   "\"debug\"?"),
			   "%s", r.err.p);
	family_close(&f);
}

/* Nor does one of another folder, or of a variant's name. */
Test(built_variants, another_recipe_does_not_take_the_place_of_one, .timeout = 600)
{
	struct family_folder f;
	struct oracle_run r;
	const char *digest, *path;

	family_open(&f, FAMILY_DEBUG FAMILY_ACCEPT);
	path = arena_printf(&f.a, "%s/other.json", f.dir);
	files_put(path, "{ \"name\": \"tool-root\", \"base\": \"static\" }\n");
	r = FAMILY(&f, "tool.json");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	digest = family_digest(&f, "tool-root:tool:1.0-root");
	r = FAMILY(&f, "--keep-going", "tool.json", "other.json");
	cr_expect_eq(r.status, 3, "%s", r.err.p);
	cr_expect(strstr(r.err.p, "other.json: the image of tool.json is in out/tool-root already; "
				  "give one of them another name, or build it with -o"),
		  "%s", r.err.p);
	cr_expect_str_eq(family_digest(&f, "tool-root:tool:1.0-root"), digest);
	family_close(&f);
}
