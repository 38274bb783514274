/* SPDX-License-Identifier: Apache-2.0 */
/* Rebuilt by others: verify --attest signs what a rebuild gave, trust counts who did. */

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_signing.h"
#include "e2e/fixture_verifiers.h"
#include "support/fixture_certificate.h"
#include "support/fixture_files.h"

static struct oracle_run trust_ask(struct signing_scene *s, const char *threshold)
{
	return IMGBUILD(s->a, "trust", s->target, "--threshold", threshold, "--keys",
			signing_path(s, "keys"));
}

static struct oracle_run trust_rebuild(struct signing_scene *s, const char *key)
{
	return IMGBUILD(s->a, "verify", s->target, "--attest", "--key", signing_path(s, key));
}

static void trust_take_key(struct signing_scene *s, const char *name)
{
	files_put(signing_path(s, arena_printf(s->a, "keys/%s.pub", name)),
		  files_get(s->a, signing_path(s, arena_printf(s->a, "%s.pub", name))));
}

static void trust_says(struct oracle_run r, const char *text)
{
	cr_expect(strstr(r.out.p, text), "no \"%s\": %s%s", text, r.out.p, r.err.p);
}

/* A certificate of ben's key that ended in 2001. */
static void trust_take_expired(struct signing_scene *s)
{
	certificate_make(s->a, signing_path(s, "ben.pem"), "20000101000000Z", "20010909014640Z",
			 signing_path(s, "keys/ben.crt"));
}

Test(trusting, rebuilds_are_counted_by_key, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *layout;

	signing_open(&s, &a);
	layout = image_build(&a, s.dir, "hello");
	signing_succeeds(IMGBUILD(&a, "push", layout, s.target), "push");
	trust_take_key(&s, "ann");
	signing_fails(trust_ask(&s, "1"), 1, "1 rebuilds with the same result are needed");
	trust_says(trust_ask(&s, "1"), "ann.pub: no rebuild");
	signing_succeeds(trust_rebuild(&s, "ann.pem"), "verify --attest");
	signing_succeeds(trust_ask(&s, "1"), "trust");
	trust_says(trust_ask(&s, "1"), "ann.pub: the same bytes, 20");
	/* what a key signs that nobody trusts does not count */
	signing_key(&s, "zoe", false);
	signing_succeeds(IMGBUILD(&a, "attest", layout, s.target, "--type", "vsa", "--key",
				  signing_path(&s, "zoe.pem")),
			 "attest");
	signing_fails(trust_ask(&s, "2"), 1,
		      "2 rebuilds with the same result are needed, there are 1");
	signing_succeeds(trust_rebuild(&s, "ben.pem"), "verify --attest");
	trust_take_expired(&s);
	signing_fails(trust_ask(&s, "2"), 1, "there are 1");
	trust_says(trust_ask(&s, "2"), "ben.crt: the key has expired, 2001-09-09T01:46:40Z");
	files_remove(signing_path(&s, "keys/ben.crt"));
	trust_take_key(&s, "ben");
	signing_succeeds(trust_ask(&s, "2"), "trust");
	/* the rebuild is an attestation as any other */
	signing_succeeds(COSIGN(&a, verifiers_sid(&a), s.dir, "verify-attestation", "--type",
				"https://slsa.dev/verification_summary/v1", "--key", "ben.pub",
				"--insecure-ignore-tlog=true", "--allow-http-registry",
				s.target + strlen("docker://")),
			 "cosign 3");
	signing_close(&s);
}

/* An image that its recipe does not give: the rebuilder says so, and it does not count. */
Test(trusting, an_image_that_cannot_be_made_again_is_told, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *layout;
	struct oracle_run r;

	signing_open(&s, &a);
	layout = image_build(&a, s.dir, "hello");
	imagegen_end(&s.image);
	imagegen_begin(&s.image, &a);
	imagegen_good(&s.image);
	s.image.config = arena_printf(
		&a, "{\"Labels\":%s}",
		str_dup(&a, str_trim(ORACLE(&a, "sh", "-c",
					    "cat \"$0\"/blobs/sha256/* 2>/dev/null | grep -a -o "
					    "'{\"vnd.imgbuild[^}]*}' | head -n 1",
					    layout))));
	imagegen_write(&s.image);
	signing_succeeds(IMGBUILD(&a, "push", s.image.path, s.target), "push");
	trust_take_key(&s, "ann");
	r = trust_rebuild(&s, "ann.pem");
	signing_fails(r, 1, "is not what recipes/hello.json makes");
	r = trust_ask(&s, "1");
	signing_fails(r, 1, "there are 0");
	trust_says(r, "ann.pub: different, 20");
	signing_close(&s);
}

Test(trusting, words_that_do_not_go_together_are_refused, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *key;

	signing_open(&s, &a);
	key = signing_path(&s, "ann.pem");
	signing_fails(IMGBUILD(&a, "verify", s.image.path, "--key", key), 2,
		      "--key goes with --attest");
	signing_fails(IMGBUILD(&a, "verify", s.image.path, "--attest"), 2, "needs a private key");
	signing_fails(IMGBUILD(&a, "verify", s.target, "--attest", "--anyway", "--key", key), 2,
		      "--attest and --anyway do not go together");
	signing_fails(IMGBUILD(&a, "trust", s.target), 2, "with --keys DIR");
	signing_fails(IMGBUILD(&a, "trust", s.image.path, "--keys", s.dir), 2, "docker://");
	signing_fails(IMGBUILD(&a, "trust", s.target, "--keys", s.dir, "--threshold", "0"), 2,
		      "--threshold is a number from 1 to 1000");
	signing_fails(IMGBUILD(&a, "trust", s.target, "--keys", key), 3,
		      "ann.pem is not a folder: --keys names that of the rebuilders' keys");
	signing_fails(IMGBUILD(&a, "trust", s.target, "--keys", signing_path(&s, "none")), 3,
		      "none is not a folder");
	cr_assert_eq(mkdir(signing_path(&s, "none"), 0700), 0);
	signing_fails(IMGBUILD(&a, "trust", s.target, "--keys", signing_path(&s, "none")), 3,
		      "holds no key");
	signing_fails(IMGBUILD(&a, "trust", s.target, "--keys", s.dir), 3, "it is a private one");
	signing_close(&s);
}
