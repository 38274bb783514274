/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of packaging.specifiers. */

#include "format/version/pep440_specifiers.h"

#include <ctype.h>

#include "format/version/pep440.h"

/* Without "+cpu". */
static struct str specifier_public(struct str version)
{
	struct str local;

	str_cut(version, '+', &version, &local);
	return version;
}

/* "1!2.0" of "v1!2.0.post1": epoch and numbers; *suffix what follows them. */
static struct str specifier_base(struct str version, struct str *suffix)
{
	size_t n = 0;

	if (version.n && (version.p[0] == 'v' || version.p[0] == 'V'))
		version = str_from(version, 1);
	while (n < version.n && (isdigit((unsigned char)version.p[n]) ||
				 ((version.p[n] == '.' || version.p[n] == '!') &&
				  n + 1 < version.n && isdigit((unsigned char)version.p[n + 1]))))
		n++;
	*suffix = str_from(version, n);
	return (struct str){ version.p, n };
}

static bool specifier_has_word(struct str suffix, const char *const *words)
{
	while (suffix.n && strchr(".-_", suffix.p[0]))
		suffix = str_from(suffix, 1);
	for (; *words; words++) {
		if (suffix.n >= strlen(*words) &&
		    strncasecmp(suffix.p, *words, strlen(*words)) == 0)
			return true;
	}
	return false;
}

static bool specifier_is_pre(struct str version)
{
	static const char *const words[] = { "a", "b", "c", "rc", "pre", "dev", NULL };
	struct str suffix;

	specifier_base(specifier_public(version), &suffix);
	return specifier_has_word(suffix, words) || memmem(suffix.p, suffix.n, "dev", 3);
}

static bool specifier_is_post(struct str version)
{
	static const char *const pre[] = { "a", "b", "c", "rc", "pre", "dev", NULL };
	struct str suffix;

	specifier_base(specifier_public(version), &suffix);
	return suffix.n &&
	       (!specifier_has_word(suffix, pre) || memmem(suffix.p, suffix.n, "post", 4));
}

static bool specifier_same_base(struct str a, struct str b)
{
	struct str ignored;

	return pep440_compare(specifier_base(a, &ignored), specifier_base(b, &ignored)) == 0;
}

static struct str specifier_epoch(struct str *release)
{
	struct str epoch, rest;

	if (!str_cut(*release, '!', &epoch, &rest))
		return STR("0");
	*release = rest;
	return epoch;
}

/* Whether the numbers of a version begin with those of a prefix; missing ones are 0. */
static bool specifier_begins(struct str version, struct str prefix)
{
	struct str ignored, one, other;
	struct str v = specifier_base(version, &ignored), p = specifier_base(prefix, &ignored);

	if (pep440_compare(specifier_epoch(&v), specifier_epoch(&p)) != 0)
		return false;
	while (str_next(&p, '.', &one)) {
		if (!v.n || !str_next(&v, '.', &other))
			other = STR("0");
		if (pep440_compare(one, other) != 0)
			return false;
	}
	return true;
}

static bool specifier_equals(struct str version, struct str limit)
{
	if (str_ends(limit, STR(".*")))
		return specifier_begins(specifier_public(version),
					(struct str){ limit.p, limit.n - 2 });
	if (!memchr(limit.p, '+', limit.n))
		version = specifier_public(version);
	return pep440_compare(version, limit) == 0;
}

/* "~=1.4.2": from there on, as long as it begins with "1.4". */
static bool specifier_compatible(struct str version, struct str limit)
{
	struct str ignored, prefix = specifier_base(limit, &ignored);

	while (prefix.n && prefix.p[prefix.n - 1] != '.')
		prefix.n--;
	if (!prefix.n)
		return true;
	prefix.n--;
	return pep440_compare(specifier_public(version), limit) >= 0 &&
	       specifier_begins(version, prefix);
}

static bool specifier_less(struct str version, struct str limit)
{
	return pep440_compare(version, limit) < 0 &&
	       !(!specifier_is_pre(limit) && specifier_is_pre(version) &&
		 specifier_same_base(version, limit));
}

static bool specifier_greater(struct str version, struct str limit)
{
	return pep440_compare(version, limit) > 0 &&
	       !(((!specifier_is_post(limit) && specifier_is_post(version)) ||
		  memchr(version.p, '+', version.n)) &&
		 specifier_same_base(version, limit));
}

static bool specifier_same_text(struct str version, struct str limit)
{
	if (str_starts(version, STR("v")))
		version = str_from(version, 1);
	return version.n == limit.n && strncasecmp(version.p, limit.p, limit.n) == 0;
}

static bool specifier_differs(struct str version, struct str limit)
{
	return !specifier_equals(version, limit);
}

static bool specifier_at_most(struct str version, struct str limit)
{
	return pep440_compare(specifier_public(version), limit) <= 0;
}

static bool specifier_at_least(struct str version, struct str limit)
{
	return pep440_compare(specifier_public(version), limit) >= 0;
}

static bool specifier_takes(struct str one, struct str version)
{
	static const struct {
		struct str op;
		bool (*takes)(struct str version, struct str limit);
	} known[] = {
		{ STR("==="), specifier_same_text }, { STR("=="), specifier_equals },
		{ STR("!="), specifier_differs },    { STR("<="), specifier_at_most },
		{ STR(">="), specifier_at_least },   { STR("~="), specifier_compatible },
		{ STR("<"), specifier_less },	     { STR(">"), specifier_greater },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct str limit, number;

		if (!str_starts(one, known[i].op))
			continue;
		limit = number = str_trim(str_from(one, known[i].op.n));
		if (str_ends(limit, STR(".*")))
			number.n -= 2;
		return !pep440_valid(number) || !pep440_valid(version) ||
		       known[i].takes(version, limit);
	}
	return true;
}

bool pep440_fits(struct str version, struct str specifiers)
{
	struct str one;

	while (str_next(&specifiers, ',', &one)) {
		if (!specifier_takes(str_trim(one), version))
			return false;
	}
	return true;
}
