/* SPDX-License-Identifier: Apache-2.0 */
/* Finds user information in any text. Pure. */

#include "base/redact.h"

/* What ends a word that may be an address. */
static bool ends_word(char c)
{
	return (unsigned char)c <= ' ' || strchr("\"'`<>", c);
}

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && !ends_word(s.p[n]))
		n++;
	return n;
}

static const char *last_at(struct str s)
{
	return s.n ? memrchr(s.p, '@', s.n) : NULL;
}

/* "8080", "8080)" and "PORT" behind the last colon are a port; "pa" of "user:pa/ss@host" is none.
 */
static bool has_odd_port(struct str authority)
{
	const char *colon = authority.n ? memrchr(authority.p, ':', authority.n) : NULL;
	struct str port;

	if (!colon || memchr(colon, ']', authority.n - (size_t)(colon - authority.p)))
		return false;
	port = str_from(authority, (size_t)(colon - authority.p) + 1);
	return port.n && !(port.p[0] >= '0' && port.p[0] <= '9') &&
	       !str_starts(port, STR("PORT")) && !strchr(",;.)[", port.p[0]);
}

/* How many bytes behind "://" are user information; `word` begins there. */
static size_t secret_of_url(struct str word)
{
	struct str authority = { word.p, 0 };
	const char *at;

	while (authority.n < word.n && !strchr("/?#", authority.p[authority.n]))
		authority.n++;
	at = last_at(authority);
	if (!at && has_odd_port(authority)) {
		at = last_at(word);
		if (!at)
			at = word.p + word.n;
	}
	return at ? (size_t)(at - word.p) : 0;
}

/* The same for a word without a scheme: "user:password@host/path". */
static size_t secret_of_name(struct str word)
{
	struct str before, after, user, password, name, path;

	if (!str_cut(word, '@', &before, &after) || !str_cut(before, ':', &user, &password) ||
	    !user.n || !password.n || memchr(before.p, '/', before.n) ||
	    str_starts(after, STR("sha256:")) || str_starts(after, STR("sha512:")) ||
	    !str_cut(after, '/', &name, &path))
		return 0;
	return before.n;
}

struct redacted {
	char *p;
	size_t n, size;
};

static void redacted_add(struct redacted *to, const char *p, size_t n)
{
	size_t room = to->size - to->n - 1;

	n = n < room ? n : room;
	memcpy(to->p + to->n, p, n);
	to->n += n;
}

/* One word, which may hold several addresses ("a=http://...,https://..."). */
static void redacted_word(struct redacted *to, struct str word)
{
	const char *scheme = word.n ? memmem(word.p, word.n, "://", 3) : NULL;
	size_t secret = scheme ? 0 : secret_of_name(word);

	while (scheme) {
		size_t head = (size_t)(scheme - word.p) + 3;

		redacted_add(to, word.p, head);
		word = str_from(word, head);
		scheme = word.n ? memmem(word.p, word.n, "://", 3) : NULL;
		secret = secret_of_url(
			(struct str){ word.p, scheme ? (size_t)(scheme - word.p) : word.n });
		if (secret && scheme) {
			redacted_add(to, "***", 3);
			word = str_from(word, secret);
			secret = 0;
		}
	}
	if (secret)
		redacted_add(to, "***", 3);
	word = str_from(word, secret);
	redacted_add(to, word.p, word.n);
}

size_t redact_text(struct str s, char *out, size_t size)
{
	struct redacted to = { out, 0, size };

	if (size == 0)
		return 0;
	while (s.n) {
		size_t n = word_length(s);

		redacted_word(&to, (struct str){ s.p, n });
		s = str_from(s, n);
		if (s.n)
			redacted_add(&to, s.p, 1);
		s = str_from(s, 1);
	}
	out[to.n] = '\0';
	return to.n;
}
