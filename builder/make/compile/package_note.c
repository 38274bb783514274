/* SPDX-License-Identifier: Apache-2.0 */
/* Says what a program was built from. Knows nothing of ELF: the linker writes the note. */

#include "make/compile/package_note.h"

#include "format/json/jsonw.h"

/* VERSION_ID of the release that the toolchain is of, or NULL: then the note says nothing about it.
 */
static const char *os_version(const struct lock *lock)
{
	static const char *const releases[][2] = {
		{ "bookworm", "12" },
		{ "trixie", "13" },
		{ "forky", "14" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		if (lock->states.n && strcmp(lock->states.v[0]->codename, releases[i][0]) == 0)
			return releases[i][1];
	}
	return NULL;
}

static void note_describe_package(struct jsonw *w, const struct lock *lock,
				  const struct source_recipe *s, const struct locked_source *locked)
{
	const char *version = os_version(lock);

	jsonw_cstr(w, "type", "deb");
	jsonw_cstr(w, "os", "debian");
	if (version)
		jsonw_cstr(w, "osVersion", version);
	jsonw_cstr(w, "name", s->package);
	jsonw_printf(w, "version", "%s%s", locked->version, s->suffix ? s->suffix : "");
}

struct str note_text(struct arena *a, const struct lock *lock, const struct source_recipe *s)
{
	const struct locked_source *locked = lock_source(lock, s->name);
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	if (s->package && locked) {
		note_describe_package(&w, lock, s, locked);
	} else {
		jsonw_cstr(&w, "type", "generic");
		jsonw_cstr(&w, "name", s->name);
		if (locked && locked->version[0])
			jsonw_cstr(&w, "version", locked->version);
		else if (s->folder && s->version)
			jsonw_cstr(&w, "version", s->version);
	}
	jsonw_cstr(&w, "architecture", lock->architecture);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._", c));
}

const char *note_option(struct arena *a, const struct lock *lock, const struct source_recipe *s)
{
	struct str text = note_text(a, lock, s);
	struct buf out = { .a = a };

	buf_puts(&out, "-Wl,--package-metadata=");
	for (size_t i = 0; i < text.n; i++) {
		if (is_plain(text.p[i]))
			buf_putc(&out, text.p[i]);
		else
			buf_printf(&out, "%%%02X", (unsigned)(unsigned char)text.p[i]);
	}
	return buf_cstr(&out);
}
