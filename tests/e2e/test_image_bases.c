/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes on images of others, in a small world: what the lock keeps and what update moves, what
 * works without the registry, what is refused. The base has libapp1; the recipe asks for app, which
 * needs libapp1 and libcap. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_registry.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define LIB                                                                              \
	"{\"name\":\"lib\",\"archive\":\"mini\",\"components\":[{\"name\":\"lib\","      \
	"\"providers\":[{\"packages\":[\"libapp1\"]}]}],\"users\":[{\"name\":\"root\","  \
	"\"uid\":0,\"gid\":0,\"home\":\"/\"}],\"config\":{\"user\":\"7:7\",\"workdir\":" \
	"\"/usr\",\"env\":{\"A\":\"1\",\"B\":\"1\"},\"labels\":{\"from\":\"lib\"},"      \
	"\"expose\":[\"80/tcp\"],\"entrypoint\":[\"/usr/bin/x\"],\"cmd\":[\"y\"],"       \
	"\"healthcheck\":{\"test\":[\"CMD\",\"/usr/bin/x\"],\"interval\":\"30s\","       \
	"\"retries\":5}},\"audit\":{\"policy\":\"report-only\"}}"
#define TOP(base)                                                                      \
	"{\"name\":\"top\",\"archive\":\"mini\",\"base\":\"" base "\",\"components\":" \
	"[{\"name\":\"app\",\"providers\":[{\"packages\":[\"app\",\"libapp1\"]}]}],"   \
	"\"libraries\":[\"libcap\"],\"users\":[{\"name\":\"app\",\"uid\":9,\"gid\":9," \
	"\"home\":\"/\"}],\"config\":{\"env\":{\"B\":\"2\"}},"                         \
	"\"audit\":{\"policy\":\"report-only\"}}"

struct base_world {
	struct arena a;
	struct minirepo m;
	struct registry registry;
	const char *lib, *top, *lock, *image, *layout; /* recipes, top's lock, images */
};

static const char *in_repository(struct base_world *w, const char *name)
{
	return arena_printf(&w->a, "%s/repository/%s", w->m.dir, name);
}

static void base_world_open(struct base_world *w)
{
	*w = (struct base_world){ 0 };
	minirepo_open(&w->m, &w->a);
	w->lib = in_repository(w, "lib.json");
	w->top = in_repository(w, "top.json");
	w->lock = in_repository(w, "top.lock.json");
	w->layout = in_repository(w, "lib");
	w->image = in_repository(w, "top");
	files_put(w->lib, LIB);
}

static void base_world_close(struct base_world *w)
{
	if (w->registry.dir)
		registry_close(&w->registry);
	minirepo_close(&w->m);
	arena_free(&w->a);
}

static void expect_done(struct base_world *w, struct oracle_run r)
{
	(void)w;
	cr_assert_eq(r.status, 0, "%d %s%s", r.status, r.out.p, r.err.p);
}

static bool base_says(struct str text, const char *part)
{
	return strstr(text.p, part) != NULL;
}

static struct oracle_run build_top(struct base_world *w, const char *option)
{
	return MINIREPO_RUN(&w->m, "--progress=plain", w->top, "-o", w->image, option);
}

/* The base, made by imgbuild and stored by who knows whom: skopeo packs its layers anew. */
static void make_layout(struct base_world *w, const char *form)
{
	const char *plain = in_repository(w, "plain");

	expect_done(w, MINIREPO_RUN(&w->m, w->lib, "-o", plain));
	ORACLE(&w->a, "skopeo", "copy", arena_printf(&w->a, "--dest-compress-format=%s", form),
	       "--dest-compress", arena_printf(&w->a, "oci:%s", plain),
	       arena_printf(&w->a, "oci:%s:v1", w->layout));
}

static const char *skopeo_says(struct base_world *w, const char *what, const char *format,
			       const char *image)
{
	return str_dup(&w->a, str_trim(ORACLE(&w->a, "skopeo", "inspect", what, "--format", format,
					      arena_printf(&w->a, "oci:%s", image))));
}

static void expect_inherited(struct base_world *w)
{
	static const struct {
		const char *format, *value;
	} cases[] = {
		{ "{{.Config.User}} {{.Config.WorkingDir}} {{.Config.Env}}", "7:7 /usr [A=1 B=2]" },
		{ "{{.Config.Entrypoint}} {{.Config.Cmd}}", "[/usr/bin/x] [y]" },
		{ "{{.Config.ExposedPorts}}", "map[80/tcp:{}]" },
		{ "{{index .Config.Labels \"from\"}} {{index .Config.Labels \"vnd.imgbuild.recipe\"}}",
		  "lib top.json" },
		{ "{{range .History}}{{.CreatedBy}};{{end}}",
		  "imgbuild layer lib/lib;imgbuild layer lib/files;imgbuild layer top/app;"
		  "imgbuild layer top/files;" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(skopeo_says(w, "--config", cases[i].format, w->image),
				 cases[i].value);
	cr_expect(base_says(ORACLE(&w->a, "skopeo", "inspect", "--config", "--raw",
				   arena_printf(&w->a, "oci:%s", w->image)),
			    "\"Healthcheck\":{\"Interval\":30000000000,\"Retries\":5,"));
}

Test(image_bases, a_layout_is_taken_over_as_it_is, .timeout = 600)
{
	static const char *const forms[] = { "gzip", "zstd" };
	struct base_world w;
	struct oracle_run r;

	oracle_need("skopeo");
	base_world_open(&w);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *base, *top;

		files_remove(w.layout);
		unlink(w.lock);
		make_layout(&w, forms[i]);
		files_put(w.top, TOP("oci:lib:v1"));
		expect_done(&w, build_top(&w, NULL));
		base = skopeo_says(&w, "--no-tags", "{{.Layers}}", w.layout);
		top = skopeo_says(&w, "--no-tags", "{{.Layers}}", w.image);
		cr_expect(strncmp(top, base, strlen(base) - 1) == 0, "%s, %s", base, top);
		expect_inherited(&w);
	}
	r = MINIREPO_RUN(&w.m, "sbom", w.image);
	cr_expect(base_says(r.out, "pkg:deb/debian/libapp1@1.0-1") &&
			  base_says(r.out, "pkg:deb/debian/app@1.0-1"),
		  "%s", r.err.p);
	r = MINIREPO_RUN(&w.m, "why", w.image, "/usr/share/libapp1", "--recipe", w.top);
	cr_expect(base_says(r.out, "part of the base image oci:lib:v1") &&
			  base_says(r.out, "which is sha256:"),
		  "%s%s", r.out.p, r.err.p);
	cr_expect_not(base_says(str_of(files_get(&w.a, w.lock)), "libapp1_1.0"),
		      "nothing is locked, or fetched, that the base has");
	expect_done(&w, MINIREPO_RUN(&w.m, "verify", w.image, "--recipe", w.top));
	base_world_close(&w);
}

static const char *push_lib(struct base_world *w)
{
	const char *ref = registry_ref(&w->registry, "team/lib:1");

	make_layout(w, "gzip");
	expect_done(w, MINIREPO_RUN(&w->m, "push", w->layout, ref));
	files_remove(w->layout);
	files_remove(in_repository(w, "plain"));
	return ref;
}

static const char *base_annotation(struct base_world *w, const char *name)
{
	const char *manifest = ORACLE(&w->a, "skopeo", "inspect", "--raw",
				      arena_printf(&w->a, "oci:%s", w->image))
				       .p;
	const char *at = strstr(manifest, name);

	cr_assert_not_null(at, "%s", manifest);
	at += strlen(name) + 3;
	return arena_strndup(&w->a, at, strcspn(at, "\""));
}

/* The archive with another version of libapp1. */
static void publish_again(struct base_world *w, const char *version)
{
	minirepo_forget(&w->m);
	minirepo_package(&w->m, &(struct minirepo_package){ .name = "app",
							    .version = "1.0-1",
							    .depends = "libapp1, libcap" });
	minirepo_package(&w->m,
			 &(struct minirepo_package){ .name = "libapp1", .version = version });
	minirepo_package(&w->m, &(struct minirepo_package){ .name = "libcap", .version = "2.0-1" });
	minirepo_publish(&w->m, 2);
}

Test(image_bases, lock_keeps_the_digest_and_update_moves_it, .timeout = 600)
{
	struct base_world w;
	struct oracle_run r;
	const char *ref, *first;

	oracle_need("skopeo");
	base_world_open(&w);
	registry_open(&w.registry, &w.a, REGISTRY_OPEN);
	ref = push_lib(&w);
	files_put(w.top, arena_printf(&w.a, TOP("%s"), ref));
	expect_done(&w, build_top(&w, NULL));
	first = base_annotation(&w, "image.base.digest");
	cr_expect_str_eq(base_annotation(&w, "image.base.name"), ref + strlen("docker://"));
	cr_expect_str_eq(str_dup(&w.a,
				 str_trim(ORACLE(&w.a, "skopeo", "inspect", "--tls-verify=false",
						 "--format", "{{.Digest}}", ref))),
			 first);
	publish_again(&w, "2.0-1");
	r = MINIREPO_RUN(&w.m, "update", w.lib);
	cr_assert(r.status == 0 && base_says(r.out, "2.0-1"), "%s%s", r.out.p, r.err.p);
	push_lib(&w);
	expect_done(&w, MINIREPO_RUN(&w.m, "lock", w.top));
	expect_done(&w, build_top(&w, "--locked"));
	cr_expect_str_eq(base_annotation(&w, "image.base.digest"), first,
			 "whatever the tag is now");
	cr_expect_eq(MINIREPO_RUN(&w.m, "lock", "--check", w.top).status, 1);
	r = MINIREPO_RUN(&w.m, "update", w.top);
	expect_done(&w, r);
	cr_expect(base_says(r.out, "in base ") && !base_says(r.out, "0.0 kB") &&
			  base_says(r.out, "1.0-1") && base_says(r.out, "2.0-1") &&
			  base_says(r.out, arena_strndup(&w.a, first, 19)),
		  "%s", r.out.p);
	cr_expect_eq(MINIREPO_RUN(&w.m, "lock", "--check", w.top).status, 0);
	expect_done(&w, build_top(&w, "--locked"));
	cr_expect_str_neq(base_annotation(&w, "image.base.digest"), first);
	base_world_close(&w);
}

Test(image_bases, what_was_fetched_builds_without_the_registry, .timeout = 600)
{
	struct base_world w;
	struct oracle_run r;
	const char *ref;

	oracle_need("skopeo");
	base_world_open(&w);
	registry_open(&w.registry, &w.a, REGISTRY_OPEN);
	ref = push_lib(&w);
	files_put(w.top, arena_printf(&w.a, TOP("%s"), ref));
	expect_done(&w, MINIREPO_RUN(&w.m, "lock", w.top));
	files_remove(w.m.store);
	r = build_top(&w, "--frozen");
	cr_expect(r.status == 4 && base_says(r.err, "not in the store"), "%d %s", r.status,
		  r.err.p);
	expect_done(&w, MINIREPO_RUN(&w.m, "fetch", w.top));
	registry_kill(&w.registry);
	expect_done(&w, build_top(&w, "--frozen"));
	r = MINIREPO_RUN(&w.m, "update", "--offline", w.top);
	cr_expect(r.status == 4 && base_says(r.err, "name the image by its digest"), "%d %s",
		  r.status, r.err.p);
	registry_start(&w.registry);
	base_world_close(&w);
}

/* The layout as one file, lib.tar. */
static void base_archive(struct base_world *w)
{
	const char *archive = in_repository(w, "lib.tar");

	unlink(archive);
	ORACLE(&w->a, "skopeo", "copy", arena_printf(&w->a, "oci:%s:v1", w->layout),
	       arena_printf(&w->a, "oci-archive:%s:v1", archive));
}

static void expect_another_base(struct base_world *w, const char *base)
{
	struct oracle_run r = build_top(w, NULL);

	cr_expect(r.status == 5 && base_says(r.err, "top.json:1:") &&
			  base_says(r.err,
				    arena_printf(&w->a, "base image %s: it is sha256:", base)) &&
			  base_says(r.err, "run imgbuild update to take this one"),
		  "%s: %d %s", base, r.status, r.err.p);
}

/* Be the image that was made of the locked one still there or not. */
Test(image_bases, another_image_than_the_locked_one_is_refused, .timeout = 600)
{
	static const char *const bases[] = { "oci:lib:v1", "oci-archive:lib.tar:v1" };
	struct base_world w;

	oracle_need("skopeo");
	base_world_open(&w);
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		make_layout(&w, "gzip");
		base_archive(&w);
		files_put(w.top, arena_printf(&w.a, TOP("%s"), bases[i]));
		expect_done(&w, MINIREPO_RUN(&w.m, "update", w.top));
		expect_done(&w, build_top(&w, NULL));
		files_remove(w.layout);
		make_layout(&w, "zstd");
		base_archive(&w);
		expect_another_base(&w, bases[i]);
		files_remove(w.image);
		expect_another_base(&w, bases[i]);
		expect_done(&w, MINIREPO_RUN(&w.m, "update", w.top));
		expect_done(&w, build_top(&w, NULL));
		files_remove(w.layout);
	}
	base_world_close(&w);
}

Test(image_bases, an_image_for_another_platform_is_refused, .timeout = 600)
{
	struct base_world w;
	struct oracle_run r;
	const char *ref;

	oracle_need("skopeo");
	base_world_open(&w);
	registry_open(&w.registry, &w.a, REGISTRY_OPEN);
	ref = push_lib(&w);
	files_put(w.top, arena_printf(&w.a, TOP("%s"), ref));
	r = MINIREPO_RUN(&w.m, "lock", "--platform", "linux/arm64", w.top);
	cr_expect(r.status == 3 && base_says(r.err, "top.json:1:") &&
			  base_says(r.err, "no image for linux/arm64; there is: linux/amd64"),
		  "%d %s", r.status, r.err.p);
	make_layout(&w, "gzip");
	files_put(w.top, TOP("oci:lib:v1"));
	r = MINIREPO_RUN(&w.m, "lock", "--platform", "linux/arm64", w.top);
	cr_expect(r.status == 3 && base_says(r.err, "linux/amd64"), "%d %s", r.status, r.err.p);
	base_world_close(&w);
}

/* Debian's own form of records: dpkg's database, in an archive that docker save could have written;
 * and no record at all. */
Test(image_bases, a_base_without_package_records_is_a_warning, .timeout = 600)
{
	struct base_world w;
	struct oracle_run r;
	const char *archive;

	oracle_need("skopeo");
	oracle_need("umoci");
	base_world_open(&w);
	archive = in_repository(&w, "bare.tar");
	ORACLE(&w.a, "umoci", "init", "--layout", w.layout);
	ORACLE(&w.a, "umoci", "new", "--image", arena_printf(&w.a, "%s:v1", w.layout));
	files_put(in_repository(&w, "file"), "text\n");
	ORACLE(&w.a, "umoci", "insert", "--rootless", "--image",
	       arena_printf(&w.a, "%s:v1", w.layout), in_repository(&w, "file"), "/srv/file");
	ORACLE(&w.a, "skopeo", "copy", arena_printf(&w.a, "oci:%s:v1", w.layout),
	       arena_printf(&w.a, "docker-archive:%s:bare:v1", archive));
	files_put(w.top, TOP("docker-archive:bare.tar"));
	r = build_top(&w, NULL);
	expect_done(&w, r);
	cr_expect(base_says(r.err, "the base image docker-archive:bare.tar has no package records: "
				   "which versions, licences and known vulnerabilities it has is "
				   "unknown"),
		  "%s", r.err.p);
	ORACLE(&w.a, "umoci", "unpack", "--rootless", "--image",
	       arena_printf(&w.a, "%s:top:latest", w.image), in_repository(&w, "bundle"));
	cr_expect_str_eq(files_get(&w.a, in_repository(&w, "bundle/rootfs/srv/file")), "text\n");
	cr_expect_str_eq(files_get(&w.a, in_repository(&w, "bundle/rootfs/usr/share/app")),
			 "1.0-1");
	base_world_close(&w);
}
