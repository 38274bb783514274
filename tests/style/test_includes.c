/* SPDX-License-Identifier: Apache-2.0 */
/* Who may include whom, and which library has one user: the rules of docs/design/architecture.md
 * that a compiler does not check. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"

/* The rooms of builder/ in the order in which data flows: a room sees itself and what stands before
 * it. A folder that is not in this list is an error. */
static const char *const rooms[] = {
	"base",
	"format/json",
	"format/version",
	"format/text",
	"format/machine",
	"format/elf",
	"format/archive",
	"format/debian",
	"transfer/http",
	"transfer/retry",
	"transfer/store",
	"transfer/download",
	"transfer/registry",
	"input/recipe",
	"input/release",
	"input/lock",
	"input/resolve",
	"input/relock",
	"make/tree",
	"make/deb",
	"make/scripts",
	"make/place",
	"make/compile",
	"make/unpack",
	"make/closure",
	"make/compose",
	"make/layer",
	"make/image",
	"inspect/image",
	"inspect/layers",
	"inspect/model",
	"inspect/vuln",
	"inspect/audit",
	"inspect/compare",
	"inspect/sbom",
	"inspect/suite",
	"inspect/report",
	"trust/key",
	"trust/signature",
	"trust/attestation",
	"trust/rebase",
	"trust/cache",
	"line",
	"explain",
	"explain/init",
	"explain/code",
	"cli",
};

/* An image is judged by code that shares nothing with the code that wrote it but these. */
static const char *const seen_by_inspect[] = { "base", "format", "transfer", "inspect" };

/* Headers that one file alone may include, or these. */
static const struct {
	const char *header, *file;
} single_users[] = {
	{ "curl/curl.h", "curl_library.h" },
	{ "jansson.h", "json.c" },
	{ "archive.h", "tar.c" },
	{ "archive.h", "unwrap.c" },
	{ "archive_entry.h", "tar.c" },
	{ "archive_entry.h", "unwrap.c" },
	{ "yaml.h", "yaml.c" },
	{ "pcre2.h", "regex.c" },
	{ "expat.h", "xml_values.c" },
};

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The place of a file's folder ("transfer/http/http.h") in the list, or ARRAY_SIZE(rooms). */
static size_t find_room(const char *path)
{
	size_t n = (size_t)(last_name(path) - path), i = 0;

	while (i < ARRAY_SIZE(rooms) &&
	       !(strlen(rooms[i]) + 1 == n && strncmp(rooms[i], path, n - 1) == 0))
		i++;
	return i;
}

static bool is_room_below(const char *room, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(room, folder, n) == 0 && (room[n] == 0 || room[n] == '/');
}

static bool may_see(const char *from, const char *to)
{
	if (!is_room_below(from, "inspect"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(seen_by_inspect); i++) {
		if (is_room_below(to, seen_by_inspect[i]))
			return true;
	}
	return false;
}

/* `file` is below builder/; main.c sees everything. */
static void check_include(const char *file, unsigned line, const char *header)
{
	size_t from = find_room(file), to = find_room(header);

	cr_expect(to < ARRAY_SIZE(rooms),
		  "builder/%s:%u: \"%s\" is of no folder that the list of rooms has", file, line,
		  header);
	if (from == ARRAY_SIZE(rooms) || to == ARRAY_SIZE(rooms))
		return;
	cr_expect(to <= from && may_see(rooms[from], rooms[to]),
		  "builder/%s:%u: %s may not include \"%s\"", file, line, rooms[from], header);
}

static void check_single_user(const char *file, unsigned line, struct str header)
{
	const char *user = NULL;
	bool allowed = false;

	for (size_t i = 0; i < ARRAY_SIZE(single_users); i++) {
		if (!str_eq(header, str_of(single_users[i].header)))
			continue;
		user = single_users[i].file;
		allowed = allowed || strcmp(last_name(file), user) == 0;
	}
	cr_expect(!user || allowed, "%s:%u: only %s includes this header", file, line, user);
}

static void check_file_includes(struct arena *a, const char *file)
{
	struct str text = str_of(files_get(a, file)), line, name, rest;
	const char *below = file + strlen("builder/");
	unsigned number = 0;

	cr_expect(strcmp(below, "main.c") == 0 || find_room(below) < ARRAY_SIZE(rooms),
		  "%s is in no folder that the list of rooms has", file);
	while (str_next(&text, '\n', &line)) {
		number++;
		if (!str_starts(line, STR("#include ")))
			continue;
		line = str_from(line, strlen("#include "));
		if (line.p[0] == '"' && str_cut(str_from(line, 1), '"', &name, &rest))
			check_include(below, number, str_dup(a, name));
		else if (line.p[0] == '<' && str_cut(str_from(line, 1), '>', &name, &rest))
			check_single_user(file, number, name);
	}
}

Test(style, includes_point_up_the_list_of_rooms)
{
	AUTO_ARENA a = { 0 };
	struct strings sources = files_below(&a, "builder", ".c");
	struct strings headers = files_below(&a, "builder", ".h");

	cr_assert_gt(sources.n, 300);
	for (size_t i = 0; i < sources.n; i++)
		check_file_includes(&a, sources.v[i]);
	for (size_t i = 0; i < headers.n; i++)
		check_file_includes(&a, headers.v[i]);
}

/* "base/str.h" -> BASE_STR_H: two headers with one guard hide each other. */
static const char *guard_of(struct arena *a, const char *below)
{
	char *guard = arena_strdup(a, below);

	for (char *p = guard; *p; p++)
		*p = *p >= 'a' && *p <= 'z'   ? (char)(*p - 'a' + 'A')
		     : *p >= '0' && *p <= '9' ? *p
					      : '_';
	return guard;
}

Test(style, guards_of_headers_are_their_paths)
{
	AUTO_ARENA a = { 0 };
	struct strings headers = files_below(&a, "builder", ".h");

	for (size_t i = 0; i < headers.n; i++) {
		const char *guard = guard_of(&a, headers.v[i] + strlen("builder/"));
		const char *want = arena_printf(&a, "\n#ifndef %s\n#define %s\n", guard, guard);

		cr_expect(strstr(files_get(&a, headers.v[i]), want), "%s: its guard is not %s",
			  headers.v[i], guard);
	}
}
