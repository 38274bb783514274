/* SPDX-License-Identifier: Apache-2.0 */
/* One image for several platforms: an index within the index, one manifest for each. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "make/image/image_blobs.h"
#include "support/fixture_files.h"
#include "support/fixture_image_scene.h"
#include "support/fixture_oracle.h"

struct platform_pair {
	struct scene s;
	struct image amd64, arm64, both;
};

/* The small image twice; that for arm64 has one file more. */
static void platforms_begin(struct platform_pair *p, struct arena *a)
{
	struct recipe r = image_scene_recipe(a);
	const struct image *parts[] = { &p->amd64, &p->arm64 };
	struct error e = { 0 };

	scene_begin(&p->s, a);
	scene_small_image(&p->s);
	p->amd64 = image_scene(&p->s, "small:1");
	scene_file(&p->s, "app", "etc/app/more", "more");
	p->arm64 = image_scene(&p->s, "small:1");
	p->arm64.architecture = "arm64";
	p->arm64.variant = "v8";
	cr_assert(image_describe(a, &r, NULL, &p->arm64, &e), "%s", e.cause);
	image_join(a, parts, 2, &p->both);
}

static const char *platforms_path(struct platform_pair *p, const char *name)
{
	return arena_printf(p->s.a, "%s/%s", p->s.dir, name);
}

static const char *write_platforms_layout(struct platform_pair *p)
{
	struct error e = { 0 };

	cr_assert(image_write_layout(&p->s.store, &p->both, platforms_path(p, "small"), &e), "%s%s",
		  e.context, e.cause);
	return platforms_path(p, "small");
}

Test(platforms, the_texts_are_canonical_json)
{
	AUTO_ARENA a = { 0 };
	struct platform_pair p;

	platforms_begin(&p, &a);
	cr_expect_str_eq(
		p.both.manifest.p,
		arena_printf(
			&a,
			"{\"manifests\":["
			"{\"digest\":\"sha256:%s\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
			"\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"},\"size\":%zu},"
			"{\"digest\":\"sha256:%s\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
			"\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"},\"size\":%zu}],"
			"\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\":2}",
			digest_hex_dup(&a, &p.amd64.manifest_digest), p.amd64.manifest.n,
			digest_hex_dup(&a, &p.arm64.manifest_digest), p.arm64.manifest.n));
	cr_expect_str_eq(
		p.both.index.p,
		arena_printf(
			&a,
			"{\"manifests\":[{\"annotations\":{\"io.containerd.image.name\":\"localhost/small:1\","
			"\"org.opencontainers.image.ref.name\":\"small:1\"},\"digest\":\"sha256:%s\","
			"\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"size\":%zu}],"
			"\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\":2}",
			digest_hex_dup(&a, &p.both.manifest_digest), p.both.manifest.n));
	scene_end(&p.s);
}

Test(platforms, what_is_equal_is_one_blob)
{
	AUTO_ARENA a = { 0 };
	struct image_blobs blobs = { 0 };
	struct platform_pair p;

	platforms_begin(&p, &a);
	image_blobs_list(&a, &p.both, &blobs);
	/* the layer "base" of both, two layers "app", two configs, two manifests, one index */
	cr_expect_eq(blobs.v.n, 8);
	cr_expect_eq(files_below(&a, write_platforms_layout(&p), "").n, 8 + 2);
	scene_end(&p.s);
}

Test(platforms, one_image_alone_stays_what_it_is)
{
	AUTO_ARENA a = { 0 };
	struct platform_pair p;
	const struct image *parts[] = { &p.arm64 };
	struct image one;

	platforms_begin(&p, &a);
	image_join(&a, parts, 1, &one);
	cr_expect_str_eq(one.index.p, p.arm64.index.p);
	cr_expect_eq(one.parts.n, 0);
	scene_end(&p.s);
}

Test(platforms, skopeo_reads_each_and_copies_all)
{
	AUTO_ARENA a = { 0 };
	const char *layout, *from;
	struct strings copied;
	struct error e = { 0 };
	struct platform_pair p;

	oracle_need("skopeo");
	platforms_begin(&p, &a);
	layout = write_platforms_layout(&p);
	from = arena_printf(&a, "oci:%s:small:1", layout);
	cr_expect_str_eq(ORACLE(&a, "skopeo", "inspect", "--override-arch=arm64", "--format",
				"{{.Architecture}}", from)
				 .p,
			 "arm64\n");
	cr_expect_str_eq(ORACLE(&a, "skopeo", "inspect", "--override-arch=amd64", "--format",
				"{{.Architecture}}", from)
				 .p,
			 "amd64\n");
	ORACLE(&a, "skopeo", "copy", "--insecure-policy", "--all", from,
	       arena_printf(&a, "dir:%s", platforms_path(&p, "copy")));
	copied = files_below(&a, platforms_path(&p, "copy"), ".manifest.json");
	cr_expect_eq(copied.n, 2, "one manifest for each platform");
	cr_expect_str_eq(files_get(&a, platforms_path(&p, "copy/manifest.json")),
			 p.both.manifest.p);
	cr_assert(image_write_archive(&p.s.store, &p.both, platforms_path(&p, "small.tar"), &e),
		  "%s%s", e.context, e.cause);
	cr_expect_str_eq(ORACLE(&a, "skopeo", "inspect", "--override-arch=arm64", "--format",
				"{{.Architecture}}",
				arena_printf(&a, "oci-archive:%s", platforms_path(&p, "small.tar")))
				 .p,
			 "arm64\n");
	/* docker save knows no platforms: it is the first one there */
	cr_expect_str_eq(ORACLE(&a, "skopeo", "inspect", "--format", "{{.Architecture}}",
				arena_printf(&a, "docker-archive:%s",
					     platforms_path(&p, "small.tar")))
				 .p,
			 "amd64\n");
	scene_end(&p.s);
}

Test(platforms, podman_takes_the_one_it_is_asked_for)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	const char *id;
	struct platform_pair p;

	platforms_begin(&p, &a);
	image_scene_podman(&p.s);
	write_platforms_layout(&p);
	cr_assert_eq(chdir(p.s.dir),
		     0); /* what podman calls an image of a folder depends on its version */
	id = str_dup(&a, str_trim(ORACLE(&a, "podman", "pull", "-q", "--arch=arm64", "oci:small")));
	cr_expect_str_eq(ORACLE(&a, "podman", "inspect", "--type=image", "--format",
				"{{.Architecture}}", id)
				 .p,
			 "arm64\n");
	ORACLE(&a, "podman", "rmi", "-f", id);
	cr_assert(image_write_archive(&p.s.store, &p.both, platforms_path(&p, "small.tar"), &e),
		  "%s%s", e.context, e.cause);
	ORACLE(&a, "podman", "load", "-q", "-i", platforms_path(&p, "small.tar"));
	cr_expect(strstr(ORACLE(&a, "podman", "images", "--format", "{{.Repository}}:{{.Tag}}").p,
			 "localhost/small:1"));
	scene_end(&p.s);
}

Test(platforms, the_audit_reads_each)
{
	static const char *const names[] = { "linux/amd64", "linux/arm64", "linux/arm64/v8",
					     "linux/amd64/v1" };
	AUTO_ARENA a = { 0 };
	struct audit_request req = { .policy = "report-only" };
	struct audit_result r;
	struct error e = { 0 };
	struct platform_pair p;

	platforms_begin(&p, &a);
	req.image = write_platforms_layout(&p);
	for (size_t i = 0; i < 4; i++) {
		req.platform = names[i];
		cr_assert(audit_image(&a, &req, &r, &e), "%s: %s%s", names[i], e.context, e.cause);
		cr_expect(str_starts(str_of(names[i] + strlen("linux/")),
				     str_of(r.model->image->architecture)));
		cr_expect_str_eq(r.model->image->ref_name, "small:1");
	}
	req.platform = "linux/s390x";
	cr_expect_not(audit_image(&a, &req, &r, &e));
	cr_expect_eq(e.kind, ERR_USAGE);
	cr_expect(strstr(e.cause, "there is: small:1 linux/amd64, small:1 linux/arm64/v8"), "%s",
		  e.cause);
	scene_end(&p.s);
}
