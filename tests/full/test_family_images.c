/* SPDX-License-Identifier: Apache-2.0 */
/* All bases that come with imgbuild, with their variants, on both machines: the claims of their
 * test files, their sizes, what they share, and that languages start. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

/* The most that an image may have, compressed, on amd64: what the same packages have whole, in one
 * layer a component, as measured before the family was made. */
static const struct {
	const char *name;
	unsigned long most;
} family[] = {
	{ "static", 851518 },	{ "base-nossl", 5830241 }, { "base", 9343430 },
	{ "cc", 10521287 },	{ "python3", 22159374 },   { "java-base", 10774306 },
	{ "java21", 79000000 }, { "java25", 93300000 },	   { "nodejs20", 43300000 },
};

/* Of what images have in common, per cent that has to be in layers that they have in common. */
#define FAMILY_SHARED 97

static const char *const variants[] = { "", "-nonroot", "-debug", "-debug-nonroot" };

/* Sizes of images; how much of the bytes of all of them stands in more than one, and how much less
 * a registry holds for it. */
static const char family_sizes[] =
	"import json, subprocess, sys\n"
	"seen, sizes = {}, {}\n"
	"for image in sys.argv[1:]:\n"
	"    raw = subprocess.check_output(['skopeo', 'inspect', '--raw', 'oci:out/' + image])\n"
	"    layers = {l['digest']: l['size'] for l in json.loads(raw)['layers']}\n"
	"    sizes[image] = sum(layers.values())\n"
	"    for digest, size in layers.items(): seen.setdefault(digest, []).append(size)\n"
	"for image, size in sizes.items(): print(image, size)\n"
	"whole = sum(sum(s) for s in seen.values())\n"
	"common = sum(sum(s) for s in seen.values() if len(s) > 1)\n"
	"once = sum(s[0] for s in seen.values())\n"
	"print('common', common * 100 // whole, 'saved', 100 - once * 100 // whole)\n";

/* Of the bytes of all files, in hundredths: which stand in more than one image, and which do so in
 * a layer that is the same one. No way of cutting layers shares more than the former. */
static const char family_shares[] =
	"import hashlib, json, subprocess, sys, tarfile\n"
	"images, layers, holders = {}, {}, {}\n"
	"def read(digest, image):\n"
	"    with tarfile.open('out/%s/blobs/sha256/%s' % (image, digest[7:])) as t:\n"
	"        return [(m.name, m.size, hashlib.sha256(t.extractfile(m).read()).digest())\n"
	"                for m in t if m.isreg()]\n"
	"for image in sys.argv[1:]:\n"
	"    raw = subprocess.check_output(['skopeo', 'inspect', '--raw', 'oci:out/' + image])\n"
	"    images[image] = [l['digest'] for l in json.loads(raw)['layers']]\n"
	"    for digest in images[image]:\n"
	"        if digest not in layers: layers[digest] = read(digest, image)\n"
	"        holders.setdefault(digest, set()).add(image)\n"
	"        for f in layers[digest]: holders.setdefault(f, set()).add(image)\n"
	"whole = could = does = 0\n"
	"for digests in images.values():\n"
	"    for digest in digests:\n"
	"        for f in layers[digest]:\n"
	"            whole += f[1]\n"
	"            could += f[1] if len(holders[f]) > 1 else 0\n"
	"            does += f[1] if len(holders[digest]) > 1 else 0\n"
	"print('could', could * 10000 // whole)\nprint('does', does * 10000 // whole)\n";

static void family_build_all(struct arena *a, const char *platform)
{
	for (size_t i = 0; i < ARRAY_SIZE(family); i++) {
		struct oracle_run r =
			IMGBUILD(a, "--locked", "--progress=plain", "--platform", platform,
				 arena_printf(a, "recipes/family/%s.json", family[i].name));

		cr_assert_eq(r.status, 0, "%s: %s", family[i].name, r.err.p);
	}
}

/* What `name` is followed by in the lines of `family_sizes`. */
static unsigned long family_number(struct arena *a, const char *lines, const char *name)
{
	const char *at = strstr(arena_printf(a, "\n%s", lines), arena_printf(a, "\n%s ", name));

	return at ? strtoul(at + strlen(name) + 2, NULL, 10) : 0;
}

Test(family_images, every_variant_passes_its_tests_with_no_command_left_out, .timeout = 3600)
{
	AUTO_ARENA a = { 0 };
	struct podman p;

	podman_open(&p, &a);
	family_build_all(&a, "linux/amd64");
	for (size_t i = 0; i < ARRAY_SIZE(family) * ARRAY_SIZE(variants); i++) {
		const char *name = family[i / ARRAY_SIZE(variants)].name;
		const char *variant = variants[i % ARRAY_SIZE(variants)];
		const char *out = arena_printf(&a, "out/%s%s", name, variant);
		struct oracle_run r =
			IMGBUILD(&a, "test", "--no-skips", out, "recipes/family/common.tests.json",
				 arena_printf(&a, "recipes/family/%s.tests.json", name),
				 strstr(variant, "nonroot") ? "recipes/family/nonroot.tests.json"
							    : "recipes/family/root.tests.json");

		cr_expect_eq(r.status, 0, "%s: %s%s", out, r.out.p, r.err.p);
	}
	podman_close(&p);
}

Test(family_images, none_is_larger_than_its_packages_and_they_share_their_layers, .timeout = 3600)
{
	AUTO_ARENA a = { 0 };
	struct strings argv = { 0 };
	const char *sizes, *shares;

	oracle_need("skopeo");
	family_build_all(&a, "linux/amd64");
	*list_push(&a, &argv) = "/usr/bin/python3";
	*list_push(&a, &argv) = "-c";
	*list_push(&a, &argv) = family_sizes;
	for (size_t i = 0; i < ARRAY_SIZE(family); i++)
		*list_push(&a, &argv) = family[i].name;
	*list_push(&a, &argv) = NULL;
	sizes = oracle_ask(&a, argv.v).p;
	argv.v[2] = family_shares;
	shares = oracle_ask(&a, argv.v).p;
	fprintf(stderr, "%s%s", sizes, shares);
	cr_expect_geq(family_number(&a, shares, "does") * 100,
		      family_number(&a, shares, "could") * FAMILY_SHARED);
	for (size_t i = 0; i < ARRAY_SIZE(family); i++) {
		unsigned long size = family_number(&a, sizes, family[i].name);

		cr_expect(size > 0 && size <= family[i].most, "%s has %lu bytes, not %lu",
			  family[i].name, size, family[i].most);
	}
}

/* A program of an image for arm64, in its own root and with the variable that the images set, by
 * qemu's user-mode emulation. */
static const char *family_emulate(struct arena *a, const char *dir, const char *name,
				  const char *const words[3])
{
	const char *root = image_unpack(a, dir, arena_printf(a, "out/%s-arm64", name), name);
	const char *qemu = str_dup(a, str_trim(ORACLE(a, "which", "qemu-aarch64-static")));

	return ORACLE(a, "sh", "-c", "exec \"$@\" 2>&1", "sh", "bwrap", "--unshare-net",
		      "--ro-bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
		      "--ro-bind", qemu, "/tmp/qemu", "--clearenv", "--setenv", "SSL_CERT_FILE",
		      "/etc/ssl/certs/ca-certificates.crt", "/tmp/qemu", words[0], words[1],
		      words[2])
		.p;
}

Test(family_images, languages_for_arm64_start, .timeout = 3600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *said;

	oracle_need("qemu-aarch64-static");
	oracle_need("bwrap");
	oracle_need("umoci");
	family_build_all(&a, "linux/arm64");
	said = family_emulate(&a, dir, "python3",
			      (const char *const[3]){
				      "/usr/bin/python3", "-c",
				      "import ssl, platform; print(platform.machine(), len("
				      "ssl.create_default_context().get_ca_certs()) > 100)" });
	cr_expect_str_eq(said, "aarch64 True\n");
	said = family_emulate(&a, dir, "nodejs20",
			      (const char *const[3]){ "/usr/bin/node", "-p", "process.arch" });
	cr_expect_str_eq(said, "arm64\n");
	for (unsigned version = 21; version <= 25; version += 4) {
		said = family_emulate(&a, dir, arena_printf(&a, "java%u", version),
				      (const char *const[3]){ "/usr/bin/java",
							      "-XshowSettings:properties",
							      "-version" });
		cr_expect_not_null(strstr(said, "os.arch = aarch64"), "%s", said);
		cr_expect_not_null(strstr(said, arena_printf(&a, "version \"%u.", version)), "%s",
				   said);
	}
	files_remove(dir);
}
