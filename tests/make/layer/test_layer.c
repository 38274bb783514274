/* SPDX-License-Identifier: Apache-2.0 */
/* Layers as blobs: their bytes, their reuse, and what happens when something goes wrong. */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "make/layer/layer_blob.h"
#include "make/layer/layer_key.h"
#include "make/layer/layers.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_scene.h"

static struct layer_order test_layer_order(struct arena *a)
{
	struct layer_order order = { 0 };

	*list_push(a, &order.names) = "base";
	*list_push(a, &order.names) = "nothing";
	*list_push(a, &order.names) = "app";
	return order;
}

static struct layers write_scene_layers(struct scene *s, enum compression c)
{
	struct layer_order order = test_layer_order(s->a);
	struct compressor with = compressor_host(c);
	struct layers out = { 0 };
	struct error e = { 0 };

	cr_assert(layer_write_all(s->a, &s->store, &s->tree, &order, &with, &out, &e), "%s%s",
		  e.context, e.cause);
	return out;
}

static const char *blob_path(struct scene *s, const struct layer *l)
{
	return arena_printf(s->a, "%s/store/blobs/sha256/%s", s->dir,
			    digest_hex_dup(s->a, &l->digest));
}

Test(layer, digests_are_those_that_sha256sum_and_gzip_find)
{
	AUTO_ARENA a = { 0 };
	struct layers layers;
	struct scene s;

	scene_begin(&s, &a);
	scene_small_image(&s);
	layers = write_scene_layers(&s, COMPRESS_GZIP);
	cr_assert_eq(layers.v.n, 2);
	list_each(l, &layers.v) {
		const char *tar = arena_printf(&a, "%s/%s.tar", s.dir, l->name);
		struct str plain = ORACLE(&a, "gzip", "-dc", blob_path(&s, l));
		struct error e = { 0 };
		struct stat st;

		cr_assert(file_write_path(tar, 0600, plain, &e));
		cr_expect_eq(plain.n, l->tar_size);
		cr_expect_eq(memcmp(ORACLE(&a, "sha256sum", tar).p, digest_hex_dup(&a, &l->diff_id),
				    64),
			     0);
		cr_expect_eq(memcmp(ORACLE(&a, "sha256sum", blob_path(&s, l)).p,
				    digest_hex_dup(&a, &l->digest), 64),
			     0);
		cr_assert_eq(stat(blob_path(&s, l), &st), 0);
		cr_expect_eq((uint64_t)st.st_size, l->size);
		cr_expect_str_eq(l->media_type, "application/vnd.oci.image.layer.v1.tar+gzip");
		cr_expect(!l->reused);
	}
	cr_expect_str_eq(layers.v.v[0].name, "base");
	cr_expect_str_eq(layers.v.v[1].name, "app");
	scene_end(&s);
}

Test(layer, gnu_tar_finds_the_nodes_in_it)
{
	AUTO_ARENA a = { 0 };
	AUTO_MAPPING wanted = { 0 };
	struct layers layers;
	struct scene s;
	struct str large;
	struct error e = { 0 };

	scene_begin(&s, &a);
	scene_small_image(&s);
	cr_assert(node_map(tree_find(&s.tree, "usr/bin/app"), &wanted, &e), "%s", e.cause);
	layers = write_scene_layers(&s, COMPRESS_GZIP);
	cr_expect_str_eq(ORACLE(&a, "tar", "-tzf", blob_path(&s, &layers.v.v[0])).p,
			 "etc/\netc/os-release\nlib\ntmp/\nusr/\nusr/lib/\nusr/lib/libx.so.1\n"
			 "usr/lib/libx.so.1.2\n");
	cr_expect_eq(layers.v.v[0].nodes, 8);
	cr_expect_str_eq(ORACLE(&a, "tar", "--quoting-style=literal", "-tzf",
				blob_path(&s, &layers.v.v[1]))
				 .p,
			 "etc/app/\netc/app/empty\netc/app/gr\xc3\xbc\xc3\x9f"
			 "e.conf\nusr/bin/\n"
			 "usr/bin/app\nvar/\nvar/spool/\nvar/spool/app/\n");
	cr_expect_str_eq(ORACLE(&a, "tar", "--to-stdout", "-xzf", blob_path(&s, &layers.v.v[0]),
				"etc/os-release")
				 .p,
			 "ID=test\n");
	large = ORACLE(&a, "tar", "--to-stdout", "-xzf", blob_path(&s, &layers.v.v[1]),
		       "usr/bin/app");
	cr_expect(str_eq(large, wanted.bytes), "a file of 8 MiB");
	scene_end(&s);
}

Test(layer, zstd_has_the_same_diff_ids)
{
	AUTO_ARENA a = { 0 };
	struct layers gzip, zstd;
	struct scene s;

	scene_begin(&s, &a);
	scene_small_image(&s);
	gzip = write_scene_layers(&s, COMPRESS_GZIP);
	zstd = write_scene_layers(&s, COMPRESS_ZSTD);
	for (size_t i = 0; i < 2; i++) {
		cr_expect(digest_eq(&gzip.v.v[i].diff_id, &zstd.v.v[i].diff_id));
		cr_expect(!digest_eq(&gzip.v.v[i].digest, &zstd.v.v[i].digest));
		cr_expect_str_eq(zstd.v.v[i].media_type,
				 "application/vnd.oci.image.layer.v1.tar+zstd");
	}
	oracle_need("zstd");
	ORACLE(&a, "zstd", "-t", blob_path(&s, &zstd.v.v[1]));
	scene_end(&s);
}

/* Another process's world: mask, zone, folder, locale, processors. */
static void change_the_world(const char *dir)
{
	cpu_set_t one;

	umask(0777);
	setenv("TZ", "Pacific/Kiritimati", 1);
	setenv("LC_ALL", "tr_TR.UTF-8", 1);
	tzset();
	cr_assert_eq(chdir(dir), 0);
	CPU_ZERO(&one);
	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		CPU_SET(i, &one);
		if (sched_setaffinity(0, sizeof(one), &one) == 0)
			return;
		CPU_CLR(i, &one);
	}
}

Test(layer, the_digests_depend_on_the_tree_alone)
{
	for (enum compression c = COMPRESS_GZIP; c <= COMPRESS_ZSTD; c++) {
		AUTO_ARENA a = { 0 };
		struct layers first, second;
		struct scene s, t;

		scene_begin(&s, &a);
		scene_begin(&t, &a);
		scene_small_image(&s);
		scene_small_image(&t);
		first = write_scene_layers(&s, c);
		change_the_world(t.dir);
		second = write_scene_layers(&t, c);
		for (size_t i = 0; i < 2; i++) {
			cr_expect(!second.v.v[i].reused);
			cr_expect(digest_eq(&first.v.v[i].digest, &second.v.v[i].digest));
			cr_expect(digest_eq(&first.v.v[i].diff_id, &second.v.v[i].diff_id));
		}
		umask(022);
		cr_assert_eq(chdir("/"), 0);
		scene_end(&s);
		scene_end(&t);
	}
}

Test(layer, an_unchanged_layer_is_taken_from_the_store_without_reading_contents)
{
	AUTO_ARENA a = { 0 };
	struct layers first, second;
	struct scene s;

	scene_begin(&s, &a);
	scene_small_image(&s);
	first = write_scene_layers(&s, COMPRESS_GZIP);
	close(tree_find(&s.tree, "usr/bin/app")->content.blob->fd);
	second = write_scene_layers(&s, COMPRESS_GZIP);
	cr_assert_eq(second.v.n, first.v.n);
	for (size_t i = 0; i < second.v.n; i++) {
		cr_expect(second.v.v[i].reused);
		second.v.v[i].reused = false;
		cr_expect_eq(memcmp(&first.v.v[i].digest, &second.v.v[i].digest, 32), 0);
		cr_expect_eq(memcmp(&first.v.v[i].diff_id, &second.v.v[i].diff_id, 32), 0);
		cr_expect_eq(first.v.v[i].size, second.v.v[i].size);
		cr_expect_eq(first.v.v[i].tar_size, second.v.v[i].tar_size);
		cr_expect_eq(first.v.v[i].nodes, second.v.v[i].nodes);
	}
	scene_end(&s);
}

/* The key of a plan with this one node. */
static struct digest key_of_node(struct node n, const char *compressor)
{
	AUTO_ARENA a = { 0 };
	struct layer_plan p = { .name = "x" };
	struct error e = { 0 };
	struct digest d;

	*list_push(&a, &p.nodes) = &n;
	cr_assert(layer_key(&p, compressor, &d, &e));
	return d;
}

Test(layer, whatever_can_change_the_bytes_changes_the_key)
{
	const struct digest whole = { { 1 } }, other = { { 2 } };
	const struct blob blob = { .fd = -1, .digest = &whole },
			  copy = { .fd = -2, .digest = &whole };
	const struct blob different = { .fd = -1, .digest = &other };
	const struct node file = { .path = "a",
				   .mode = 0644,
				   .content = { .blob = &blob, .size = 5 } };
	struct node variants[14];
	struct digest keys[14];
	size_t n = 0;

	variants[n++] = file;
	variants[n] = file, variants[n++].path = "b";
	variants[n] = file, variants[n++].mode = 0645;
	variants[n] = file, variants[n++].uid = 1;
	variants[n] = file, variants[n++].gid = 1;
	variants[n] = file, variants[n++].mtime = -1;
	variants[n] = file, variants[n++].content.offset = 1;
	variants[n] = file, variants[n++].content.size = 4;
	variants[n] = file, variants[n++].content.blob = &different;
	variants[n++] = (struct node){ .path = "a",
				       .mode = 0644,
				       .content = { .bytes = "12345", .size = 5 } };
	variants[n++] = (struct node){ .path = "a",
				       .mode = 0644,
				       .content = { .bytes = "1234", .size = 4 } };
	variants[n++] = (struct node){ .path = "a", .mode = 0644, .type = NODE_DIR };
	variants[n++] =
		(struct node){ .path = "a", .mode = 0644, .type = NODE_LINK, .target = "t" };
	variants[n++] =
		(struct node){ .path = "a", .mode = 0644, .type = NODE_LINK, .target = "u" };
	for (size_t i = 0; i < n; i++) {
		keys[i] = key_of_node(variants[i], "gzip 1");
		for (size_t k = 0; k < i; k++)
			cr_expect(!digest_eq(&keys[i], &keys[k]), "variants %zu and %zu", k, i);
	}
	keys[1] = key_of_node(file, "gzip 2");
	cr_expect(!digest_eq(&keys[0], &keys[1]), "the compressor");
	variants[0].content.blob = &copy;
	keys[1] = key_of_node(variants[0], "gzip 1");
	cr_expect(digest_eq(&keys[0], &keys[1]), "where the blob is open does not matter");
}

Test(layer, a_record_is_read_as_written_and_nothing_else_is)
{
	AUTO_ARENA a = { 0 };
	const struct layer l = {
		.digest = { { 1 } }, .size = 7, .diff_id = { { 2 } }, .tar_size = 9
	};
	struct buf text = { .a = &a };
	struct layer got = { 0 };

	layer_record_format(&l, &text);
	cr_assert(layer_record_parse(buf_str(&text), &got));
	cr_expect(digest_eq(&got.digest, &l.digest) && digest_eq(&got.diff_id, &l.diff_id));
	cr_expect(got.size == 7 && got.tar_size == 9);
	for (size_t n = 0; n < text.n - 1; n++)
		cr_expect(!layer_record_parse((struct str){ text.p, n }, &got), "cut at %zu", n);
	buf_puts(&text, "more 1\n");
	cr_expect(!layer_record_parse(buf_str(&text), &got), "something behind it");
}

Test(layer, a_damaged_blob_is_noticed_and_written_again)
{
	AUTO_ARENA a = { 0 };
	struct layers first, second;
	struct scene s;
	int fd;

	scene_begin(&s, &a);
	scene_small_image(&s);
	first = write_scene_layers(&s, COMPRESS_GZIP);
	cr_assert_eq(chmod(blob_path(&s, &first.v.v[0]), 0600), 0);
	fd = open(blob_path(&s, &first.v.v[0]), O_WRONLY | O_CLOEXEC);
	cr_assert(fd >= 0 && pwrite(fd, "!", 1, 20) == 1 && close(fd) == 0);
	second = write_scene_layers(&s, COMPRESS_GZIP);
	cr_expect(!second.v.v[0].reused);
	cr_expect(second.v.v[1].reused);
	cr_expect(digest_eq(&first.v.v[0].digest, &second.v.v[0].digest));
	ORACLE(&a, "gzip", "-t", blob_path(&s, &second.v.v[0]));
	scene_end(&s);
}

/* Everything in the store that is a blob or about to become one. */
static size_t blobs_in(struct scene *s)
{
	return files_below(s->a, arena_printf(s->a, "%s/store/blobs", s->dir), "").n;
}

Test(layer, contents_that_are_not_there_are_an_error_that_names_the_file)
{
	AUTO_ARENA a = { 0 };
	struct compressor with = compressor_host(COMPRESS_GZIP);
	struct layer_order order = test_layer_order(&a);
	struct layers out = { 0 };
	struct error e = { 0 };
	struct scene s;

	scene_begin(&s, &a);
	scene_small_image(&s);
	tree_find(&s.tree, "usr/bin/app")->content.size = 10u << 20;
	cr_expect(!layer_write_all(&a, &s.store, &s.tree, &order, &with, &out, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.context, "layer app: /usr/bin/app: ");
	cr_expect_leq(blobs_in(&s), 1, "only the other layer may be there");
	scene_end(&s);
}

Test(layer, a_full_disk_is_told_and_leaves_nothing_half_written)
{
	AUTO_ARENA a = { 0 };
	struct compressor with = compressor_host(COMPRESS_GZIP);
	struct layer_order order = test_layer_order(&a);
	struct layers out = { 0 };
	struct error e = { 0 };
	struct scene s;
	const char *disk;

	scene_begin(&s, &a);
	scene_small_image(&s);
	disk = arena_printf(&a, "%s/store", s.dir);
	store_close(&s.store);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", disk, "tmpfs", 0, "size=64k") < 0)
		cr_skip_test("a file system of 64 KiB cannot be mounted here");
	cr_assert_eq(chmod(disk, 0700), 0);
	cr_assert(store_open(&a, disk, &s.store, &e), "%s", e.cause);
	scene_file(&s, "app", "noise", "")->content =
		(struct content){ .bytes = depot_noise(&a, 1 << 20, 1).p, .size = 1 << 20 };
	cr_expect(!layer_write_all(&a, &s.store, &s.tree, &order, &with, &out, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.context, "layer app: "), "%s", e.context);
	cr_expect(strstr(e.cause, "No space left on device"), "%s", e.cause);
	cr_expect_leq(blobs_in(&s), 1, "only the other layer may be there");
	store_close(&s.store);
	umount(disk);
	files_remove(s.dir);
}

/* A plan that holds a path twice would be a layer that two readers unpack in two ways: whoever
 * makes such a plan is stopped here. */
Test(layer, no_path_stands_in_a_layer_twice, .signal = SIGABRT)
{
	AUTO_ARENA a = { 0 };
	struct node usr = { .path = "usr", .type = NODE_DIR, .mode = 0755 };
	struct compressor with = compressor_host(COMPRESS_GZIP);
	struct layer_plan p = { .name = "x" };
	struct layer out = { .name = "x" };
	struct error e = { 0 };
	struct scene s;

	scene_begin(&s, &a);
	*list_push(&a, &p.nodes) = &usr;
	cr_assert(layer_blob_write(&s.store, &p, &with, 1, &out, &e), "%s", e.cause);
	*list_push(&a, &p.nodes) = &usr;
	(void)!layer_blob_write(&s.store, &p, &with, 1, &out, &e);
}
