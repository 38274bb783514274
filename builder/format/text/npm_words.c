/* SPDX-License-Identifier: Apache-2.0 */
/* Only the characters that registries take. */

#include "format/text/npm_words.h"

#include "base/path.h"
#include "format/text/base64.h"

#define NPM_NAME_MAX 214
#define NPM_VERSION_MAX 256
#define NPM_NAME_MORE "._~-"

static bool npm_is_word(struct str s, const char *more, size_t max)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr(more, c))))
			return false;
	}
	return s.n > 0 && s.n <= max && s.p[0] != '.' && s.p[0] != '-';
}

bool npm_is_command(const char *name)
{
	return npm_is_word(str_of(name), NPM_NAME_MORE, NPM_NAME_MAX);
}

bool npm_is_name(const char *name)
{
	struct str scope, rest;

	if (name[0] != '@')
		return npm_is_command(name);
	return str_cut(str_of(name + 1), '/', &scope, &rest) &&
	       npm_is_word(scope, NPM_NAME_MORE, NPM_NAME_MAX) &&
	       npm_is_word(rest, NPM_NAME_MORE, NPM_NAME_MAX);
}

bool npm_is_version(const char *version)
{
	return npm_is_word(str_of(version), ".+-", NPM_VERSION_MAX);
}

bool npm_is_place(struct arena *a, const char *text)
{
	struct error bad = { .kind = ERR_NONE };
	const char *path;

	return path_normalise(a, str_of(text), &path, &bad) && path[0] && strcmp(path, text) == 0;
}

const char *npm_file_name(struct arena *a, const char *name, const char *version)
{
	return arena_printf(a, "%s/-/%s-%s.tgz", name, path_base(name), version);
}

const char *npm_sha512_of(struct arena *a, const char *integrity, const char *writer,
			  struct content_digest *out)
{
	static const struct str sha512 = STR("sha512-");
	struct str rest = str_of(integrity ? integrity : ""), one, bytes;

	while (str_next(&rest, ' ', &one)) {
		struct str word, options;

		str_cut(one, '?', &word, &options);
		if (!str_starts(word, sha512) ||
		    !base64_decode(a, str_from(word, sha512.n), &bytes) ||
		    bytes.n != sizeof(out->b))
			continue;
		out->sha512 = true;
		memcpy(out->b, bytes.p, bytes.n);
		return NULL;
	}
	if (!integrity)
		return arena_printf(a,
				    " has no \"integrity\", so nothing says which bytes it is; %s "
				    "write the lock file anew",
				    writer);
	if (strncmp(integrity, "sha1-", 5) == 0)
		return arena_printf(a,
				    " is known by SHA-1 alone, which proves nothing any more; %s "
				    "write the lock file anew, from a registry that has SHA-512",
				    writer);
	return arena_printf(a, ": \"%s\" holds no SHA-512 (\"sha512-\" and 88 characters)",
			    integrity);
}
