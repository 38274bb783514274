/* SPDX-License-Identifier: Apache-2.0 */
/* Reading images: forms, layers, and what hostile ones get. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "inspect/audit/rules.h"
#include "support/gen_image.h"

static bool audit_read_layers(struct arena *a, const char *image, struct audit_result *out,
			      struct error *e)
{
	return audit_image(a, &(struct audit_request){ .image = image, .now = 1790000000 }, out, e);
}

static const char *reader_message(struct arena *a, const struct error *e)
{
	char *text = arena_alloc(a, 4096);

	err_format(e, text, 4096);
	return text;
}

Test(audit, an_image_in_order_has_no_finding)
{
	for (int codec = IMAGEGEN_GZIP; codec <= IMAGEGEN_PLAIN; codec++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		imagegen_begin(&g, &a);
		g.codec = (enum imagegen_codec)codec;
		imagegen_good(&g);
		imagegen_write(&g);
		cr_assert(audit_read_layers(&a, g.path, &r, &e), "codec %d: %s", codec,
			  reader_message(&a, &e));
		for (size_t i = 0; i < r.findings.n; i++)
			cr_expect_fail("codec %d: %s: %s: %s", codec, r.findings.v[i].rule->id,
				       r.findings.v[i].path, r.findings.v[i].message);
		cr_expect(r.model->packages.n == 1);
		cr_expect_str_eq(r.model->os_version, "13");
	}
}

Test(audit, archives_are_read_in_place_like_the_folder)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	const char *path;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	path = imagegen_archive(&g, false);
	cr_assert(audit_read_layers(&a, path, &r, &e), "%s", reader_message(&a, &e));
	cr_expect(r.findings.n == 0);
	cr_assert(audit_read_layers(&a, arena_printf(&a, "oci-archive:%s:latest", path), &r, &e));
	cr_expect(r.findings.n == 0);
	path = imagegen_archive(&g, true);
	cr_assert(audit_read_layers(&a, arena_printf(&a, "docker-archive:%s", path), &r, &e), "%s",
		  reader_message(&a, &e));
	cr_expect(r.findings.n == 0);
	cr_expect(!r.model->image->has_digest);
	cr_expect(!audit_read_layers(&a, arena_printf(&a, "oci-archive:%s", path), &r, &e));
	cr_expect(e.kind == ERR_INPUT);
}

Test(audit, a_registry_reference_is_refused_with_advice)
{
	AUTO_ARENA a = { 0 };
	struct audit_result r;
	struct error e = { 0 };

	cr_assert(!audit_read_layers(&a, "docker://example.org/x", &r, &e));
	cr_expect(e.kind == ERR_USAGE);
	cr_expect(strstr(reader_message(&a, &e), "imgbuild pull docker://") != NULL);
}

static const struct item *reader_item_at(const struct audit_result *r, const char *path)
{
	return model_at(r->model, path);
}

static struct audit_result read_made_layers(struct arena *a, struct imagegen *g)
{
	struct audit_result r;
	struct error e = { 0 };

	imagegen_write(g);
	cr_assert(audit_read_layers(a, g->path, &r, &e), "%s", reader_message(a, &e));
	return r;
}

Test(audit, whiteouts_and_opaque_folders_apply_to_lower_layers_only)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "a/old", 0644, STR("1"));
	imagegen_file(&g, "b/one", 0644, STR("1"));
	imagegen_file(&g, "b/deep/two", 0644, STR("1"));
	imagegen_file(&g, "c.txt", 0644, STR("1"));
	imagegen_file(&g, "c/inside", 0644, STR("1"));
	imagegen_file(&g, "d", 0644, STR("1"));
	imagegen_layer(&g);
	imagegen_file(&g, "a/.wh.old", 0644, STR(""));
	imagegen_file(&g, "b/.wh..wh..opq", 0644, STR(""));
	imagegen_file(&g, "b/three", 0644, STR("2"));
	imagegen_file(&g, ".wh.c", 0644, STR(""));
	imagegen_file(&g, ".wh.never", 0644, STR(""));
	imagegen_file(&g, "d/now-a-folder", 0644, STR("2"));
	imagegen_add(&g, &(struct imagegen_entry){ .path = "d/" });
	r = read_made_layers(&a, &g);
	cr_expect(reader_item_at(&r, "a/old") == NULL);
	cr_expect(reader_item_at(&r, "a") != NULL);
	cr_expect(reader_item_at(&r, "b/one") == NULL);
	cr_expect(reader_item_at(&r, "b/deep") == NULL);
	cr_expect(reader_item_at(&r, "b/deep/two") == NULL);
	cr_expect(reader_item_at(&r, "b/three") != NULL);
	cr_expect(reader_item_at(&r, "c.txt") != NULL, "c.txt is not below c");
	cr_expect(reader_item_at(&r, "c") == NULL);
	cr_expect(reader_item_at(&r, "c/inside") == NULL);
	cr_assert(reader_item_at(&r, "d") != NULL);
	cr_expect(reader_item_at(&r, "d")->type == ITEM_DIR);
	cr_expect(reader_item_at(&r, "d/now-a-folder") != NULL);
	cr_expect((size_t)r.model->layers.v[0].wasted == 5);
}

Test(audit, a_whiteout_and_a_new_file_of_one_name_leave_the_file)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "x/f", 0644, STR("old"));
	imagegen_layer(&g);
	imagegen_file(&g, "x/f", 0600, STR("new!"));
	imagegen_file(&g, "x/.wh.f", 0644, STR(""));
	r = read_made_layers(&a, &g);
	cr_assert(reader_item_at(&r, "x/f") != NULL);
	cr_expect(reader_item_at(&r, "x/f")->size == 4);
	cr_expect(reader_item_at(&r, "x/f")->mode == 0600);
}

Test(audit, a_folder_over_a_folder_changes_only_its_attributes)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "x/f", 0644, STR("old"));
	imagegen_layer(&g);
	imagegen_add(&g, &(struct imagegen_entry){ .path = "./x/", .mode = 0700, .uid = 7 });
	imagegen_layer(&g);
	imagegen_add(&g, &(struct imagegen_entry){ .path = "y", .type = '2', .link = "x" });
	r = read_made_layers(&a, &g);
	cr_expect(reader_item_at(&r, "x")->mode == 0700);
	cr_expect(reader_item_at(&r, "x")->uid == 7);
	cr_expect(reader_item_at(&r, "x/f") != NULL);
	cr_expect(model_resolve(r.model, "", "/y/f", NULL) == model_at(r.model, "x/f"));
}

Test(audit, hard_links_share_content_and_name_their_layer_first)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "f", 0640, STR("content"));
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "g", .type = '1', .link = "f", .mode = 0640 });
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "h", .type = '1', .link = "./g", .mode = 0640 });
	imagegen_add(&g, &(struct imagegen_entry){ .path = "i", .type = '1', .link = "none" });
	imagegen_add(&g, &(struct imagegen_entry){ .path = "j", .type = '1', .link = "j" });
	r = read_made_layers(&a, &g);
	cr_expect(reader_item_at(&r, "h")->type == ITEM_FILE);
	cr_expect(reader_item_at(&r, "h")->size == 7);
	cr_expect(reader_item_at(&r, "h")->mode == 0640);
	cr_expect(reader_item_at(&r, "i")->type == ITEM_HARD);
	cr_expect(reader_item_at(&r, "j")->type == ITEM_HARD);
	cr_expect(r.model->bytes == 7, "the bytes count once");
}

Test(audit, links_resolve_as_in_a_chroot)
{
	static const struct {
		const char *dir, *path, *to;
		bool root;
	} cases[] = {
		{ "", "/usr/bin/x", "usr/bin/x", false },
		{ "", "bin/x", "usr/bin/x", false },
		{ "usr/bin", "../../bin/x", "usr/bin/x", false },
		{ "", "../../../usr/bin/x", "usr/bin/x", false },
		{ "", "abs/x", "usr/bin/x", false },
		{ "", "usr/bin/up", NULL, true },
		{ "", "loop", NULL, false },
		{ "", "usr/bin/x/y", NULL, false },
		{ "", "missing", NULL, false },
		{ "", "/", NULL, true },
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "usr/bin/x", 0755, STR("x"));
	imagegen_add(&g, &(struct imagegen_entry){ .path = "bin", .type = '2', .link = "usr/bin" });
	imagegen_add(&g, &(struct imagegen_entry){ .path = "abs", .type = '2', .link = "/bin" });
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "usr/bin/up", .type = '2', .link = "../.." });
	imagegen_add(&g, &(struct imagegen_entry){ .path = "loop", .type = '2', .link = "loop" });
	r = read_made_layers(&a, &g);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool root;
		const struct item *to = model_resolve(r.model, cases[i].dir, cases[i].path, &root);

		cr_expect(root == cases[i].root, "%s: root %d", cases[i].path, root);
		cr_expect(cases[i].to ? to && strcmp(to->path, cases[i].to) == 0 : !to,
			  "%s leads to %s", cases[i].path, to ? to->path : "nothing");
	}
}

Test(audit, an_entry_through_a_link_is_reported)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	bool seen = false;

	imagegen_begin(&g, &a);
	imagegen_add(&g, &(struct imagegen_entry){ .path = "lib", .type = '2', .link = "/etc" });
	imagegen_file(&g, "lib/passwd", 0644, STR("evil"));
	r = read_made_layers(&a, &g);
	for (size_t i = 0; i < r.findings.n; i++)
		seen |= strcmp(r.findings.v[i].rule->id, "layer.through-link") == 0 &&
			strcmp(r.findings.v[i].path, "lib/passwd") == 0;
	cr_expect(seen);
}

/* Each makes one entry wrong; the audit must end with ERR_INPUT and this text. */
static const struct {
	const char *text;
	struct imagegen_entry entry;
} bad_entries[] = {
	{ "has a \"..\" in it", { .path = "../escape" } },
	{ "has a \"..\" in it", { .path = "a/../../b" } },
	{ "has a \"..\" in it", { .path = "x", .type = '1', .link = "../../etc/passwd" } },
	{ "the root of the layer is not a folder", { .path = "./", .type = '2', .link = "/etc" } },
	{ "the root of the layer is not a folder", { .path = ".", .type = '0' } },
	{ "something that is not a file has content",
	  { .path = "l", .type = '2', .link = "x", .content = { "data", 4 } } },
	{ "something that is not a file has content", { .path = "d/", .content = { "data", 4 } } },
	{ "something that is not a file has content",
	  { .path = "h", .type = '1', .link = "x", .content = { "data", 4 } } },
	{ "a sparse file in GNU's format, which no runtime unpacks", { .path = "s", .type = 'S' } },
	{ "an entry of an unknown type", { .path = "v", .type = 'V' } },
	{ "its size is not a number", { .path = "n", .size = "0000000009z" } },
	{ "its size is not a number",
	  { .path = "n", .size = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" } },
	{ "its size is not a number", { .path = "n", .size = "-0000000001" } },
	{ "the stream ends inside the content", { .path = "n", .size = "77777777777" } },
	{ "is a link's target", { .path = "e", .type = '2', .link = "" } },
	{ "whiteout .wh. removes nothing", { .path = ".wh." } },
	{ "whiteout .wh... removes nothing", { .path = ".wh..." } },
	{ "stands below a whiteout", { .path = ".wh.x/y" } },
	{ "is not a file", { .path = ".wh.dir/" } },
	{ "a pax record is malformed", { .path = "p", .pax = "99 path=x\n" } },
	{ "a pax record is malformed", { .path = "p", .pax = "9 path=x" } },
	{ "the map of a sparse file is malformed",
	  { .path = "p", .pax = "22 GNU.sparse.map=1,1\n" } },
	{ "that is not a file has the map",
	  { .path = "p", .type = '5', .pax = "22 GNU.sparse.map=1,1\n" } },
	{ "pax size is not a number", { .path = "p", .pax = "11 size=-5\n" } },
	{ "pax mtime is not a number", { .path = "p", .pax = "11 mtime=x\n" } },
	{ "owner ids have 32 bits", { .path = "p", .pax = "18 uid=4294967296\n" } },
};

Test(audit, hostile_entries_end_with_an_error_that_says_where)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_entries); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };
		const char *want = strcmp(bad_entries[i].text, "is a link's target") == 0
					   ? "a link's target has 1 to 4095 bytes"
					   : bad_entries[i].text;

		imagegen_begin(&g, &a);
		imagegen_file(&g, "first", 0644, STR("1"));
		imagegen_add(&g, &bad_entries[i].entry);
		imagegen_write(&g);
		cr_expect(!audit_read_layers(&a, g.path, &r, &e), "case %zu: accepted", i);
		cr_expect(e.kind == ERR_INPUT, "case %zu", i);
		cr_expect(strstr(reader_message(&a, &e), want), "case %zu: %s", i,
			  reader_message(&a, &e));
		cr_expect(strstr(reader_message(&a, &e), "layer 1 (blobs/sha256/"), "case %zu: %s",
			  i, reader_message(&a, &e));
	}
}

Test(audit, a_changed_byte_anywhere_in_a_tar_header_is_noticed_or_harmless)
{
	AUTO_ARENA a = { 0 };
	struct imagegen_entry x = { .path = "f", .content = STR("content") };

	for (size_t at = 0; at < 512; at += 7) {
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };
		char block[512];

		imagegen_begin(&g, &a);
		imagegen_header(&x, block);
		block[at] = (char)(block[at] + 1);
		imagegen_raw(&g, (struct str){ block, 512 });
		imagegen_file(&g, "rest", 0644, STR(""));
		imagegen_write(&g);
		cr_expect(!audit_read_layers(&a, g.path, &r, &e), "byte %zu", at);
		cr_expect(strstr(reader_message(&a, &e), "checksum") || at / 8 == 148 / 8,
			  "byte %zu: %s", at, reader_message(&a, &e));
	}
}

Test(audit, a_blob_cut_at_any_place_is_an_error)
{
	for (int codec = IMAGEGEN_GZIP; codec <= IMAGEGEN_ZSTD; codec++) {
		AUTO_ARENA a = { 0 };
		struct str blob;
		struct imagegen base;

		imagegen_begin(&base, &a);
		base.codec = (enum imagegen_codec)codec;
		imagegen_file(&base, "f", 0644, STR("some content to compress"));
		imagegen_layer(&base);
		blob = base.layers.v[0].blob;
		for (size_t n = 0; n < blob.n; n += codec == IMAGEGEN_MEMBERS ? 9 : 5) {
			AUTO_IMAGEGEN g;
			struct audit_result r;
			struct error e = { 0 };
			struct imagegen_layer l = base.layers.v[0];

			imagegen_begin(&g, &a);
			l.blob.n = n;
			l.size = n;
			l.digest = digest_of(l.blob);
			*list_push(&a, &g.layers) = l;
			imagegen_write(&g);
			cr_expect(!audit_read_layers(&a, g.path, &r, &e), "codec %d, %zu bytes",
				  codec, n);
			cr_expect(e.kind == ERR_INPUT);
		}
		imagegen_end(&base);
	}
}

Test(audit, what_a_layer_may_expand_to_can_be_said)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	req.image = g.path;
	for (int enough = 0; enough < 2; enough++) {
		struct error e = { 0 };

		req.expand_max = enough ? 8u << 20 : 4096;
		cr_expect_eq(audit_image(&a, &req, &r, &e), enough, "%s", reader_message(&a, &e));
		if (!enough)
			cr_expect(strstr(reader_message(&a, &e),
					 "expands to more than the 4096 bytes allowed"),
				  "%s", reader_message(&a, &e));
	}
}

Test(audit, a_bomb_is_stopped_by_its_budget)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	char *zeros = arena_alloc(&a, 8u << 20);
	struct str piece = imagegen_compress(&a, (struct str){ zeros, 8u << 20 }, IMAGEGEN_GZIP);
	struct buf blob = { .a = &a };
	struct imagegen_layer l = { .media_type = "application/vnd.oci.image.layer.v1.tar+gzip" };
	struct imagegen_entry x = { .path = "zeros", .size = "77777777777" };
	char head[512];

	imagegen_begin(&g, &a);
	imagegen_header(&x, head);
	buf_add(&blob, imagegen_compress(&a, (struct str){ head, 512 }, IMAGEGEN_GZIP));
	for (int i = 0; i < 200; i++)
		buf_add(&blob, piece);
	l.blob = buf_str(&blob);
	l.size = l.blob.n;
	l.digest = digest_of(l.blob);
	*list_push(&a, &g.layers) = l;
	imagegen_write(&g);
	cr_assert(!audit_read_layers(&a, g.path, &r, &e));
	cr_expect(strstr(reader_message(&a, &e), "expands to more than"), "%s",
		  reader_message(&a, &e));
}

/* The second layer is read ahead where there are processors for it, and cannot even be opened. */
Test(audit, of_two_bad_layers_the_first_is_named_however_many_are_read_at_once)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_add(&g, &bad_entries[0].entry);
	imagegen_layer(&g);
	imagegen_file(&g, "second", 0644, STR("2"));
	imagegen_write(&g);
	cr_assert_eq(unlink(imagegen_blob(&g, &g.layers.v[1].digest)), 0);
	for (int bad = 1; bad <= 2; bad++) {
		struct error e = { 0 };

		cr_expect_not(audit_read_layers(&a, g.path, &r, &e));
		cr_expect(strstr(reader_message(&a, &e),
				 arena_printf(&a, "layer %d (blobs/sha256/", bad)),
			  "%s", reader_message(&a, &e));
		imagegen_end(&g);
		imagegen_begin(&g, &a);
		imagegen_file(&g, "first", 0644, STR("1"));
		imagegen_layer(&g);
		imagegen_file(&g, "second", 0644, STR("2"));
		imagegen_write(&g);
		cr_assert_eq(unlink(imagegen_blob(&g, &g.layers.v[1].digest)), 0);
	}
}
