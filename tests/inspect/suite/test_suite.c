/* SPDX-License-Identifier: Apache-2.0 */
/* Files of structure tests: every key is known, every mistake has its place. */

#include <criterion/criterion.h>

#include "inspect/suite/suite.h"
#include "support/fixture_files.h"

#define ALL                                                                                                           \
	"schemaVersion: 2.0.0\n"                                                                                      \
	"globalEnvVars: [{key: A, value: $B}]\n"                                                                      \
	"containerRunOptions: {user: root, privileged: true, allocateTty: false, envFile: e, envVars: [X],\n"         \
	"  capabilities: [NET_ADMIN], bindMounts: ['/a:/b']}\n"                                                       \
	"commandTests:\n"                                                                                             \
	"- name: c\n  command: ls\n  args: [-l]\n  setup: [[touch, x], [true]]\n  teardown: [[rm, x]]\n"              \
	"  envVars: [{key: K, value: V}]\n  exitCode: 3\n  expectedOutput: [a]\n  excludedOutput: [b]\n"              \
	"  expectedError: [c]\n  excludedError: [d]\n"                                                                \
	"fileExistenceTests:\n"                                                                                       \
	"- {name: e, path: /x, shouldExist: false, permissions: -rw-r--r--, uid: 1, gid: 2, isExecutableBy: group}\n" \
	"- {name: f, path: /y}\n"                                                                                     \
	"fileContentTests:\n- {name: t, path: /z, expectedContents: ['a.*'], excludedContents: [b]}\n"                \
	"metadataTest:\n"                                                                                             \
	"  envVars: [{key: P, value: '^x', isRegex: true}]\n  unboundEnvVars: [{key: Q}]\n"                           \
	"  labels: [{key: L, value: l}]\n  exposedPorts: ['80']\n  unexposedPorts: [81]\n  volumes: [/v]\n"           \
	"  unmountedVolumes: [/w]\n  entrypoint: []\n  cmd: [a]\n  workdir: /d\n  user: u\n"                          \
	"licenseTests:\n- {debian: true, files: [/l]}\n"

/* The whole message of reading this text, or "". */
static const char *read_suite_text(struct arena *a, const char *name, const char *text,
				   struct test_suite *out)
{
	const char *dir = files_temporary(a), *path = arena_printf(a, "%s/%s", dir, name);
	struct error e = { 0 };
	char message[2048] = "";

	files_put(path, text);
	if (!suite_load(a, path, out, &e))
		err_format(&e, message, sizeof(message));
	files_remove(dir);
	return arena_strdup(a, strstr(message, name) ? strstr(message, name) : message);
}

static void expect_all(const struct test_suite *s)
{
	const struct structure_test *t = s->tests.v;

	cr_assert_eq(s->tests.n, 6);
	cr_expect(t[0].kind == TEST_COMMAND && t[0].command.setup.n == 2 &&
		  t[0].command.exit_code == 3);
	cr_expect(t[0].command.command.words.n == 2 && t[0].command.excluded_error.n == 1);
	cr_expect(t[1].kind == TEST_EXISTENCE && !t[1].existence.should_exist &&
		  t[1].existence.uid == 1);
	cr_expect(t[1].existence.executable == 0010 && t[1].existence.gid == 2);
	cr_expect(t[2].existence.should_exist && t[2].existence.uid == ANY_ID);
	cr_expect(t[3].kind == TEST_CONTENT && t[3].content.expected.n == 1);
	cr_expect(t[4].kind == TEST_LICENSE && t[4].license.debian && t[4].license.files.n == 1);
	cr_expect(t[5].kind == TEST_METADATA && t[5].metadata.has_entrypoint &&
		  t[5].metadata.env.v[0].regex);
	cr_expect_str_eq(t[5].metadata.unbound_env.v[0], "Q");
	cr_expect_str_eq(t[5].metadata.unexposed.v[0], "81");
	cr_expect(s->options.privileged && !s->options.tty && s->options.capabilities.n == 1);
	cr_expect_str_eq(s->global_env.v[0].value, "$B");
}

Test(suite, every_key_of_the_schema_is_known)
{
	AUTO_ARENA a = { 0 };
	struct test_suite s;

	cr_expect_str_eq(read_suite_text(&a, "t.yaml", ALL, &s), "");
	expect_all(&s);
	cr_expect(strstr(s.tests.v[2].at, "t.yaml:19:3"), "%s", s.tests.v[2].at);
}

Test(suite, json_says_the_same)
{
	AUTO_ARENA a = { 0 };
	struct test_suite s;
	const char *text =
		"{\"schemaVersion\":\"2.0.0\",\"fileExistenceTests\":[{\"name\":\"e\",\"path\":\"/x\","
		"\"shouldExist\":false,\"uid\":1}],\"metadataTest\":{\"cmd\":null,\"entrypoint\":[]}}";

	cr_expect_str_eq(read_suite_text(&a, "t.json", text, &s), "");
	cr_expect(s.tests.n == 2 && !s.tests.v[0].existence.should_exist &&
		  s.tests.v[0].existence.uid == 1);
	cr_expect(!s.tests.v[1].metadata.has_cmd && s.tests.v[1].metadata.has_entrypoint);
}

/* As the peer's files of 2017 are written. */
Test(suite, the_first_schema_is_known)
{
	static const char *const text =
		"schemaVersion: '1.0.0'\nglobalEnvVars: [{key: A, value: B}]\ncommandTests:\n"
		"- name: apt-get\n  setup: [[touch, x]]\n  teardown: [[rm, x]]\n  envVars: [{key: K, value: V}]\n"
		"  exitCode: 2\n  command: [apt-get, help]\n  expectedOutput: ['.*Usage.*']\n  excludedOutput: [x]\n"
		"  expectedError: [y]\n  excludedError: ['.*FAIL.*']\n"
		"fileExistenceTests:\n- {name: Root, path: /, isDirectory: true, shouldExist: true}\n"
		"- {name: b, path: /b, permissions: -rw-r--r--, shouldExist: false}\n"
		"fileContentTests:\n- {name: c, path: /c, expectedContents: [a], excludedContents: [b]}\n"
		"licenseTests:\n- {debian: true, files: ['/l']}\n";
	AUTO_ARENA a = { 0 };
	struct test_suite s;

	cr_assert_str_eq(read_suite_text(&a, "t.yaml", text, &s), "");
	cr_assert(s.tests.n == 5 && s.first_schema && s.global_env.n == 1);
	cr_expect(s.tests.v[0].command.command.words.n == 2 && s.tests.v[0].command.exit_code == 2);
	cr_expect(s.tests.v[0].command.setup.n == 1 && s.tests.v[0].command.excluded_error.n == 1);
	cr_expect(s.tests.v[1].existence.asks_directory && s.tests.v[1].existence.directory);
	cr_expect(!s.tests.v[2].existence.asks_directory && !s.tests.v[2].existence.should_exist);
	cr_expect(s.tests.v[3].content.excluded.n == 1 && s.tests.v[4].license.files.n == 1);
}

/* Go's encoding/json; its YAML takes one spelling alone. */
Test(suite, keys_of_json_have_any_case)
{
	static const char *const text =
		"{\"SCHEMAVERSION\": \"2.0.0\", \"FileExistenceTests\" : [{\"NAME\": \"Name\", \"Path\":\"/PATH\", \"UID\":1}],\n"
		"\"metadatatest\": {\"Env\": [{\"Key\": \"VALUE\", \"Value\": \"a \\\"Key\\\": b\", \"IsRegex\": true}]}}";
	AUTO_ARENA a = { 0 };
	struct test_suite s;

	cr_assert_str_eq(read_suite_text(&a, "t.json", text, &s), "");
	cr_assert(s.tests.n == 2 && s.tests.v[1].metadata.env.n == 1);
	cr_expect_str_eq(s.tests.v[0].name, "Name");
	cr_expect_str_eq(s.tests.v[0].existence.path, "/PATH");
	cr_expect(s.tests.v[0].existence.uid == 1);
	cr_expect_str_eq(s.tests.v[1].metadata.env.v[0].key, "VALUE");
	cr_expect_str_eq(s.tests.v[1].metadata.env.v[0].value, "a \"Key\": b");
	cr_expect_str_eq(read_suite_text(&a, "t.yaml", "SchemaVersion: 2.0.0\n", &s),
			 "t.yaml:1:1: the key \"schemaVersion\" is missing");
}

static const struct {
	const char *text, *message;
} suite_mistakes[] = {
	{ "{}", "t.json:1:1: the key \"schemaVersion\" is missing" },
	{ "[]", "t.json:1:1: expected an object, found an array" },
	{ "{\"schemaVersion\":\"1.1.0\"}",
	  "t.json:1:18: schemaVersion: is \"2.0.0\" or \"1.0.0\"; other schemas" },
	{ "{\"schemaVersion\":\"2.0.0\"}",
	  "t.json:1:1: no test is in it: write commandTests, fileExistenceTests, "
	  "fileContentTests, metadataTest or licenseTests" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTests\":[]}", "t.json:1:1: no test is in" },
	{ "{\"schemaVersion\":\"1.0.0\",\"metadataTest\":{}}",
	  "t.json:1:26: metadataTest: unknown key" },
	{ "{\"schemaVersion\":\"1.0.0\",\"commandTests\":[{\"name\":\"a\",\"command\":\"x\"}]}",
	  "commandTests[0].command: expected an array" },
	{ "{\"schemaVersion\":\"1.0.0\",\"commandTests\":[{\"name\":\"a\",\"command\":[]}]}",
	  "commandTests[0].command: a command without words" },
	{ "{\"schemaVersion\":\"1.0.0\",\"commandTests\":[{\"name\":\"a\",\"command\":[\"x\"],\"args\":[]}]}",
	  "commandTests[0].args: unknown key" },
	{ "{\"schemaVersion\":\"1.0.0\",\"fileExistenceTests\":[{\"name\":\"a\",\"path\":\"/x\",\"uid\":1}]}",
	  "fileExistenceTests[0].uid: unknown key" },
	{ "{\"schemaVersion\":\"2.0.0\",\"fileExistenceTests\":[{\"name\":\"a\",\"path\":\"/x\",\"isDirectory\":true}]}",
	  "fileExistenceTests[0].isDirectory: unknown key" },
	{ "{\"SchemaVersion\":\"2.0.0\",\n\"FILECONTENTTESTS\":[{\"Name\":\"a\"}]}",
	  "t.json:2:21: fileContentTests[0]: the key \"path\" is missing" },
	{ "{\"schemaVersion\":\"2.0.0\",\"SCHEMAVERSION\":\"2.0.0\"}", "not valid JSON" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTest\":[]}",
	  "commandTest: unknown key; did you mean \"commandTests\"?" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTests\":{}}", "commandTests: expected an array" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTests\":[{\"name\":\"a\"}]}",
	  "commandTests[0]: the key \"command\" is missing" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTests\":[{\"name\":\"\",\"command\":\"x\"}]}",
	  "commandTests[0].name: may not be empty" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTests\":[{\"name\":\"a\",\"command\":\"x\",\"setup\":[[]]}]}",
	  "commandTests[0].setup[0]: a command without words" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTests\":[{\"name\":\"a\",\"command\":\"x\","
	  "\"expectedOutput\":[\"(\"]}]}",
	  "t.json:1:86: commandTests[0].expectedOutput[0]: the regular expression \"(\" is malformed: missing "
	  "closing parenthesis, at byte 1" },
	{ "{\"schemaVersion\":\"2.0.0\",\"commandTests\":[{\"name\":\"a\",\"command\":\"x\",\"exitCode\":\"1\"}]}",
	  "exitCode: expected a whole number, found a string" },
	{ "{\"schemaVersion\":\"2.0.0\",\"fileExistenceTests\":[{\"name\":\"a\",\"path\":\"/x\","
	  "\"permissions\":\"0644\"}]}",
	  "permissions: is written like \"-rw-r--r--\", not \"0644\"" },
	{ "{\"schemaVersion\":\"2.0.0\",\"fileExistenceTests\":[{\"name\":\"a\",\"path\":\"/x\","
	  "\"isExecutableBy\":\"all\"}]}",
	  "isExecutableBy: is \"owner\", \"group\", \"other\" or \"any\"" },
	{ "{\"schemaVersion\":\"2.0.0\",\"fileContentTests\":[{\"name\":\"a\"}]}",
	  "fileContentTests[0]: the key \"path\" is missing" },
	{ "{\"schemaVersion\":\"2.0.0\",\"fileContentTests\":[3]}",
	  "fileContentTests[0]: expected an object" },
	{ "{\"schemaVersion\":\"2.0.0\",\"metadataTest\":{\"labels\":[{\"value\":\"x\"}]}}",
	  "metadataTest.labels[0]: the key \"key\" is missing" },
	{ "{\"schemaVersion\":\"2.0.0\",\"metadataTest\":{\"env\":[{\"key\":\"x\",\"value\":\"[\",\"isRegex\":true}]}}",
	  "metadataTest.env[0].value: the regular expression \"[\" is malformed" },
	{ "{\"schemaVersion\":\"2.0.0\",\"licenseTests\":[{\"debain\":true}]}",
	  "licenseTests[0].debain: unknown key; did you mean \"debian\"?" },
	{ "{\"schemaVersion\":\"2.0.0\",\"containerRunOptions\":{\"users\":\"x\"}}",
	  "containerRunOptions.users: unknown key; did you mean \"user\"?" },
	{ "{\"schemaVersion\":\"2.0.0\"", "not valid JSON" },
};

Test(suite, every_mistake_has_its_place)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(suite_mistakes); i++) {
		struct test_suite s;
		const char *message = read_suite_text(&a, "t.json", suite_mistakes[i].text, &s);

		cr_expect(strstr(message, suite_mistakes[i].message), "%s\n%s",
			  suite_mistakes[i].text, message);
	}
}

Test(suite, yaml_truths_and_numbers_are_checked)
{
	AUTO_ARENA a = { 0 };
	struct test_suite s;

	cr_expect_str_eq(read_suite_text(&a, "t.yml",
					 "schemaVersion: 2.0.0\nfileExistenceTests:\n- name: a\n"
					 "  path: /x\n  shouldExist: yes\n",
					 &s),
			 "t.yml:5:16: fileExistenceTests[0].shouldExist: expected true or false");
	cr_expect_str_eq(read_suite_text(&a, "t.yml",
					 "schemaVersion: 2.0.0\nfileExistenceTests:\n- name: a\n"
					 "  path: /x\n  uid: root\n",
					 &s),
			 "t.yml:5:8: fileExistenceTests[0].uid: expected a number");
}
