/* SPDX-License-Identifier: Apache-2.0 */
/* Recognises contents. Tables of texts; no policy. */

#include "inspect/layers/content_kind.h"

#include "format/elf/elf.h"

#define TEXT_PROBE 8192

static bool is_archive(struct str head)
{
	static const struct str magic[] = {
		STR("\x1f\x8b"),
		STR("\x28\xb5\x2f\xfd"),
		STR("\xfd"
		    "7zXZ"),
		STR("BZh"),
		STR("PK\x03\x04"),
		STR("!<arch>\n"),
		STR("7z\xbc\xaf"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(magic); i++)
		if (str_starts(head, magic[i]))
			return true;
	return false;
}

enum content_kind content_kind(struct str head)
{
	size_t probe = head.n < TEXT_PROBE ? head.n : TEXT_PROBE;

	if (head.n == 0)
		return CONTENT_EMPTY;
	if (elf_is(head))
		return CONTENT_ELF;
	if (str_starts(head, STR("#!")))
		return CONTENT_SCRIPT;
	if (is_archive(head))
		return CONTENT_ARCHIVE;
	return memchr(head.p, '\0', probe) ? CONTENT_DATA : CONTENT_TEXT;
}

const char *content_interpreter(struct arena *a, struct str head)
{
	struct str line, rest;

	str_cut(str_from(head, 2), '\n', &line, &rest);
	if (line.n > 255)
		line.n = 255;
	return str_dup(a, str_trim(line));
}

static bool token_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_' || c == '-';
}

/* Is there a word that begins with `prefix` and goes on for at least `more` bytes of a token? Those
 * that documentation shows are none: AKIAIOSFODNN7EXAMPLE. */
static bool has_token(struct str text, struct str prefix, size_t more)
{
	const char *end = text.p + text.n, *p;

	while ((p = memmem(text.p, text.n, prefix.p, prefix.n)) != NULL) {
		const char *q = p + prefix.n;

		while (q < end && token_byte(*q))
			q++;
		if ((size_t)(q - p) >= prefix.n + more && (p == text.p || !token_byte(p[-1])) &&
		    !str_ends((struct str){ p, (size_t)(q - p) }, STR("EXAMPLE")))
			return true;
		text = str_from(text, (size_t)(p - text.p) + prefix.n);
	}
	return false;
}

/* A PEM header with a line of base64 behind it: documentation that names the header is not meant.
 */
static bool has_private_key(struct str text)
{
	static const struct str open = STR("-----BEGIN ");
	struct str line, rest = text;
	const char *p;

	while ((p = memmem(rest.p, rest.n, open.p, open.n)) != NULL) {
		rest = str_from(rest, (size_t)(p - rest.p) + open.n);
		str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (!str_ends(line, STR("PRIVATE KEY-----")) &&
		    !str_ends(line, STR("PRIVATE KEY BLOCK-----")))
			continue;
		while (str_cut(rest, '\n', &line, &rest) && memchr(line.p, ':', line.n))
			; /* "Proc-Type: 4,ENCRYPTED" */
		line = str_trim(line.n ? line : rest);
		if (line.n >= 32 && !memchr(line.p, ' ', line.n))
			return true;
	}
	return false;
}

const char *content_secret(struct str text)
{
	static const struct {
		struct str prefix;
		size_t more;
		const char *what;
	} tokens[] = {
		{ STR("AKIA"), 16, "an AWS access key" },
		{ STR("ASIA"), 16, "an AWS access key" },
		{ STR("ghp_"), 36, "a GitHub token" },
		{ STR("gho_"), 36, "a GitHub token" },
		{ STR("ghs_"), 36, "a GitHub token" },
		{ STR("ghu_"), 36, "a GitHub token" },
		{ STR("github_pat_"), 40, "a GitHub token" },
		{ STR("glpat-"), 20, "a GitLab token" },
		{ STR("xoxb-"), 24, "a Slack token" },
		{ STR("xoxp-"), 24, "a Slack token" },
		{ STR("AIza"), 35, "a Google API key" },
		{ STR("npm_"), 36, "an npm token" },
		{ STR("pypi-AgEI"), 40, "a PyPI token" },
		{ STR("sk_live_"), 24, "a Stripe key" },
		{ STR("dckr_pat_"), 20, "a Docker token" },
	};

	if (has_private_key(text))
		return "a private key";
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++)
		if (has_token(text, tokens[i].prefix, tokens[i].more))
			return tokens[i].what;
	return NULL;
}

/* The path at the front of `s`, if it ends like the name of a source file. */
static struct str source_path(struct str s)
{
	static const struct str ends[] = {
		STR(".c"),  STR(".cc"), STR(".cpp"), STR(".cxx"), STR(".h"),   STR(".hpp"),
		STR(".rs"), STR(".go"), STR(".S"),   STR(".f90"), STR(".pyx"),
	};
	size_t n = 0;

	while (n < s.n && n < 512 && s.p[n] > ' ' && s.p[n] < 0x7f && s.p[n] != ':' &&
	       s.p[n] != '"')
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (str_ends((struct str){ s.p, n }, ends[i]))
			return (struct str){ s.p, n };
	return (struct str){ NULL, 0 };
}

const char *content_build_path(struct arena *a, struct str elf)
{
	static const struct str roots[] = {
		STR("/build/"),	 STR("/builds/"),  STR("/home/"),	   STR("/root/"),
		STR("/tmp/"),	 STR("/usr/src/"), STR("/usr/local/src/"), STR("/workspace/"),
		STR("/github/"), STR("/go/src/"),  STR("/opt/src/"),	   STR("/var/tmp/"),
		STR("/Users/"),
	};
	struct str rest = elf, path;
	const char *p;

	while ((p = memchr(rest.p, '/', rest.n)) != NULL) {
		struct str here = str_from(rest, (size_t)(p - rest.p));
		bool first = p == elf.p || !(token_byte(p[-1]) || p[-1] == '/' || p[-1] == '.');

		for (size_t i = 0; first && i < ARRAY_SIZE(roots); i++) {
			if (!str_starts(here, roots[i]))
				continue;
			path = source_path(here);
			if (path.n > roots[i].n)
				return str_dup(a, path);
		}
		rest = str_from(here, 1);
	}
	return NULL;
}
