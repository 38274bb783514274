/* SPDX-License-Identifier: Apache-2.0 */
/* A signed archive on 127.0.0.1. */

#include "support/gen_archive.h"

#include <criterion/criterion.h>
#include <lzma.h>
#include <stdlib.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_deb.h"

static const char *gnupg_home(const struct archivegen *g)
{
	return arena_printf(g->a, "%s/gnupg", g->dir);
}

/* The fingerprint of the key with this user id: the field 10 of its first "fpr" line. */
static const char *fingerprint_of(struct archivegen *g, const char *name)
{
	struct str out = ORACLE(g->a, "gpg", "--homedir", gnupg_home(g), "--batch", "--with-colons",
				"--list-keys", name);
	struct str line, field = { 0 };

	while (str_next(&out, '\n', &line)) {
		if (!str_starts(line, STR("fpr:")))
			continue;
		for (int i = 0; i < 10; i++)
			str_next(&line, ':', &field);
		return str_dup(g->a, field);
	}
	cr_assert_fail("gpg made no key");
	return NULL;
}

struct archivegen_key archivegen_key(struct archivegen *g, const char *name, const char *expires)
{
	struct archivegen_key key;

	ORACLE(g->a, "gpg", "--homedir", gnupg_home(g), "--batch", "--quiet", "--passphrase", "",
	       "--quick-gen-key", name, "ed25519", "sign", expires);
	key.fingerprint = fingerprint_of(g, name);
	key.keyring = arena_printf(g->a, "%s/%s.gpg", g->dir, name);
	ORACLE(g->a, "gpg", "--homedir", gnupg_home(g), "--batch", "--quiet", "--output",
	       key.keyring, "--export", key.fingerprint);
	return key;
}

void archivegen_open(struct archivegen *g, struct arena *a)
{
	oracle_need("gpg");
	*g = (struct archivegen){ .a = a, .dir = files_temporary(a) };
	files_put(arena_printf(a, "%s/gpg.conf", gnupg_home(g)), "");
	ORACLE(a, "chmod", "700", gnupg_home(g));
	g->key = archivegen_key(g, "archive", "never");
	*list_push(a, &g->keyrings) = g->key.keyring;
	*list_push(a, &g->signers) = g->key.fingerprint;
}

const char *archivegen_sign(struct archivegen *g, const char *text, const char *const *signers)
{
	const char *path = arena_printf(g->a, "%s/text", g->dir);
	struct strings argv = { 0 };
	static const char *const base[] = {
		"gpg",		"--batch", "--quiet",	    "--pinentry-mode", "loopback",
		"--passphrase", "",	   "--digest-algo", "SHA256",	       "--homedir"
	};

	files_put(path, text);
	for (size_t i = 0; i < ARRAY_SIZE(base); i++)
		*list_push(g->a, &argv) = base[i];
	*list_push(g->a, &argv) = gnupg_home(g);
	for (; *signers; signers++) {
		*list_push(g->a, &argv) = "--local-user";
		*list_push(g->a, &argv) = *signers;
	}
	*list_push(g->a, &argv) = "--output";
	*list_push(g->a, &argv) = "-";
	*list_push(g->a, &argv) = "--clearsign";
	*list_push(g->a, &argv) = path;
	*list_push(g->a, &argv) = NULL;
	return str_dup(g->a, oracle_ask(g->a, argv.v));
}

static struct str xz_packed(struct arena *a, struct str text)
{
	size_t size = lzma_stream_buffer_bound(text.n), n = 0;
	uint8_t *out = arena_alloc(a, size);

	cr_assert_eq(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text.p,
					     text.n, out, &n, size),
		     LZMA_OK);
	return (struct str){ (const char *)out, n };
}

void archivegen_bytes(struct archivegen *g, const char *path, struct str bytes)
{
	*list_push(g->a, &g->script) = (struct fault_reply){
		.path = arena_printf(g->a, "/debian/%s", path), .body = bytes
	};
}

void archivegen_file(struct archivegen *g, const char *path, const char *text)
{
	archivegen_bytes(g, path, str_of(arena_strdup(g->a, text)));
}

static void release_list_entry(struct archivegen *g, struct buf *out, struct str bytes,
			       const char *path)
{
	struct digest digest = digest_of(bytes);

	buf_printf(out, " %s %zu %s\n", digest_hex_dup(g->a, &digest), bytes.n, path);
}

static void serve_by_hash(struct archivegen *g, const struct archivegen_suite *s, const char *dir,
			  struct str listed, struct str served)
{
	struct digest digest = digest_of(listed);

	archivegen_bytes(g,
			 arena_printf(g->a, "dists/%s/%s/by-hash/SHA256/%s", s->codename, dir,
				      digest_hex_dup(g->a, &digest)),
			 served);
}

/* Lists an index and serves it by its hash. */
static void add_index(struct archivegen *g, const struct archivegen_suite *s, struct buf *out,
		      const char *dir, const char *name, const char *text, const char *served)
{
	struct str plain = str_of(text ? text : ""), xz = xz_packed(g->a, plain),
		   gzip = debgen_gzip(g->a, plain);

	release_list_entry(g, out, plain, arena_printf(g->a, "%s/%s", dir, name));
	release_list_entry(g, out, xz, arena_printf(g->a, "%s/%s.xz", dir, name));
	if (s->gzip)
		release_list_entry(g, out, gzip, arena_printf(g->a, "%s/%s.gz", dir, name));
	if (s->gzip && !s->no_gzip)
		serve_by_hash(g, s, dir, gzip, gzip);
	if (!s->missing)
		serve_by_hash(g, s, dir, xz, served ? xz_packed(g->a, str_of(served)) : xz);
}

const char *archivegen_inrelease(struct archivegen *g, const struct archivegen_suite *s)
{
	const char *signers[] = { s->signer ? s->signer : g->key.fingerprint, NULL };
	struct buf text = { .a = g->a };

	buf_printf(&text, "Origin: Debian\nSuite: stable\nCodename: %s\nDate: %s\n",
		   s->claims ? s->claims : s->codename, s->date);
	if (s->valid_until)
		buf_printf(&text, "Valid-Until: %s\n", s->valid_until);
	buf_puts(&text, s->fields ? s->fields : "");
	buf_puts(&text, "Acquire-By-Hash: yes\nComponents: updates/main contrib\nSHA256:\n");
	add_index(g, s, &text, "main/binary-amd64", "Packages", s->packages, s->served);
	if (s->arm64)
		add_index(g, s, &text, "main/binary-arm64", "Packages", s->arm64, NULL);
	add_index(g, s, &text, "main/source", "Sources", s->sources, NULL);
	if (s->contents)
		add_index(g, s, &text, "main", "Contents-amd64", s->contents, NULL);
	if (s->contents_all)
		add_index(g, s, &text, "main", "Contents-all", s->contents_all, NULL);
	return archivegen_sign(g, buf_cstr(&text), signers);
}

void archivegen_add(struct archivegen *g, const struct archivegen_suite *s)
{
	archivegen_file(g, arena_printf(g->a, "dists/%s/InRelease", s->codename),
			archivegen_inrelease(g, s));
}

void archivegen_serve(struct archivegen *g)
{
	if (g->running)
		faultd_stop(&g->server);
	/* anything else is not there */
	*list_push(g->a, &g->script) = (struct fault_reply){ .status = 404 };
	faultd_start(&g->server, g->script.v, g->script.n);
	g->script.n--;
	g->running = true;
}

const char *archivegen_mirror(const struct archivegen *g)
{
	return faultd_url(g->a, &g->server, "/debian");
}

void archivegen_close(struct archivegen *g)
{
	if (g->running)
		faultd_stop(&g->server);
	oracle_run(g->a, (const char *const[]){ "gpgconf", "--homedir", gnupg_home(g), "--kill",
						"all", NULL });
	files_remove(g->dir);
}
