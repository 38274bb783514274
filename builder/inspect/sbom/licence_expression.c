/* SPDX-License-Identifier: Apache-2.0 */
/* Licence names. The grammar is that of DEP-5: "and" binds more tightly than "or", a comma less
 * than both ("A or B, and C"). */

#include "inspect/sbom/licence_expression.h"

#include <ctype.h>
#include <strings.h>

#include "base/digest.h"

#define ID_NAME_MAX 60 /* characters of a name in an id */

static bool is_licence_word(struct str a, const char *b)
{
	return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

/* Names that are not built by a rule: Debian's, SPDX's. */
static const char *const names[][2] = {
	{ "Expat", "MIT" },
	{ "MIT", "MIT" },
	{ "X11", "X11" },
	{ "ISC", "ISC" },
	{ "BSD-2-clause", "BSD-2-Clause" },
	{ "BSD-3-clause", "BSD-3-Clause" },
	{ "BSD-4-clause", "BSD-4-Clause" },
	{ "0BSD", "0BSD" },
	{ "Apache-1.0", "Apache-1.0" },
	{ "Apache-1.1", "Apache-1.1" },
	{ "Apache-2.0", "Apache-2.0" },
	{ "Apache-2", "Apache-2.0" },
	{ "Artistic-2.0", "Artistic-2.0" },
	{ "Artistic-2", "Artistic-2.0" },
	{ "BSL-1.0", "BSL-1.0" },
	{ "CC0-1.0", "CC0-1.0" },
	{ "CC0", "CC0-1.0" },
	{ "CC-BY-3.0", "CC-BY-3.0" },
	{ "CC-BY-4.0", "CC-BY-4.0" },
	{ "CC-BY-SA-3.0", "CC-BY-SA-3.0" },
	{ "CC-BY-SA-4.0", "CC-BY-SA-4.0" },
	{ "CDDL-1.0", "CDDL-1.0" },
	{ "EPL-1.0", "EPL-1.0" },
	{ "EPL-2.0", "EPL-2.0" },
	{ "FSFAP", "FSFAP" },
	{ "FSFUL", "FSFUL" },
	{ "FSFULLR", "FSFULLR" },
	{ "HPND", "HPND" },
	{ "IJG", "IJG" },
	{ "MPL-1.0", "MPL-1.0" },
	{ "MPL-1.1", "MPL-1.1" },
	{ "MPL-2.0", "MPL-2.0" },
	{ "NTP", "NTP" },
	{ "OFL-1.1", "OFL-1.1" },
	{ "OpenSSL", "OpenSSL" },
	{ "PostgreSQL", "PostgreSQL" },
	{ "PSF-2.0", "PSF-2.0" },
	{ "PSF-2", "PSF-2.0" },
	{ "Python-2.0", "Python-2.0" },
	{ "Sleepycat", "Sleepycat" },
	{ "TCL", "TCL" },
	{ "Unicode-DFS-2016", "Unicode-DFS-2016" },
	{ "Unlicense", "Unlicense" },
	{ "W3C", "W3C" },
	{ "WTFPL-2", "WTFPL" },
	{ "WTFPL", "WTFPL" },
	{ "Zlib", "Zlib" },
	{ "ZPL-2.1", "ZPL-2.1" },
	{ "curl", "curl" },
	{ "bzip2-1.0.6", "bzip2-1.0.6" },
	{ "libpng-2.0", "libpng-2.0" },
};

/* Families whose names have a version, and say whether later versions may be used. */
static const struct family {
	struct str prefix;
	const char *name, *middle; /* NAME-VERSION MIDDLE -only */
	const char *versions;
} families[] = {
	{ STR("GFDL-NIV-"), "GFDL", "-no-invariants", " 1.1 1.2 1.3 " },
	{ STR("GFDL-"), "GFDL", "", " 1.1 1.2 1.3 " },
	{ STR("LGPL-"), "LGPL", "", " 2.0 2.1 3.0 " },
	{ STR("AGPL-"), "AGPL", "", " 1.0 3.0 " },
	{ STR("GPL-"), "GPL", "", " 1.0 2.0 3.0 " },
};

static const char *const exceptions[][2] = {
	{ "Bison exception", "Bison-exception-2.2" },
	{ "Classpath exception", "Classpath-exception-2.0" },
	{ "Font exception", "Font-exception-2.0" },
	{ "Libtool exception", "Libtool-exception" },
	{ "Autoconf-exception-2.0", "Autoconf-exception-2.0" },
	{ "Autoconf-exception-3.0", "Autoconf-exception-3.0" },
	{ "Autoconf-exception-generic", "Autoconf-exception-generic" },
	{ "Autoconf-exception-macro", "Autoconf-exception-macro" },
	{ "Bison-exception-2.2", "Bison-exception-2.2" },
	{ "Classpath-exception-2.0", "Classpath-exception-2.0" },
	{ "Font-exception-2.0", "Font-exception-2.0" },
	{ "GCC-exception-3.1", "GCC-exception-3.1" },
	{ "Libtool-exception", "Libtool-exception" },
	{ "Linux-syscall-note", "Linux-syscall-note" },
	{ "LLVM-exception", "LLVM-exception" },
};

static const char *of_family(struct arena *a, const struct family *f, struct str rest)
{
	size_t n = strspn(rest.p, "0123456789.");
	struct str version = { rest.p, n < rest.n ? n : rest.n }, after = str_from(rest, version.n);
	const char *full = arena_printf(a,
					memchr(version.p, '.', version.n) ? " " STR_FMT " "
									  : " " STR_FMT ".0 ",
					STR_ARG(version));
	bool later = str_eq(after, STR("+")) || is_licence_word(after, "-or-later");

	if (!version.n || !strstr(f->versions, full) ||
	    (after.n && !later && !is_licence_word(after, "-only")))
		return NULL;
	return arena_printf(a, "%s-%.3s%s-%s", f->name, full + 1, f->middle,
			    later ? "or-later" : "only");
}

/* The id on SPDX's list for one name in a DEP-5 field ("GPL-2+"), or NULL. */
static const char *licence_listed(struct arena *a, struct str name)
{
	name = str_copy(a, name); /* with a NUL behind it */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_licence_word(name, names[i][0]))
			return names[i][1];
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct str prefix = families[i].prefix;

		if (name.n > prefix.n && strncasecmp(name.p, prefix.p, prefix.n) == 0)
			return of_family(a, &families[i], str_from(name, prefix.n));
	}
	return NULL;
}

/* Where the word stands, between blanks, or at the beginning; NULL: nowhere. */
static const char *word_in(struct str s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (strncasecmp(s.p + i, word, n) == 0 &&
		    (i == 0 || isspace((unsigned char)s.p[i - 1])) && i + n < s.n &&
		    isspace((unsigned char)s.p[i + n]))
			return s.p + i;
	return NULL;
}

static void split_licences(struct str s, const char *word, struct str *head, struct str *rest)
{
	const char *p = word_in(s, word);

	*head = s;
	*rest = (struct str){ NULL, 0 };
	if (p) {
		*head = (struct str){ s.p, (size_t)(p - s.p) };
		*rest = str_from(s, head->n + strlen(word));
	}
}

/* "GPL-2+ with Libtool exception". */
static const char *with_exception(struct arena *a, struct str name)
{
	struct str head, what;
	const char *id;

	split_licences(name, "with", &head, &what);
	head = str_trim(head);
	what = str_trim(what);
	id = what.n ? licence_listed(a, head) : NULL;
	for (size_t i = 0; id && i < ARRAY_SIZE(exceptions); i++)
		if (is_licence_word(what, exceptions[i][0]))
			return arena_printf(a, "%s WITH %s", id, exceptions[i][1]);
	return NULL;
}

/* What one field says, and what stands around it. */
struct licence_reading {
	struct arena *a;
	const struct copyright *copyright;
	struct str whole; /* the text under the field's whole name */
	struct licence_refs *refs;
};

static const char *ref_id(struct arena *a, struct str name, struct str text)
{
	char hex[DIGEST_TEXT];
	struct buf id = { .a = a }, all = { .a = a };
	struct digest d;

	buf_add(&all, name);
	buf_putc(&all, '\0');
	buf_add(&all, text);
	d = digest_of(buf_str(&all));
	digest_hex(&d, hex);
	buf_puts(&id, "LicenseRef-");
	for (size_t i = 0; i < name.n && i < ID_NAME_MAX; i++) {
		unsigned char c = (unsigned char)name.p[i];

		buf_putc(&id, isascii(c) && (isalnum(c) || c == '.') ? (char)c : '-');
	}
	buf_printf(&id, "-%.8s", hex);
	return buf_cstr(&id);
}

/* The place of an id among the references. */
static size_t licence_ref_place(const struct licence_refs *refs, const char *id)
{
	size_t lo = 0, hi = refs->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(refs->v[mid].id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const char *licence_add_reference(struct arena *a, struct licence_refs *refs,
					 struct str name, struct str text)
{
	const char *id = ref_id(a, name, text);
	size_t at = licence_ref_place(refs, id);

	if (at < refs->n && strcmp(refs->v[at].id, id) == 0)
		return refs->v[at].id;
	list_push(a, refs);
	memmove(&refs->v[at + 1], &refs->v[at], (refs->n - 1 - at) * sizeof(*refs->v));
	refs->v[at] = (struct licence_ref){ id, str_dup(a, name), str_copy(a, text) };
	refs->bytes += name.n + text.n;
	return id;
}

static const char *licence_reference(const struct licence_reading *r, struct str name)
{
	struct arena *a = r->a;
	struct str text = copyright_text(r->copyright, name);

	if (!text.n)
		text = r->whole;
	if (!text.n && r->copyright->structured)
		text = str_of(arena_printf(a,
					   "\"" STR_FMT
					   "\" is all that the copyright file of the package says.",
					   STR_ARG(name)));
	else if (!text.n)
		text = str_of(arena_printf(
			a,
			"The text that Debian systems have in /usr/share/common-licenses/" STR_FMT
			". On which terms it is used is told in the copyright file of the "
			"package, below /usr/share/doc.",
			STR_ARG(name)));
	if (r->refs->n >= LICENCE_REFS_MAX || r->refs->bytes + text.n > LICENCE_BYTES_MAX) {
		name = STR("not-told");
		text = STR(
			"There are more licences than are told here: see the copyright files below /usr/share/doc.");
	}
	return licence_add_reference(a, r->refs, name, text);
}

/* Texts in common-licenses whose name says all: the others exist in "only" and "or later". */
static bool says_all(struct str name)
{
	return is_licence_word(name, "Apache-2.0") || is_licence_word(name, "MPL-1.1") ||
	       is_licence_word(name, "MPL-2.0") || is_licence_word(name, "CC0-1.0");
}

static const char *licence_atom(const struct licence_reading *r, struct str name,
				struct licence_term *term)
{
	const char *id = NULL;

	if (r->copyright->structured || says_all(name))
		id = licence_listed(r->a, name);
	term->listed = id != NULL;
	if (!id && (id = with_exception(r->a, name)) != NULL)
		term->compound = true;
	return id ? id : licence_reference(r, name);
}

static void put_conjunction(const struct licence_reading *r, struct str s, struct licence_term *t,
			    struct buf *out)
{
	bool first = true;

	for (struct str head, rest = s; rest.n; first = false) {
		split_licences(rest, "and", &head, &rest);
		head = str_trim(head);
		t->compound |= !first;
		buf_puts(out, first ? "" : " AND ");
		buf_puts(out, licence_atom(r, head.n ? head : s, t));
	}
}

/* "A or B and C", without a comma. */
static void put_part(const struct licence_reading *r, struct str s, struct licence_term *t,
		     struct buf *out)
{
	bool first = true;

	for (struct str head, rest = s; rest.n; first = false) {
		split_licences(rest, "or", &head, &rest);
		head = str_trim(head);
		t->choice |= !first;
		t->compound |= !first;
		buf_puts(out, first ? "" : " OR ");
		put_conjunction(r, head.n ? head : s, t, out);
	}
}

/* Takes "and" or "or" from the beginning of what stands after a comma. */
static bool takes_or(struct str *s)
{
	static const char *const words[] = { "and", "or" };

	for (size_t i = 0; i < 2; i++)
		if (word_in(*s, words[i]) == s->p) {
			*s = str_trim(str_from(*s, strlen(words[i])));
			return i == 1;
		}
	return false;
}

static struct licence_term read_term(const struct licence_reading *r, const char *name)
{
	struct licence_term whole = { .name = name };
	const char *left = NULL;
	struct str rest = str_of(name), one;

	while (str_next(&rest, ',', &one)) {
		struct licence_term t = { .name = name };
		struct buf out = { .a = r->a };
		bool or ;

		one = str_trim(one);
		or = takes_or(&one);
		if (!one.n)
			continue;
		put_part(r, one, &t, &out);
		if (left) {
			left = arena_printf(r->a, "%s%s%s %s %s%s%s",
					    whole.choice && !or ? "(" : "", left,
					    whole.choice && !or ? ")" : "", or ? "OR" : "AND",
					    t.choice && !or ? "(" : "", buf_cstr(&out),
					    t.choice && !or ? ")" : "");
			whole.choice = or ;
			whole.compound = true;
		} else {
			left = buf_cstr(&out);
			whole = t;
		}
	}
	whole.expression = left ? left : licence_reference(r, str_of(name));
	whole.listed &= !whole.compound;
	return whole;
}

static void licence_add(struct arena *a, struct licences *l, struct licence_term t)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].expression, t.expression) == 0)
			return;
	*list_push(a, l) = t;
}

/* Takes what stands before the first AND outside of parentheses. */
static struct str next_operand(struct str *rest)
{
	static const struct str and = STR(" AND ");
	struct str one = *rest;
	int depth = 0;

	for (size_t i = 0; i < rest->n; i++) {
		depth += rest->p[i] == '(' ? 1 : rest->p[i] == ')' ? -1 : 0;
		if (depth == 0 && str_starts(str_from(*rest, i), and)) {
			one.n = i;
			break;
		}
	}
	*rest = str_from(*rest, one.n + and.n);
	return one;
}

/* "A AND (B OR C)" is two licences that hold. */
static void licence_add_operands(struct arena *a, const struct licence_refs *refs,
				 struct licences *out, const struct licence_term *t)
{
	struct str rest = str_of(t->expression);

	while (rest.n) {
		struct str one = next_operand(&rest);
		struct licence_term new = { .choice = one.p[0] == '(' };
		bool reference = str_starts(one, STR("LicenseRef-"));

		if (new.choice)
			one = (struct str){ one.p + 1, one.n - 2 };
		new.expression = str_dup(a, one);
		new.name = reference ? refs->v[licence_ref_place(refs, new.expression)].name
				     : new.expression;
		new.compound = memchr(one.p, ' ', one.n) != NULL;
		new.listed = !reference && !new.compound;
		licence_add(a, out, new);
	}
}

void licences_of(struct arena *a, const struct copyright *c, struct licence_refs *refs,
		 struct licences *out)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct licence_reading r = { a, c, c->v[i].text, refs };
		struct licence_term t = read_term(&r, arena_strdup(a, c->v[i].name));

		if (t.choice)
			licence_add(a, out, t);
		else
			licence_add_operands(a, refs, out, &t);
	}
}

const char *licences_expression(struct arena *a, const struct licences *l)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < l->n; i++) {
		bool enclose = l->n > 1 && l->v[i].choice;

		buf_printf(&out, "%s%s%s%s", i ? " AND " : "", enclose ? "(" : "",
			   l->v[i].expression, enclose ? ")" : "");
	}
	return l->n ? buf_cstr(&out) : NULL;
}
