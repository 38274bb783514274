/* SPDX-License-Identifier: Apache-2.0 */
/* Guesses by name, proofs by content. */

#include "input/resolve/development_search.h"

#include <ctype.h>
#include <stdlib.h>

#include "input/resolve/archive_state.h"
#include "input/resolve/provider_needs.h"

#define STEP "headers"
#define GUESSES_MAX 8
#define PACKAGE_MAX (16u << 20) /* bytes of one that is looked into for a guess */

/* Libraries that many projects use, and whose packages have another name. */
static const struct {
	const char *library, *package;
} development_others[] = {
	{ "alsa", "libasound2-dev" },
	{ "bzip2", "libbz2-dev" },
	{ "capability", "libcap-dev" },
	{ "crypto", "libssl-dev" },
	{ "curses", "libncurses-dev" },
	{ "e2p", "libext2fs-dev" },
	{ "form", "libncurses-dev" },
	{ "formw", "libncurses-dev" },
	{ "gdk-3.0", "libgtk-3-dev" },
	{ "gdlib", "libgd-dev" },
	{ "glib-2.0", "libgio-2.0-dev" },
	{ "gmodule-2.0", "libgio-2.0-dev" },
	{ "gobject-2.0", "libgio-2.0-dev" },
	{ "gssrpc", "libkrb5-dev" },
	{ "gthread-2.0", "libgio-2.0-dev" },
	{ "libcares", "libc-ares-dev" },
	{ "libcrypto", "libssl-dev" },
	{ "libpcap", "libpcap0.8-dev" },
	{ "libtinfo", "libncurses-dev" },
	{ "ncurses", "libncurses-dev" },
	{ "ncursesw", "libncurses-dev" },
	{ "openssl", "libssl-dev" },
	{ "pcap", "libpcap0.8-dev" },
	{ "mysql", "libmariadb-dev" },
	{ "Qt5", "qtbase5-dev" },
	{ "security", "libpam0g-dev" },
	{ "tcpd", "libwrap0-dev" },
	{ "tinfo", "libncurses-dev" },
	{ "vapigen", "valac" },
	{ "z", "zlib1g-dev" },
};

/* One guess: how much of the library's name its own begins with, how much longer it is. */
struct development_guess {
	const char *name;
	bool openssl; /* of several forms that which bases stand on */
	size_t same, apart;
};

static const char *development_skip_lib(const char *name)
{
	return strncasecmp(name, "lib", 3) == 0 ? name + 3 : name;
}

/* Letters and digits of a name, without "lib" and "-dev": "gtk30" of "gtk+-3.0". */
static const char *development_core(struct arena *a, const char *name)
{
	char *core = arena_strdup(a, development_skip_lib(name)), *to = core;
	size_t n = strlen(core);

	if (str_ends(str_of(core), STR("-dev")))
		core[n - 4] = '\0';
	for (const char *c = core; *c; c++) {
		if (isalnum((unsigned char)*c))
			*to++ = (char)tolower((unsigned char)*c);
	}
	*to = '\0';
	return core;
}

static struct development_guess development_weigh(struct arena *a, const char *package,
						  const char *core)
{
	const char *own = development_core(a, package);
	size_t n = strlen(own), m = strlen(core), same = 0;

	while (own[same] && own[same] == core[same])
		same++;
	return (struct development_guess){ .name = package,
					   .openssl = strstr(package, "openssl") != NULL,
					   .same = same,
					   .apart = n > m ? n - m : m - n };
}

static int development_order(const void *a, const void *b)
{
	const struct development_guess *x = a, *y = b;

	if (x->same != y->same)
		return x->same > y->same ? -1 : 1;
	if (x->openssl != y->openssl)
		return x->openssl ? -1 : 1;
	if (x->apart != y->apart)
		return x->apart < y->apart ? -1 : 1;
	if (strlen(x->name) != strlen(y->name)) /* "libpng-dev" before "libpng++-dev" */
		return strlen(x->name) < strlen(y->name) ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The letters that a name begins with, without "lib". */
static struct str development_stem(struct arena *a, const char *library)
{
	const char *core = development_skip_lib(library);
	size_t n = 0;

	while (isalpha((unsigned char)core[n]))
		n++;
	return str_of(str_lower(a, (struct str){ core, n || !core[0] ? n : 1 }));
}

void development_guess(struct arena *a, const struct index *x, const char *library,
		       struct strings *out)
{
	struct str stem = development_stem(a, library);
	const char *core = development_core(a, library);
	struct LIST(struct development_guess) guesses = { 0 };
	struct strings names = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(development_others); i++) {
		if (strcasecmp(development_others[i].library, library) == 0 &&
		    index_candidate(x, str_of(development_others[i].package)))
			*list_push(a, out) = development_others[i].package;
	}
	/* "libbrotlienc" is one of several libraries of libbrotli-dev */
	for (size_t n = stem.n; guesses.n == 0 && n && n + n / 2 >= stem.n; n--) {
		struct str part = { stem.p, n };

		index_names(a, x, str_of(arena_printf(a, "lib" STR_FMT, STR_ARG(part))), &names);
		index_names(a, x, part, &names);
		list_each(name, &names) {
			const struct index_package *p = index_candidate(x, str_of(*name));

			if (p && p->size <= PACKAGE_MAX && str_ends(p->name, STR("-dev")))
				*list_push(a, &guesses) = development_weigh(a, *name, core);
		}
	}
	if (guesses.n)
		qsort(guesses.v, guesses.n, sizeof(*guesses.v), development_order);
	for (size_t i = 0; i < guesses.n && out->n < GUESSES_MAX; i++) {
		if (!strings_has(out, guesses.v[i].name))
			*list_push(a, out) = guesses.v[i].name;
	}
	/* "bash-completion" has a module for others, too */
	if (index_candidate(x, str_of(library)) && !strings_has(out, library))
		*list_push(a, out) = library;
}

/* 1: the package has the file; it is that of `w` then. */
static int development_has(struct arena *a, const struct archive_state *s, struct contents_want *w,
			   size_t file, const char *package, const char *path, struct error *e)
{
	struct component c = { .name = "headers" };
	struct provider p = { 0 };
	const char *lost;
	int got;

	*list_push(a, &c.needs_files) = path;
	*list_push(a, &p.packages) = package;
	got = needs_met(a, s, &c, &p, &lost, e);
	if (got > 0) {
		w->found = file;
		w->path = path;
		*list_push(a, &w->packages) = package;
	}
	return got;
}

/* Where letters may be small or not: any letters in the folder of the file, for the package was
 * guessed by its name. "lib/PyYAML-STAR/METADATA" -> "lib/??????-STAR/METADATA" */
static const char *development_any_letters(struct arena *a, const char *pattern)
{
	char *out = arena_strdup(a, pattern), *end = strrchr(out, '/');

	for (char *c = end; c && c > out && c[-1] != '/'; c--) {
		if (isalpha((unsigned char)c[-1]))
			c[-1] = '?';
	}
	return out;
}

/* 1: the package has one of the files, as they are spelt. */
static int development_look(struct arena *a, const struct archive_state *s, struct contents_want *w,
			    const char *package, struct error *e)
{
	for (size_t i = 0; i < w->files.n; i++) {
		const struct contents_file *f = &w->files.v[i];

		for (size_t k = 0; k < f->folders.n; k++) {
			const struct contents_folder *in = &f->folders.v[k];
			const char *folder = in->within ? arena_printf(a, "%s/%s", in->path,
								       w->library)
							: in->path;
			const char *path = in->pattern && f->any_case
						   ? development_any_letters(a, in->path)
					   : in->pattern
						   ? in->path
						   : arena_printf(a, "%s/%s", folder, f->name);
			int got = development_has(a, s, w, i, package, path, e);

			if (got)
				return got;
		}
	}
	return 0;
}

/* Whether a guess may be looked into: the whole package is fetched for it. */
static bool development_may_look(const struct archive_state *s, const char *package)
{
	const struct index_package *p = index_candidate(&s->index, str_of(package));

	return p && p->size <= PACKAGE_MAX;
}

static bool development_probe(struct arena *a, const struct archive_state *s,
			      struct contents_want *w, struct error *e)
{
	struct strings guesses = w->guesses;

	if (w->files.n == 0) {
		if (index_candidate(&s->index, str_of(w->library)))
			*list_push(a, &w->packages) = w->library;
		return true;
	}
	if (guesses.n == 0)
		development_guess(a, &s->index, w->library, &guesses);
	for (size_t i = 0; i < guesses.n && !w->path; i++) {
		if (development_may_look(s, guesses.v[i]) &&
		    development_look(a, s, w, guesses.v[i], e) < 0)
			return err_wrap(e, "look for the headers of %s", w->library);
	}
	return true;
}

/* Each of many may take a second. */
static bool development_probe_all(struct arena *a, struct archive_state *s,
				  struct contents_wants *wants, struct progress *progress,
				  struct error *e)
{
	size_t found = 0;
	bool ok = true;

	progress_begin(progress, STEP, "for %zu libraries", wants->n);
	for (size_t i = 0; ok && i < wants->n; i++) {
		ok = wants->v[i].path || development_probe(a, s, &wants->v[i], e);
		found += wants->v[i].packages.n > 0;
		progress_advance(progress, STEP, i + 1, wants->n);
	}
	ok = state_sound(s, e) && ok;
	if (ok)
		progress_end(progress, STEP, false, "for %zu of %zu libraries", found, wants->n);
	return ok;
}

bool development_find(struct arena *a, const struct lock_order *o, struct contents_wants *wants,
		      struct error *e)
{
	const struct strings no_sources = { 0 };

	for (int tries = 0; tries < STATE_TRIES; tries++) {
		AUTO_STATE s = { 0 };

		err_clear(e);
		if (state_open(a, o, &no_sources, &s, e) &&
		    development_probe_all(a, &s, wants, o->progress, e))
			return contents_find(a, o, wants, e);
		if (!state_mend(&s))
			break;
	}
	return false;
}
