/* SPDX-License-Identifier: Apache-2.0 */
#include "e2e/fixture_client.h"

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

void client_scene_open(struct client_scene *s)
{
	struct tls_certificate c = { "IP:127.0.0.1", -3600, 86400, false };

	*s = (struct client_scene){ 0 };
	podman_open(&s->p, &s->a);
	oracle_need("openssl");
	s->dir = files_temporary(&s->a);
	ORACLE(&s->a, "cp", "--recursive", "images.json", "locks", "rootfs", "recipes", s->dir);
	tls_authority(s->dir);
	ORACLE(&s->a, "openssl", "x509", "-in", arena_printf(&s->a, "%s/ca.pem", s->dir), "-out",
	       arena_printf(&s->a, "%s/%s", s->dir, CLIENT_AUTHORITY));
	tls_certificate(s->dir, "ours", &c);
	c.self_signed = true;
	tls_certificate(s->dir, "strange", &c);
	cr_assert(tls_start(&s->ours, s->dir, "ours", "-www"));
	cr_assert(tls_start(&s->strange, s->dir, "strange", "-www"));
	ORACLE(&s->a, "chmod", "--recursive", "a+rX", s->dir);
}

void client_scene_close(struct client_scene *s)
{
	tls_stop(&s->ours);
	tls_stop(&s->strange);
	podman_close(&s->p);
	files_remove(s->dir);
	arena_free(&s->a);
}

void client_load(struct client_scene *s, const char *layout, const char *name)
{
	const char *tar = arena_printf(&s->a, "%s/%s.tar", s->dir, name);

	ORACLE(&s->a, "tar", "--create", "--file", tar, "--directory", layout, ".");
	PODMAN_MUST(&s->p, "load", "--input", tar);
}

const char *client_build(struct client_scene *s, const char *name, const char *recipe)
{
	const char *file = arena_printf(&s->a, "%s/%s.json", s->dir, name);
	const char *out = arena_printf(&s->a, "%s/out/%s", s->dir, name);
	struct oracle_run r;

	files_put(file, recipe);
	r = IMGBUILD(&s->a, "--progress=plain", file, "-o", out);
	cr_assert_eq(r.status, 0, "%s: %d %s%s", name, r.status, r.out.p, r.err.p);
	return out;
}

struct oracle_run client_ask(struct client_scene *s, const char *name, unsigned port)
{
	return PODMAN(&s->p, "run", "--rm", "--network=host", "--read-only", "--user=65532",
		      arena_printf(&s->a, "localhost/%s:latest", name),
		      arena_printf(&s->a, "https://127.0.0.1:%u/", port));
}
