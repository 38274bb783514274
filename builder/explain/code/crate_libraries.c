/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/crate_libraries.h"

#include "format/text/cargo_lock.h"

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

static const struct cargo_crate *crate_find(const struct cargo_crates *crates, const char *name)
{
	list_each(x, crates) {
		if (strcmp(x->name, name) == 0)
			return x;
	}
	return NULL;
}

void crate_libraries_add(struct own_project *p, const char *lock)
{
	struct cargo_crates crates = { NULL, 0, 0 };
	struct error ignored = { .kind = ERR_NONE };
	struct str text;

	if (!own_text(p, lock, &text, &ignored) ||
	    !cargo_lock_read(p->a, text, own_path(p, lock), &crates, &ignored)) {
		err_clear(&ignored);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(crate_modules); i++) {
		const struct cargo_crate *x = crate_find(&crates, crate_modules[i].crate);
		const char *unless = crate_modules[i].unless;

		if (x && !(unless && crate_find(&crates, unless)))
			own_add_library(p, LIBRARY_MODULE, crate_modules[i].module,
					arena_printf(p->a, "%s:%u", own_path(p, lock), x->line));
	}
}
