/* SPDX-License-Identifier: Apache-2.0 */
/* Of HTML only the attributes of <a> and <base> are looked at, as pip does. */

#include "format/text/simple_index.h"

#include "base/path.h"
#include "format/json/jsonx.h"
#include "format/text/html_tags.h"

static int simple_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%2B" -> "+" */
static const char *simple_decode(struct arena *a, struct str s)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < s.n; i++) {
		int hi = -1, lo = -1;

		if (s.p[i] == '%' && i + 2 < s.n) {
			hi = simple_hex(s.p[i + 1]);
			lo = simple_hex(s.p[i + 2]);
		}
		if (hi >= 0 && lo >= 0 && (hi | lo)) {
			buf_putc(&out, (char)(hi << 4 | lo));
			i += 2;
		} else {
			buf_putc(&out, s.p[i]);
		}
	}
	return buf_cstr(&out);
}

/* The last part of an address, without query. */
static const char *simple_file_name(struct arena *a, const char *url)
{
	struct str path, query;

	str_cut(str_of(url), '?', &path, &query);
	return simple_decode(a, str_of(path_base(str_dup(a, path))));
}

static void simple_add(struct arena *a, const char *href, const char *base,
		       const struct html_tag *tag, struct simple_files *out)
{
	static const struct str sha256 = STR("sha256=");
	struct simple_file f = { .base = base,
				 .python = html_attribute(a, tag, STR("data-requires-python")),
				 .yanked = html_attribute(a, tag, STR("data-yanked")) };
	struct str url, fragment;

	str_cut(str_of(href), '#', &url, &fragment);
	f.url = str_dup(a, url);
	f.name = simple_file_name(a, f.url);
	if (str_starts(fragment, sha256))
		f.has_sha256 = digest_parse(str_from(fragment, sha256.n), &f.sha256);
	if (f.name[0])
		*list_push(a, out) = f;
}

static void simple_read_html(struct arena *a, struct str text, struct simple_files *out)
{
	const char *base = NULL, *href;
	struct html_tag tag;

	while (html_next_tag(&text, &tag)) {
		bool link = html_tag_is(&tag, STR("a"));

		if (!link && (base || !html_tag_is(&tag, STR("base"))))
			continue;
		href = html_attribute(a, &tag, STR("href"));
		if (href && link)
			simple_add(a, href, base, &tag, out);
		else if (href)
			base = href;
	}
}

/* false, true or the reason */
static const char *simple_yanked(struct arena *a, const struct json_node *file)
{
	const char *reason = jsonx_text(a, file, "yanked");
	struct error ignored = { .kind = ERR_NONE };
	struct json_node n;
	bool yanked = false;

	return reason ? reason
	       : jsonx_get(file, "yanked", &n) && json_as_bool(&n, &yanked, &ignored) && yanked
		       ? ""
		       : NULL;
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
		f.python = jsonx_text(a, &one, "requires-python");
		f.yanked = simple_yanked(a, &one);
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

bool simple_split_wheel(const char *file, struct simple_wheel *out)
{
	static const struct str end = STR(".whl");
	struct str rest = str_of(file);
	unsigned dashes = 0;

	*out = (struct simple_wheel){ .build = { "", 0 } };
	if (!str_ends(rest, end))
		return false;
	rest.n -= end.n;
	for (size_t i = 0; i < rest.n; i++)
		dashes += rest.p[i] == '-';
	if (dashes != 4 && dashes != 5)
		return false;
	str_cut(rest, '-', &out->name, &rest);
	str_cut(rest, '-', &out->version, &rest);
	if (dashes == 5)
		str_cut(rest, '-', &out->build, &rest);
	out->tag = rest;
	return true;
}

/* "10rc" -> "10" and "rc"; leading zeros count for nothing. */
static struct str simple_build_number(struct str *build)
{
	struct str number = *build;

	for (number.n = 0;
	     number.n < build->n && build->p[number.n] >= '0' && build->p[number.n] <= '9';
	     number.n++)
		;
	*build = str_from(*build, number.n);
	while (number.n && number.p[0] == '0')
		number = str_from(number, 1);
	return number;
}

struct str simple_sdist_end(struct str file)
{
	static const struct str ends[] = { STR(".tar.gz"), STR(".tgz"), STR(".tar"),
					   STR(".tar.xz"), STR(".txz"), STR(".tar.bz2"),
					   STR(".tbz"),	   STR(".zip") };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (str_ends(file, ends[i]))
			return ends[i];
	}
	return (struct str){ "", 0 };
}

int simple_compare_builds(struct str a, struct str b)
{
	struct str x, y;

	if (!a.n || !b.n)
		return (a.n > 0) - (b.n > 0);
	x = simple_build_number(&a);
	y = simple_build_number(&b);
	if (x.n != y.n)
		return x.n > y.n ? 1 : -1;
	return str_eq(x, y) ? str_cmp(a, b) : str_cmp(x, y);
}
