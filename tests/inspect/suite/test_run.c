/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild test: outcomes, forms, exit statuses. Containers are tried in tests/e2e. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"
#include "support/gen_image.h"

static void make_tested_image(struct imagegen *g)
{
	imagegen_good(g);
	imagegen_file(g, "etc/key", 0600, STR("secret\n"));
	imagegen_add(g, &(struct imagegen_entry){ .path = "etc/os-release",
						  .type = '2',
						  .link = "../usr/lib/os-release" });
	imagegen_add(g, &(struct imagegen_entry){
				.path = "etc/dangling", .type = '2', .link = "none" });
	imagegen_add(g, &(struct imagegen_entry){ .path = "opt/x",
						  .mode = 06755,
						  .uid = 7,
						  .gid = 8,
						  .content = STR("line one\nline two\n") });
	imagegen_add(g, &(struct imagegen_entry){ .path = "opt/same",
						  .type = '1',
						  .mode = 06755,
						  .uid = 7,
						  .gid = 8,
						  .link = "opt/x" });
	imagegen_file(g, "usr/share/doc/other/copyright", 0644, STR("agpl-3\n"));
	g->config =
		"{\"User\":\"65532\",\"Entrypoint\":[\"/usr/bin/hello\"],\"Cmd\":[\"-v\"],\"WorkingDir\":\"/srv\","
		"\"Env\":[\"DIR=/opt\",\"V=1.2\"],\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}},"
		"\"Volumes\":{\"/data\":{}},\"Labels\":{\"a\":\"b\"}}";
	imagegen_write(g);
}

static struct verb_run run_tests(struct imagegen *g, const char *tests, const char *option)
{
	imagegen_put(g, "tests.yaml",
		     str_of(arena_printf(g->a, "schemaVersion: 2.0.0\n%s", tests)));
	return VERB(g->a, cmd_test, "test", g->path, arena_printf(g->a, "%s/tests.yaml", g->dir),
		    option);
}

struct sample {
	const char *tests;
	const char *failure; /* NULL: it passes */
};

static void expect_samples(const struct sample *samples, size_t n)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	imagegen_begin(&g, &a);
	make_tested_image(&g);
	for (size_t i = 0; i < n; i++) {
		struct verb_run r = run_tests(&g, samples[i].tests, NULL);

		cr_expect(r.e.kind == (samples[i].failure ? ERR_FINDINGS : ERR_NONE), "%s\n%s%s",
			  samples[i].tests, r.message, r.out);
		cr_expect(strstr(r.out,
				 samples[i].failure ? samples[i].failure : "1 passed, 0 failed"),
			  "%s\n%s", samples[i].tests, r.out);
	}
}

#define EXPECT(s) expect_samples((s), ARRAY_SIZE(s))
#define EXISTS(x) "fileExistenceTests: [{name: n, " x "}]"
#define CONTENT(x) "fileContentTests: [{name: n, " x "}]"
#define META(x) "metadataTest: {" x "}"

Test(structure, files_are_looked_at_without_a_container)
{
	static const struct sample samples[] = {
		{ EXISTS("path: /usr/bin/hello, permissions: -rwxr-xr-x, isExecutableBy: any"),
		  NULL },
		{ EXISTS("path: /bin/hello"), NULL },
		{ EXISTS("path: /"), NULL },
		{ EXISTS("path: /nothing, shouldExist: false"), NULL },
		{ EXISTS("path: /nothing"), "/nothing is not there" },
		{ EXISTS("path: /etc/key, shouldExist: false"), "/etc/key is there" },
		{ EXISTS("path: '/a/../etc'"), "/a/../etc is not there" },
		{ EXISTS("path: /etc/dangling, permissions: Lrw-r--r--"), NULL },
		{ EXISTS("path: /tmp, permissions: dtrwxrwxrwx"), NULL },
		{ EXISTS("path: $DIR/x, permissions: ugrwxr-xr-x, uid: 7, gid: 8"), NULL },
		{ EXISTS("path: '${DIR}/x', uid: 0"), "/opt/x belongs to user 7, not 0" },
		{ EXISTS("path: $NONE/opt/x, gid: 0"), "/opt/x belongs to group 8, not 0" },
		{ EXISTS("path: /etc/key, permissions: -rw-r--r--"),
		  "/etc/key has the permissions -rw-------, not -rw-r--r--" },
		{ EXISTS("path: /etc/key, isExecutableBy: group"),
		  "/etc/key is not executable as asked: -rw-------" },
		{ EXISTS("path: /, uid: 0, gid: 0"), NULL },
		{ EXISTS("path: /, uid: 7"), "an image says nothing about the permissions of /" },
		{ EXISTS("path: /, gid: 7"), "an image says nothing about the permissions of /" },
		{ EXISTS("path: /, permissions: drwxr-xr-x"),
		  "an image says nothing about the permissions of /" },
	};

	EXPECT(samples);
}

Test(structure, contents_are_searched)
{
	static const struct sample samples[] = {
		{ CONTENT("path: /opt/x, expectedContents: ['one\\nline', 'two\\n$'], excludedContents: [three]"),
		  NULL },
		{ CONTENT("path: /opt/same, expectedContents: ['^line one']"), NULL },
		{ CONTENT("path: /etc/os-release, expectedContents: ['VERSION_ID=\"13\"']"), NULL },
		{ CONTENT("path: /opt/x, expectedContents: [three]"),
		  "/opt/x does not hold \"three\"; it is \"line one" },
		{ CONTENT("path: /opt/x, excludedContents: [one]"),
		  "/opt/x holds \"one\", which is excluded" },
		{ CONTENT("path: /none"), "/none is not there" },
		{ CONTENT("path: /etc"), "/etc is not a file" },
		{ CONTENT("path: /etc/dangling"), "/etc/dangling is not there" },
	};

	EXPECT(samples);
}

Test(structure, settings_are_compared)
{
	static const struct sample samples[] = {
		{ META("user: '65532', workdir: /srv, entrypoint: [/usr/bin/hello], cmd: [-v], exposedPorts: ['80', 53/udp],"
		       " unexposedPorts: ['22'], volumes: [/data], unmountedVolumes: [/x], labels: [{key: a, value: b}],"
		       " envVars: [{key: V, value: '^1\\.', isRegex: true}], unboundEnvVars: [{key: PATH}]"),
		  NULL },
		{ META("user: root"), "the user is \"65532\", not \"root\"" },
		{ META("workdir: /"), "the workdir is \"/srv\", not \"/\"" },
		{ META("entrypoint: []"), "the entrypoint is [\"/usr/bin/hello\"], not []" },
		{ META("cmd: [-w]"), "the cmd is [\"-v\"], not [\"-w\"]" },
		{ META("exposedPorts: [8080]"), "port 8080 is missing" },
		{ META("unexposedPorts: [80/tcp]"), "port 80/tcp is there" },
		{ META("volumes: [/x]"), "volume /x is missing" },
		{ META("unmountedVolumes: [/data]"), "volume /data is there" },
		{ META("labels: [{key: z, value: y}]"), "there is no label z" },
		{ META("labels: [{key: a, value: x}]"), "label a is \"b\", which is not \"x\"" },
		{ META("envVars: [{key: V, value: '^2', isRegex: true}]"),
		  "variable V is \"1.2\", which is not matched by \"^2\"" },
		{ META("unboundEnvVars: [{key: DIR}]"), "variable DIR is there" },
		{ META("unboundEnv: [{key: X}, {key: DIR}]"), "variable DIR is there" },
	};

	EXPECT(samples);
}

Test(structure, licences_are_there_and_without_the_refused_words)
{
	static const struct sample samples[] = {
		{ "licenseTests: [{debian: false, files: [/usr/share/doc/hello/copyright]}]",
		  NULL },
		{ "licenseTests: [{debian: true}]",
		  "/usr/share/doc/other/copyright holds the word AGPL" },
		{ "licenseTests: [{debian: false, files: [/none]}]", "/none is not there" },
	};

	EXPECT(samples);
}

#define COMMAND "commandTests: [{name: 'c # 1', command: /usr/bin/hello}]\n"
#define MIXED COMMAND EXISTS("path: /none") "\n" META("user: '65532'")

Test(structure, commands_without_a_runtime_are_skipped_and_never_passed)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	imagegen_begin(&g, &a);
	make_tested_image(&g);
	setenv("PATH", "/nonexistent", 1);
	r = run_tests(&g, COMMAND, NULL);
	cr_expect(r.ok, "%s", r.message);
	cr_expect_str_eq(
		r.out,
		"skip command: c # 1 (podman is not installed)\n0 passed, 0 failed, 1 skipped\n");
	r = run_tests(&g, COMMAND, "--no-commands");
	cr_expect(r.ok && strstr(r.out, "skip command: c # 1 (--no-commands)"), "%s%s", r.message,
		  r.out);
	r = run_tests(&g, COMMAND, "--no-skips");
	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS && strstr(r.message, "1 tests were skipped"),
		  "%s", r.message);
}

Test(structure, the_forms_are_what_they_claim_to_be)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	oracle_need("python3");
	imagegen_begin(&g, &a);
	make_tested_image(&g);
	r = run_tests(&g, MIXED, "--no-commands");
	cr_expect(!r.ok && strstr(r.message, "1 of 3 tests failed"), "%s", r.message);
	r = VERB(&a, cmd_test, "test", g.path, arena_printf(&a, "%s/tests.yaml", g.dir),
		 "--no-commands", "--format", "tap");
	cr_expect(
		strstr(r.out,
		       "TAP version 14\n1..3\nok 1 - c \\# 1 # SKIP --no-commands\nnot ok 2 - n\n  ---\n"
		       "  at: \""),
		"%s", r.out);
	cr_expect(strstr(r.out,
			 "\n  failures:\n    - \"/none is not there\"\n  ...\nok 3 - metadata\n"),
		  "%s", r.out);
	r = VERB(&a, cmd_test, "test", g.path, arena_printf(&a, "%s/tests.yaml", g.dir),
		 "--no-commands", "--format", "junit", "-o",
		 arena_printf(&a, "%s/junit.xml", g.dir));
	cr_expect_str_eq(r.out, "");
	cr_expect_str_eq(
		ORACLE(&a, "python3", "-c",
		       "import sys, xml.etree.ElementTree as x\nr = x.parse(sys.argv[1]).getroot()\n"
		       "print(r.tag, r.get('tests'), r.get('failures'), r.get('skipped'))\n"
		       "for c in r.iter('testcase'): print(c.get('classname'), c.get('name'), [k.tag for k in c])",
		       arena_printf(&a, "%s/junit.xml", g.dir))
			.p,
		"testsuites 3 1 1\ncommand c # 1 ['skipped']\nfile-existence n ['failure']\nmetadata metadata []\n");
	r = VERB(&a, cmd_test, "test", g.path, arena_printf(&a, "%s/tests.yaml", g.dir),
		 "--no-commands", "--format", "json");
	imagegen_put(&g, "r.json", str_of(r.out));
	cr_expect_str_eq(
		ORACLE(&a, "python3", "-c",
		       "import json, sys\nd = json.load(open(sys.argv[1]))\n"
		       "print(d['passed'], d['failed'], d['skipped'], [t['outcome'] for t in d['tests']])",
		       arena_printf(&a, "%s/r.json", g.dir))
			.p,
		"1 1 1 ['skipped', 'failed', 'passed']\n");
}

Test(structure, wrong_words_and_files_are_refused)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	imagegen_begin(&g, &a);
	make_tested_image(&g);
	r = VERB(&a, cmd_test, "test", g.path);
	cr_expect(r.e.kind == ERR_USAGE &&
		  strstr(r.message, "name an image, and one or more files of tests"));
	r = run_tests(&g, "fileExistenceTests: [{name: n, path: /x}]", "--format=xml");
	cr_expect(r.e.kind == ERR_USAGE &&
		  strstr(r.message, "--format is text, json, junit or tap"));
	r = VERB(&a, cmd_test, "test", g.path, "nowhere.json");
	cr_expect(r.e.kind == ERR_INPUT && strstr(r.message, "there is no file nowhere.json"), "%s",
		  r.message);
	r = VERB(&a, cmd_test, "test", g.path, arena_printf(&a, "%s/test.yaml", g.dir));
	cr_expect(strstr(r.message, arena_printf(&a, "; did you mean %s/tests.yaml?", g.dir)), "%s",
		  r.message);
	r = VERB(&a, cmd_test, "test", arena_printf(&a, "%s/tests.yaml", g.dir), g.path);
	cr_expect(r.e.kind == ERR_INPUT &&
			  strstr(r.message, "the image comes first: imgbuild test"),
		  "%s", r.message);
	r = VERB(&a, cmd_test, "test", "nowhere", arena_printf(&a, "%s/tests.yaml", g.dir));
	cr_expect(r.e.kind == ERR_INPUT && strstr(r.message, "image nowhere: "), "%s", r.message);
	r = run_tests(&g, "fileExistenceTests: [{name: n, path: /x, mode: 3}]", NULL);
	cr_expect(r.e.kind == ERR_INPUT && strstr(r.message, "tests.yaml:2:"), "%s", r.message);
}
