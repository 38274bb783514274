/* SPDX-License-Identifier: Apache-2.0 */
/* Takes challenges apart. Pure; the bytes come from anyone. */

#include "transfer/registry/challenge.h"

#include <strings.h>

#include "base/buf.h"

#define VALUE_MAX 4096

static bool is_challenge_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~/:", c) != NULL);
}

static struct str challenge_take_token(struct str *s)
{
	struct str token = { s->p, 0 };

	while (token.n < s->n && is_challenge_char(s->p[token.n]))
		token.n++;
	*s = str_from(*s, token.n);
	return token;
}

static void token_skip(struct str *s, const char *set)
{
	while (s->n && s->p[0] && strchr(set, s->p[0]))
		*s = str_from(*s, 1);
}

/* A token or a quoted string; NULL when it is neither, or too long, or holds a control character.
 */
static const char *take_value(struct arena *a, struct str *s)
{
	struct buf out = { .a = a, .max = VALUE_MAX };
	struct str token;

	if (!s->n || s->p[0] != '"') {
		token = challenge_take_token(s);
		return token.n ? str_dup(a, token) : NULL;
	}
	for (*s = str_from(*s, 1); s->n && s->p[0] != '"'; *s = str_from(*s, 1)) {
		if (s->p[0] == '\\' && s->n > 1)
			*s = str_from(*s, 1);
		if ((unsigned char)s->p[0] < ' ' || s->p[0] == 0x7f)
			return NULL;
		buf_putc(&out, s->p[0]);
	}
	if (!s->n || out.overflow)
		return NULL;
	*s = str_from(*s, 1);
	return buf_cstr(&out);
}

static enum challenge_kind kind_of(const char *scheme)
{
	if (strcasecmp(scheme, "Bearer") == 0)
		return CHALLENGE_BEARER;
	return strcasecmp(scheme, "Basic") == 0 ? CHALLENGE_BASIC : CHALLENGE_OTHER;
}

static void challenge_keep_best(const struct challenge *c, struct challenge *best)
{
	/* without a realm nobody knows where to ask for a token */
	if (c->kind > best->kind && (c->kind != CHALLENGE_BEARER || c->realm))
		*best = *c;
}

static void set_parameter(struct challenge *c, struct str name, const char *value)
{
	static const char *const names[] = { "realm", "service", "scope" };
	const char **const fields[] = { &c->realm, &c->service, &c->scope };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (name.n == strlen(names[i]) && strncasecmp(name.p, names[i], name.n) == 0 &&
		    !*fields[i])
			*fields[i] = value;
	}
}

void challenge_read(struct arena *a, struct str s, struct challenge *best)
{
	struct challenge c = { .kind = CHALLENGE_NONE };

	for (token_skip(&s, ", \t"); s.n; token_skip(&s, ", \t")) {
		struct str token = challenge_take_token(&s);
		const char *value;

		if (!token.n)
			break;
		token_skip(&s, " \t");
		if (!s.n || s.p[0] != '=') {
			challenge_keep_best(&c, best);
			c = (struct challenge){ .scheme = str_dup(a, token) };
			c.kind = kind_of(c.scheme);
			continue;
		}
		s = str_from(s, 1);
		token_skip(&s, " \t");
		if (!s.n || s.p[0] == ',' || s.p[0] == '=') {
			token_skip(&s, "="); /* the end of a token68, which no scheme of ours has */
			continue;
		}
		value = take_value(a, &s);
		if (!value)
			break;
		set_parameter(&c, token, value);
	}
	challenge_keep_best(&c, best);
}
