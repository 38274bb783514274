/* SPDX-License-Identifier: Apache-2.0 */
/* Files of structure tests. The values of one test are read by suite_load(). */

#include "growth/growth.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "inspect/suite/suite.h"

static bool suite_as(struct arena *a, struct str input, const char *name, struct error *e)
{
	AUTO_FD fd = memfd_create(name, MFD_CLOEXEC);
	struct test_suite out = { .file = NULL };

	return fd >= 0 && fd_write(fd, input, "memfd", e) &&
	       suite_load(a, arena_printf(a, "/proc/self/fd/%d", fd), &out, e);
}

static bool suite_json(struct arena *a, struct str input, struct error *e)
{
	return suite_as(a, input, "growth.json", e);
}

#define HEAD "{\"schemaVersion\":\"2.0.0\","

static const struct growth_case suite_table[] = {
	{ "suite_load suite_read_existence", "many tests of files", 100,
	  HEAD "\"fileExistenceTests\":[",
	  "{\"name\":\"n#\",\"path\":\"/p#\",\"shouldExist\":true,\"uid\":0},", "]}",
	  .run = suite_json },
	{ "suite_load suite_read_content", "many tests of contents", 83,
	  HEAD "\"fileContentTests\":[",
	  "{\"name\":\"n#\",\"path\":\"/p\",\"expectedContents\":[\"a\"]},", "]}",
	  .run = suite_json },
	{ "suite_read_content value_patterns", "many expressions", 400,
	  HEAD "\"fileContentTests\":[{\"name\":\"n\",\"path\":\"/p\",\"expectedContents\":[",
	  "\"a#\",", "]}]}", .run = suite_json },
	{ "suite_read_first_command", "many commands of the first schema", 200,
	  "{\"schemaVersion\":\"1.0.0\",\"commandTests\":[",
	  "{\"name\":\"n#\",\"command\":[\"c\",\"x\"]},", "]}", .run = suite_json },
	{ "suite_read_first_existence", "many files of the first schema", 200,
	  "{\"schemaVersion\":\"1.0.0\",\"fileExistenceTests\":[",
	  "{\"name\":\"n#\",\"path\":\"/p#\",\"isDirectory\":true,\"shouldExist\":true},", "]}",
	  .run = suite_json },
	{ "suite_load suite_read_command value_need value_bool value_number", "many commands", 77,
	  HEAD "\"commandTests\":[",
	  "{\"name\":\"n#\",\"command\":\"c\",\"args\":[\"x\"],\"exitCode\":1},", "]}",
	  .run = suite_json },
	{ "suite_read_command value_lines", "a command after many others", 800,
	  HEAD "\"commandTests\":[{\"name\":\"n\",\"command\":\"c\",\"setup\":[", "[\"a\",\"b#\"],",
	  "]}]}", .run = suite_json },
	{ "suite_read_command", "a command of many words", 750,
	  HEAD "\"commandTests\":[{\"name\":\"n\",\"command\":\"c\",\"args\":[", "\"w#\",", "]}]}",
	  .run = suite_json },
	{ "suite_read_metadata value_pairs", "many variables", 220,
	  HEAD "\"metadataTest\":{\"envVars\":[",
	  "{\"key\":\"k#\",\"value\":\"v\",\"isRegex\":true},", "]}}", .run = suite_json },
	{ "suite_read_metadata", "many labels", 360, HEAD "\"metadataTest\":{\"labels\":[",
	  "{\"key\":\"k#\",\"value\":\"v\"},", "]}}", .run = suite_json },
	{ "suite_read_license", "many files", 750,
	  HEAD "\"licenseTests\":[{\"debian\":true,\"files\":[", "\"/f#\",", "]}]}",
	  .run = suite_json },
};
const struct growth_cases growth_suite_cases = { suite_table, ARRAY_SIZE(suite_table) };
