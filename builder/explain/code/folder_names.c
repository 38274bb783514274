/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/folder_names.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/str.h"

/* Whether a folder of a path is called like one of them. */
static bool folder_is_among(const char *path, const char *const *names, size_t n)
{
	struct str rest = str_of(path), word;

	while (str_next(&rest, '/', &word)) {
		for (size_t i = 0; i < n; i++) {
			if (word.n == strlen(names[i]) &&
			    strncasecmp(word.p, names[i], word.n) == 0)
				return true;
		}
	}
	return false;
}

bool folder_is_for_tests(const char *path)
{
	static const char *const names[] = { "test",	 "tests",     "testing",    "example",
					     "examples", "benchmark", "benchmarks", "bench",
					     "fuzz",	 "samples" };

	return folder_is_among(path, names, ARRAY_SIZE(names));
}

bool folder_is_foreign(const char *folder)
{
	static const char *const names[] = { "third_party", "third-party", "thirdparty", "3rdparty",
					     "vendor",	    "external",	   "extern",	 "deps" };

	return folder_is_among(folder, names, ARRAY_SIZE(names));
}

static bool option_has_word(const char *name, const char *const *words, size_t n)
{
	for (const char *at = name; at; at = at[0] ? at + 1 : NULL) {
		size_t length = strcspn(at, "_-");

		for (size_t i = 0; i < n; i++) {
			if (length == strlen(words[i]) && strncasecmp(at, words[i], length) == 0)
				return true;
		}
		at += length;
	}
	return false;
}

bool option_is_aside(const char *name)
{
	static const char *const aside[] = { "TEST",	 "TESTS",     "TESTING",    "UNITTESTS",
					     "DOC",	 "DOCS",      "DOXYGEN",    "DOCUMENTATION",
					     "MAN",	 "MANPAGE",   "MANPAGES",   "EXAMPLE",
					     "EXAMPLES", "BENCHMARK", "BENCHMARKS", "INTROSPECTION",
					     "VAPI" };
	static const char *const against[] = { "NO", "NOT", "DISABLE", "WITHOUT", "SKIP" };

	return option_has_word(name, aside, ARRAY_SIZE(aside)) &&
	       !option_has_word(name, against, ARRAY_SIZE(against));
}
