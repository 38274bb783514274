/* SPDX-License-Identifier: Apache-2.0 */
/* Signing and attesting images of a registry, one command an image, beside cosign 2 and 3: sign
 * [IMAGES], in the root of the repository. cosign is that of Debian 13 and of sid, unpacked beside
 * the project; what cannot be had is named. imgbuild writes what both read: two forms for one. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "support/fixture_bench.h"
#include "support/fixture_bench_registry.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

#define SIGN_WORDS 16
#define SIGN_COSIGN "usr/bin/cosign"

struct sign_bench {
	struct arena a;
	struct bench_registry r;
	struct imagegen image;
	const char *dir, *digest;
	const char *imgbuild, *cosign2, *cosign3; /* NULL: it cannot be had */
	size_t n;
};

/* A program on all images. "@": the image by its digest; "+": docker:// and the same. */
struct sign_bench_row {
	const char *what;
	int program; /* imgbuild, or cosign of this version */
	const char *words[SIGN_WORDS];
};

static const struct sign_bench_row sign_bench_rows[] = {
	{ "imgbuild sign", 0, { "--progress=quiet", "sign", "+", "--key", "ann.pem" } },
	{ "cosign 2 sign",
	  2,
	  { "sign", "-y", "--key", "two.key", "--tlog-upload=false", "--allow-insecure-registry",
	    "@" } },
	{ "cosign 3 sign",
	  3,
	  { "sign", "-y", "--key", "two.key", "--signing-config", "services.json",
	    "--allow-http-registry", "@" } },
	{ "imgbuild attest",
	  0,
	  { "--progress=quiet", "attest", "+", "--type", "openvex", "--predicate", "vex.json",
	    "--key", "ann.pem" } },
	{ "cosign 2 attest",
	  2,
	  { "attest", "-y", "--key", "two.key", "--type", "openvex", "--predicate", "vex.json",
	    "--tlog-upload=false", "--allow-insecure-registry", "@" } },
	{ "cosign 3 attest",
	  3,
	  { "attest", "-y", "--key", "two.key", "--type", "openvex", "--predicate", "vex.json",
	    "--signing-config", "services.json", "--allow-http-registry", "@" } },
};

static const char *sign_bench_path(struct sign_bench *b, const char *name)
{
	return arena_printf(&b->a, "%s/%s", b->dir, name);
}

/* "HOST/team/app7@sha256:..." */
static const char *sign_bench_name(struct sign_bench *b, size_t i)
{
	return arena_printf(&b->a, "%s/team/app%zu@%s", b->r.host, i, b->digest);
}

static void sign_bench_push(struct sign_bench *b)
{
	imagegen_begin(&b->image, &b->a);
	imagegen_good(&b->image);
	imagegen_write(&b->image);
	b->digest = arena_printf(&b->a, "sha256:%s",
				 digest_hex_dup(&b->a, &b->image.manifest_digest));
	for (size_t i = 0; i < b->n; i++)
		ORACLE(&b->a, "./imgbuild", "--progress=quiet", "push", b->image.path,
		       arena_printf(&b->a, "docker://%s/team/app%zu:1", b->r.host, i));
}

/* Keys on P-256. cosign has its own in a file of its own form, with an empty passphrase. */
static void sign_bench_keys(struct sign_bench *b)
{
	const char *pem = sign_bench_path(b, "ann.pem");

	setenv("COSIGN_PASSWORD", "", 1);
	setenv("HOME", b->dir, 1);
	ORACLE(&b->a, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
	       "ec_paramgen_curve:P-256", "-out", pem);
	chmod(pem, 0600);
	files_put(sign_bench_path(b, "vex.json"),
		  "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"https://v.example/1\","
		  "\"author\":\"a\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,"
		  "\"statements\":[]}");
	files_put(sign_bench_path(b, "services.json"),
		  "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\","
		  "\"rekorTlogConfig\":{},\"tsaConfig\":{}}");
	if (b->cosign2)
		ORACLE(&b->a, "env", "-C", b->dir, b->cosign2, "generate-key-pair",
		       "--output-key-prefix", "two");
}

/* Of the folders that the tests of signing have, too. */
static void sign_bench_programs(struct sign_bench *b)
{
	const char *trixie = debs_unpack_suite(&b->a, "trixie", "trixie",
					       (const char *const[]){ "base-files", "cosign",
								      "podman", "runc", NULL });
	const char *sid = debs_unpack_suite(&b->a, "sid", "sid",
					    (const char *const[]){ "cosign", NULL });

	b->imgbuild = str_dup(&b->a, str_trim(ORACLE(&b->a, "realpath", "imgbuild")));
	b->cosign2 = trixie ? arena_printf(&b->a, "%s/" SIGN_COSIGN, trixie) : NULL;
	b->cosign3 = sid ? arena_printf(&b->a, "%s/" SIGN_COSIGN, sid) : NULL;
}

static void sign_bench_row(struct sign_bench *b, const struct sign_bench_row *row)
{
	const char *program = row->program == 0	  ? b->imgbuild
			      : row->program == 2 ? b->cosign2
						  : b->cosign3;
	struct bench_usage use = { 0 };

	if (!program) {
		printf("%-16s not run: cosign cannot be downloaded\n", row->what);
		return;
	}
	for (size_t i = 0; i < b->n; i++) {
		struct strings argv = { 0 };

		*list_push(&b->a, &argv) = program;
		for (size_t k = 0; k < SIGN_WORDS && row->words[k]; k++) {
			const char *word = row->words[k];

			*list_push(&b->a, &argv) = word[0] == '@' ? sign_bench_name(b, i)
						   : word[0] == '+'
							   ? arena_printf(&b->a, "docker://%s",
									  sign_bench_name(b, i))
							   : word;
		}
		*list_push(&b->a, &argv) = NULL;
		bench_run(b->dir, argv.v, &use);
	}
	printf("%-16s %4zu images %8.1f ms %8.1f ms CPU an image   peak %4ld MiB\n", row->what,
	       b->n, use.wall * 1e3 / (double)b->n, use.cpu * 1e3 / (double)b->n, use.peak / 1024);
}

int main(int argc, char **argv)
{
	struct sign_bench b = { .n = argc > 1 ? strtoul(argv[1], NULL, 10) : 20 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	sign_bench_programs(&b);
	b.dir = files_temporary(&b.a);
	bench_registry_open(&b.r);
	sign_bench_push(&b);
	sign_bench_keys(&b);
	for (size_t i = 0; i < ARRAY_SIZE(sign_bench_rows); i++)
		sign_bench_row(&b, &sign_bench_rows[i]);
	imagegen_end(&b.image);
	bench_registry_close(&b.r);
	files_remove(b.dir);
	arena_free(&b.a);
	return 0;
}
