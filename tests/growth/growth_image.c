/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of images and the archives they are in. */

#include "growth/growth.h"

#include <sys/mman.h>

#include "inspect/image/descriptor.h"
#include "inspect/image/expand.h"
#include "inspect/image/layer_tar.h"
#include "inspect/image/layer_tar_header.h"
#include "inspect/image/manifest.h"
#include "inspect/image/sparse.h"
#include "support/gen_deb.h"

#define LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
#define DIGEST "\"digest\":\"sha256:" HEX "#\""
#define MANIFEST "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\""

static bool image_config(struct arena *a, struct str input, struct error *e)
{
	struct image_facts facts = { 0 };

	return image_config_read(a, "config", input, &facts, e);
}

/* The text as index.json of a layout; no manifest is there, so it is refused at the end. */
static bool image_index(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct member members[] = { { "index.json", NULL, sizeof(LAYOUT) - 1, input.n },
				    { "oci-layout", NULL, 0, sizeof(LAYOUT) - 1 } };
	struct bundle b = {
		.name = "growth", .fd = fd, .archive = true, .members = { members, 2, 2 }
	};
	struct image_facts facts = { 0 };

	return fd >= 0 && fd_write(fd, STR(LAYOUT), "memfd", e) &&
	       fd_write(fd, input, "memfd", e) && manifest_read(a, &b, "linux/amd64", &facts, e);
}

/* As manifest.json of what docker saves. */
static bool image_saved(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct member members[] = { { "manifest.json", NULL, 0, input.n } };
	struct bundle b = { .name = "growth",
			    .fd = fd,
			    .archive = true,
			    .form = BUNDLE_DOCKER,
			    .members = { members, 1, 1 } };
	struct image_facts facts = { 0 };

	return fd >= 0 && fd_write(fd, input, "memfd", e) && docker_read(a, &b, &facts, e);
}

/* As "repositories" of what docker saved before 1.10. */
static bool image_repositories(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct member members[] = { { "repositories", NULL, 0, input.n } };
	struct bundle b = { .name = "growth",
			    .fd = fd,
			    .archive = true,
			    .form = BUNDLE_DOCKER,
			    .members = { members, 1, 1 } };
	struct image_facts facts = { 0 };

	return fd >= 0 && fd_write(fd, input, "memfd", e) && docker_v1_read(a, &b, &facts, e);
}

static void image_make_tar(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(out, arena_printf(out->a, "f%06zu", n - i), "x");
	debgen_tar_end(out);
}

/* One file below n pax headers, each of which replaces the one before; and one of n records. */
static void image_make_pax(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		debgen_tar_pax(out, 'x', "9 path=b\n");
	debgen_tar_file(out, "f", "x");
	debgen_tar_end(out);
}

static void image_make_records(struct buf *out, size_t n)
{
	struct buf records = { .a = out->a };

	for (size_t i = 0; i < n; i++)
		buf_puts(&records, "18 comment=abcdef\n");
	debgen_tar_pax(out, 'x', buf_cstr(&records));
	debgen_tar_file(out, "f", "x");
	debgen_tar_end(out);
}

static bool image_tar(struct arena *a, struct str input, struct error *e)
{
	AUTO_ARENA names = { 0 };
	struct str_source from;
	struct layer_tar t;
	struct layer_entry entry;
	struct str chunk;
	int got;

	(void)a;
	str_source_init(&from, input, "growth");
	layer_tar_init(&t, &from.base, &names);
	while ((got = layer_tar_next(&t, &entry, e)) == 1) {
		while ((got = layer_tar_read(&t, &chunk, e)) == 1)
			;
		if (got < 0)
			break;
	}
	return got == 0;
}

static bool image_pax(struct arena *a, struct str input, struct error *e)
{
	struct pax_said pax = { 0 };

	(void)a;
	(void)pax_harmless(input);
	return pax_parse(input, &pax, e);
}

static void image_make_sparse(struct buf *out, size_t n)
{
	buf_printf(out, "%zu\n", n);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%zu\n1\n", 2 * i);
}

static bool image_sparse(struct arena *a, struct str input, struct error *e)
{
	struct sparse_map map = { .size = 1u << 30 };

	return sparse_from_content(a, input, &map, e);
}

static void image_make_gzip(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add(out, debgen_gzip(out->a, STR("text of a member")));
}

static void image_make_zstd(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add(out, debgen_zstd(out->a, STR("text of a frame")));
}

static bool image_expand_as(struct str input, enum layer_codec codec, struct error *e)
{
	struct str_source from;
	AUTO_EXPAND x = { 0 };
	struct str chunk;
	int got;

	str_source_init(&from, input, "growth");
	if (!expand_open(&x, &from.base, codec, 1u << 30, e))
		return false;
	while ((got = x.base.next(&x.base, &chunk, e)) == 1)
		;
	return got == 0;
}

static bool image_gzip(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	return image_expand_as(input, LAYER_GZIP, e);
}

static bool image_zstd(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	return image_expand_as(input, LAYER_ZSTD, e);
}

#define CONFIG \
	"{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},"

static const struct growth_case image_table[] = {
	{ "image_config_read image_execution_read", "many variables", 750,
	  CONFIG "\"config\":{\"Env\":[", "\"V#=x\",", "]}}", .run = image_config },
	{ "image_config_read", "many labels", 500, CONFIG "\"config\":{\"Labels\":{",
	  "\"l~\":\"x\",", "}}}", .run = image_config },
	{ "image_config_read", "many ports", 430, CONFIG "\"config\":{\"ExposedPorts\":{",
	  "\"1#/tcp\":{},", "}}}", .run = image_config },
	{ "image_config_read", "many words to run", 750, CONFIG "\"config\":{\"Entrypoint\":[",
	  "\"w#\",", "]}}", .run = image_config },
	{ "image_config_read", "a long history", 330, CONFIG "\"history\":[",
	  "{\"created_by\":\"c#\",\"empty_layer\":true},", "]}", .run = image_config },
	{ "manifest_read descriptor_read", "an index of many manifests", 74,
	  "{\"schemaVersion\":2,\"manifests\":[",
	  "{" MANIFEST "," DIGEST
	  ",\"size\":2,\"platform\":{\"os\":\"linux\",\"architecture\":\"a#\"}},",
	  "]}", .run = image_index, .refused = true },
	{ "manifest_read", "an index of many names", 80, "{\"schemaVersion\":2,\"manifests\":[",
	  "{" MANIFEST "," DIGEST
	  ",\"size\":2,\"annotations\":{\"org.opencontainers.image.ref.name\":\"t#\"}},",
	  "]}", .run = image_index, .refused = true },
	{ "docker_read", "many images", 180, "[",
	  "{\"Config\":\"c#\",\"RepoTags\":[\"a:t#\"],\"Layers\":[\"l#\"]},", "]",
	  .run = image_saved, .refused = true },
	{ "docker_read", "many names of one image", 500,
	  "[{\"Config\":\"c\",\"Layers\":[],\"RepoTags\":[", "\"a:t#\",", "]}]", .run = image_saved,
	  .refused = true },
	{ "docker_read", "many layers", 200, "[{\"Config\":\"c\",\"Layers\":[", "\"l#\",", "]}]",
	  .run = image_saved, .refused = true },
	{ "docker_v1_read", "many names of one image", 370, "{\"a\":{", "\"t#\":\"i\",", "}}",
	  .run = image_repositories, .refused = true },
	{ "layer_tar_init layer_tar_next layer_tar_read tar_header_read", "many files", 330,
	  .make = image_make_tar, .run = image_tar },
	{ "layer_tar_next", "as many extended headers of one file as are read", 4,
	  .make = image_make_pax, .run = image_tar },
	{ "layer_tar_next", "many records of one file", 5000, .make = image_make_records,
	  .run = image_tar },
	{ "sparse_from_content", "many pieces", 2000, .make = image_make_sparse,
	  .run = image_sparse },
	{ "pax_parse", "many records", 2500, "", "18 comment=abcdef\n", "", .run = image_pax },
	{ "pax_parse", "one long key", 12500, "050011 ", "a", "=b\n", .run = image_pax,
	  .refused = true },
	{ "expand_open", "many gzip members", 500, .make = image_make_gzip, .run = image_gzip },
	{ "expand_open", "many zstd frames", 500, .make = image_make_zstd, .run = image_zstd },
};
const struct growth_cases growth_image_cases = { image_table, ARRAY_SIZE(image_table) };
