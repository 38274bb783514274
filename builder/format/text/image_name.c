/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of image names. Nothing here looks anything up. */

#include "format/text/image_name.h"

#define NAME_MAX_BYTES 255
#define TAG_MAX_BYTES 128

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool consists_of(struct str s, const char *set)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0' || !strchr(set, s.p[i]))
			return false;
	}
	return true;
}

bool image_name_has_host(struct str name)
{
	struct str first, rest;

	if (!str_cut(name, '/', &first, &rest))
		return false;
	return str_eq(first, STR("localhost")) || memchr(first.p, '.', first.n) ||
	       memchr(first.p, ':', first.n);
}

size_t image_name_tag_at(struct str name)
{
	size_t i = name.n;

	while (i > 0 && name.p[i - 1] != '/' && name.p[i - 1] != ':')
		i--;
	return i > 0 && name.p[i - 1] == ':' ? i - 1 : name.n;
}

static bool is_alphanumeric(char c)
{
	return c != '\0' && strchr(LOWER DIGITS, c) != NULL;
}

/* Letters and digits, with ".", "_", "__" or dashes between them. */
static bool component_ok(struct str s)
{
	if (s.n == 0 || !consists_of(s, LOWER DIGITS "._-") || !is_alphanumeric(s.p[0]) ||
	    !is_alphanumeric(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i + 1 < s.n; i++) {
		if (s.p[i] == '.' && !is_alphanumeric(s.p[i + 1]))
			return false;
		if (s.p[i] == '_' && (s.p[i + 1] == '-' || s.p[i + 1] == '.' ||
				      (i > 0 && s.p[i - 1] == '_' && s.p[i + 1] == '_')))
			return false;
		if (s.p[i] == '-' && (s.p[i + 1] == '_' || s.p[i + 1] == '.'))
			return false;
	}
	return true;
}

const char *image_name_from(struct arena *a, const char *text, const char *kept)
{
	char *name = arena_strdup(a, text), *to = name;

	for (const char *c = text; *c; c++) {
		char x = *c >= 'A' && *c <= 'Z' ? (char)(*c | 32) : *c;

		if (!is_alphanumeric(x))
			x = strchr(kept, x) ? x : '-';
		if (is_alphanumeric(x) ||
		    (to > name && (is_alphanumeric(to[-1]) || (x == '-' && to[-1] == '-'))))
			*to++ = x;
		else if (to > name) /* no two of them go together otherwise */
			to[-1] = '-';
	}
	while (to > name && !is_alphanumeric(to[-1]))
		to--;
	*to = '\0';
	return to > name ? name : NULL;
}

static bool path_ok(struct str path)
{
	struct str one;

	if (path.n == 0 || path.p[path.n - 1] == '/')
		return false;
	while (str_next(&path, '/', &one)) {
		if (!component_ok(one))
			return false;
	}
	return true;
}

bool image_tag_ok(struct str tag)
{
	return tag.n > 0 && tag.n <= TAG_MAX_BYTES && tag.p[0] != '.' && tag.p[0] != '-' &&
	       consists_of(tag, LOWER UPPER DIGITS "._-");
}

/* Letters, digits, and dashes between them. */
static bool host_label_ok(struct str s)
{
	return s.n > 0 && consists_of(s, LOWER UPPER DIGITS "-") && s.p[0] != '-' &&
	       s.p[s.n - 1] != '-';
}

/* Labels with dots between them or an address in brackets, and perhaps a port. */
static bool host_ok(struct str host)
{
	bool bracket = str_starts(host, STR("["));
	struct str name, port, label;

	if (!bracket) {
		if (str_cut(host, ':', &name, &port) && !(port.n && consists_of(port, DIGITS)))
			return false;
		for (bool more = true; more;) {
			more = str_cut(name, '.', &label, &name);
			if (!host_label_ok(label))
				return false;
		}
		return true;
	}
	if (!str_cut(str_from(host, 1), ']', &name, &port) || name.n == 0 ||
	    !consists_of(name, "abcdefABCDEF" DIGITS ":"))
		return false;
	return port.n == 0 ||
	       (port.n > 1 && port.p[0] == ':' && consists_of(str_from(port, 1), DIGITS));
}

bool image_name_check(const char *name, struct error *e)
{
	struct str s = str_of(name), host, path = s;
	size_t cut = image_name_tag_at(s);

	path.n = cut;
	if (image_name_has_host(path)) {
		(void)str_cut(path, '/', &host, &path);
		if (!host_ok(host))
			return err_set(e, ERR_INPUT,
				       "image name \"%s\": \"" STR_FMT "\" is not a host%s", name,
				       STR_ARG(host),
				       memchr(host.p, ':', host.n) ? " with a port" : "");
	}
	if (cut > NAME_MAX_BYTES || !path_ok(path))
		return err_set(e, ERR_INPUT,
			       "\"%s\" is not an image name: it is [HOST/]NAME[:TAG], the name "
			       "in lower-case letters, digits and . _ - /",
			       name);
	if (cut < s.n && !image_tag_ok(str_from(s, cut + 1)))
		return err_set(e, ERR_INPUT,
			       "image name \"%s\": a tag has 1 to %d letters, digits and "
			       "_ . -, and does not begin with . or -",
			       name, TAG_MAX_BYTES);
	return true;
}

const char *image_name_tagged(struct arena *a, const char *name)
{
	struct str s = str_of(name);

	return image_name_tag_at(s) < s.n ? name : arena_printf(a, "%s:latest", name);
}

const char *image_name_full(struct arena *a, const char *name)
{
	const char *tagged = image_name_tagged(a, name);

	return image_name_has_host(str_of(name)) ? tagged : arena_printf(a, "localhost/%s", tagged);
}
