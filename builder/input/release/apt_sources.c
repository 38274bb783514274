/* SPDX-License-Identifier: Apache-2.0 */
/* sources.list(5) in both its forms. An entry counts when its suites are those of Debian: any
 * release serves, because a mirror that has one release of an archive has the others, too. */

#include "input/release/apt_sources.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "format/debian/deb822.h"

#define SOURCES_MAX (1u << 20)

static void add_mirror(struct arena *a, struct str url, const char *archive, struct mirrors *out)
{
	if (!mirror_url_valid(url))
		return;
	while (str_ends(url, STR("/")))
		url.n--;
	mirrors_add(a, out, archive, str_dup(a, url), "the host's apt configuration");
}

/* All pairs of an entry's addresses and the archives its suites belong to. */
static void apt_add_entry(struct arena *a, struct str urls, struct str suites, struct mirrors *out)
{
	struct str url, suite;

	while (deb822_word(&urls, &url)) {
		for (struct str rest = suites; deb822_word(&rest, &suite);) {
			const char *archive = archive_of_suite(suite);

			if (archive)
				add_mirror(a, url, archive, out);
		}
	}
}

static bool says_no(struct str s)
{
	static const char *const no[] = { "no", "false", "without", "off", "disable", "0" };

	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		if (s.n == strlen(no[i]) && strncasecmp(s.p, no[i], s.n) == 0)
			return true;
	}
	return false;
}

static void read_deb822(struct arena *a, struct str text, struct mirrors *out)
{
	struct error ignored = { 0 };
	struct deb822 r;

	deb822_init(&r, text, "sources");
	r.comments = true;
	while (deb822_next(&r, &ignored) > 0) {
		if (!says_no(deb822_get(&r, "Enabled")))
			apt_add_entry(a, deb822_get(&r, "URIs"), deb822_get(&r, "Suites"), out);
	}
}

/* "deb [options] URL SUITE component..."; a '#' begins a comment. */
static void apt_read_line(struct arena *a, struct str line, struct mirrors *out)
{
	struct str type, url, suite, comment;

	str_cut(line, '#', &line, &comment);
	if (!deb822_word(&line, &type) ||
	    !(str_eq(type, STR("deb")) || str_eq(type, STR("deb-src"))))
		return;
	line = str_trim(line);
	if (line.n && line.p[0] == '[') {
		const char *end = memchr(line.p, ']', line.n);

		if (!end)
			return;
		line = str_from(line, (size_t)(end - line.p) + 1);
	}
	if (deb822_word(&line, &url) && deb822_word(&line, &suite))
		apt_add_entry(a, url, suite, out);
}

static void apt_read_file(struct arena *a, const char *path, struct mirrors *out)
{
	struct error ignored = { 0 };
	struct str text, line;

	if (!io_read_file(a, AT_FDCWD, path, SOURCES_MAX, &text, &ignored))
		return;
	if (str_ends(str_of(path), STR(".sources"))) {
		read_deb822(a, text, out);
		return;
	}
	while (str_next(&text, '\n', &line))
		apt_read_line(a, line, out);
}

/* apt reads files named *.list and *.sources of letters, digits, '_', '-' and '.' only. */
static bool is_sources_name(const char *name)
{
	struct str s = str_of(name);

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-' || c == '.'))
			return false;
	}
	return s.p[0] != '.' && (str_ends(s, STR(".list")) || str_ends(s, STR(".sources")));
}

void apt_sources_find(struct arena *a, const char *apt_root, struct mirrors *out)
{
	const char *parts = arena_printf(a, "%s/etc/apt/sources.list.d", apt_root);
	AUTO_FD fd = open(parts, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct strings names = { 0 };
	struct error ignored = { 0 };

	apt_read_file(a, arena_printf(a, "%s/etc/apt/sources.list", apt_root), out);
	if (fd < 0 || !file_names(a, fd, parts, &names, &ignored))
		return;
	for (size_t i = 0; i < names.n; i++) {
		if (is_sources_name(names.v[i]))
			apt_read_file(a, arena_printf(a, "%s/%s", parts, names.v[i]), out);
	}
}
