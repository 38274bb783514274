/* SPDX-License-Identifier: Apache-2.0 */
/* Whom images of Python and Node trust that init made of a project: the authority that the recipe
 * adds, and no other. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_client.h"
#include "support/fixture_files.h"

/* Each asks its last word and says the status of HTTP, or why it did not come to that. */
static const char language_python[] =
	"import sys\nimport urllib.error\nimport urllib.request\n\n"
	"try:\n"
	"    print(urllib.request.urlopen(sys.argv[1], timeout=30).status)\n"
	"except urllib.error.URLError as e:\n"
	"    print(e.reason.verify_message)\n";
static const char language_node[] =
	"require('https').get(process.argv[2], (r) => { console.log(r.statusCode); r.resume(); })\n"
	"  .on('error', (e) => console.log(e.message));\n";

#define NODE_PACKAGE "{ \"name\": \"asks-node\", \"version\": \"1.0.0\", \"main\": \"main.js\" }\n"
#define NODE_LOCK \
	"{ \"name\": \"asks-node\", \"lockfileVersion\": 3, \"packages\": { \"\": {} } }\n"
#define NODE_ENVIRONMENT \
	",\"config\":{\"env\":{\"NODE_EXTRA_CA_CERTS\":\"/etc/ssl/certs/ca-certificates.crt\"}}"

struct language_client {
	const char *option, *name;  /* of init; of the project */
	const char *const files[6]; /* of the project */
	const char *more;	    /* of the recipe that trusts */
	const char *refuses;	    /* what it says of an authority that it does not know */
};

static const struct language_client language_clients[] = {
	{ "--python",
	  "asks-python",
	  { "main.py", language_python },
	  "",
	  "unable to get local issuer certificate\n" },
	{ "--node",
	  "asks-node",
	  { "main.js", language_node, "package.json", NODE_PACKAGE, "package-lock.json",
	    NODE_LOCK },
	  NODE_ENVIRONMENT,
	  "unable to verify the first certificate\n" },
};

/* What init makes of a project in the scene's folder is an image of podman's. */
static void language_begin(struct client_scene *s, const struct language_client *c)
{
	struct oracle_run r;
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	for (size_t i = 0; i < ARRAY_SIZE(c->files) && c->files[i]; i += 2)
		files_put(arena_printf(&s->a, "%s/%s/%s", s->dir, c->name, c->files[i]),
			  c->files[i + 1]);
	r = oracle_run(&s->a, (const char *const[]){ "env", "--chdir", s->dir,
						     arena_printf(&s->a, "%s/imgbuild", here),
						     "--progress=quiet", "init", c->option, c->name,
						     NULL });
	cr_assert_eq(r.status, 0, "%s: %s%s", c->name, r.out.p, r.err.p);
	client_load(s, arena_printf(&s->a, "%s/out/%s", s->dir, c->name), c->name);
}

/* The same with the authority. */
static void language_trust(struct client_scene *s, const struct language_client *c)
{
	const char *name = arena_printf(&s->a, "%s-trusts", c->name);

	client_load(s,
		    client_build(s, name,
				 arena_printf(&s->a,
					      "{\"name\":\"%s\",\"extends\":\"recipes/%s.json\","
					      "\"effects\":{" CLIENT_EFFECTS "}%s}",
					      name, c->name, c->more)),
		    name);
}

/* A server whose certificate another authority signed. */
static void language_start_other(struct client_scene *s, struct tls_server *other)
{
	const struct tls_certificate c = { "IP:127.0.0.1", -3600, 86400, false };
	const char *dir = arena_printf(&s->a, "%s/other", s->dir);

	ORACLE(&s->a, "mkdir", dir);
	tls_authority(dir);
	tls_certificate(dir, "other", &c);
	cr_assert(tls_start(other, dir, "other", "-www"));
}

static void language_expect(struct client_scene *s, const char *image, unsigned port,
			    const char *says)
{
	struct oracle_run r = client_ask(s, image, port);

	cr_expect_eq(r.status, 0, "%s: %s", image, r.err.p);
	cr_expect_str_eq(r.out.p, says, "%s said %s%s", image, r.out.p, r.err.p);
}

Test(language_tls, python_and_node_trust_the_own_authority_and_no_other, .timeout = 600)
{
	struct client_scene s;
	struct tls_server other;

	client_scene_open(&s);
	language_start_other(&s, &other);
	for (size_t i = 0; i < ARRAY_SIZE(language_clients); i++) {
		const struct language_client *c = &language_clients[i];
		const char *trusts = arena_printf(&s.a, "%s-trusts", c->name);

		language_begin(&s, c);
		language_trust(&s, c);
		language_expect(&s, trusts, s.ours.port, "200\n");
		language_expect(&s, trusts, other.port, c->refuses);
		language_expect(&s, c->name, s.ours.port, c->refuses);
	}
	tls_stop(&other);
	client_scene_close(&s);
}
