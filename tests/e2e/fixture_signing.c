/* SPDX-License-Identifier: Apache-2.0 */
/* What signers and verifiers need. */

#include "e2e/fixture_signing.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "support/fixture_files.h"

const char *signing_path(const struct signing_scene *s, const char *name)
{
	return arena_printf(s->a, "%s/%s", s->dir, name);
}

void signing_key(const struct signing_scene *s, const char *name, bool ed25519)
{
	const char *pem = signing_path(s, arena_printf(s->a, "%s.pem", name));

	if (ed25519)
		ORACLE(s->a, "openssl", "genpkey", "-algorithm", "ED25519", "-out", pem);
	else
		ORACLE(s->a, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
		       "ec_paramgen_curve:P-256", "-out", pem);
	cr_assert_eq(chmod(pem, 0600), 0);
	ORACLE(s->a, "openssl", "pkey", "-in", pem, "-pubout", "-out",
	       signing_path(s, arena_printf(s->a, "%s.pub", name)));
}

void signing_open(struct signing_scene *s, struct arena *a)
{
	*s = (struct signing_scene){ .a = a, .dir = files_temporary(a) };
	oracle_need("openssl");
	registry_open(&s->registry, a, REGISTRY_OPEN);
	imagegen_begin(&s->image, a);
	imagegen_good(&s->image);
	imagegen_write(&s->image);
	s->target = registry_ref(&s->registry, "team/app:1");
	s->digest = arena_printf(a, "sha256:%s", digest_hex_dup(a, &s->image.manifest_digest));
	s->name = arena_printf(a, "%s/team/app@%s", s->registry.host, s->digest);
	signing_key(s, "ann", false);
	signing_key(s, "ben", true);
}

void signing_close(struct signing_scene *s)
{
	imagegen_end(&s->image);
	registry_close(&s->registry);
	files_remove(s->dir);
}

void signing_succeeds(struct oracle_run r, const char *what)
{
	cr_assert_eq(r.status, 0, "%s: %d\n%s%s", what, r.status, r.out.p, r.err.p);
}

void signing_fails(struct oracle_run r, int status, const char *says)
{
	cr_expect(r.status == status && strstr(r.err.p, says), "%d, not %d with \"%s\": %s",
		  r.status, status, says, r.err.p);
}

const char *signing_put_index(struct signing_scene *s)
{
	const char *text = arena_printf(
		s->a,
		"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
		"\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
		"\"digest\":\"%s\",\"size\":%llu,\"platform\":{\"os\":\"linux\",\"architecture\":"
		"\"amd64\"}}]}",
		s->digest, (unsigned long long)s->image.manifest_size);
	struct digest d = digest_of(str_of(text));
	const char *hex = digest_hex_dup(s->a, &d);

	imagegen_put(&s->image, arena_printf(s->a, "image/blobs/sha256/%s", hex), str_of(text));
	imagegen_put(&s->image, "image/index.json",
		     str_of(arena_printf(s->a,
					 "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
					 "\"application/vnd.oci.image.index.v1+json\",\"digest\":"
					 "\"sha256:%s\",\"size\":%zu}]}",
					 hex, strlen(text))));
	return arena_printf(s->a, "%s/team/app@sha256:%s", s->registry.host, hex);
}
