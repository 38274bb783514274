/* SPDX-License-Identifier: Apache-2.0 */
/* Java's trust store in an image on the base java21: whom a Java trusts, and that it is what the
 * scripts of Debian's ca-certificates and ca-certificates-java leave, run for real. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_client.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

/* Its files are of the packages as they are, but for the store and the bundle. */
#define JAVA_RECIPE                                                                              \
	"{\"name\":\"client\",\"base\":\"java21\",\"components\":[{\"name\":\"scripts\","        \
	"\"providers\":[{\"packages\":[\"ca-certificates\",\"ca-certificates-java\"]}],"         \
	"\"keep\":[\"/usr/share/ca-certificates/**\",\"/usr/share/ca-certificates-java/**\"],"   \
	"\"depends\":{\"accept\":[{\"package\":\"*\",\"reason\":\"only scripts need it\"}]}}],"  \
	"\"files\":[{\"from\":\"Client.java\",\"to\":\"/app/\"}],"                               \
	"\"effects\":{" CLIENT_EFFECTS                                                           \
	",\"accept\":[{\"package\":\"ca-certificates-java\",\"reason\":\"the test runs it\"}]}," \
	"\"audit\":{\"policy\":\"base\"},\"config\":{\"entrypoint\":"                            \
	"[\"/usr/bin/java\",\"/app/Client.java\"]}}"

/* The same with a store of the other form. */
#define JAVA_RECIPE_PKCS12                                                     \
	"{\"name\":\"client-pkcs12\",\"extends\":\"client.json\",\"effects\":" \
	"{\"ca-bundle\":{\"files\":[\"" CLIENT_AUTHORITY "\"],\"java\":\"pkcs12\"}}}"

static const char java_client[] =
	"public class Client {\n"
	"  public static void main(String[] words) throws Exception {\n"
	"    var c = (javax.net.ssl.HttpsURLConnection)\n"
	"        new java.net.URI(words[0]).toURL().openConnection();\n"
	"    System.out.println(c.getResponseCode() + \" \" + c.getCipherSuite());\n"
	"  }\n"
	"}\n";

/* Both images, loaded. Gives the path of the first one's layout. */
static const char *java_scene_open(struct client_scene *s)
{
	const char *out;

	client_scene_open(s);
	files_put(arena_printf(&s->a, "%s/Client.java", s->dir), java_client);
	out = client_build(s, "client", JAVA_RECIPE);
	client_load(s, out, "client");
	client_load(s, client_build(s, "client-pkcs12", JAVA_RECIPE_PKCS12), "client-pkcs12");
	return out;
}

/* "debian:x.pem SHA256", sorted: what keytool of the image's Java finds in a store. */
static const char *java_trusted(struct client_scene *s, const char *image, const char *volume)
{
	struct str said = PODMAN_MUST(&s->p, "run", "--rm", "--network=none", "--volume", volume,
				      "--entrypoint=/usr/bin/keytool", image,
				      "-J-Dstdout.encoding=UTF-8", "-list", "-v", "-cacerts",
				      "-storepass", "changeit");
	const char *path = arena_printf(&s->a, "%s/said", s->dir);

	files_put(path, said.p);
	return ORACLE(&s->a, "sh", "-c",
		      "sed -n 's/^Alias name: //p; s/^.*SHA256: //p' \"$0\" | paste -d ' ' - - | sort",
		      path)
		.p;
}

/* What update-ca-certificates makes of the package's files and ours, below DIR/etc; and what
 * ca-certificates-java then makes of that, as its postinst calls it. */
static const char *java_run_scripts(struct client_scene *s, const char *root)
{
	static const char java[] =
		"cd \"$1\" && ls etc/*.pem | sed 's,^etc,+/etc/ssl/certs,' >list && shift && "
		"exec \"$@\" <list";
	const char *etc = arena_printf(&s->a, "%s/etc", s->dir);
	struct strings words = { 0 };
	struct strings podman =
		podman_words(&s->p,
			     (const char *const[]){
				     "run", "--rm", "--interactive", "--network=none", "--volume",
				     arena_printf(&s->a, "%s:/etc/ssl/certs", etc), "--volume",
				     arena_printf(&s->a, "%s:%s", s->dir, s->dir),
				     "--entrypoint=/usr/bin/java", "localhost/client:latest",
				     "-Xmx64m", "-jar",
				     "/usr/share/ca-certificates-java/ca-certificates-java.jar",
				     "-storepass", "changeit", NULL });

	ORACLE(&s->a, "mkdir", arena_printf(&s->a, "%s/hooks", s->dir),
	       arena_printf(&s->a, "%s/local", s->dir), etc, arena_printf(&s->a, "%s/java", etc));
	ORACLE(&s->a, "cp", arena_printf(&s->a, "%s/%s", s->dir, CLIENT_AUTHORITY),
	       arena_printf(&s->a, "%s/local", s->dir));
	ORACLE(&s->a, "sh", "-c",
	       "cd \"$1\" && find . -name '*.crt' -printf '%P\\n' | sort >\"$2\"", "sh",
	       arena_printf(&s->a, "%s/usr/share/ca-certificates", root),
	       arena_printf(&s->a, "%s/conf", s->dir));
	ORACLE(&s->a, "/usr/sbin/update-ca-certificates", "--certsconf",
	       arena_printf(&s->a, "%s/conf", s->dir), "--certsdir",
	       arena_printf(&s->a, "%s/usr/share/ca-certificates", root), "--localcertsdir",
	       arena_printf(&s->a, "%s/local", s->dir), "--etccertsdir", etc, "--hooksdir",
	       arena_printf(&s->a, "%s/hooks", s->dir));
	*list_push(&s->a, &words) = "sh";
	*list_push(&s->a, &words) = "-c";
	*list_push(&s->a, &words) = java;
	*list_push(&s->a, &words) = "sh";
	*list_push(&s->a, &words) = s->dir;
	for (size_t i = 0; i < podman.n; i++)
		*list_push(&s->a, &words) = podman.v[i];
	oracle_ask(&s->a, words.v);
	return etc;
}

Test(java, the_store_and_the_bundle_are_those_of_the_scripts, .timeout = 900)
{
	struct client_scene s;
	const char *out, *root, *etc, *real, *none;
	struct oracle_run r;

	if (access("/usr/sbin/update-ca-certificates", X_OK) < 0)
		cr_skip_test("update-ca-certificates is not installed");
	oracle_need("umoci");
	out = java_scene_open(&s);
	root = image_unpack(&s.a, s.dir, out, "client");
	ORACLE(&s.a, "chmod", "--recursive", "a+rX", s.dir);
	etc = java_run_scripts(&s, root);
	cr_expect_str_eq(files_get(&s.a, arena_printf(&s.a, "%s/etc/ssl/certs/ca-certificates.crt",
						      root)),
			 files_get(&s.a, arena_printf(&s.a, "%s/ca-certificates.crt", etc)));
	real = java_trusted(&s, "localhost/client:latest",
			    arena_printf(&s.a, "%s:/etc/ssl/certs", etc));
	cr_expect_not_null(strstr(real, "\ndebian:corp_root_=g1=.pem "), "%s", real);
	cr_expect_not_null(strstr(real, "\ndebian:isrg_root_x1.pem "), "%s", real);
	none = arena_printf(&s.a, "%s:/unused", s.dir);
	cr_expect_str_eq(java_trusted(&s, "localhost/client:latest", none), real);
	cr_expect_str_eq(java_trusted(&s, "localhost/client-pkcs12:latest", none), real);
	r = IMGBUILD(&s.a, "why", out, "/etc/ssl/certs/java/cacerts", "--recipe",
		     arena_printf(&s.a, "%s/client.json", s.dir));
	cr_expect_not_null(
		strstr(r.out.p, "/client.json, from package ca-certificates and " CLIENT_AUTHORITY),
		"%s%s", r.out.p, r.err.p);
	client_scene_close(&s);
}

Test(java, a_server_of_the_own_authority_is_trusted_and_no_other, .timeout = 900)
{
	static const char *const images[] = { "client", "client-pkcs12" };
	struct client_scene s;

	java_scene_open(&s);
	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		struct oracle_run r = client_ask(&s, images[i], s.ours.port);

		cr_expect_str_eq(r.out.p, "200 TLS_AES_256_GCM_SHA384\n", "%s: %s", images[i],
				 r.err.p);
		r = client_ask(&s, images[i], s.strange.port);
		cr_expect_not_null(strstr(r.err.p, "PKIX path building failed"), "%s: %s%s",
				   images[i], r.out.p, r.err.p);
	}
	client_scene_close(&s);
}
