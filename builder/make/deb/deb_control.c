/* SPDX-License-Identifier: Apache-2.0 */
/* Reads single fields of a control stanza and checks its form. Relations and versions are lock/'s
 * work; this file asks only whether the package is the one that was locked. */

#include "make/deb/deb_control.h"

#include <strings.h>

#define FIELDS_MAX 128

/* A line that begins a field: its name and the rest. */
static bool field_line(struct str line, struct str *name, struct str *value)
{
	if (!str_cut(line, ':', name, value) || name->n == 0 || name->p[0] == '-' ||
	    name->p[0] == '#')
		return false;
	for (size_t i = 0; i < name->n; i++) {
		if (name->p[i] <= ' ' || name->p[i] > '~')
			return false;
	}
	return true;
}

static bool is_control_field(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

struct str control_field(struct str control, const char *name)
{
	struct str rest = control, line, key, value;

	while (str_next(&rest, '\n', &line)) {
		if (field_line(line, &key, &value) && is_control_field(key, str_of(name)))
			return str_trim(value);
	}
	return (struct str){ NULL, 0 };
}

/* deb-control(5): lower-case letters, digits, "+-.", two characters at least, beginning with a
 * letter or digit. */
static bool package_name_valid(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
	size_t n = strlen(name);

	return n >= 2 && n <= 200 && strspn(name, letters) == n && !strchr("+-.", name[0]);
}

static bool control_fail(struct error *e, const char *why)
{
	return err_set(e, ERR_INPUT, "its control file is malformed: %s", why);
}

static bool text_only(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* One stanza: fields and continuation lines, no empty line, no field twice. */
static bool control_check_stanza(struct str control, struct error *e)
{
	struct str rest = control, line, key, value;
	struct str seen[FIELDS_MAX];
	size_t n = 0;

	while (str_next(&rest, '\n', &line)) {
		if (line.n && (line.p[0] == ' ' || line.p[0] == '\t') && n)
			continue;
		if (!field_line(line, &key, &value))
			return control_fail(e,
					    "a line that is not a field, or more than one stanza");
		for (size_t i = 0; i < n; i++) {
			if (is_control_field(seen[i], key))
				return control_fail(e, "a field that occurs twice");
		}
		if (n == FIELDS_MAX)
			return control_fail(e, "too many fields");
		seen[n++] = key;
	}
	return true;
}

static bool control_check_field(struct str control, const char *name, const char *locked,
				const struct place *at, struct error *e)
{
	struct str found = control_field(control, name);

	if (!found.p)
		return control_fail(e, "Package, Version or Architecture is missing");
	if (str_eq(found, str_of(locked)))
		return true;
	err_set(e, ERR_VERIFY,
		"its control file says %s \"" STR_FMT "\" where the lock says "
		"\"%s\": the lock was edited; take that back, or make the lock again",
		name, STR_ARG(found), locked);
	return at->file ? err_at(e, at->file, at->line, at->col) : false;
}

bool control_check(const struct deb *deb, struct error *e)
{
	const struct deb_package *p = deb->package;
	struct str text = deb_control_text(deb, "control");

	if (!text.p)
		return control_fail(e, "it is not there");
	if (!text_only(text) || !str_ends(text, STR("\n")))
		return control_fail(e, "control bytes, or no newline at its end");
	if (!package_name_valid(p->name))
		return err_set(e, ERR_INPUT, "\"%s\" is not a name for a package", p->name);
	return control_check_stanza(text, e) &&
	       control_check_field(text, "Package", p->name, &p->at, e) &&
	       control_check_field(text, "Version", p->version, &p->at, e) &&
	       control_check_field(text, "Architecture", p->architecture, &p->at, e);
}

static bool md5sums_line(struct str line)
{
	if (line.n < 35 || line.p[32] != ' ' || line.p[33] != ' ' || line.p[34] == '/')
		return false;
	for (size_t i = 0; i < 32; i++) {
		if (!strchr("0123456789abcdef", line.p[i]) || line.p[i] == '\0')
			return false;
	}
	return true;
}

bool md5sums_check(struct str text, struct error *e)
{
	struct str rest = text, line;
	unsigned number = 0;

	if (!text_only(text) || (text.n && !str_ends(text, STR("\n"))))
		return err_set(e, ERR_INPUT,
			       "its md5sums are malformed: control bytes, or no newline at "
			       "the end");
	while (str_next(&rest, '\n', &line)) {
		number++;
		if (!md5sums_line(line))
			return err_set(e, ERR_INPUT,
				       "its md5sums are malformed in line %u: not \"<32 hex "
				       "digits>  <relative path>\"",
				       number);
	}
	return true;
}
