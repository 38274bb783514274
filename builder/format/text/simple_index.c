/* SPDX-License-Identifier: Apache-2.0 */
/* Of HTML only the attributes of <a> are looked at, as pip does. */

#include "format/text/simple_index.h"

#include "base/path.h"
#include "format/json/jsonx.h"

static int simple_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%2B" -> "+", "&amp;" -> "&" */
static const char *simple_decode(struct arena *a, struct str s, bool html)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < s.n; i++) {
		bool amp = html && str_starts(str_from(s, i), STR("&amp;"));
		int hi = -1, lo = -1;

		if (!html && s.p[i] == '%' && i + 2 < s.n) {
			hi = simple_hex(s.p[i + 1]);
			lo = simple_hex(s.p[i + 2]);
		}
		if (hi >= 0 && lo >= 0 && (hi | lo)) {
			buf_putc(&out, (char)(hi << 4 | lo));
			i += 2;
		} else {
			buf_putc(&out, s.p[i]);
			i += amp ? 4 : 0;
		}
	}
	return buf_cstr(&out);
}

/* The last part of an address, without query. */
static const char *simple_file_name(struct arena *a, const char *url)
{
	struct str path, query;

	str_cut(str_of(url), '?', &path, &query);
	return simple_decode(a, str_of(path_base(str_dup(a, path))), false);
}

static void simple_add(struct arena *a, const char *href, struct simple_files *out)
{
	static const struct str sha256 = STR("sha256=");
	struct simple_file f = { .has_sha256 = false };
	struct str url, fragment;

	str_cut(str_of(href), '#', &url, &fragment);
	f.url = str_dup(a, url);
	f.name = simple_file_name(a, f.url);
	if (str_starts(fragment, sha256))
		f.has_sha256 = digest_parse(str_from(fragment, sha256.n), &f.sha256);
	if (f.name[0])
		*list_push(a, out) = f;
}

/* The value of href in what stands behind "<a", up to ">". */
static bool simple_href(struct arena *a, struct str tag, const char **out)
{
	static const struct str name = STR("href=");
	const char *at;
	struct str value, after;

	at = memmem(tag.p, tag.n, name.p, name.n);
	if (!at)
		return false;
	value = str_from(tag, (size_t)(at - tag.p) + name.n);
	if (!value.n || (value.p[0] != '"' && value.p[0] != '\''))
		return false;
	if (!str_cut(str_from(value, 1), value.p[0], &value, &after))
		return false;
	*out = simple_decode(a, value, true);
	return true;
}

static void simple_read_html(struct arena *a, struct str text, struct simple_files *out)
{
	struct str tag, rest = text;
	const char *href;

	while (str_cut(rest, '<', &tag, &rest)) {
		if (rest.n < 2 || (rest.p[0] | 32) != 'a' || !strchr(" \t\r\n", rest.p[1]))
			continue;
		str_cut(rest, '>', &tag, &rest);
		if (simple_href(a, tag, &href))
			simple_add(a, href, out);
	}
}

static bool simple_read_json(struct arena *a, struct str text, const char *url,
			     struct simple_files *out, struct error *e)
{
	struct json_node root, files, one, hashes;
	AUTO_JSON doc = { 0 };

	if (!json_parse(url, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "files", &files, e) ||
	    !json_want_array(&files, e))
		return false;
	for (size_t i = 0; json_item(&files, i, &one); i++) {
		struct simple_file f = { .has_sha256 = false };
		const char *sha256 = NULL;

		if (!json_want_object(&one, e) || !jsonx_string(a, &one, "filename", &f.name, e) ||
		    !jsonx_string(a, &one, "url", &f.url, e))
			return false;
		if (jsonx_get(&one, "hashes", &hashes) && json_node_is_object(&hashes))
			sha256 = jsonx_text(a, &hashes, "sha256");
		f.has_sha256 = sha256 && digest_parse(str_of(sha256), &f.sha256);
		if (f.name && f.url)
			*list_push(a, out) = f;
	}
	return true;
}

bool simple_index_read(struct arena *a, struct str text, const char *url, struct simple_files *out,
		       struct error *e)
{
	if (str_starts(str_trim(text), STR("{")))
		return simple_read_json(a, text, url, out, e);
	simple_read_html(a, text, out);
	return true;
}

bool simple_split_wheel(const char *file, struct str *name, struct str *version, struct str *tag)
{
	static const struct str end = STR(".whl");
	struct str rest = str_of(file), build;
	unsigned dashes = 0;

	if (!str_ends(rest, end))
		return false;
	rest.n -= end.n;
	for (size_t i = 0; i < rest.n; i++)
		dashes += rest.p[i] == '-';
	if (dashes != 4 && dashes != 5)
		return false;
	str_cut(rest, '-', name, &rest);
	str_cut(rest, '-', version, &rest);
	if (dashes == 5)
		str_cut(rest, '-', &build, &rest);
	*tag = rest;
	return true;
}
