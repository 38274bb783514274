/* SPDX-License-Identifier: Apache-2.0 */
/* Images put together by hand: tar blocks, blobs, documents. */

#include "support/gen_image.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/file.h"

#define BLOCK 512

static void imagegen_must(bool ok, const char *what)
{
	cr_assert(ok, "imagegen: %s", what);
}

void imagegen_begin(struct imagegen *g, struct arena *a)
{
	const char *tmp = getenv("TMPDIR");
	char *slash;

	*g = (struct imagegen){ .a = a };
	snprintf(g->dir, sizeof(g->dir), "%s/imagegen-XXXXXX",
		 tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	imagegen_must(mkdtemp(g->dir) != NULL, "mkdtemp");
	slash = strrchr(g->dir, '/');
	imagegen_must(slash != NULL, "folder");
	g->path = arena_printf(a, "%s/image", g->dir);
	g->tar = (struct buf){ .a = a };
}

void imagegen_end(struct imagegen *g)
{
	struct error e = { .kind = ERR_NONE };

	if (g->dir[0] && !file_remove_tree(AT_FDCWD, g->dir, &e))
		fprintf(stderr, "imagegen: %s%s\n", e.context, e.cause);
}

static void imagegen_octal(char *at, size_t n, unsigned long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*lo", (int)n - 1, value);
	memcpy(at, text, n - 1);
}

static char imagegen_type(const struct imagegen_entry *x)
{
	size_t n = strlen(x->path);

	if (x->type)
		return x->type;
	return n && x->path[n - 1] == '/' ? '5' : '0';
}

void imagegen_repair(char block[static BLOCK])
{
	unsigned long sum = 0;

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06lo", sum);
}

void imagegen_header(const struct imagegen_entry *x, char out[static BLOCK])
{
	unsigned mode = x->mode ? x->mode & 07777 : imagegen_type(x) == '5' ? 0755 : 0644;
	size_t name = strlen(x->path);

	memset(out, 0, BLOCK);
	memcpy(out, x->path, name < 100 ? name : 100);
	imagegen_octal(out + 100, 8, mode);
	imagegen_octal(out + 108, 8, x->uid);
	imagegen_octal(out + 116, 8, x->gid);
	imagegen_octal(out + 124, 12, x->content.n);
	if (x->size)
		memcpy(out + 124, x->size, strlen(x->size) < 12 ? strlen(x->size) : 12);
	imagegen_octal(out + 136, 12, 1700000000);
	out[156] = imagegen_type(x);
	if (x->link)
		memcpy(out + 157, x->link, strlen(x->link) < 100 ? strlen(x->link) : 100);
	memcpy(out + 257,
	       "ustar\0"
	       "00",
	       8);
	imagegen_repair(out);
}

static void imagegen_pad(struct imagegen *g)
{
	static const char zeros[BLOCK];

	buf_add(&g->tar, (struct str){ zeros, (BLOCK - g->tar.n % BLOCK) % BLOCK });
}

static void imagegen_patch(const struct imagegen_entry *x, char block[static BLOCK])
{
	for (size_t i = 0; i < 2; i++)
		if (x->patch[i].bytes.n)
			memcpy(block + x->patch[i].at, x->patch[i].bytes.p, x->patch[i].bytes.n);
	imagegen_repair(block);
}

void imagegen_add(struct imagegen *g, const struct imagegen_entry *x)
{
	char block[BLOCK];

	if (x->pax)
		imagegen_add(g, &(struct imagegen_entry){
					.path = "pax", .type = 'x', .content = str_of(x->pax) });
	imagegen_header(x, block);
	if (x->patch[0].bytes.n)
		imagegen_patch(x, block);
	buf_add(&g->tar, (struct str){ block, BLOCK });
	buf_add(&g->tar, x->content);
	imagegen_pad(g);
}

void imagegen_file(struct imagegen *g, const char *path, unsigned mode, struct str content)
{
	imagegen_add(g, &(struct imagegen_entry){ .path = path, .mode = mode, .content = content });
}

void imagegen_raw(struct imagegen *g, struct str bytes)
{
	buf_add(&g->tar, bytes);
}

static struct str imagegen_gzip(struct arena *a, struct str bytes)
{
	size_t room = bytes.n + bytes.n / 100 + 256;
	char *out = arena_alloc(a, room);
	z_stream z = { .zalloc = NULL };

	imagegen_must(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK,
		      "deflateInit2");
	z.next_in = (Bytef *)(uintptr_t)bytes.p;
	z.avail_in = (uInt)bytes.n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)room;
	imagegen_must(deflate(&z, Z_FINISH) == Z_STREAM_END, "deflate");
	deflateEnd(&z);
	return (struct str){ out, room - z.avail_out };
}

static struct str imagegen_zstd(struct arena *a, struct str bytes)
{
	size_t room = ZSTD_compressBound(bytes.n);
	char *out = arena_alloc(a, room);
	size_t n = ZSTD_compress(out, room, bytes.p, bytes.n, 3);

	imagegen_must(!ZSTD_isError(n), "ZSTD_compress");
	return (struct str){ out, n };
}

struct str imagegen_compress(struct arena *a, struct str bytes, enum imagegen_codec codec)
{
	struct buf out = { .a = a };

	switch (codec) {
	case IMAGEGEN_PLAIN:
		return bytes;
	case IMAGEGEN_ZSTD:
		return imagegen_zstd(a, bytes);
	case IMAGEGEN_GZIP:
		return imagegen_gzip(a, bytes);
	case IMAGEGEN_MEMBERS:
		break;
	}
	for (; bytes.n; bytes = str_from(bytes, 1000))
		buf_add(&out,
			imagegen_gzip(a, (struct str){ bytes.p, bytes.n < 1000 ? bytes.n : 1000 }));
	return buf_str(&out);
}

void imagegen_layer(struct imagegen *g)
{
	static const char end[2 * BLOCK];
	static const char *const types[] = {
		[IMAGEGEN_GZIP] = "application/vnd.oci.image.layer.v1.tar+gzip",
		[IMAGEGEN_MEMBERS] = "application/vnd.oci.image.layer.v1.tar+gzip",
		[IMAGEGEN_ZSTD] = "application/vnd.oci.image.layer.v1.tar+zstd",
		[IMAGEGEN_PLAIN] = "application/vnd.oci.image.layer.v1.tar",
	};
	struct imagegen_layer *l = list_push(g->a, &g->layers);
	struct str tar;

	buf_add(&g->tar, (struct str){ end, sizeof(end) });
	tar = buf_str(&g->tar);
	l->diff_id = digest_of(tar);
	l->blob = imagegen_compress(g->a, tar, g->codec);
	l->digest = digest_of(l->blob);
	l->size = l->blob.n;
	l->media_type = types[g->codec];
	g->tar = (struct buf){ .a = g->a };
}

static struct str imagegen_edit_text(struct arena *a, struct str text,
				     const struct imagegen_edit *x)
{
	struct buf out = { .a = a };
	const char *at;
	size_t n = x->from ? strlen(x->from) : 0;

	if (n == 0)
		return text;
	imagegen_must(memmem(text.p, text.n, x->from, n) != NULL, x->from);
	while ((at = memmem(text.p, text.n, x->from, n)) != NULL) {
		buf_add(&out, (struct str){ text.p, (size_t)(at - text.p) });
		buf_puts(&out, x->to);
		text = str_from(text, (size_t)(at - text.p) + n);
	}
	buf_add(&out, text);
	return buf_str(&out);
}

static struct str config_text(struct imagegen *g)
{
	struct buf t = { .a = g->a };

	buf_printf(&t,
		   "{\"created\":\"2026-01-01T00:00:00Z\",\"architecture\":\"%s\",\"os\":\"linux\","
		   "\"config\":%s,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[",
		   g->architecture ? g->architecture : "amd64",
		   g->config ? g->config
			     : "{\"User\":\"65532\",\"Entrypoint\":[\"/usr/bin/hello\"],"
			       "\"Healthcheck\":{\"Test\":[\"CMD\",\"/usr/bin/hello\"]}}");
	for (size_t i = 0; i < g->layers.n; i++)
		buf_printf(&t, "%s\"sha256:%s\"", i ? "," : "",
			   digest_hex_dup(g->a, &g->layers.v[i].diff_id));
	buf_puts(&t, "]},\"history\":[");
	for (size_t i = 0; i < g->layers.n; i++)
		buf_printf(&t, "%s{\"created_by\":\"layer %zu\"}", i ? "," : "", i);
	buf_puts(&t, "]}");
	return imagegen_edit_text(g->a, buf_str(&t), &g->edit_config);
}

static struct str imagegen_manifest_text(struct imagegen *g)
{
	struct buf t = { .a = g->a };

	buf_printf(&t,
		   "{\"schemaVersion\":2,"
		   "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":"
		   "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
		   "\"digest\":\"sha256:%s\",\"size\":%llu},\"layers\":[",
		   digest_hex_dup(g->a, &g->config_digest), (unsigned long long)g->config_size);
	for (size_t i = 0; i < g->layers.n; i++)
		buf_printf(&t, "%s{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%llu}",
			   i ? "," : "", g->layers.v[i].media_type,
			   digest_hex_dup(g->a, &g->layers.v[i].digest),
			   (unsigned long long)g->layers.v[i].size);
	buf_puts(&t, "]}");
	return imagegen_edit_text(g->a, buf_str(&t), &g->edit_manifest);
}

static struct str imagegen_index_text(struct imagegen *g)
{
	struct buf t = { .a = g->a };

	buf_printf(&t,
		   "{\"schemaVersion\":2,"
		   "\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":"
		   "[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
		   "\"digest\":\"sha256:%s\",\"size\":%llu,\"annotations\":"
		   "{\"org.opencontainers.image.ref.name\":\"latest\"},"
		   "\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}]}",
		   digest_hex_dup(g->a, &g->manifest_digest), (unsigned long long)g->manifest_size,
		   g->architecture ? g->architecture : "amd64");
	return imagegen_edit_text(g->a, buf_str(&t), &g->edit_index);
}

void imagegen_put(const struct imagegen *g, const char *name, struct str bytes)
{
	struct error e = { .kind = ERR_NONE };
	const char *path = arena_printf(g->a, "%s/%s", g->dir, name);

	unlink(path);
	imagegen_must(file_write_path(path, 0644, bytes, &e), e.cause);
}

const char *imagegen_blob(const struct imagegen *g, const struct digest *d)
{
	return arena_printf(g->a, "%s/blobs/sha256/%s", g->path, digest_hex_dup(g->a, d));
}

static struct digest imagegen_put_blob(struct imagegen *g, struct str bytes)
{
	struct digest d = digest_of(bytes);

	imagegen_put(g, arena_printf(g->a, "image/blobs/sha256/%s", digest_hex_dup(g->a, &d)),
		     bytes);
	return d;
}

void imagegen_write(struct imagegen *g)
{
	struct error e = { .kind = ERR_NONE };
	struct str text;

	if (g->tar.n || g->layers.n == 0)
		imagegen_layer(g);
	imagegen_must(file_mkdirs(AT_FDCWD, arena_printf(g->a, "%s/blobs/sha256", g->path), &e),
		      e.cause);
	for (size_t i = 0; i < g->layers.n; i++)
		imagegen_put_blob(g, g->layers.v[i].blob);
	text = config_text(g);
	g->config_size = text.n;
	g->config_digest = imagegen_put_blob(g, text);
	text = imagegen_manifest_text(g);
	g->manifest_size = text.n;
	g->manifest_digest = imagegen_put_blob(g, text);
	imagegen_put(g, "image/index.json", imagegen_index_text(g));
	imagegen_put(g, "image/oci-layout", STR("{\"imageLayoutVersion\":\"1.0.0\"}"));
}

/* The archive is made with the generator's own tar: a layer that is not one of the image. */
static void imagegen_pack(struct imagegen *to, const char *name, const char *from)
{
	struct error e = { .kind = ERR_NONE };
	struct str bytes;

	imagegen_must(io_read_file(to->a, AT_FDCWD, from, 64u << 20, &bytes, &e), e.cause);
	imagegen_file(to, name, 0644, bytes);
}

static void pack_docker(struct imagegen *g, struct imagegen *to)
{
	struct buf manifest = { .a = g->a };
	const char *config = digest_hex_dup(g->a, &g->config_digest);

	buf_printf(&manifest,
		   "[{\"Config\":\"%s.json\",\"RepoTags\":[\"demo:latest\"],\"Layers\":[", config);
	imagegen_pack(to, arena_printf(g->a, "%s.json", config),
		      imagegen_blob(g, &g->config_digest));
	for (size_t i = 0; i < g->layers.n; i++) {
		const char *name = arena_printf(g->a, "%zu/layer.tar", i);

		imagegen_file(to, name, 0644, g->layers.v[i].blob);
		buf_printf(&manifest, "%s\"%s\"", i ? "," : "", name);
	}
	buf_puts(&manifest, "]}]");
	imagegen_file(to, "manifest.json", 0644, buf_str(&manifest));
}

static void pack_oci(struct imagegen *g, struct imagegen *to)
{
	const struct digest *blobs[] = { &g->config_digest, &g->manifest_digest };

	imagegen_pack(to, "oci-layout", arena_printf(g->a, "%s/oci-layout", g->path));
	imagegen_pack(to, "index.json", arena_printf(g->a, "%s/index.json", g->path));
	for (size_t i = 0; i < g->layers.n + 2; i++) {
		const struct digest *d = i < 2 ? blobs[i] : &g->layers.v[i - 2].digest;

		imagegen_pack(to, arena_printf(g->a, "blobs/sha256/%s", digest_hex_dup(g->a, d)),
			      imagegen_blob(g, d));
	}
}

const char *imagegen_archive(struct imagegen *g, bool docker)
{
	struct imagegen to = { .a = g->a, .tar = { .a = g->a } };
	static const char end[2 * BLOCK];

	if (docker)
		pack_docker(g, &to);
	else
		pack_oci(g, &to);
	imagegen_raw(&to, (struct str){ end, sizeof(end) });
	imagegen_put(g, "archive.tar", buf_str(&to.tar));
	return arena_printf(g->a, "%s/archive.tar", g->dir);
}
