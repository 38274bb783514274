/* SPDX-License-Identifier: Apache-2.0 */
/* Layers: their entries, how they are applied, what is looked for in contents, records of packages.
 */

#include "growth/growth.h"

#include <sys/mman.h>

#include "inspect/layers/content_kind.h"
#include "inspect/layers/content_shell.h"
#include "inspect/layers/layer_merge.h"
#include "inspect/model/model.h"
#include "support/gen_deb.h"

static void layer_make_files(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(out, arena_printf(out->a, "d/f%06zu", n - i), "x");
	debgen_tar_end(out);
}

static void layer_make_same(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(out, "d/f", "x");
	debgen_tar_end(out);
}

static void layer_make_folders(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(out, arena_printf(out->a, "d%06zu/a/b/c/f", i), "x");
	debgen_tar_end(out);
}

/* A file, then a folder of its name, again and again. */
static void layer_make_turns(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		debgen_tar_file(out, "d", "x");
		debgen_tar_file(out, arena_printf(out->a, "d/f%06zu", i), "x");
	}
	debgen_tar_end(out);
}

static void layer_make_links(struct buf *out, size_t n)
{
	debgen_tar_file(out, "f", "x");
	for (size_t i = 0; i < n; i++)
		debgen_tar_hardlink(out, arena_printf(out->a, "l%06zu", i),
				    i ? arena_printf(out->a, "l%06zu", i - 1) : "f");
	debgen_tar_end(out);
}

/* Links that stand before what they name. */
static void layer_make_links_early(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		debgen_tar_hardlink(out, arena_printf(out->a, "l%06zu", i),
				    arena_printf(out->a, "l%06zu", i + 1));
	debgen_tar_file(out, arena_printf(out->a, "l%06zu", n), "x");
	debgen_tar_end(out);
}

static void layer_make_whiteouts(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(out, arena_printf(out->a, "d/.wh.f%06zu", i), "");
	debgen_tar_end(out);
}

/* Whiteouts beside what they remove, in one layer. */
static void layer_make_both(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		debgen_tar_file(out, arena_printf(out->a, "d/f%06zu", i), "x");
		debgen_tar_file(out, arena_printf(out->a, "d/.wh.f%06zu", i), "");
	}
	debgen_tar_end(out);
}

static void layer_make_opaque(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		debgen_tar_file(out, arena_printf(out->a, "d/f%06zu", i), "x");
		debgen_tar_file(out, "d/.wh..wh..opq", "");
	}
	debgen_tar_end(out);
}

/* The bytes as two layers of an image, one on the other. */
static bool layer_twice(struct arena *a, struct str input, struct error *e)
{
	struct image_facts image = { .os = "linux", .architecture = "amd64" };
	struct items items = { NULL, 0, 0 };
	struct model m = { .image = &image, .kept = -1 };
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	AUTO_FD scratch = memfd_create("growth", MFD_CLOEXEC);
	bool ok = fd >= 0 && scratch >= 0 && fd_write(fd, input, "memfd", e);

	for (size_t i = 0; i < 2; i++) {
		*list_push(a, &image.layers) = (struct image_layer){
			.size = input.n, .diff_id = content_digest_of(input, false)
		};
		list_push(a, &m.layers);
	}
	for (size_t i = 0; ok && i < 2; i++) {
		const struct layer_job job = {
			&image.layers.v[i], i, NULL, fd, 0, input.n, scratch
		};
		struct change change = { { NULL, 0, 0 }, { NULL, 0, 0 } };
		struct layer_budget budget = { .entries = 0 };
		struct buf said = { .a = a };
		struct str_source from;
		struct buf_sink out;

		buf_sink_init(&out, &said, "answer");
		ok = layer_parse(&job, &out.base, e);
		str_source_init(&from, buf_str(&said), "a layer");
		ok = ok && layer_collect(a, a, &from.base, &m, i, &budget, &change, e);
		if (ok)
			merge_change(a, a, &m, &change, i, &items);
	}
	model_close(&m);
	return ok;
}

static bool layer_content(struct arena *a, struct str input, struct error *e)
{
	(void)e;
	content_kind(input);
	content_interpreter(a, input);
	content_secret(input);
	content_shell(input);
	content_build_path(a, input);
	return true;
}

static const struct growth_case layer_table[] = {
	{ "layer_parse layer_collect merge_change", "many files", 19, .make = layer_make_files,
	  .run = layer_twice },
	{ "layer_parse", "the same file again and again", 19, .make = layer_make_same,
	  .run = layer_twice },
	{ "layer_collect", "many folders that nobody made", 17, .make = layer_make_folders,
	  .run = layer_twice },
	{ "layer_collect", "a file and a folder in turns", 16, .make = layer_make_turns,
	  .run = layer_twice },
	{ "layer_collect", "hard links to hard links", 30, .make = layer_make_links,
	  .run = layer_twice },
	{ "layer_collect", "hard links before what they name", 27, .make = layer_make_links_early,
	  .run = layer_twice },
	{ "layer_collect", "many whiteouts", 34, .make = layer_make_whiteouts, .run = layer_twice },
	{ "layer_collect", "whiteouts of what is there", 16, .make = layer_make_both,
	  .run = layer_twice },
	{ "layer_collect", "opaque again and again", 100, .make = layer_make_opaque,
	  .run = layer_twice },
	{ "content_secret content_build_path content_shell content_interpreter",
	  "almost a key on each line", 520, "",
	  "-----BEGIN RSA PRIVATE KE ghp_ AKIA /home/x /build/ eyJhbGciOi\n", "",
	  .run = layer_content },
	{ "content_secret", "one long word", 25000, "", "A", "", .run = layer_content },
	{ "content_secret", "almost a token everywhere", 5000, "", "ghp_", "",
	  .run = layer_content },
	{ "content_build_path", "many paths", 1250, "", "/home/a/b", "", .run = layer_content },
	{ "content_interpreter", "one long line", 25000, "#!", " ", "", .run = layer_content },
};
const struct growth_cases growth_layer_cases = { layer_table, ARRAY_SIZE(layer_table) };
