/* SPDX-License-Identifier: Apache-2.0 */
/* Grammar of names in archives. Knows characters, nothing else. */

#include "format/debian/debian_names.h"

#define PACKAGE_MAX 128
#define ARCHITECTURE_MAX 32
#define PATH_MAX_BYTES 1024
#define FILE_MAX 255

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool made_of(struct str s, const char *extra)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_lower(s.p[i]) && (s.p[i] == '\0' || !strchr(extra, s.p[i])))
			return false;
	}
	return true;
}

bool name_is_package(struct str s)
{
	return s.n >= 2 && s.n <= PACKAGE_MAX && is_lower(s.p[0]) && made_of(s, "+.-");
}

bool name_is_essential(struct str s)
{
	static const char *const names[] = {
		"base-files",  "base-passwd",
		"bash",	       "bsdutils",
		"coreutils",   "dash",
		"debianutils", "diffutils",
		"dpkg",	       "findutils",
		"grep",	       "gzip",
		"hostname",    "init-system-helpers",
		"libc-bin",    "ncurses-base",
		"ncurses-bin", "perl-base",
		"sed",	       "sysvinit-utils",
		"tar",	       "util-linux",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (str_eq(s, str_of(names[i])))
			return true;
	}
	return false;
}

const char *name_locale_package(const char *locale)
{
	return strcmp(locale, "C.UTF-8") == 0 || strcmp(locale, "C.utf8") == 0 ? LOCALE_PACKAGE_C
									       : LOCALE_PACKAGE_ALL;
}

bool name_is_architecture(struct str s)
{
	return s.n >= 1 && s.n <= ARCHITECTURE_MAX && is_lower(s.p[0]) && made_of(s, "-");
}

static bool is_file_of(struct str s, const char *extra)
{
	return s.n >= 1 && s.n <= FILE_MAX && !str_eq(s, STR(".")) && !str_eq(s, STR("..")) &&
	       made_of(s, extra);
}

bool name_is_file(struct str s)
{
	return is_file_of(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ+~:._-");
}

bool name_is_dependency_path(struct str s)
{
	struct str one;

	if (s.n == 0 || s.n > PATH_MAX_BYTES || str_ends(s, STR("/")))
		return false;
	while (str_next(&s, '/', &one)) {
		if (!is_file_of(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZ+~._-!@"))
			return false;
	}
	return true;
}

bool name_is_pool_path(struct str s)
{
	struct str one;

	if (s.n > PATH_MAX_BYTES || str_ends(s, STR("/")) ||
	    !(str_starts(s, STR("pool/")) || str_starts(s, STR("dists/"))))
		return false;
	while (str_next(&s, '/', &one)) {
		if (!name_is_file(one))
			return false;
	}
	return true;
}
