/* SPDX-License-Identifier: Apache-2.0 */
/* The small values of the recipe language: names, globs, owners, modes, durations. */

#include "input/recipe/recipe_reader.h"

#include <time.h>

#include "base/path.h"
#include "format/debian/debian_names.h"
#include "input/recipe/key_homes.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789"
#define ACCOUNT_CHARS NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PACKAGE_CHARS NAME_CHARS "+-."
#define LINK_TARGET_MAX 4095 /* PATH_MAX less the NUL: symlink(2) */

/* A name that begins with one of `first`, and goes on with these and ".", "_" and "-". */
static bool value_is_name(const char *s, const char *chars, const char *first)
{
	size_t n = strspn(s, chars);

	while (s[n] && strchr("._-", s[n]))
		n += 1 + strspn(s + n + 1, chars);
	return s[0] && !s[n] && strchr(first, s[0]);
}

bool read_name(struct reader *rd, const struct json_node *n, const char **out, struct error *e)
{
	return json_as_string(rd->a, n, out, e) &&
	       (value_is_name(*out, NAME_CHARS, NAME_CHARS) ||
		json_fail(
			n, e,
			"\"%s\" is not a name: use a-z, 0-9, \".\", \"_\" and \"-\", beginning with a "
			"letter or digit",
			*out));
}

/* As adduser takes names of system accounts: Debian's own are "_apt" and "Debian-exim". */
bool read_account(struct reader *rd, const struct json_node *n, const char **out, struct error *e)
{
	return json_as_string(rd->a, n, out, e) &&
	       (value_is_name(*out, ACCOUNT_CHARS, ACCOUNT_CHARS "_") ||
		json_fail(n, e,
			  "\"%s\" is not an account name: use letters, 0-9, \".\", \"_\" and "
			  "\"-\", beginning with a letter, a digit or \"_\"",
			  *out));
}

bool read_heading(struct reader *rd, const struct json_node *root, const char *const *keys,
		  const char **name, struct error *e)
{
	const char *ignored = NULL;
	struct json_node n;

	return (!keys || json_no_homeless_keys(root, keys, key_homes, e)) &&
	       json_need(root, "name", &n, e) && read_name(rd, &n, name, e) &&
	       json_opt_string(rd->a, root, "$schema", &ignored, e) &&
	       json_opt_string(rd->a, root, "description", &ignored, e);
}

bool read_absolute(struct reader *rd, const struct json_node *n, const char **out, struct error *e)
{
	struct error why = { 0 };
	const char *normal;

	if (!json_as_string(rd->a, n, out, e))
		return false;
	if ((*out)[0] != '/')
		return json_fail(n, e,
				 "must be an absolute path in the image, beginning with \"/\"");
	if (!path_normalise(rd->a, str_of(*out), &normal, &why))
		return json_fail(n, e, "%s", why.cause);
	*out = arena_printf(rd->a, "/%s", normal);
	return true;
}

bool read_file_place(struct reader *rd, const struct json_node *n, const char **out,
		     struct error *e)
{
	const char *text;

	if (!read_absolute(rd, n, out, e) || !json_as_string(rd->a, n, &text, e))
		return false;
	return !str_ends(str_of(text), STR("/")) ||
	       json_fail(
		       n, e,
		       "names a folder, by the slash at its end; write the name of the file, too");
}

bool read_patterns(struct reader *rd, const struct json_node *object, const char *key,
		   struct globs *out, struct error *e)
{
	struct json_node array, item;

	if (!json_get(object, key, &array))
		return true;
	if (!json_want_array(&array, e))
		return false;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		struct glob *p = list_push(rd->a, out);

		if (!json_as_string(rd->a, &item, &p->text, e))
			return false;
		if (p->text[0] != '/' && strncmp(p->text, "**", 2) != 0)
			return json_fail(&item, e, "a pattern begins with \"/\" or \"**\"");
		p->at = read_place(&item);
	}
	return true;
}

static bool value_is_package(const struct json_node *n, const char *name, struct error *e)
{
	return name_is_package(str_of(name)) ||
	       json_fail(n, e, "\"%s\" is not a Debian package name", name);
}

bool read_package(struct reader *rd, const struct json_node *n, const char **out, struct error *e)
{
	return json_as_string(rd->a, n, out, e) && value_is_package(n, *out, e);
}

bool read_packages(struct reader *rd, const struct json_node *object, const char *key,
		   struct strings *out, struct error *e)
{
	struct json_node array, item;

	if (!json_opt_strings(rd->a, object, key, out, e))
		return false;
	if (!json_get(object, key, &array))
		return true;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!value_is_package(&item, out->v[i], e))
			return false;
	}
	return true;
}

bool read_package_pattern(struct reader *rd, const struct json_node *n, const char **out,
			  struct error *e)
{
	if (!json_as_string(rd->a, n, out, e))
		return false;
	return (strspn(*out, PACKAGE_CHARS "*?[]!") == strlen(*out) && (*out)[0] != '\0' &&
		strchr(NAME_CHARS "*?[", (*out)[0])) ||
	       json_fail(
		       n, e,
		       "\"%s\" is not a package name, nor a pattern of package names like \"node-*\"",
		       *out);
}

bool read_id(const struct json_node *n, uint32_t *id, struct error *e)
{
	uint64_t v;

	if (!json_as_u64(n, &v, e))
		return false;
	if (v >= UINT32_MAX)
		return json_fail(n, e, "is not a user or group id: 0 to 4294967294");
	*id = (uint32_t)v;
	return true;
}

bool read_owner(struct reader *rd, const struct json_node *object, uint32_t *uid, uint32_t *gid,
		struct error *e)
{
	struct json_node n;
	struct str user, group;
	const char *text;
	uint64_t u, g;

	if (!json_get(object, "owner", &n))
		return true;
	if (!json_as_string(rd->a, &n, &text, e))
		return false;
	if (!str_cut(str_of(text), ':', &user, &group) || !str_u64(user, &u) ||
	    !str_u64(group, &g) || u >= UINT32_MAX || g >= UINT32_MAX)
		return json_fail(&n, e, "must be \"UID:GID\" in numbers, like \"1000:0\"");
	*uid = (uint32_t)u;
	*gid = (uint32_t)g;
	return true;
}

bool read_mode(struct reader *rd, const struct json_node *n, unsigned *mode, struct error *e)
{
	const char *text;

	if (!json_as_string(rd->a, n, &text, e))
		return false;
	*mode = 0;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '7' || *mode > 0777)
			return json_fail(n, e, "must be an octal mode like \"0755\"");
		*mode = *mode << 3 | (unsigned)(*p - '0');
	}
	return text[0] != '\0' || json_fail(n, e, "must be an octal mode like \"0755\"");
}

bool read_duration(struct reader *rd, const struct json_node *object, const char *key, uint64_t *ms,
		   struct error *e)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
	struct json_node n;
	const char *text;
	size_t digits;
	uint64_t count;

	if (!json_get(object, key, &n))
		return true;
	if (!json_as_string(rd->a, &n, &text, e))
		return false;
	digits = strspn(text, "0123456789");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(text + digits, units[i].unit) == 0 &&
		    str_u64((struct str){ text, digits }, &count) && count < 1000000) {
			*ms = count * units[i].ms;
			return true;
		}
	}
	return json_fail(&n, e, "must be a duration like \"30s\", \"500ms\" or \"1m\"");
}

/* A day that does not exist becomes another one on its way to seconds and back. */
static bool is_day(const char *text)
{
	struct tm tm = { .tm_sec = 0 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	char again[32];
	time_t at;

	if (!end || *end)
		return false;
	at = timegm(&tm);
	return gmtime_r(&at, &tm) && strftime(again, sizeof(again), "%Y-%m-%d", &tm) &&
	       strcmp(again, text) == 0;
}

bool read_day(struct reader *rd, const struct json_node *object, const char *key, const char **out,
	      struct error *e)
{
	struct json_node n;

	if (!json_get(object, key, &n))
		return true;
	return json_as_string(rd->a, &n, out, e) &&
	       (is_day(*out) || json_fail(&n, e, "must be a day, like \"2027-01-31\""));
}

bool read_digest(struct reader *rd, const struct json_node *n, struct digest *d, struct error *e)
{
	const char *text;

	if (!json_as_string(rd->a, n, &text, e))
		return false;
	return digest_parse(str_of(text), d) ||
	       json_fail(n, e, "must be a SHA-256: 64 hexadecimal digits in lower case");
}

/* What Kubernetes takes; Docker and podman pass on more, which programs and --env-file then read in
 * other ways: blanks, "#", "export X". */
static bool is_variable_name(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

	return n && !s[n] && !(s[0] >= '0' && s[0] <= '9');
}

bool read_variables(struct reader *rd, const struct json_node *object, const char *key,
		    struct variables *out, struct error *e)
{
	struct json_node map, one;

	if (!json_get(object, key, &map))
		return true;
	if (!json_want_object(&map, e))
		return false;
	for (size_t i = 0; json_member(&map, i, &one); i++) {
		struct variable *v = list_push(rd->a, out);

		if (one.key[0] == '\0' || strchr(one.key, '='))
			return json_fail(&one, e, "\"%s\" is not a variable name", one.key);
		if (!is_variable_name(one.key))
			return json_fail(
				&one, e,
				"\"%s\" is not the name of an environment variable: letters, digits and "
				"\"_-.\", and no digit in front",
				one.key);
		v->name = arena_strdup(rd->a, one.key);
		if (!json_as_string(rd->a, &one, &v->value, e))
			return false;
	}
	return true;
}

bool read_platform(const struct json_node *n, const char *name, const struct platform **out,
		   struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct platforms all;

	*out = platform_find(str_of(name));
	platforms_all(&a, &all);
	return *out || json_fail(n, e, "\"%s\" is not a platform known here: %s", name,
				 platforms_format(&a, &all));
}

bool read_platforms(struct reader *rd, const struct json_node *object, struct platforms *out,
		    struct error *e)
{
	struct json_node array, item;
	const struct platform *p;
	const char *name;

	if (!json_get(object, "platforms", &array))
		return true;
	if (!json_want_array(&array, e))
		return false;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!json_as_string(rd->a, &item, &name, e) || !read_platform(&item, name, &p, e))
			return false;
		if (platforms_have(out, p))
			return json_fail(&item, e, "%s is there twice", name);
		*list_push(rd->a, out) = p;
	}
	return out->n > 0 || json_fail(&array, e, "name at least one platform");
}

static bool read_link(struct reader *rd, const struct json_node *n, void *context, struct error *e)
{
	static const char *const keys[] = { "path", "to", NULL };
	struct links *links = context;
	struct link_spec *l = list_push(rd->a, links);
	struct json_node path, to;
	const char *fault;

	l->at = read_place(n);
	if (!json_no_other_keys(n, keys, e) || !json_need(n, "path", &path, e) ||
	    !read_variable_path(rd, &path, &l->path, e) || !json_need(n, "to", &to, e) ||
	    !json_as_string(rd->a, &to, &l->to, e))
		return false;
	fault = variables_fault(rd, l->to);
	if (fault)
		return json_fail(&to, e, "%s", fault);
	if (strlen(l->to) > LINK_TARGET_MAX)
		return json_fail(&to, e, "is longer than %d bytes: no link can be that long",
				 LINK_TARGET_MAX);
	return l->to[0] != '\0' || json_fail(&to, e, "a link needs a target");
}

bool read_links(struct reader *rd, const struct json_node *object, const char *key,
		struct links *out, struct error *e)
{
	return read_each(rd, object, key, read_link, out, e);
}

bool read_signers(struct reader *rd, const struct json_node *object, struct strings *out,
		  struct error *e)
{
	struct json_node array, item;

	if (!json_need(object, "signers", &array, e) || !json_as_strings(rd->a, &array, out, e))
		return false;
	if (out->n == 0)
		return json_fail(&array, e, "name at least one key fingerprint");
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		const char *f = out->v[i];

		if (strlen(f) != 40 || strspn(f, "0123456789ABCDEF") != 40)
			return json_fail(&item, e,
					 "must be a primary key fingerprint: 40 hexadecimal "
					 "digits in upper case");
	}
	return true;
}
