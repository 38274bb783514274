/* SPDX-License-Identifier: Apache-2.0 */
/* Logical lines: a "\" at the end joins the next one; what follows " #" is a comment. */

#include "format/text/requirements.h"

#include <ctype.h>
#include <sys/param.h>

#include "base/buf.h"
#include "format/text/python_marker.h"

#define REQUIREMENT_NAME_MAX 128
#define REQUIREMENT_LINE_MAX (1u << 20)

/* The rest of a line that is read. */
struct requirement_line {
	struct arena *a;
	struct str text;
	struct requirements *out;
};

const char *requirement_name(struct arena *a, struct str name)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c != '-' && c != '_' && c != '.')
			buf_putc(&out, (char)tolower((unsigned char)c));
		else if (out.n == 0 || out.p[out.n - 1] != '-')
			buf_putc(&out, '-');
	}
	return buf_cstr(&out);
}

bool requirement_index(struct arena *a, struct str url, const char *from, struct strings *out,
		       struct error *e)
{
	struct str scheme, rest, host, path;

	if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
		return err_set(e, ERR_INPUT, "%s: \"" STR_FMT "\" is not an http or https address",
			       from, STR_ARG(url));
	str_cut(url, ':', &scheme, &rest);
	str_cut(str_from(rest, 2), '/', &host, &path);
	if (memchr(host.p, '@', host.n))
		return err_set(
			e, ERR_INPUT,
			"%s: the address holds credentials, which would stand in the lock; "
			"put them into the file of IMGBUILD_NETRC or ~/.config/imgbuild/auth",
			from);
	while (str_ends(url, STR("/")))
		url.n--;
	*list_push(a, out) = str_dup(a, url);
	return true;
}

/* The next word, ended by a blank. */
static struct str requirement_word(struct str *rest)
{
	struct str word;

	*rest = str_trim(*rest);
	word = *rest;
	for (word.n = 0; word.n < rest->n && rest->p[word.n] != ' ' && rest->p[word.n] != '\t';
	     word.n++)
		;
	*rest = str_trim(str_from(*rest, word.n));
	return word;
}

static bool requirement_set_index(struct requirement_line *l, const char *name, struct str value,
				  struct error *e)
{
	bool more = strcmp(name, "--extra-index-url") == 0;

	if (!more) {
		l->out->indexes.n = 0;
		l->out->indexes_alone = true;
	}
	return requirement_index(l->a, value, name, &l->out->indexes, e);
}

/* A line of options. Words that do not begin with "-" are values of those that are passed over. */
static bool requirement_options(struct requirement_line *l, struct error *e)
{
	static const char *const indexes[] = { "--index-url", "-i", "--extra-index-url",
					       "--pypi-url" };
	static const char *const passed[] = {
		"--require-hashes", "--only-binary", "--prefer-binary", "--no-binary", "--pre",
		"--trusted-host",   "--use-feature"
	};
	struct str rest = l->text, value;

	while (rest.n) {
		struct str word = requirement_word(&rest), head;
		bool valued = str_cut(word, '=', &head, &value);
		const char *name = str_dup(l->a, head);

		if (word.p[0] != '-' || name_among(name, passed, ARRAY_SIZE(passed)))
			continue;
		if (!name_among(name, indexes, ARRAY_SIZE(indexes)))
			return err_set(e, ERR_INPUT,
				       "the option %s is not known: one requirements file names "
				       "all there is, each with its hashes; pip-compile "
				       "--generate-hashes -o requirements-lock.txt of this file "
				       "writes such a one",
				       name);
		if (!requirement_set_index(l, name, valued ? value : requirement_word(&rest), e))
			return false;
	}
	return true;
}

static bool requirement_add_hash(struct requirement_line *l, struct requirement *r, struct str text,
				 struct error *e)
{
	struct content_digest d;
	const char *lower = str_lower(l->a, text); /* pip takes capital letters, too */

	if (str_starts(text, STR("sha384:")) || str_starts(text, STR("md5:")) ||
	    str_starts(text, STR("sha1:")))
		return true; /* another one counts */
	if (!content_digest_parse(str_of(lower), &d))
		return err_set(e, ERR_INPUT,
			       "%s: \"" STR_FMT "\" is not a hash: " CONTENT_DIGEST_FORMS, r->name,
			       STR_ARG(text));
	*list_push(l->a, &r->hashes) = d;
	return true;
}

/* " --hash=sha256:... --hash=..." at the end of a requirement. */
static bool requirement_read_hashes(struct requirement_line *l, struct requirement *r,
				    struct str rest, struct error *e)
{
	static const struct str hash = STR("--hash");

	while (rest.n) {
		struct str word = requirement_word(&rest), value;

		if (!str_starts(word, hash))
			return err_set(e, ERR_INPUT,
				       "%s: \"" STR_FMT "\" is not known; expected --hash=...",
				       r->name, STR_ARG(word));
		value = word.n > hash.n ? str_from(word, hash.n + 1) : requirement_word(&rest);
		if (!requirement_add_hash(l, r, value, e))
			return false;
	}
	return r->hashes.n > 0 ||
	       err_set(e, ERR_INPUT,
		       "%s %s has no --hash=sha256:... of its own, so nothing says which bytes it is; "
		       "pip-compile --generate-hashes writes them",
		       r->name, r->version);
}

/* "name[extra]==1.2.3 ; marker" */
static bool requirement_read_head(struct requirement_line *l, struct requirement *r,
				  struct str head, struct error *e)
{
	struct str name, version, spec, extras;

	str_cut(head, ';', &spec, &r->marker);
	spec = str_trim(spec);
	r->marker = str_trim(r->marker);
	if (!str_cut(spec, '=', &name, &version))
		name = spec;
	str_cut(name, '[', &name, &extras);
	name = str_trim(name);
	for (size_t i = 0; i < name.n; i++) {
		if (!isalnum((unsigned char)name.p[i]) && !strchr("._-", name.p[i]))
			return err_set(e, ERR_INPUT,
				       "\"" STR_FMT "\" is not a requirement with a fixed version: "
				       "write name==version",
				       STR_ARG(spec));
	}
	version = str_starts(version, STR("=")) ? str_trim(str_from(version, 1))
						: (struct str){ "", 0 };
	if (str_starts(version, STR("="))) /* "===" */
		version = str_trim(str_from(version, 1));
	r->name = requirement_name(l->a, name);
	r->version = str_dup(l->a, version);
	if (!name.n || name.n > REQUIREMENT_NAME_MAX || !version.n)
		return err_set(e, ERR_INPUT,
			       "\"" STR_FMT "\" is not a requirement with a fixed version: write "
			       "name==version",
			       STR_ARG(spec));
	for (size_t i = 0; i < version.n; i++) {
		if (!isalnum((unsigned char)version.p[i]) && !strchr(".+!-_", version.p[i]))
			return err_set(e, ERR_INPUT, "%s: \"%s\" is not one version", r->name,
				       r->version);
	}
	return true;
}

static bool requirement_read_line(struct requirement_line *l, unsigned line, struct error *e)
{
	static const struct str hash = STR(" --hash");
	struct requirement r = { .name = "", .line = line };
	struct str head = l->text, rest = { "", 0 };
	const char *at;

	if (head.n == 0)
		return true;
	if (head.p[0] == '-')
		return requirement_options(l, e);
	if (memmem(head.p, head.n, "://", 3) || memmem(head.p, head.n, " @ ", 3) ||
	    head.p[0] == '.' || head.p[0] == '/')
		return err_set(
			e, ERR_INPUT,
			"\"%.*s\" comes from an address or a folder: only name==version from "
			"an index can be locked",
			(int)MIN(head.n, 60), head.p);
	at = memmem(head.p, head.n, hash.p, hash.n);
	if (at) {
		head.n = (size_t)(at - head.p);
		rest = str_trim(str_from(l->text, head.n));
	}
	if (!requirement_read_head(l, &r, head, e) || !requirement_read_hashes(l, &r, rest, e))
		return false;
	if (r.marker.n && python_marker_holds(r.marker, "x86_64", e) < 0)
		return false;
	*list_push(l->a, &l->out->v) = r;
	return true;
}

/* A comment begins the line, or stands behind a blank. */
static struct str requirement_without_comment(struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			line.n = i;
	}
	return str_trim(line);
}

bool requirements_read(struct arena *a, struct str text, const char *file, struct requirements *out,
		       struct error *e)
{
	struct requirement_line l = { .a = a, .out = out };
	struct buf joined = { .a = a, .max = REQUIREMENT_LINE_MAX };
	unsigned number = 0, first = 1;
	struct str line;

	if (str_starts(text, STR("\xef\xbb\xbf"))) /* as editors of Windows write it */
		text = str_from(text, 3);
	while (str_next(&text, '\n', &line)) {
		struct str part = requirement_without_comment(line);
		bool more = str_ends(part, STR("\\"));

		number++;
		if (joined.n == 0)
			first = number;
		if (more)
			part.n--;
		buf_add(&joined, str_trim(part));
		buf_putc(&joined, ' ');
		if (more && text.n)
			continue;
		l.text = str_copy(a, str_trim(buf_str(&joined)));
		joined.n = 0;
		if (joined.overflow || !requirement_read_line(&l, first, e)) {
			if (joined.overflow)
				err_set(e, ERR_INPUT, "the line is too long");
			return err_at(e, file, first, 1);
		}
	}
	return true;
}
