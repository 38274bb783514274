/* SPDX-License-Identifier: Apache-2.0 */
/* A key is a string that a colon follows. Strings with escapes are left alone: no key of ours has
 * any. */

#include "inspect/suite/suite_keys.h"

#include <strings.h>

static const char *const suite_keys[] = {
	"allocateTty",
	"args",
	"bindMounts",
	"capabilities",
	"cmd",
	"command",
	"commandTests",
	"containerRunOptions",
	"debian",
	"entrypoint",
	"env",
	"envFile",
	"envVars",
	"excludedContents",
	"excludedError",
	"excludedOutput",
	"exitCode",
	"expectedContents",
	"expectedError",
	"expectedOutput",
	"exposedPorts",
	"fileContentTests",
	"fileExistenceTests",
	"files",
	"gid",
	"globalEnvVars",
	"isDirectory",
	"isExecutableBy",
	"isRegex",
	"key",
	"labels",
	"licenseTests",
	"metadataTest",
	"name",
	"path",
	"permissions",
	"privileged",
	"schemaVersion",
	"setup",
	"shouldExist",
	"teardown",
	"uid",
	"unboundEnv",
	"unboundEnvVars",
	"unexposedPorts",
	"unmountedVolumes",
	"user",
	"value",
	"volumes",
	"workdir",
};

static void fold_key(char *at, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(suite_keys); i++) {
		if (strlen(suite_keys[i]) == n && strncasecmp(suite_keys[i], at, n) == 0)
			memcpy(at, suite_keys[i], n);
	}
}

/* Behind the closing quote, or the end. */
static size_t string_end(struct str s, size_t at)
{
	while (at < s.n && s.p[at] != '"')
		at += s.p[at] == '\\' ? 2 : 1;
	return at < s.n ? at + 1 : s.n;
}

struct str suite_keys_fold(struct arena *a, struct str json)
{
	char *text = str_dup(a, json);
	size_t end, next;

	for (size_t at = 0; at < json.n; at++) {
		if (json.p[at] != '"')
			continue;
		end = string_end(json, at + 1);
		for (next = end; next < json.n && strchr(" \t\r\n", json.p[next]) && json.p[next];
		     next++)
			;
		if (next < json.n && json.p[next] == ':')
			fold_key(text + at + 1, end - at - 2);
		at = end - 1;
	}
	return (struct str){ text, json.n };
}
