/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/crate_libraries.h"

/* unless: with that crate beside it, it compiles the library itself. */
static const struct {
	const char *crate, *module, *unless;
} crate_modules[] = {
	{ "alsa-sys", "alsa", NULL },
	{ "cairo-sys-rs", "cairo", NULL },
	{ "gdk-pixbuf-sys", "gdk-pixbuf-2.0", NULL },
	{ "gdk-sys", "gdk-3.0", NULL },
	{ "gio-sys", "gio-2.0", NULL },
	{ "glib-sys", "glib-2.0", NULL },
	{ "gobject-sys", "gobject-2.0", NULL },
	{ "gstreamer-sys", "gstreamer-1.0", NULL },
	{ "gtk-sys", "gtk+-3.0", NULL },
	{ "gtk4-sys", "gtk4", NULL },
	{ "libdbus-sys", "dbus-1", NULL },
	{ "libgssapi-sys", "krb5-gssapi", NULL },
	{ "libpulse-sys", "libpulse", NULL },
	{ "libseccomp-sys", "libseccomp", NULL },
	{ "libsqlite3-sys", "sqlite3", NULL },
	{ "libsystemd-sys", "libsystemd", NULL },
	{ "libudev-sys", "libudev", NULL },
	{ "nettle-sys", "nettle", NULL },
	{ "openssl-sys", "openssl", "openssl-src" },
	{ "pango-sys", "pango", NULL },
	{ "pq-sys", "libpq", "pq-src" },
	{ "yeslogic-fontconfig-sys", "fontconfig", NULL },
	{ "zmq-sys", "libzmq", "zeromq-src" },
};

/* The line of Cargo.lock that names a crate; NULL: it has none. Read as text: crates of git or of a
 * folder, which cannot be locked, need libraries, too. */
static const char *crate_find(const struct own_project *p, struct str text, const char *name)
{
	struct str wanted = str_of(arena_printf(p->a, "name = \"%s\"", name)), line;

	while (str_next(&text, '\n', &line)) {
		const char *at = line.p;

		if (str_eq(str_trim(line), wanted))
			return at;
	}
	return NULL;
}

void crate_libraries_add(struct own_project *p, const char *lock)
{
	struct error ignored = { .kind = ERR_NONE };
	struct str text;

	if (!own_text(p, lock, &text, &ignored)) {
		err_clear(&ignored);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(crate_modules); i++) {
		const char *at = crate_find(p, text, crate_modules[i].crate);
		const char *unless = crate_modules[i].unless;

		if (at && !(unless && crate_find(p, text, unless)))
			own_add_library(p, LIBRARY_MODULE, crate_modules[i].module,
					own_place(p, lock, text, at));
	}
}
