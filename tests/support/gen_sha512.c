/* SPDX-License-Identifier: Apache-2.0 */
#include "support/gen_sha512.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

const char *sha512_of_file(struct arena *a, const char *path)
{
	return arena_strndup(a, ORACLE(a, "sha512sum", path).p, 128);
}

const char *sha512_blob(const struct imagegen *g, const char *name)
{
	return arena_printf(g->a, "%s/blobs/sha512/%s", g->path, name + strlen("sha512:"));
}

/* `text` with every `from` as `to`. */
static const char *sha512_replace(struct arena *a, const char *text, const char *from,
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

/* Writes the text as a blob, and gives its name. */
static const char *sha512_put(struct imagegen *g, const char *text)
{
	const char *path = arena_printf(g->a, "%s/blobs/sha512/new", g->path), *name;

	files_put(path, text);
	name = arena_printf(g->a, "sha512:%s", sha512_of_file(g->a, path));
	cr_assert_eq(rename(path, sha512_blob(g, name)), 0);
	return name;
}

/* What a descriptor says of a part whose name, and perhaps size, is another now. */
static const char *sha512_describe(struct imagegen *g, const char *text, const struct digest *old,
				   uint64_t old_size, const char *name, size_t size)
{
	const char *was = arena_printf(g->a, "sha256:%s", digest_hex_dup(g->a, old));

	text = sha512_replace(g->a, text, was, name);
	if (size == old_size)
		return text;
	return sha512_replace(g->a, text,
			      arena_printf(g->a, "\"size\":%llu", (unsigned long long)old_size),
			      arena_printf(g->a, "\"size\":%zu", size));
}

void sha512_rename(struct imagegen *g, const struct imagegen_edit *edit, struct sha512_names *out)
{
	struct arena *a = g->a;
	const char *config = files_get(a, imagegen_blob(g, &g->config_digest));
	const char *manifest = files_get(a, imagegen_blob(g, &g->manifest_digest));
	const char *index_path = arena_printf(a, "%s/index.json", g->path);

	*out = (struct sha512_names){ .manifest = NULL };
	files_put(arena_printf(a, "%s/blobs/sha512/new", g->path), "");
	for (size_t i = 0; i < g->layers.n; i++) {
		const struct imagegen_layer *l = &g->layers.v[i];
		const char *blob = imagegen_blob(g, &l->digest);
		const char *name = arena_printf(a, "sha512:%s", sha512_of_file(a, blob));

		*list_push(a, &out->layers) = name;
		manifest = sha512_describe(g, manifest, &l->digest, l->size, name, l->size);
		cr_assert_eq(rename(blob, sha512_blob(g, name)), 0);
	}
	if (edit)
		config = sha512_replace(a, config, edit->from, edit->to);
	out->config = sha512_put(g, config);
	manifest = sha512_describe(g, manifest, &g->config_digest, g->config_size, out->config,
				   strlen(config));
	out->manifest = sha512_put(g, manifest);
	files_put(index_path, sha512_describe(g, files_get(a, index_path), &g->manifest_digest,
					      g->manifest_size, out->manifest, strlen(manifest)));
	files_remove(arena_printf(a, "%s/blobs/sha256", g->path));
}
