/* SPDX-License-Identifier: Apache-2.0 */
/* A project of Java from a lock file with digests to a container. Debian's packages of jars, laid
 * out as Maven's repositories are, stand for other people's; a server hands them out. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

/* A repository (port, -, folder of Debian's, lock file): /maven/ is that folder. Writes the lock
 * file, each jar a child of the one before; jsr305 is for the compiler alone. */
static const char java_repository[] =
	"import hashlib, http.server, json, os, sys, urllib.parse\n"
	"port, src, lock = int(sys.argv[1]), sys.argv[3], sys.argv[4]\n"
	"names = ['org/apache/commons/commons-text', 'org/apache/commons/commons-lang3',\n"
	"         'commons-codec/commons-codec', 'commons-io/commons-io',\n"
	"         'com/google/code/gson/gson', 'com/google/code/findbugs/jsr305']\n"
	"root = {'lockFileVersion': 1, 'dependencies': []}\n"
	"now = root['dependencies']\n"
	"for name in names:\n"
	"    group, artifact = os.path.split(name)\n"
	"    version = [v for v in sorted(os.listdir(src + '/' + name)) if v[0].isdigit()][0]\n"
	"    path = '%s/%s/%s-%s.jar' % (name, version, artifact, version)\n"
	"    one = {'groupId': group.replace('/', '.'), 'artifactId': artifact, 'version': version,\n"
	"           'checksumAlgorithm': 'SHA-256', 'included': True,\n"
	"           'checksum': hashlib.sha256(open(src + '/' + path, 'rb').read()).hexdigest(),\n"
	"           'scope': 'provided' if artifact == 'jsr305' else 'compile',\n"
	"           'resolved': 'http://127.0.0.1:%d/maven/%s' % (port, path), 'children': []}\n"
	"    now.append(one)\n"
	"    now = one['children']\n"
	"json.dump(root, open(lock, 'w'), indent=2)\n"
	"class Repository(http.server.BaseHTTPRequestHandler):\n"
	"    def do_GET(self):\n"
	"        path = src + urllib.parse.unquote(self.path).replace('/maven', '', 1)\n"
	"        body = open(path, 'rb').read() if os.path.isfile(path) else None\n"
	"        self.send_response(200 if body else 404)\n"
	"        self.send_header('Content-Length', str(len(body or b'')))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(body or b'')\n"
	"    def log_message(self, *args): pass\n"
	"http.server.ThreadingHTTPServer(('127.0.0.1', port), Repository).serve_forever()\n";

/* The project's own code. */
static const char java_main[] =
	"package test.shop;\n"
	"\n"
	"import java.util.Map;\n"
	"import java.util.Properties;\n"
	"import javax.annotation.Nonnull;\n"
	"import com.google.gson.Gson;\n"
	"import org.apache.commons.codec.binary.Hex;\n"
	"import org.apache.commons.io.FilenameUtils;\n"
	"import org.apache.commons.lang3.StringUtils;\n"
	"import org.apache.commons.text.WordUtils;\n"
	"\n"
	"public final class Main {\n"
	"    public static void main(@Nonnull String[] args) throws Exception {\n"
	"        Properties p = new Properties();\n"
	"        p.load(Main.class.getResourceAsStream(\"/shop.properties\"));\n"
	"        System.out.println(String.join(\" \", p.getProperty(\"greeting\"),\n"
	"            StringUtils.reverse(args[0]), WordUtils.capitalize(args[0]),\n"
	"            Hex.encodeHexString(args[0].getBytes()), FilenameUtils.getExtension(\"a/b.txt\"),\n"
	"            new Gson().toJson(Map.of(\"a\", 1))));\n"
	"    }\n"
	"}\n";

struct jar_project {
	struct project p;
	struct web web;
};

static const char *packages_of_java(struct project *p)
{
	const char *layout = project_path(p, "packages");
	struct oracle_run r = IMGBUILD(p->a, "--progress=quiet", "--no-audit",
				       project_path(p, "packages.json"), "-o", layout);

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	return arena_printf(p->a, "%s/usr/share/maven-repo",
			    image_unpack(p->a, p->dir, layout, "packages"));
}

static void java_project_open(struct jar_project *j, struct arena *a)
{
	project_open(&j->p, a, "java");
	files_put(project_path(&j->p, "code/src/main/java/test/shop/Main.java"), java_main);
	web_run(a, &j->web, java_repository,
		(const char *const[]){ packages_of_java(&j->p),
				       project_path(&j->p, "code/lockfile.json"), NULL });
}

static void expect_jars_in_sbom(struct project *p)
{
	static const char *const parts[] = { "org.apache.commons/commons-text@1.",
					     "org.apache.commons/commons-lang3@3.",
					     "commons-codec/commons-codec@1.",
					     "commons-io/commons-io@2.",
					     "com.google.code.gson/gson@2." };
	struct oracle_run r = IMGBUILD(p->a, "sbom", project_path(p, "out"), "--format",
				       "cyclonedx-json");

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *purl = arena_printf(p->a, "\"purl\": \"pkg:maven/%s", parts[i]);
		const char *at = strstr(r.out.p, purl);

		cr_expect(at, "%s", parts[i]);
		cr_expect(!at || !strstr(at + 1, purl), "%s is there twice", parts[i]);
	}
	cr_expect(!strstr(r.out.p, "jsr305"), "what only the compiler needs is in the image");
}

Test(java_projects, the_jars_of_a_lock_file_from_a_repository, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct jar_project j;
	const char *digest;

	run_needs_time();
	java_project_open(&j, &a);
	cr_expect_str_eq(project_answer(&j.p, "you"), "hello uoy You 796f75 txt {\"a\":1}\n");
	expect_jars_in_sbom(&j.p);
	digest = project_digest(&j.p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&j.p), digest);
	web_stop(&j.web);
	cr_expect_str_eq(project_digest(&j.p, "--frozen"), digest);
	project_close(&j.p);
}

/* The image has no Debian package of Java: the run-time that jlink made is enough. */
Test(java_projects, a_run_time_of_jlink, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct jar_project j;
	const char *digest;

	run_needs_time();
	java_project_open(&j, &a);
	j.p.recipe = project_path(&j.p, "jlink.json");
	cr_expect_str_eq(project_answer(&j.p, "me"), "hello em Me 6d65 txt {\"a\":1}\n");
	digest = project_digest(&j.p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&j.p), digest);
	web_stop(&j.web);
	project_close(&j.p);
}

/* A mistake of the compiler's is shown with the project's own file and line. */
Test(java_projects, what_the_compiler_refuses, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct jar_project j;
	struct oracle_run r;

	run_needs_time();
	java_project_open(&j, &a);
	files_put(project_path(&j.p, "code/src/main/java/test/shop/Other.java"),
		  "package test.shop;\nclass Other { int x = \"text\"; }\n");
	r = project_build(&j.p, NULL);
	cr_expect_eq(r.status, 3, "%s", r.err.p);
	cr_expect(strstr(r.err.p,
			 "src/main/java/test/shop/Other.java:2: error: incompatible types"),
		  "%s", r.err.p);
	web_stop(&j.web);
	project_close(&j.p);
}
