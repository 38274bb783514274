/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes as a file of structure tests, in JSON and in YAML, and as one expression
 * against a text: the first line against the others. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "format/text/regex.h"
#include "inspect/suite/suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_suite_file(struct str bytes, const char *suffix)
{
	char path[64];
	AUTO_FD fd = -1;
	AUTO_ARENA a = { 0 };
	struct test_suite suite = { .file = NULL };
	struct error e = { 0 };

	snprintf(path, sizeof(path), "/tmp/fuzz_suite.%d%s", (int)getpid(), suffix);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || !fd_write(fd, bytes, path, &e))
		abort();
	if (!suite_load(&a, path, &suite, &e) && (e.kind != ERR_INPUT || !e.cause[0]))
		abort();
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size }, rest = bytes, line;
	AUTO_ARENA a = { 0 };
	const struct regex *expression;
	const char *why = NULL;

	fuzz_suite_file(bytes, ".json");
	fuzz_suite_file(bytes, ".yaml");
	if (!str_next(&rest, '\n', &line))
		return 0;
	expression = regex_compile(&a, str_dup(&a, line), &why);
	if (!expression && !why)
		abort();
	if (expression)
		(void)regex_search(expression, rest);
	return 0;
}
