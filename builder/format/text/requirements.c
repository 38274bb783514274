/* SPDX-License-Identifier: Apache-2.0 */
/* Logical lines: a "\" at the end joins the next one; what follows " #" is a comment. */

#include "format/text/requirements.h"

#include <ctype.h>
#include <sys/param.h>

#include "base/buf.h"
#include "base/merge_marks.h"
#include "format/text/python_marker.h"

#define REQUIREMENT_NAME_MAX 128
#define REQUIREMENT_LINE_MAX (1u << 20)

/* The rest of a line that is read. */
struct requirement_line {
	struct arena *a;
	struct str text;
	bool constraints; /* the file has those */
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

/* Without the quotes around it. */
static struct str requirement_unquoted(struct str word)
{
	if (word.n >= 2 && (word.p[0] == '"' || word.p[0] == '\'') &&
	    word.p[word.n - 1] == word.p[0])
		return (struct str){ word.p + 1, word.n - 2 };
	return word;
}

static bool requirement_include(const struct requirement_line *l, bool constraints, struct str path,
				struct error *e)
{
	struct requirements_include *by = l->out->include;

	path = requirement_unquoted(path);
	if (!by || !path.n || memmem(path.p, path.n, "://", 3))
		return err_set(e, ERR_INPUT,
			       "%s \"" STR_FMT
			       "\" does not name a file of the project: write its path",
			       constraints ? "-c" : "-r", STR_ARG(path));
	return by->read(by, path, constraints, e);
}

static bool requirement_refuse_option(const char *name, struct error *e)
{
	if (strcmp(name, "-e") == 0 || strcmp(name, "--editable") == 0)
		return err_set(
			e, ERR_INPUT,
			"%s installs from a folder: remove the line, what the project itself "
			"is made of is in the image by the steps of its source (uv export "
			"--no-emit-project leaves it out)",
			name);
	return err_set(
		e, ERR_INPUT,
		"the option %s is not known: requirements files name all there is, each with "
		"its hashes; pip-compile --generate-hashes -o requirements-lock.txt of this "
		"file writes such a one",
		name);
}

/* Options with a value: "--name=value", "--name value", and "-rvalue". */
enum requirement_option { OPTION_INDEX, OPTION_REQUIREMENTS, OPTION_CONSTRAINTS, OPTION_NONE };

static enum requirement_option requirement_option(struct str *word)
{
	static const struct {
		struct str name;
		enum requirement_option option;
	} known[] = {
		{ STR("--index-url"), OPTION_INDEX },	       { STR("-i"), OPTION_INDEX },
		{ STR("--extra-index-url"), OPTION_INDEX },    { STR("--pypi-url"), OPTION_INDEX },
		{ STR("--requirement"), OPTION_REQUIREMENTS }, { STR("-r"), OPTION_REQUIREMENTS },
		{ STR("--constraint"), OPTION_CONSTRAINTS },   { STR("-c"), OPTION_CONSTRAINTS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (str_eq(*word, known[i].name) ||
		    (known[i].name.n == 2 && str_starts(*word, known[i].name))) {
			word->n = known[i].name.n;
			return known[i].option;
		}
	}
	return OPTION_NONE;
}

/* A line of options. Words that do not begin with "-" are values of those that are passed over. */
static bool requirement_options(struct requirement_line *l, struct error *e)
{
	static const char *const passed[] = {
		"--require-hashes", "--only-binary", "--prefer-binary", "--no-binary", "--pre",
		"--trusted-host",   "--use-feature"
	};
	struct str rest = l->text, value;

	while (rest.n) {
		struct str word = requirement_word(&rest), head;
		bool valued = str_cut(word, '=', &head, &value);
		enum requirement_option option;
		const char *name;

		if (word.p[0] != '-' || name_among(str_dup(l->a, head), passed, ARRAY_SIZE(passed)))
			continue;
		option = requirement_option(&head);
		name = str_dup(l->a, head);
		if (option == OPTION_NONE)
			return requirement_refuse_option(name, e);
		if (head.n == 2 && word.n > 2)
			value = str_from(word, word.p[2] == '=' ? 3 : 2);
		else if (!valued)
			value = requirement_word(&rest);
		if (!(option == OPTION_INDEX
			      ? requirement_set_index(l, name, value, e)
			      : requirement_include(l, option == OPTION_CONSTRAINTS, value, e)))
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
	return true;
}

static bool requirement_is_version(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (!isalnum((unsigned char)text.p[i]) && !strchr(".+!-_", text.p[i]))
			return false;
	}
	return text.n > 0;
}

/* "==1.2.3", "=== 1.2.3" */
static const char *requirement_version(struct arena *a, struct str specifiers)
{
	if (!str_starts(specifiers, STR("==")))
		return "";
	specifiers = str_from(specifiers, str_starts(specifiers, STR("===")) ? 3 : 2);
	specifiers = str_trim(specifiers);
	return requirement_is_version(specifiers) ? str_dup(a, specifiers) : "";
}

bool requirement_split(struct arena *a, struct str head, struct requirement *r, struct error *e)
{
	struct str name, spec;

	str_cut(head, ';', &spec, &r->marker);
	spec = str_trim(spec);
	r->marker = str_trim(r->marker);
	name = spec;
	for (name.n = 0; name.n < spec.n &&
			 (isalnum((unsigned char)spec.p[name.n]) || strchr("._-", spec.p[name.n]));
	     name.n++)
		;
	r->specifiers = str_trim(str_from(spec, name.n));
	r->extras = (struct str){ "", 0 };
	if (str_starts(r->specifiers, STR("[")) &&
	    str_cut(r->specifiers, ']', &r->extras, &r->specifiers)) {
		r->extras = str_trim(str_from(r->extras, 1));
		r->specifiers = str_trim(r->specifiers);
	}
	if (str_starts(r->specifiers, STR("(")) && str_ends(r->specifiers, STR(")")))
		r->specifiers = str_trim((struct str){ r->specifiers.p + 1, r->specifiers.n - 2 });
	if (!name.n || name.n > REQUIREMENT_NAME_MAX ||
	    (r->specifiers.n &&
	     (!strchr("<>=!~", r->specifiers.p[0]) ||
	      (r->specifiers.p[0] == '=' && !str_starts(r->specifiers, STR("=="))))))
		return err_set(e, ERR_INPUT,
			       "\"" STR_FMT "\" is not a requirement with a fixed version: write "
			       "name==version",
			       STR_ARG(spec));
	r->name = requirement_name(a, name);
	r->version = requirement_version(a, r->specifiers);
	return true;
}

static void requirement_add_constraint(struct requirement_line *l, const struct requirement *r)
{
	struct requirement_list **same = (struct requirement_list **)
		strmap_slot(l->a, &l->out->constrained, str_of(r->name));

	if (!*same) {
		*same = arena_alloc(l->a, sizeof(**same));
		**same = (struct requirement_list){ NULL, 0, 0 };
	}
	*list_push(l->a, *same) = *r;
	*list_push(l->a, &l->out->constraints) = *r;
}

static bool requirement_read_line(struct requirement_line *l, const char *file, unsigned line,
				  struct error *e)
{
	static const struct str hash = STR(" --hash");
	struct requirement r = { .name = "", .file = file, .line = line };
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
	if (!requirement_split(l->a, head, &r, e) || !requirement_read_hashes(l, &r, rest, e))
		return false;
	if (r.marker.n && python_marker_holds(r.marker, "x86_64", e) < 0)
		return false;
	if (l->constraints)
		requirement_add_constraint(l, &r);
	else
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

bool requirements_read(struct arena *a, struct str text, const char *file, bool constraints,
		       struct requirements *out, struct error *e)
{
	struct requirement_line l = { .a = a, .constraints = constraints, .out = out };
	struct buf joined = { .a = a, .max = REQUIREMENT_LINE_MAX };
	const struct str all = text;
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
		if (joined.overflow || !requirement_read_line(&l, file, first, e)) {
			if (joined.overflow)
				err_set(e, ERR_INPUT, "the line is too long");
			err_at(e, file, first, 1);
			return merge_marks_explain(all, file, e);
		}
	}
	return true;
}
