/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts whose parts are named by SHA-512, as sha512sum gives it. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

/* `text` with every `from` as `to`. */
static const char *sha512_replaced(struct arena *a, const char *text, const char *from,
				   const char *to)
{
	struct buf out = { .a = a };

	for (const char *at; (at = strstr(text, from)); text = at + strlen(from)) {
		buf_add(&out, (struct str){ text, (size_t)(at - text) });
		buf_puts(&out, to);
	}
	buf_puts(&out, text);
	return buf_cstr(&out);
}

static const char *sha512_of(struct arena *a, const char *path)
{
	return arena_strndup(a, ORACLE(a, "sha512sum", path).p, 128);
}

/* Writes the text as a blob named by its SHA-512, which is given. */
static const char *sha512_put_blob(struct arena *a, const char *layout, const char *text)
{
	const char *path = arena_printf(a, "%s/blobs/sha512/new", layout), *hex;

	files_put(path, text);
	hex = sha512_of(a, path);
	cr_assert_eq(rename(path, arena_printf(a, "%s/blobs/sha512/%s", layout, hex)), 0);
	return hex;
}

static const char *old_name(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "sha256:%s", digest_hex_dup(a, d));
}

/* The layout anew. `wrong`: a diff_id that is not the tar's. Gives the hex names of layer, config
 * and manifest. */
static void rename_parts(struct arena *a, struct imagegen *g, bool wrong,
			 const char *names[static 3])
{
	const struct imagegen_layer *l = &g->layers.v[0];
	const char *config = files_get(a, imagegen_blob(g, &g->config_digest)), *manifest, *index;
	const char *blob = imagegen_blob(g, &l->digest);

	files_put(arena_printf(a, "%s/blobs/sha512/x", g->path), "");
	names[0] = sha512_of(a, blob);
	config = sha512_replaced(a, config, old_name(a, &l->diff_id),
				 arena_printf(a, "sha512:%s%s", names[0] + (wrong ? 1 : 0),
					      wrong ? "0" : ""));
	names[1] = sha512_put_blob(a, g->path, config);
	manifest = files_get(a, imagegen_blob(g, &g->manifest_digest));
	manifest = sha512_replaced(a, manifest, old_name(a, &l->digest),
				   arena_printf(a, "sha512:%s", names[0]));
	manifest = sha512_replaced(a, manifest, old_name(a, &g->config_digest),
				   arena_printf(a, "sha512:%s", names[1]));
	manifest = sha512_replaced(a, manifest,
				   arena_printf(a, "\"size\":%llu",
						(unsigned long long)g->config_size),
				   arena_printf(a, "\"size\":%zu", strlen(config)));
	names[2] = sha512_put_blob(a, g->path, manifest);
	index = files_get(a, arena_printf(a, "%s/index.json", g->path));
	index = sha512_replaced(a, index, old_name(a, &g->manifest_digest),
				arena_printf(a, "sha512:%s", names[2]));
	index = sha512_replaced(a, index,
				arena_printf(a, "\"size\":%llu",
					     (unsigned long long)g->manifest_size),
				arena_printf(a, "\"size\":%zu", strlen(manifest)));
	files_put(arena_printf(a, "%s/index.json", g->path), index);
	cr_assert_eq(rename(blob, arena_printf(a, "%s/blobs/sha512/%s", g->path, names[0])), 0);
	files_remove(arena_printf(a, "%s/blobs/sha256", g->path));
}

static const char *sha512_audited(struct arena *a, const char *image, struct audit_result *r)
{
	struct error e = { 0 };
	char text[2048];

	if (audit_image(a, &(struct audit_request){ .image = image, .now = 1790000000 }, r, &e))
		return "";
	cr_expect_eq(e.kind, ERR_INPUT);
	err_format(&e, text, sizeof(text));
	return arena_strdup(a, text);
}

static void sha512_flip(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char c;

	cr_assert(fd >= 0 && pread(fd, &c, 1, 40) == 1);
	c ^= 1;
	cr_assert(pwrite(fd, &c, 1, 40) == 1 && close(fd) == 0);
}

Test(audit, parts_may_be_named_by_sha512)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	const char *names[3], *layer, *config;

	imagegen_begin(&g, &a);
	g.codec = IMAGEGEN_PLAIN;
	imagegen_good(&g);
	imagegen_write(&g);
	rename_parts(&a, &g, false, names);
	cr_assert_str_eq(sha512_audited(&a, g.path, &r), "");
	cr_expect(r.findings.n == 0 && model_at(r.model, "usr/bin/hello"));
	cr_expect_str_eq(content_digest_text(&a, &r.model->image->manifest),
			 arena_printf(&a, "sha512:%s", names[2]));
	layer = arena_printf(&a, "%s/blobs/sha512/%s", g.path, names[0]);
	sha512_flip(layer);
	cr_expect(strstr(sha512_audited(&a, g.path, &r),
			 "the blob does not have the digest of its descriptor: it is sha512:"));
	sha512_flip(layer);
	config = arena_printf(&a, "%s/blobs/sha512/%s", g.path, names[1]);
	sha512_flip(config);
	cr_expect(strstr(sha512_audited(&a, g.path, &r),
			 "does not have the digest of its name: it is sha512:"));
}

Test(audit, a_diff_id_may_be_a_sha512_and_is_checked)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	const char *names[3];

	imagegen_begin(&g, &a);
	g.codec = IMAGEGEN_PLAIN;
	imagegen_good(&g);
	imagegen_write(&g);
	rename_parts(&a, &g, true, names);
	cr_expect(strstr(sha512_audited(&a, g.path, &r),
			 arena_printf(&a, "diff_id of the config: it is sha512:%s", names[0])));
}
