/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts that do not fit together: each is a good one with one change, and gets a clear error
 * (threats T31 and T32). */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "support/gen_image.h"

static bool audit_layout(struct arena *a, const char *image, const char *platform,
			 struct audit_result *out, struct error *e)
{
	return audit_image(a,
			   &(struct audit_request){
				   .image = image, .platform = platform, .now = 1790000000 },
			   out, e);
}

static const char *layout_message(struct arena *a, const struct error *e)
{
	char *text = arena_alloc(a, 4096);

	err_format(e, text, 4096);
	return text;
}

enum layout_part { CONFIG, MANIFEST, INDEX };

static const struct {
	enum layout_part where;
	struct imagegen_edit edit;
	const char *text;
} cases[] = {
	{ INDEX, { "\"digest\":\"sha256:", "\"digest\":\"sha256:../../" }, "64 lower-case" },
	{ INDEX, { "\"digest\":\"sha256:", "\"digest\":\"SHA256:" }, "64 lower-case" },
	{ INDEX, { "\"digest\":\"sha256:", "\"digest\":\"sha512:" }, "64 lower-case" },
	{ INDEX, { "\"digest\":\"sha256:", "\"digest\":\"sha256:a" }, "64 lower-case" },
	{ INDEX, { "\"manifests\":", "\"layers\":[],\"manifests\":" }, "may not have \"layers\"" },
	{ INDEX, { "\"manifests\":", "\"config\":{},\"manifests\":" }, "may not have \"config\"" },
	{ INDEX, { "image.index.v1+json", "image.manifest.v1+json" }, "must be" },
	{ INDEX, { "\"schemaVersion\":2", "\"schemaVersion\":1" }, "schemaVersion must be 2" },
	{ INDEX, { "\"schemaVersion\":2,", "" }, "schemaVersion" },
	{ INDEX,
	  { "\"schemaVersion\":2", "\"schemaVersion\":2,\"schemaVersion\":2" },
	  "index.json:1:" },
	{ INDEX, { "{\"schemaVersion\"", "\xef\xbb\xbf{\"schemaVersion\"" }, "index.json:1:" },
	{ INDEX, { "\"size\":", "\"size\":1" }, "its descriptor says" },
	{ INDEX, { "\"size\":", "\"size\":-" }, "manifests[0].size" },
	{ INDEX, { "\"size\":", "\"size\":1e999,\"x\":" }, "index.json:1:" },
	{ INDEX, { "\"size\":", "\"x\":" }, "size" },
	{ INDEX,
	  { "image.manifest.v1+json", "image.manifest.v9+json" },
	  "the index leads to no image" },
	{ MANIFEST,
	  { "\"layers\":", "\"manifests\":[],\"layers\":" },
	  "may not have \"manifests\"" },
	{ MANIFEST,
	  { "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"",
	    "\"mediaType\":\"application/vnd.oci.image.index.v1+json\"" },
	  "must be" },
	{ MANIFEST,
	  { "image.layer.v1.tar+gzip", "image.layer.v1.tar+brotli" },
	  "none of an image layer" },
	{ MANIFEST, { "image.config.v1+json", "empty.v1+json" }, "not an image but an artifact" },
	{ MANIFEST, { "\"size\":", "\"size\":1" }, "its descriptor says" },
	{ MANIFEST, { "}]}", "}],\"annotations\":{\"a\":1}}" }, "annotations" },
	{ MANIFEST,
	  { "\"layers\":[",
	    "\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1"
	    ".tar\",\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000"
	    "000000000000\",\"size\":1}," },
	  "1 diff_ids, but the manifest has 2 layers" },
	{ CONFIG,
	  { "\"diff_ids\":[", "\"diff_ids\":[\"sha256:0000000000000000000000000000000000000000"
			      "000000000000000000000000\"," },
	  "2 diff_ids, but the manifest has 1 layers" },
	{ CONFIG, { "\"diff_ids\":[\"sha256:", "\"diff_ids\":[\"md5:" }, "64 lower-case" },
	{ CONFIG, { "\"type\":\"layers\"", "\"type\":\"squashfs\"" }, "must be \"layers\"" },
	{ CONFIG, { "\"os\":\"linux\",", "" }, "os" },
	{ CONFIG, { "\"architecture\":\"amd64\"", "\"architecture\":\"\"" }, "may not be empty" },
	{ CONFIG, { "\"architecture\":\"amd64\"", "\"architecture\":7" }, "architecture" },
	{ CONFIG, { "\"rootfs\"", "\"ruthfs\"" }, "rootfs" },
};

Test(audit, documents_that_do_not_fit_are_errors_with_a_place)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		imagegen_begin(&g, &a);
		imagegen_file(&g, "f", 0644, STR("x"));
		*(cases[i].where == CONFIG     ? &g.edit_config
		  : cases[i].where == MANIFEST ? &g.edit_manifest
					       : &g.edit_index) = cases[i].edit;
		imagegen_write(&g);
		cr_expect(!audit_layout(&a, g.path, NULL, &r, &e), "case %zu: accepted", i);
		cr_expect(e.kind == ERR_INPUT, "case %zu: kind %d", i, (int)e.kind);
		cr_expect(strstr(layout_message(&a, &e), cases[i].text) != NULL, "case %zu: %s", i,
			  layout_message(&a, &e));
	}
}

Test(audit, a_wrong_diff_id_names_layer_and_digest)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	char hex[DIGEST_TEXT];

	imagegen_begin(&g, &a);
	imagegen_file(&g, "f", 0644, STR("x"));
	imagegen_layer(&g);
	digest_hex(&g.layers.v[0].diff_id, hex);
	g.layers.v[0].diff_id.b[5] ^= 1;
	imagegen_write(&g);
	cr_assert(!audit_layout(&a, g.path, NULL, &r, &e));
	cr_expect(e.kind == ERR_INPUT);
	cr_expect(strstr(layout_message(&a, &e), hex) != NULL &&
			  strstr(layout_message(&a, &e), "layer 1") != NULL,
		  "%s", layout_message(&a, &e));
}

static const char *layer_path(const struct imagegen *g)
{
	return imagegen_blob(g, &g->layers.v[0].digest);
}

static void make_part_link(const char *path)
{
	cr_assert(symlink("/etc/passwd", path) == 0);
}

static void make_part_fifo(const char *path)
{
	cr_assert(mkfifo(path, 0644) == 0);
}

static void make_part_folder(const char *path)
{
	cr_assert(mkdir(path, 0755) == 0);
}

static void make_nothing(const char *path)
{
	(void)path;
}

static void make_flipped(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	cr_assert(fd >= 0 && write(fd, "short", 5) == 5 && close(fd) == 0);
}

Test(audit, a_blob_that_is_no_plain_file_neither_hangs_nor_leads_out)
{
	static void (*const makers[])(const char *) = { make_part_link, make_part_fifo,
							make_part_folder, make_nothing,
							make_flipped };

	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		imagegen_begin(&g, &a);
		imagegen_file(&g, "f", 0644, STR("x"));
		imagegen_write(&g);
		cr_assert(unlink(layer_path(&g)) == 0);
		makers[i](layer_path(&g));
		cr_expect(!audit_layout(&a, g.path, NULL, &r, &e), "maker %zu", i);
		cr_expect(e.kind == ERR_INPUT, "maker %zu: %s", i, layout_message(&a, &e));
		cr_expect(strstr(layout_message(&a, &e), "blob") != NULL, "maker %zu: %s", i,
			  layout_message(&a, &e));
	}
}

Test(audit, the_blob_folder_may_not_be_a_link)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	const char *real, *blobs;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "f", 0644, STR("x"));
	imagegen_write(&g);
	blobs = arena_printf(&a, "%s/blobs", g.path);
	real = arena_printf(&a, "%s/elsewhere", g.dir);
	cr_assert(rename(blobs, real) == 0 && symlink("../elsewhere", blobs) == 0);
	cr_expect(!audit_layout(&a, g.path, NULL, &r, &e));
	cr_expect(e.kind == ERR_INPUT, "%s", layout_message(&a, &e));
}

Test(audit, a_blob_of_the_right_size_with_other_bytes_is_found_out)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	struct imagegen_layer *l;
	struct str other;

	imagegen_begin(&g, &a);
	g.codec = IMAGEGEN_PLAIN;
	imagegen_file(&g, "f", 0644, STR("one"));
	imagegen_write(&g);
	l = &g.layers.v[0];
	other = str_copy(&a, l->blob);
	((char *)memmem(other.p, other.n, "one", 3))[0] = 'O';
	imagegen_put(&g, arena_printf(&a, "image/blobs/sha256/%s", digest_hex_dup(&a, &l->digest)),
		     other);
	cr_assert(!audit_layout(&a, g.path, NULL, &r, &e));
	cr_expect(strstr(layout_message(&a, &e), "does not have the digest of its descriptor") !=
			  NULL,
		  "%s", layout_message(&a, &e));
}

/* An index of two images, one nested below another index. */
static void two_platforms(struct imagegen *g, struct imagegen *other)
{
	struct buf t = { .a = g->a };
	struct digest nested;
	struct buf inner = { .a = g->a };

	buf_printf(&inner,
		   "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
		   "\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:%s\","
		   "\"size\":%llu,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}}]}",
		   digest_hex_dup(g->a, &other->manifest_digest),
		   (unsigned long long)other->manifest_size);
	nested = digest_of(buf_str(&inner));
	imagegen_put(g, arena_printf(g->a, "image/blobs/sha256/%s", digest_hex_dup(g->a, &nested)),
		     buf_str(&inner));
	buf_printf(
		&t,
		"{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
		"\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:%s\","
		"\"size\":%llu,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},"
		"{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"sha256:%s\","
		"\"size\":%zu},{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
		"\"digest\":\"sha256:%s\",\"size\":3,\"platform\":{\"os\":\"unknown\","
		"\"architecture\":\"unknown\"}}]}",
		digest_hex_dup(g->a, &g->manifest_digest), (unsigned long long)g->manifest_size,
		digest_hex_dup(g->a, &nested), inner.n, digest_hex_dup(g->a, &nested));
	imagegen_put(g, "image/index.json", buf_str(&t));
}

static void copy_blob(const struct imagegen *to, const struct imagegen *from,
		      const struct digest *d)
{
	struct error e = { 0 };
	struct str bytes;

	cr_assert(io_read_file(to->a, AT_FDCWD, imagegen_blob(from, d), 1u << 20, &bytes, &e));
	imagegen_put(to, arena_printf(to->a, "image/blobs/sha256/%s", digest_hex_dup(to->a, d)),
		     bytes);
}

Test(audit, a_platform_is_chosen_through_nested_indexes)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN arm;
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(&g, &a);
	imagegen_begin(&arm, &a);
	imagegen_file(&g, "amd", 0644, STR("x"));
	imagegen_write(&g);
	arm.architecture = "arm64";
	imagegen_file(&arm, "arm", 0644, STR("x"));
	imagegen_write(&arm);
	copy_blob(&g, &arm, &arm.manifest_digest);
	copy_blob(&g, &arm, &arm.config_digest);
	copy_blob(&g, &arm, &arm.layers.v[0].digest);
	two_platforms(&g, &arm);
	cr_assert(audit_layout(&a, g.path, "linux/arm64", &r, &e), "%s", layout_message(&a, &e));
	cr_expect(model_at(r.model, "arm") != NULL);
	cr_assert(audit_layout(&a, g.path, "amd64", &r, &e), "%s", layout_message(&a, &e));
	cr_expect(model_at(r.model, "amd") != NULL);
	cr_assert(!audit_layout(&a, g.path, "linux/s390x", &r, &e));
	cr_expect(e.kind == ERR_USAGE);
	cr_expect(strstr(layout_message(&a, &e), "linux/arm64") != NULL, "%s",
		  layout_message(&a, &e));
}

/* An index of `n` times the same descriptor, as a blob; *text becomes its own descriptor. */
static void wrap_index(const struct imagegen *g, const char **text, size_t n)
{
	struct buf t = { .a = g->a };
	struct digest d;

	buf_puts(&t, "{\"schemaVersion\":2,\"manifests\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(&t, "%s%s", i ? "," : "", *text);
	buf_puts(&t, "]}");
	d = digest_of(buf_str(&t));
	imagegen_put(g, arena_printf(g->a, "image/blobs/sha256/%s", digest_hex_dup(g->a, &d)),
		     buf_str(&t));
	*text = arena_printf(
		g->a,
		"{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":"
		"\"sha256:%s\",\"size\":%zu}",
		digest_hex_dup(g->a, &d), t.n);
}

Test(audit, indexes_in_indexes_neither_end_it_nor_keep_it_busy)
{
	static const struct {
		size_t depth, width;
		bool empty;
		const char *error;
	} nests[] = {
		{ 1, 1, false, NULL },
		{ 3, 1, false, NULL },
		{ 4, 1, false, "nested more than 4 deep" },
		{ 2, 1000, true, "more than 256 nested" },
		{ 1, 2000, false, "more than 1024 images" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(nests); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };
		const char *text;

		imagegen_begin(&g, &a);
		imagegen_file(&g, "f", 0644, STR("x"));
		imagegen_write(&g);
		text = arena_printf(
			&a,
			"{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":"
			"\"sha256:%s\",\"size\":%llu}",
			digest_hex_dup(&a, &g.manifest_digest),
			(unsigned long long)g.manifest_size);
		if (nests[i].empty)
			wrap_index(&g, &text, 0);
		for (size_t k = 0; k < nests[i].depth; k++)
			wrap_index(&g, &text, nests[i].width);
		imagegen_put(&g, "image/index.json",
			     str_of(arena_printf(&a, "{\"schemaVersion\":2,\"manifests\":[%s]}",
						 text)));
		cr_expect(audit_layout(&a, g.path, NULL, &r, &e) == !nests[i].error, "case %zu: %s",
			  i, layout_message(&a, &e));
		cr_expect(!nests[i].error || strstr(layout_message(&a, &e), nests[i].error),
			  "case %zu: %s", i, layout_message(&a, &e));
	}
}

Test(audit, a_tag_must_be_there)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(&g, &a);
	imagegen_file(&g, "f", 0644, STR("x"));
	imagegen_write(&g);
	cr_expect(audit_layout(&a, arena_printf(&a, "oci:%s:latest", g.path), NULL, &r, &e));
	cr_expect(!audit_layout(&a, arena_printf(&a, "oci:%s:other", g.path), NULL, &r, &e));
	cr_expect(e.kind == ERR_USAGE, "%s", layout_message(&a, &e));
}
