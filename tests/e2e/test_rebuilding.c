/* SPDX-License-Identifier: Apache-2.0 */
/* Building an image again with nothing but what is attached to it: no checkout, another store, none
 * of what comes with imgbuild. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_signing.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

/* What the small repository gets of what comes with imgbuild ... */
#define BUILTIN                                                                     \
	"{ \"name\": \"floor\", \"archive\": \"mini\",\n"                           \
	"  \"components\": [ { \"name\": \"app\", \"providers\": [ { \"packages\":" \
	" [\"app\", \"libapp1\"] } ] } ], \"libraries\": [ \"libcap\" ],\n"         \
	"  \"files\": [ { \"from\": \"../rootfs/floor\", \"to\": \"/etc\" } ],\n"   \
	"  \"config\": { \"user\": \"1000:0\" }, \"audit\": { \"policy\": \"report-only\" } }\n"
/* ... and has of its own. */
#define OWN                                                                                \
	"{ \"name\": \"mini\", \"base\": \"floor\", \"tests\": [ \"tests/mini.json\" ],\n" \
	"  \"files\": [ { \"from\": \"tree\", \"to\": \"/opt\" } ],\n"                     \
	"  \"config\": { \"user\": \"1000:0\" }, \"audit\": { \"policy\": \"report-only\" } }\n"
#define CHECKS                                                                          \
	"{ \"schemaVersion\": \"2.0.0\", \"fileExistenceTests\": [ { \"name\": \"%s\"," \
	" \"path\": \"/opt/run\", \"shouldExist\": true } ] }\n"

struct rebuilding {
	struct arena *a;
	struct signing_scene s; /* the registry, and keys */
	struct minirepo m;
	const char *repository, *attest; /* mini.attest */
	const char *empty;		 /* where rebuilders work */
	const char *program;		 /* ./imgbuild from anywhere */
	unsigned stores;
};

static const char *rebuilding_path(struct rebuilding *r, const char *name)
{
	return arena_printf(r->a, "%s/%s", r->m.dir, name);
}

static void rebuilding_put(struct rebuilding *r, const char *name, const char *text)
{
	files_put(rebuilding_path(r, name), text);
}

static void rebuilding_build(struct rebuilding *r)
{
	minirepo_serve(&r->m);
	signing_succeeds(minirepo_build(&r->m), "build");
}

/* The image is built and pushed; nothing is attached yet. */
static void rebuilding_open(struct rebuilding *r, struct arena *a)
{
	*r = (struct rebuilding){ .a = a };
	signing_open(&r->s, a);
	minirepo_open(&r->m, a);
	r->repository = rebuilding_path(r, "repository");
	r->attest = arena_printf(a, "%s.attest", r->m.out);
	r->empty = rebuilding_path(r, "empty");
	cr_assert_eq(mkdir(r->empty, 0700), 0);
	r->program = str_dup(a, str_trim(ORACLE(a, "realpath", "imgbuild")));
	cr_assert_eq(mkdir(rebuilding_path(r, "data"), 0700), 0);
	ORACLE(a, "mv", rebuilding_path(r, "repository/images.json"),
	       rebuilding_path(r, "data/images.txt"));
	rebuilding_put(r, "data/images.json",
		       arena_printf(a,
				    "%.*s, \"bases\": { \"floor\": { \"recipe\": "
				    "\"recipes/floor.json\" } } }\n",
				    (int)(strlen(files_get(a,
							   rebuilding_path(r, "data/images.txt"))) -
					  2),
				    files_get(a, rebuilding_path(r, "data/images.txt"))));
	/* the archive's keys lie beside the catalogue */
	ORACLE(a, "sed", "--in-place",
	       "s|\"keyrings\": \\[ \"[^\"]*|\"keyrings\": [ \"keys/mini.gpg|",
	       rebuilding_path(r, "data/images.json"));
	ORACLE(a, "install", "-D", r->m.archive.key.keyring,
	       rebuilding_path(r, "data/keys/mini.gpg"));
	rebuilding_put(r, "data/docs/recipe.schema.json", "{}\n");
	rebuilding_put(r, "data/recipes/floor.json", BUILTIN);
	rebuilding_put(r, "data/rootfs/floor/floor.conf", "colour = grey\n");
	rebuilding_put(r, "repository/images.json", "{}\n");
	rebuilding_put(r, "repository/mini.json", OWN);
	rebuilding_put(r, "repository/tests/mini.json", arena_printf(a, CHECKS, "one"));
	rebuilding_put(r, "repository/tree/run", "a program\n");
	rebuilding_put(r, "repository/tree/.hidden", "");
	rebuilding_put(r, "repository/tree/Stra\303\237e/x y", "a name in UTF-8\n");
	cr_assert_eq(chmod(rebuilding_path(r, "repository/tree/run"), 0755), 0);
	cr_assert_eq(mkdir(rebuilding_path(r, "repository/tree/var"), 0755), 0);
	cr_assert_eq(symlink("run", rebuilding_path(r, "repository/tree/link")), 0);
	setenv("IMGBUILD_DATA", rebuilding_path(r, "data"), 1);
	rebuilding_build(r);
	signing_succeeds(IMGBUILD(a, "push", r->m.out, r->s.target), "push");
}

static void rebuilding_close(struct rebuilding *r)
{
	minirepo_close(&r->m);
	signing_close(&r->s);
}

static struct oracle_run rebuilding_attest(struct rebuilding *r, const char *key)
{
	return IMGBUILD(r->a, "attest", r->m.out, r->s.target, "--type", "provenance", "--key",
			signing_path(&r->s, key));
}

/* imgbuild verify with more words, in the empty folder and with an empty store. */
static struct oracle_run rebuilding_verify(struct rebuilding *r, const char *image,
					   const char *const *words)
{
	struct strings argv = { 0 };

	minirepo_serve(&r->m);
	*list_push(r->a, &argv) = "env";
	*list_push(r->a, &argv) = arena_printf(r->a, "--chdir=%s", r->empty);
	*list_push(r->a, &argv) = "--unset=IMGBUILD_DATA";
	*list_push(r->a, &argv) = arena_printf(r->a, "IMGBUILD_CACHE_DIR=%s/store%u", r->m.dir,
					       ++r->stores);
	*list_push(r->a, &argv) = r->program;
	*list_push(r->a, &argv) = "verify";
	*list_push(r->a, &argv) = image;
	while (*words)
		*list_push(r->a, &argv) = *words++;
	*list_push(r->a, &argv) = NULL;
	return oracle_run(r->a, argv.v);
}
#define VERIFY(r, ...) \
	rebuilding_verify((r), (r)->s.target, (const char *const[]){ __VA_ARGS__, NULL })
#define VERIFY_HERE(r, ...) \
	rebuilding_verify((r), (r)->m.out, (const char *const[]){ __VA_ARGS__, NULL })

static struct oracle_run rebuilding_trust(struct rebuilding *r, const char *threshold)
{
	return IMGBUILD(r->a, "trust", r->s.target, "--threshold", threshold, "--keys",
			signing_path(&r->s, "keys"));
}

static void rebuilding_trust_key(struct rebuilding *r, const char *name)
{
	const char *pub = arena_printf(r->a, "%s.pub", name);

	files_put(signing_path(&r->s, arena_printf(r->a, "keys/%s", pub)),
		  files_get(r->a, signing_path(&r->s, pub)));
}

static void rebuilding_says(struct oracle_run r, const char *text)
{
	cr_expect(strstr(r.out.p, text), "no \"%s\": %s%s", text, r.out.p, r.err.p);
}

Test(rebuilding, an_empty_folder_is_enough, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct rebuilding r;
	struct oracle_run v;
	const char *sum;

	rebuilding_open(&r, &a);
	signing_succeeds(rebuilding_attest(&r, "ann.pem"), "attest");
	sum = str_dup(&a, str_trim(ORACLE(&a, "sha256sum",
					  arena_printf(&a, "%s/provenance.json", r.attest))));
	/* the checkout and what came with imgbuild are gone */
	files_remove(r.repository);
	files_remove(rebuilding_path(&r, "data"));
	v = VERIFY(&r, "--builder-key", signing_path(&r.s, "ann.pub"), "--attest", "--key",
		   signing_path(&r.s, "ben.pem"));
	signing_succeeds(v, "verify");
	rebuilding_says(v, ": made again from mini.json: the same bytes, sha256:");
	cr_expect(strstr(v.err.p, "named by a provenance that is signed by "), "%s", v.err.p);
	rebuilding_trust_key(&r, "ben");
	signing_succeeds(rebuilding_trust(&r, "1"), "trust");
	/* the result says by what it was made */
	rebuilding_says(IMGBUILD(&a, "attest", r.s.target, "--get", "vsa", "--key",
				 signing_path(&r.s, "ben.pub")),
			arena_printf(&a, "\"inputAttestations\":[{\"digest\":{\"sha256\":\"%.64s\"",
				     sum));
	/* without a key it is built, too, with a warning; a second time without signing */
	v = VERIFY(&r, "--format", "json");
	signing_succeeds(v, "verify");
	rebuilding_says(v, "\"result\": \"same\"");
	rebuilding_says(v, arena_printf(&a, "\"provenance\": \"sha256:%.64s\"", sum));
	cr_expect(strstr(v.err.p, "name the builder's public key with --builder-key FILE"), "%s",
		  v.err.p);
	cr_expect_str_empty(str_dup(&a, str_trim(ORACLE(&a, "ls", "-A", r.empty))));
	rebuilding_close(&r);
}

/* An image that is a folder: what its build kept stands beside it. */
Test(rebuilding, what_is_beside_an_image_is_enough, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct rebuilding r;
	struct oracle_run v;
	const char *bundle, *key;

	rebuilding_open(&r, &a);
	key = signing_path(&r.s, "ann.pub");
	files_remove(r.repository);
	files_remove(rebuilding_path(&r, "data"));
	v = VERIFY_HERE(&r, "--attest", "--key", signing_path(&r.s, "ben.pem"));
	signing_succeeds(v, "verify");
	rebuilding_says(v, ": made again from mini.json: the same bytes, sha256:");
	bundle = arena_printf(&a, "%s/rebuild.sigstore.json", r.attest);
	rebuilding_says(v, bundle);
	rebuilding_says((struct oracle_run){ .out = str_of(
						     files_get(&a,
							       arena_printf(&a, "%s/rebuild.json",
									    r.attest))) },
			"\"verificationResult\":\"PASSED\"");
	signing_fails(VERIFY_HERE(&r, "--builder-key", key), 1,
		      "mini.attest/provenance.sigstore.json is not there");
	signing_succeeds(IMGBUILD(&a, "attest", r.m.out, "--type", "provenance", "--key",
				  signing_path(&r.s, "ann.pem")),
			 "attest");
	v = VERIFY_HERE(&r, "--builder-key", key);
	signing_succeeds(v, "verify");
	cr_expect(strstr(v.err.p, "named by a provenance that is signed by "), "%s", v.err.p);
	signing_fails(VERIFY_HERE(&r, "--builder-key", signing_path(&r.s, "ben.pub")), 5,
		      "is signed by a key that is named: it names another key");
	/* what is missing is named */
	files_remove(arena_printf(&a, "%s/inputs.tar", r.attest));
	signing_fails(VERIFY_HERE(&r, "--builder-key", key), 1,
		      "mini.attest/inputs.tar is not there, which ");
	files_remove(arena_printf(&a, "%s/provenance.json", r.attest));
	signing_fails(VERIFY_HERE(&r, "--attest", "--key", signing_path(&r.s, "ben.pem")), 3,
		      "provenance.json is not there");
	rebuilding_close(&r);
}

/* tar, diff and find of this machine look at what was kept. */
Test(rebuilding, all_that_was_read_is_kept_and_nothing_else, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct rebuilding r;
	const char *to, *before;

	rebuilding_open(&r, &a);
	to = rebuilding_path(&r, "unpacked");
	cr_assert_eq(mkdir(to, 0700), 0);
	ORACLE(&a, "tar", "--extract", "--directory", to, "--file",
	       arena_printf(&a, "%s/inputs.tar", r.attest));
	ORACLE(&a, "diff", "--recursive", "--no-dereference", r.repository,
	       arena_printf(&a, "%s/repository", to));
	cr_expect_str_eq(ORACLE(&a, "find", arena_printf(&a, "%s/repository", to), "-type", "f",
				"-perm", "/111", "-printf", "%P\n")
				 .p,
			 "tree/run\n");
	cr_expect_str_eq(ORACLE(&a, "sh", "-c", "cd \"$0\" && find built-in -type f | sort", to).p,
			 "built-in/images.json\nbuilt-in/keys/mini.gpg\n"
			 "built-in/recipes/floor.json\n"
			 "built-in/rootfs/floor/floor.conf\n");
	ORACLE(&a, "diff", rebuilding_path(&r, "data/rootfs/floor/floor.conf"),
	       arena_printf(&a, "%s/built-in/rootfs/floor/floor.conf", to));
	/* what is not read does not count, nor when files were written */
	before = files_get(&a, arena_printf(&a, "%s/inputs.json", r.attest));
	rebuilding_put(&r, "repository/README", "not read\n");
	ORACLE(&a, "find", r.repository, "-exec", "touch", "-h", "-d", "2020-02-02", "{}", "+");
	files_remove(r.m.out);
	files_remove(r.attest);
	rebuilding_build(&r);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/inputs.json", r.attest)), before);
	rebuilding_close(&r);
}

Test(rebuilding, what_is_missing_is_named, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct rebuilding r;
	const char *list, *kept, *key;
	struct oracle_run v;

	rebuilding_open(&r, &a);
	key = signing_path(&r.s, "ann.pub");
	v = VERIFY(&r, NULL);
	signing_fails(v, 3, "the image was made from mini.json, which is not here");
	signing_fails(v, 3, "has no attestation of the type https://slsa.dev/provenance/v1");
	signing_fails(VERIFY(&r, "--builder-key", key), 1, "has no attestation of the type");
	list = arena_printf(&a, "%s/inputs.json", r.attest);
	kept = files_get(&a, list);
	files_remove(list);
	v = rebuilding_attest(&r, "ann.pem");
	signing_succeeds(v, "attest");
	cr_expect(strstr(v.err.p, "mini.attest/inputs.json is not there"), "%s", v.err.p);
	signing_fails(VERIFY(&r, "--builder-key", key), 1, "are not attached to it");
	signing_fails(VERIFY(&r, "--builder-key", signing_path(&r.s, "ben.pub")), 5,
		      "is signed by a key of --builder-key");
	/* other files than the provenance names are not attached */
	files_put(list, arena_printf(&a, "%s\n", kept));
	signing_fails(rebuilding_attest(&r, "ann.pem"), 5, "inputs.json is not the list that ");
	files_put(list, kept);
	files_put(arena_printf(&a, "%s/inputs.tar", r.attest), "else");
	signing_fails(rebuilding_attest(&r, "ann.pem"), 5, "inputs.tar is not the archive that ");
	rebuilding_close(&r);
}

/* The registry's copy of the archive is changed, then removed. */
Test(rebuilding, other_bytes_in_the_registry_are_refused, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct rebuilding r;
	const char *blob, *sum;

	rebuilding_open(&r, &a);
	signing_succeeds(rebuilding_attest(&r, "ann.pem"), "attest");
	sum = ORACLE(&a, "sha256sum", arena_printf(&a, "%s/inputs.tar", r.attest)).p;
	blob = arena_printf(&a, "%s/data/docker/registry/v2/blobs/sha256/%.2s/%.64s/data",
			    r.s.registry.dir, sum, sum);
	ORACLE(&a, "sed", "-i", "s/colour = grey/colour = gray/", blob);
	signing_fails(VERIFY(&r, "--builder-key", signing_path(&r.s, "ann.pub")), 5,
		      "other bytes came");
	files_remove(blob);
	signing_fails(VERIFY(&r, "--builder-key", signing_path(&r.s, "ann.pub")), 4,
		      "the files that its build read: ");
	rebuilding_close(&r);
}

/* Two builders whose files differ and whose images do not: tests are in no image. */
Test(rebuilding, of_two_provenances_somebody_says_which_counts, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct rebuilding r;

	rebuilding_open(&r, &a);
	signing_succeeds(rebuilding_attest(&r, "ann.pem"), "attest");
	rebuilding_put(&r, "repository/tests/mini.json", arena_printf(&a, CHECKS, "two"));
	rebuilding_build(&r);
	signing_succeeds(rebuilding_attest(&r, "ben.pem"), "attest");
	signing_fails(VERIFY(&r, NULL), 5, "has 2 provenances with different files");
	signing_succeeds(VERIFY(&r, "--builder-key", signing_path(&r.s, "ann.pub")), "verify");
	signing_succeeds(VERIFY(&r, "--builder-key", signing_path(&r.s, "ben.pub")), "verify");
	rebuilding_close(&r);
}

static void rebuilding_lie(struct rebuilding *r, const char *key, const char *verdict)
{
	const char *path = rebuilding_path(r, "lie.json");

	files_put(path,
		  arena_printf(
			  r->a,
			  "{\"verifier\":{\"id\":\"urn:imgbuild:verifier:rebuild\"},"
			  "\"timeVerified\":\"2026-01-01T00:00:00Z\",\"resourceUri\":\"pkg:oci/x\","
			  "\"policy\":{\"uri\":\"urn:imgbuild:policy:rebuild\"},"
			  "\"verificationResult\":\"%s\",\"verifiedLevels\":["
			  "\"IMGBUILD_REBUILD_SAME_BYTES\"]}",
			  verdict));
	signing_succeeds(IMGBUILD(r->a, "attest", r->s.target, "--type", "vsa", "--predicate", path,
				  "--key", signing_path(&r->s, key)),
			 "lie");
}

/* Neither can a liar keep an image from being trusted, nor alone have it trusted. */
Test(rebuilding, one_who_lies_does_not_decide, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct rebuilding r;
	struct oracle_run t;

	rebuilding_open(&r, &a);
	signing_key(&r.s, "zoe", false);
	signing_succeeds(rebuilding_attest(&r, "zoe.pem"), "attest");
	for (const char *const *k = (const char *const[]){ "ann", "ben", "zoe", NULL }; *k; k++)
		rebuilding_trust_key(&r, *k);
	rebuilding_lie(&r, "zoe.pem", "PASSED");
	t = rebuilding_trust(&r, "2");
	signing_fails(t, 1, "2 rebuilds with the same result are needed, there are 1");
	rebuilding_says(t, "ann.pub: no rebuild");
	signing_succeeds(VERIFY(&r, "--attest", "--key", signing_path(&r.s, "ann.pem")), "ann");
	signing_succeeds(VERIFY(&r, "--attest", "--key", signing_path(&r.s, "ben.pem")), "ben");
	signing_key(&r.s, "max", false);
	rebuilding_trust_key(&r, "max");
	rebuilding_lie(&r, "max.pem", "FAILED");
	t = rebuilding_trust(&r, "2");
	signing_succeeds(t, "trust");
	rebuilding_says(t, "max.pub: different, 2026-01-01T00:00:00Z");
	rebuilding_close(&r);
}

Test(rebuilding, words_that_do_not_go_together_are_refused, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *key;

	signing_open(&s, &a);
	key = signing_path(&s, "ann.pub");
	signing_fails(IMGBUILD(&a, "verify", s.target, "--builder-key", key, "--recipe", "x.json"),
		      2, "--builder-key and --recipe do not go together");
	signing_fails(IMGBUILD(&a, "verify", s.target, "--builder-key",
			       signing_path(&s, "ann.pem")),
		      3, "it is a private one");
	signing_fails(IMGBUILD(&a, "verify", s.target, "--builder-key", key, "--offline"), 2,
		      "verify needs the network");
	signing_close(&s);
}
