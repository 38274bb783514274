/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/header_libraries.h"

#include "explain/code/folder_names.h"

#define HEADER_DEPTH_MAX 8
#define HEADER_FILES_MAX 4000

/* A header, or a folder of headers, and the module of pkg-config. */
static const struct {
	const char *header, *module;
} header_modules[] = {
	{ "archive.h", "libarchive" }, { "bzlib.h", "bzip2" },	    { "curl/", "libcurl" },
	{ "curses.h", "ncurses" },     { "event.h", "libevent" },   { "event2/", "libevent" },
	{ "expat.h", "expat" },	       { "gmp.h", "gmp" },	    { "jansson.h", "jansson" },
	{ "jpeglib.h", "libjpeg" },    { "libxml/", "libxml-2.0" }, { "lzma.h", "liblzma" },
	{ "magic.h", "libmagic" },     { "ncurses.h", "ncurses" },  { "ncurses/", "ncurses" },
	{ "ncursesw/", "ncurses" },    { "openssl/", "openssl" },   { "pcap.h", "libpcap" },
	{ "pcap/", "libpcap" },	       { "pcre2.h", "libpcre2-8" }, { "png.h", "libpng" },
	{ "readline/", "readline" },   { "sqlite3.h", "sqlite3" },  { "uuid/", "uuid" },
	{ "yaml.h", "yaml-0.1" },      { "zlib.h", "zlib" },	    { "zstd.h", "libzstd" },
};

struct header_walk {
	struct own_project *p;
	unsigned files;
};

/* "curses.h" of "#  include <curses.h>"; n == 0: the line has none. */
static struct str header_included(struct str line)
{
	static const struct str include = STR("include");
	const char *end;

	line = str_trim(line);
	if (!line.n || line.p[0] != '#')
		return (struct str){ "", 0 };
	line = str_trim(str_from(line, 1));
	if (!str_starts(line, include))
		return (struct str){ "", 0 };
	line = str_trim(str_from(line, include.n));
	end = line.n && line.p[0] == '<' ? memchr(line.p, '>', line.n) : NULL;
	return end ? (struct str){ line.p + 1, (size_t)(end - line.p) - 1 } : (struct str){ "", 0 };
}

static const char *header_module(struct str header)
{
	for (size_t i = 0; header.n && i < ARRAY_SIZE(header_modules); i++) {
		struct str known = str_of(header_modules[i].header);

		if (str_eq(header, known) ||
		    (known.p[known.n - 1] == '/' && str_starts(header, known)))
			return header_modules[i].module;
	}
	return NULL;
}

static bool header_read_file(struct header_walk *w, const char *name, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct str text, rest, line;

	if (!own_head(&scratch, w->p, name, &text, e))
		return false;
	for (rest = text; str_next(&rest, '\n', &line);) {
		const char *module = header_module(header_included(line));

		if (module)
			own_add_library(w->p, LIBRARY_MODULE, module,
					own_place(w->p, name, text, line.p));
	}
	return true;
}

static bool header_walk_folder(struct header_walk *w, const char *folder, unsigned depth,
			       struct error *e)
{
	static const char *const endings[] = { ".c",   ".h",   ".cc",  ".hh",
					       ".cpp", ".hpp", ".cxx", NULL };
	struct strings names = { NULL, 0, 0 };

	if (!own_names(w->p, folder, &names, e))
		return false;
	list_each(x, &names) {
		const char *path = folder[0] ? arena_printf(w->p->a, "%s/%s", folder, *x) : *x;
		bool deeper = own_is_folder(w->p, path);

		if ((*x)[0] == '.' || folder_is_for_tests(*x) || own_ignored(w->p, path))
			continue;
		if (deeper && depth < HEADER_DEPTH_MAX) {
			if (!header_walk_folder(w, path, depth + 1, e))
				return false;
		} else if (!deeper && own_name_ends(*x, endings) && w->files++ < HEADER_FILES_MAX &&
			   !header_read_file(w, path, e)) {
			return false;
		}
	}
	return true;
}

bool header_libraries_add(struct own_project *p, struct error *e)
{
	struct header_walk w = { p, 0 };

	return header_walk_folder(&w, "", 0, e);
}
