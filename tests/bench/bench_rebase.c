/* SPDX-License-Identifier: Apache-2.0 */
/* Many images on a base that moves, rebased in one run: with what a key signed of their layers, and
 * with their layers read; and what the same requests take when curl makes them. rebase [IMAGES
 * [SET]], in the root of the repository, with a store that can build recipes/hello.json and
 * recipes/cephalo.json. SET: only rows whose name contains it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_bench.h"
#include "support/fixture_bench_layer.h"
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
	const char *dir, *program, *only;
	size_t n;
	struct str own; /* the program of layers of their own */
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

/* ---- images that differ ---- */

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

/* What makes an image another one: a label, which decides nothing; a setting, so that each is
 * proven for itself; or a layer above the others. */
enum rebase_bench_difference { DIFFER_LABEL, DIFFER_SETTING, DIFFER_LAYER };

/* Images of a kind. */
struct rebase_bench_set {
	const char *image, *how; /* the repository: IMAGE/HOW */
	size_t n;
	enum rebase_bench_difference by;
	bool facts;
};

/* The documents of an image of it. */
struct rebase_bench_texts {
	const char *manifest, *config;
};

static const char *rebase_bench_repository(struct rebase_bench *b,
					   const struct rebase_bench_set *set)
{
	return arena_printf(&b->a, "%s/%s", set->image, set->how);
}

/* `text` with more in it, before `end`, which is behind `key`. */
static const char *rebase_bench_insert(struct arena *a, const char *text, const char *key,
				       const char *end, const char *more)
{
	const char *at = strstr(rebase_bench_behind(text, key), end);

	if (!at)
		bench_die(end);
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, more, at);
}

static void rebase_bench_add_layer(struct arena *a, const struct bench_layer *l,
				   struct rebase_bench_texts *t)
{
	const char *digest = content_digest_text(a, &l->says.digest);

	t->manifest = rebase_bench_insert(
		a, t->manifest, "\"layers\":[", "]",
		arena_printf(a, ",{\"digest\":\"%s\",\"mediaType\":\"%s\",\"size\":%zu}", digest,
			     l->says.media_type, l->blob.n));
	t->config = rebase_bench_insert(a, t->config, "\"diff_ids\":[", "]",
					arena_printf(a, ",\"%s\"",
						     content_digest_text(a, &l->says.diff_id)));
	t->config = rebase_bench_insert(a, t->config, "\"history\":[", "],\"",
					",{\"created_by\":\"its own\"}");
}

/* Image `i`: how its documents differ from those of the first. */
static void rebase_bench_differ(struct rebase_bench *b, struct arena *a,
				const struct rebase_bench_set *set, size_t i,
				struct rebase_bench_texts *t)
{
	const char *repository = rebase_bench_repository(b, set);
	struct bench_layer own;

	if (set->by == DIFFER_LABEL)
		t->config = rebase_bench_insert(a, t->config, "\"Labels\":{", "",
						arena_printf(a, "\"bench\":\"%04zu\",", i));
	if (set->by == DIFFER_SETTING)
		t->config = rebase_bench_insert(a, t->config, "\"Env\":[", "",
						arena_printf(a, "\"BENCH=%04zu\",", i));
	if (set->by != DIFFER_LAYER)
		return;
	bench_layer_make(a, b->own, i, &own);
	bench_registry_put_blob(&b->r, repository, content_digest_text(a, &own.says.digest),
				own.blob);
	rebase_bench_add_layer(a, &own, t);
}

/* Puts image `i`. Its digest, in b->a. */
static const char *rebase_bench_put(struct rebase_bench *b, const struct rebase_bench_set *set,
				    size_t i, const struct rebase_bench_texts *first)
{
	AUTO_ARENA a = { 0 };
	const char *repository = rebase_bench_repository(b, set), *at, *digest;
	struct rebase_bench_texts t = *first;
	struct str text;

	rebase_bench_differ(b, &a, set, i, &t);
	text = str_of(t.config);
	digest = rebase_bench_digest(&a, text);
	bench_registry_put_blob(&b->r, repository, digest, text);
	at = rebase_bench_behind(t.manifest, "\"config\":{");
	text = str_of(arena_printf(&a,
				   "%.*s\"digest\":\"%s\",\"mediaType\":\"application/"
				   "vnd.oci.image.config.v1+json\",\"size\":%zu%s",
				   (int)(at - t.manifest), t.manifest, digest, text.n,
				   strchr(at, '}')));
	bench_registry_put_manifest(&b->r, repository, arena_printf(&a, "i%04zu", i), text);
	return rebase_bench_digest(&b->a, text);
}

static void rebase_bench_images(struct rebase_bench *b, const struct rebase_bench_set *set,
				struct strings *digests)
{
	const char *repository = rebase_bench_repository(b, set), *at;
	struct rebase_bench_texts first;

	rebase_bench_push(b, set->image, arena_printf(&b->a, "%s:first", repository));
	first.manifest = str_dup(&b->a,
				 bench_registry_get(&b->a, &b->r,
						    arena_printf(&b->a, "/v2/%s/manifests/first",
								 repository)));
	at = rebase_bench_behind(first.manifest, "\"config\":{\"digest\":\"");
	first.config = str_dup(&b->a, bench_registry_get(&b->a, &b->r,
							 arena_printf(&b->a, "/v2/%s/blobs/%.71s",
								      repository, at)));
	for (size_t i = 0; i < set->n; i++)
		*list_push(&b->a, digests) = rebase_bench_put(b, set, i, &first);
}

/* ---- facts about them ---- */

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

/* What attest says of the first image is true of the layers that all have. */
static struct str rebase_bench_predicate(struct rebase_bench *b, const struct rebase_bench_set *set,
					 struct str first, size_t i, struct arena *a)
{
	const char *list = "\"layers\":[", *at;
	struct bench_layer own;
	struct str text, predicate;

	if (set->by != DIFFER_LAYER)
		return first;
	bench_layer_make(a, b->own, i, &own);
	bench_layer_facts(a, &own, b->dir, &text, &predicate);
	rebase_bench_put_text(b, a, rebase_bench_repository(b, set), text);
	at = rebase_bench_behind(str_dup(a, predicate), list);
	return str_of(
		rebase_bench_insert(a, str_dup(a, first), list, "",
				    arena_printf(a, "%.*s,", (int)(strrchr(at, ']') - at), at)));
}

static void rebase_bench_attest(struct rebase_bench *b, const struct rebase_bench_set *set,
				const struct strings *digests)
{
	const char *repository = rebase_bench_repository(b, set);
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
	    !attestations_read(&b->a, &order,
			       &(struct attestation_query){ .type = PREDICATE_FACTS }, &found,
			       &e) ||
	    !key_load_private(&b->a, pem, (struct str){ NULL, 0 }, &key, &e))
		bench_give_up(&e);
	for (size_t i = 0; i < digests->n; i++) {
		AUTO_ARENA a = { 0 };

		rebase_bench_sign(b, repository, digests->v[i],
				  rebase_bench_predicate(b, set, found.v.v[0].predicate, i, &a),
				  &key);
	}
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
		{ image, "facts", b->n, DIFFER_LABEL, true },
		{ image, "read", b->n, DIFFER_LABEL, false },
		{ image, "facts-apart", b->n, DIFFER_SETTING, true },
		{ image, "read-apart", b->n, DIFFER_SETTING, false },
		{ image, "facts-own", b->n, DIFFER_LAYER, true },
		{ image, "read-own", b->n, DIFFER_LAYER, false },
	};

	rebase_bench_build(b, image);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct strings digests = { 0 };

		if (b->only && !strstr(rebase_bench_repository(b, &sets[i]), b->only))
			continue;
		rebase_bench_images(b, &sets[i], &digests);
		if (sets[i].facts)
			rebase_bench_attest(b, &sets[i], &digests);
		rebase_bench_measure(b, &sets[i]);
	}
}

int main(int argc, char **argv)
{
	struct rebase_bench b = { .n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000,
				  .only = argc > 2 ? argv[2] : NULL };
	const char *pem;

	setvbuf(stdout, NULL, _IOLBF, 0);
	b.program = "./imgbuild";
	b.dir = files_temporary(&b.a);
	pem = rebase_bench_path(&b, "key.pem");
	ORACLE(&b.a, "openssl", "genpkey", "-algorithm", "ED25519", "-out", pem);
	ORACLE(&b.a, "openssl", "pkey", "-in", pem, "-pubout", "-out",
	       rebase_bench_path(&b, "key.pub"));
	chmod(pem, 0600);
	b.own = bench_layer_program(&b.a, b.dir);
	bench_registry_open(&b.r);
	rebase_bench_bases(&b);
	rebase_bench_kind(&b, "hello");
	rebase_bench_kind(&b, "cephalo");
	bench_registry_close(&b.r);
	files_remove(b.dir);
	arena_free(&b.a);
	return 0;
}
