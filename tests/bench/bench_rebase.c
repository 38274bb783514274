/* SPDX-License-Identifier: Apache-2.0 */
/* Many images on a base that moves, rebased in one run: with what a key signed of their layers, and
 * with their layers read; and what the same requests take when curl makes them. rebase [IMAGES], in
 * the root of the repository, with a store that can build recipes/hello.json and
 * recipes/cephalo.json. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_bench.h"
#include "support/fixture_bench_registry.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "trust/attestation/attestations.h"
#include "trust/attestation/predicate_types.h"
#include "trust/signature/simple_signing.h"
#include "trust/signature/statement.h"

#define GOAL_RATIO 3.0
#define CONNECTIONS 4 /* of both */

struct rebase_bench {
	struct arena a;
	struct bench_registry r;
	const char *dir, *program;
	size_t n;
};

static void rebase_bench_run(struct rebase_bench *b, struct bench_usage *sum, ...)
{
	struct strings argv = { 0 };
	const char *word;
	va_list ap;

	*list_push(&b->a, &argv) = b->program;
	*list_push(&b->a, &argv) = "--progress=quiet";
	va_start(ap, sum);
	while ((word = va_arg(ap, const char *)))
		*list_push(&b->a, &argv) = word;
	va_end(ap);
	*list_push(&b->a, &argv) = NULL;
	bench_run(NULL, argv.v, sum);
}

static const char *rebase_bench_path(struct rebase_bench *b, const char *name)
{
	return arena_printf(&b->a, "%s/%s", b->dir, name);
}

static const char *rebase_bench_ref(struct rebase_bench *b, const char *name)
{
	return arena_printf(&b->a, "docker://%s/%s", b->r.host, name);
}

/* recipes/NAME.json for this machine. */
static void rebase_bench_build(struct rebase_bench *b, const char *name)
{
	struct bench_usage ignored = { 0 };

	rebase_bench_run(b, &ignored, "--no-audit", "--platform", "linux/amd64",
			 arena_printf(&b->a, "recipes/%s.json", name), "-o",
			 rebase_bench_path(b, name), NULL);
}

static void rebase_bench_push(struct rebase_bench *b, const char *image, const char *to)
{
	struct bench_usage ignored = { 0 };

	rebase_bench_run(b, &ignored, "push", rebase_bench_path(b, image), rebase_bench_ref(b, to),
			 NULL);
}

/* The base, and the same with a layer more. */
static void rebase_bench_bases(struct rebase_bench *b)
{
	const char *moved = rebase_bench_path(b, "moved"), *file = rebase_bench_path(b, "file");

	rebase_bench_build(b, "cc-debian13");
	rebase_bench_push(b, "cc-debian13", "team/base:old");
	ORACLE(&b->a, "skopeo", "copy", "--quiet",
	       arena_printf(&b->a, "oci:%s", rebase_bench_path(b, "cc-debian13")),
	       arena_printf(&b->a, "oci:%s:x", moved));
	files_put(file, "moved\n");
	ORACLE(&b->a, "umoci", "insert", "--rootless", "--image",
	       arena_printf(&b->a, "%s:x", moved), file, "/etc/moved");
	ORACLE(&b->a, "umoci", "gc", "--layout", moved);
	rebase_bench_push(b, "moved", "team/base:new");
}

/* ---- images that differ in their configs ---- */

static const char *rebase_bench_digest(struct arena *a, struct str text)
{
	struct digest d = digest_of(text);

	return arena_printf(a, "sha256:%s", digest_hex_dup(a, &d));
}

/* The text behind a key of JSON as imgbuild writes it. */
static const char *rebase_bench_behind(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	if (!at)
		bench_die(key);
	return at + strlen(key);
}

/* Images of a kind, which differ in their configs. */
struct rebase_bench_set {
	const char *image, *how; /* the repository: IMAGE/HOW */
	size_t n;
	bool settings; /* by a setting, so that each is proven for itself; else by a label */
	bool facts;
};

static const char *rebase_bench_repository(struct rebase_bench *b,
					   const struct rebase_bench_set *set)
{
	return arena_printf(&b->a, "%s/%s", set->image, set->how);
}

/* Image `i`. Its digest, in b->a. */
static const char *rebase_bench_put(struct rebase_bench *b, const struct rebase_bench_set *set,
				    size_t i, const char *manifest, const char *config)
{
	AUTO_ARENA a = { 0 };
	const char *repository = rebase_bench_repository(b, set);
	const char *behind = rebase_bench_behind(config,
						 set->settings ? "\"Env\":[" : "\"Labels\":{");
	const char *more =
		arena_printf(&a, set->settings ? "\"BENCH=%04zu\"," : "\"bench\":\"%04zu\",", i);
	const char *at = rebase_bench_behind(manifest, "\"config\":{"), *end = strchr(at, '}');
	struct str text = str_of(
		arena_printf(&a, "%.*s%s%s", (int)(behind - config), config, more, behind));
	const char *digest = rebase_bench_digest(&a, text);

	bench_registry_put_blob(&b->r, repository, digest, text);
	text = str_of(arena_printf(&a,
				   "%.*s\"digest\":\"%s\",\"mediaType\":\"application/"
				   "vnd.oci.image.config.v1+json\",\"size\":%zu%s",
				   (int)(at - manifest), manifest, digest, text.n, end));
	bench_registry_put_manifest(&b->r, repository, arena_printf(&a, "i%04zu", i), text);
	return rebase_bench_digest(&b->a, text);
}

static void rebase_bench_images(struct rebase_bench *b, const struct rebase_bench_set *set,
				struct strings *digests)
{
	const char *repository = rebase_bench_repository(b, set), *at;
	struct str manifest, config;

	rebase_bench_push(b, set->image, arena_printf(&b->a, "%s:first", repository));
	manifest = bench_registry_get(&b->a, &b->r,
				      arena_printf(&b->a, "/v2/%s/manifests/first", repository));
	at = rebase_bench_behind(str_dup(&b->a, manifest), "\"config\":{\"digest\":\"");
	config = bench_registry_get(&b->a, &b->r,
				    arena_printf(&b->a, "/v2/%s/blobs/%.71s", repository, at));
	for (size_t i = 0; i < set->n; i++)
		*list_push(&b->a, digests) = rebase_bench_put(b, set, i, str_dup(&b->a, manifest),
							      str_dup(&b->a, config));
}

static const char *rebase_bench_put_text(struct rebase_bench *b, struct arena *a,
					 const char *repository, struct str text)
{
	const char *digest = rebase_bench_digest(a, text);

	bench_registry_put_blob(&b->r, repository, digest, text);
	return digest;
}

/* A statement beside one image, under the tag where it is looked for first. */
static void rebase_bench_sign(struct rebase_bench *b, const char *repository, const char *digest,
			      struct str predicate, const struct key *k)
{
	AUTO_ARENA a = { 0 };
	const struct strings subject = { &digest, 1, 1 };
	struct str statement = statement_text(&a, &subject, PREDICATE_FACTS, predicate);
	struct simple_layers layers = { NULL, 0, 0 };
	struct str signature, envelope, config, manifest;
	struct error e = { 0 };

	if (!key_sign(&a, k, dsse_pae(&a, DSSE_STATEMENT_TYPE, statement), &signature, &e))
		bench_give_up(&e);
	envelope = dsse_envelope_text(&a, DSSE_STATEMENT_TYPE, statement, signature);
	*list_push(&a, &layers) = (struct simple_layer){
		.payload = rebase_bench_put_text(b, &a, repository, envelope),
		.size = envelope.n,
		.signature = "",
		.predicate_type = PREDICATE_FACTS
	};
	if (!simple_manifest_text(&a, (struct str){ NULL, 0 }, DSSE_ENVELOPE_TYPE, &layers, &config,
				  &manifest, &e))
		bench_give_up(&e);
	rebase_bench_put_text(b, &a, repository, config);
	bench_registry_put_manifest(&b->r, repository, simple_tag(&a, digest, SIMPLE_ATTESTATIONS),
				    manifest);
}

/* What attest signs of the first image is true of all: they have the same layers. */
static void rebase_bench_attest(struct rebase_bench *b, const char *repository,
				const struct strings *digests)
{
	const char *first = rebase_bench_ref(b, arena_printf(&b->a, "%s:first", repository));
	const char *pem = rebase_bench_path(b, "key.pem");
	const struct session_options settings = { .progress = NULL };
	const struct keys none = { NULL, 0, 0 };
	struct bench_usage ignored = { 0 };
	struct found_attestations found;
	struct reference image;
	struct signing_order order = { &image, &none, &settings, NULL };
	AUTO_KEY key = KEY_INIT;
	struct error e = { 0 };

	rebase_bench_run(b, &ignored, "attest", first, "--type", "facts", "--key", pem, NULL);
	if (!reference_parse(&b->a, first, &image, &e) ||
	    !attestations_read(&b->a, &order, &(struct attestation_query){ PREDICATE_FACTS, NULL },
			       &found, &e) ||
	    !key_load_private(&b->a, pem, (struct str){ NULL, 0 }, &key, &e))
		bench_give_up(&e);
	for (size_t i = 0; i < digests->n; i++)
		rebase_bench_sign(b, repository, digests->v[i], found.v.v[0].predicate, &key);
}

/* ---- the runs ---- */

static void rebase_bench_measure(struct rebase_bench *b, const struct rebase_bench_set *set)
{
	const char *repository = rebase_bench_repository(b, set);
	const char *store = rebase_bench_path(b, arena_printf(&b->a, "store-%s-%s", set->image,
							      set->how));
	struct bench_usage use = { 0 };
	size_t requests;
	double bare;

	bench_registry_mark(&b->r);
	rebase_bench_run(b, &use, "--cache-dir", store, "-j",
			 arena_printf(&b->a, "%d", CONNECTIONS), "rebase",
			 rebase_bench_ref(b, arena_printf(&b->a, "%s:*", repository)), "--base",
			 rebase_bench_ref(b, "team/base:new"), "--from",
			 rebase_bench_ref(b, "team/base:old"), set->facts ? "--facts-key" : NULL,
			 rebase_bench_path(b, "key.pub"), NULL);
	bare = bench_registry_repeat(&b->r, CONNECTIONS, &requests);
	printf("%-8s %-14s %5zu images %7.2f s %7.2f s CPU peak %4ld MiB; %6zu requests, bare "
	       "%6.2f s: %5.2f times, goal %.1f: %s\n",
	       set->image, set->how, set->n, use.wall, use.cpu, use.peak / 1024, requests, bare,
	       use.wall / bare, GOAL_RATIO, use.wall / bare <= GOAL_RATIO ? "met" : "missed");
}

static void rebase_bench_kind(struct rebase_bench *b, const char *image)
{
	const struct rebase_bench_set sets[] = {
		{ image, "facts", b->n, false, true },
		{ image, "read", b->n, false, false },
		/* each proven for itself, as images are that have other layers */
		{ image, "facts-apart", b->n / 10, true, true },
		{ image, "read-apart", b->n / 10, true, false },
	};

	rebase_bench_build(b, image);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct strings digests = { 0 };

		rebase_bench_images(b, &sets[i], &digests);
		if (sets[i].facts)
			rebase_bench_attest(b, rebase_bench_repository(b, &sets[i]), &digests);
		rebase_bench_measure(b, &sets[i]);
	}
}

int main(int argc, char **argv)
{
	struct rebase_bench b = { .n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000 };
	const char *pem;

	setvbuf(stdout, NULL, _IOLBF, 0);
	b.program = "./imgbuild";
	b.dir = files_temporary(&b.a);
	pem = rebase_bench_path(&b, "key.pem");
	ORACLE(&b.a, "openssl", "genpkey", "-algorithm", "ED25519", "-out", pem);
	ORACLE(&b.a, "openssl", "pkey", "-in", pem, "-pubout", "-out",
	       rebase_bench_path(&b, "key.pub"));
	chmod(pem, 0600);
	bench_registry_open(&b.r);
	rebase_bench_bases(&b);
	rebase_bench_kind(&b, "hello");
	rebase_bench_kind(&b, "cephalo");
	bench_registry_close(&b.r);
	files_remove(b.dir);
	arena_free(&b.a);
	return 0;
}
