/* SPDX-License-Identifier: Apache-2.0 */
/* Tables "[[package]]" with name, version, source and checksum. */

#include "format/text/cargo_lock.h"

#include "format/text/toml.h"

#define CARGO_NAME_MAX 64
#define CARGO_VERSION_MAX 128

/* A package as its lines come. */
struct cargo_package {
	const char *name, *version, *source, *checksum;
	unsigned line;
};

/* Names become names of files and parts of URLs. */
static bool cargo_is_word(const char *text, const char *more, size_t max)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      strchr(more, c)))
			return false;
	}
	return n > 0 && n <= max && text[0] != '.';
}

static bool cargo_check(const struct cargo_package *p, struct digest *checksum, struct error *e)
{
	if (!p->name || !cargo_is_word(p->name, "_-", CARGO_NAME_MAX))
		return err_set(e, ERR_INPUT, "\"%s\" is not the name of a crate",
			       p->name ? p->name : "");
	if (!p->version || !cargo_is_word(p->version, ".+-", CARGO_VERSION_MAX))
		return err_set(e, ERR_INPUT, "%s: \"%s\" is not a version", p->name,
			       p->version ? p->version : "");
	if (!p->source)
		return true;
	if (strncmp(p->source, "git+", 4) == 0)
		return err_set(e, ERR_INPUT,
			       "%s %s comes from git, of which no checksum is known: cargo vendor "
			       "puts all crates into the folder; write the settings that it prints "
			       "into .cargo/config.toml",
			       p->name, p->version);
	if ((strncmp(p->source, "registry+", 9) != 0 && strncmp(p->source, "sparse+", 7) != 0) ||
	    strpbrk(p->source, "\"\\\n\r"))
		return err_set(e, ERR_INPUT, "%s %s comes from \"%s\", which is not a registry",
			       p->name, p->version, p->source);
	return (p->checksum && digest_parse(str_of(p->checksum), checksum)) ||
	       err_set(e, ERR_INPUT, "%s %s has no checksum of 64 hexadecimal digits", p->name,
		       p->version);
}

static bool cargo_add(struct arena *a, const struct cargo_package *p, const char *file,
		      struct cargo_crates *out, struct error *e)
{
	struct cargo_crate c = { p->name, p->version, p->source, { { 0 } }, p->line };

	if (p->line == 0)
		return true;
	if (!cargo_check(p, &c.checksum, e))
		return err_at(e, file, p->line, 1);
	if (p->source)
		*list_push(a, out) = c;
	return true;
}

static void cargo_take(struct cargo_package *p, const struct toml_value *v)
{
	const char *key = v->keys.v[1];

	if (p->line == 0)
		p->line = v->line;
	if (v->kind != TOML_STRING)
		return;
	if (strcmp(key, "name") == 0)
		p->name = v->text;
	else if (strcmp(key, "version") == 0)
		p->version = v->text;
	else if (strcmp(key, "source") == 0)
		p->source = v->text;
	else if (strcmp(key, "checksum") == 0)
		p->checksum = v->text;
}

/* The first one has checksums elsewhere, the second has no number. */
static bool cargo_check_version(const struct toml *t, const char *file, struct error *e)
{
	for (size_t i = 0; i < t->v.n; i++) {
		const struct toml_value *v = &t->v.v[i];
		bool numbered = v->keys.n == 1 && strcmp(v->keys.v[0], "version") == 0;

		if (strcmp(v->keys.v[0], "metadata") == 0)
			err_set(e, ERR_INPUT,
				"the first version of Cargo.lock is not known; cargo update writes "
				"a newer one");
		else if (numbered && strcmp(v->text, "3") != 0 && strcmp(v->text, "4") != 0)
			err_set(e, ERR_INPUT,
				"version %s of Cargo.lock is not known; known are 2, 3 and 4",
				v->text);
		else
			continue;
		return err_at(e, file, v->line, 1);
	}
	return true;
}

bool cargo_lock_read(struct arena *a, struct str text, const char *file, struct cargo_crates *out,
		     struct error *e)
{
	struct cargo_package p = { .line = 0 };
	struct toml t = { .v = { NULL, 0, 0 } };
	size_t element = 0;

	if (!toml_read(a, text, file, &t, e) || !cargo_check_version(&t, file, e))
		return false;
	for (size_t i = 0; i < t.v.n; i++) {
		const struct toml_value *v = &t.v.v[i];

		if (v->element == 0 || v->keys.n != 2 || strcmp(v->keys.v[0], "package") != 0)
			continue;
		if (v->element != element && !cargo_add(a, &p, file, out, e))
			return false;
		if (v->element != element)
			p = (struct cargo_package){ .line = 0 };
		element = v->element;
		cargo_take(&p, v);
	}
	return cargo_add(a, &p, file, out, e);
}

bool cargo_lock_is_public(const char *source)
{
	return strncmp(source, "registry+", 9) == 0 &&
	       str_ends(str_of(source), STR("/crates.io-index"));
}
