/* SPDX-License-Identifier: Apache-2.0 */
/* Finds credentials in files. What is in them is never shown: an error says where, not what. */

#include "transfer/registry/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/json/jsonx.h"
#include "format/text/base64.h"

#define FILE_MAX (1u << 20)

/* A secret in base64; one with a NUL in it is none. */
static bool credentials_decode(struct arena *a, struct str s, struct str *out)
{
	return base64_decode(a, s, out) && !memchr(out->p, '\0', out->n);
}

/* What may stand behind "Authorization: Bearer": a header has no room for line ends. */
static bool is_bearer_token(const char *s)
{
	for (; *s; s++) {
		if (*s <= ' ' || *s == 0x7f)
			return false;
	}
	return true;
}

/* The text of a member that is a string and not empty, or NULL. */
static const char *credentials_member(struct arena *a, const struct json_node *entry,
				      const char *key)
{
	const char *text = jsonx_text(a, entry, key);

	return text && text[0] ? text : NULL;
}

/* One entry of "auths"; false: it is malformed. An empty one, as docker leaves where a store has
 * the secrets, says nothing. */
static bool credentials_read_entry(struct arena *a, const struct json_node *entry,
				   struct credentials *out)
{
	const char *auth = credentials_member(a, entry, "auth"),
		   *name = credentials_member(a, entry, "username");
	struct str both, user, password;

	out->identity = credentials_member(a, entry, "identitytoken");
	out->bearer = credentials_member(a, entry, "registrytoken");
	if (out->bearer && !is_bearer_token(out->bearer))
		return false;
	if (!auth && name) { /* in files that no login wrote */
		out->password = jsonx_text(a, entry, "password");
		out->user = out->password ? name : NULL;
		return out->user || out->identity || out->bearer;
	}
	if (!auth)
		return true;
	if (!credentials_decode(a, str_of(auth), &both) || !str_cut(both, ':', &user, &password))
		return false;
	out->user = str_dup(a, user);
	out->password = str_dup(a, password);
	return true;
}

static bool is_found(const struct credentials *c)
{
	return c->user || c->identity || c->bearer;
}

/* A key without the scheme and path that old versions of docker wrote: "https://HOST/v1/". */
static struct str plain_key(struct str key)
{
	struct str rest = key;

	if (str_starts(key, STR("https://")))
		key = str_from(key, strlen("https://"));
	else if (str_starts(key, STR("http://")))
		key = str_from(key, strlen("http://"));
	else
		return key;
	str_cut(key, '/', &key, &rest);
	return key;
}

/* The entry with the longest key that is `whole` or a folder of it. */
static bool best_entry(const struct json_node *auths, struct str whole, struct json_node *out)
{
	struct json_node item;
	size_t best = 0;

	for (size_t i = 0; json_node_is_object(auths) && json_member(auths, i, &item); i++) {
		struct str key = plain_key(str_of(item.key));

		if (key.n > best && str_starts(whole, key) &&
		    (key.n == whole.n || whole.p[key.n] == '/')) {
			best = key.n;
			*out = item;
		}
	}
	return best > 0;
}

/* Whatever is wrong with a file of secrets, its text stays out of messages. */
static bool credentials_hide_text(const char *file, struct error *e)
{
	struct error shown = { .kind = e->kind, .at = e->at };

	snprintf(shown.cause, sizeof(shown.cause),
		 "this file of credentials is malformed; what is in it is not shown");
	*e = shown;
	return err_at(e, file, 1, 1);
}

bool credentials_read(struct arena *a, const char *file, struct str text,
		      const struct reference *ref, struct credentials *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, helpers, auths, entry;
	const char *helper = NULL;

	*out = (struct credentials){ .said = out->said };
	if (!json_check_mark(file, text, e))
		return false;
	if (!json_parse(file, text, &doc, e))
		return credentials_hide_text(file, e);
	root = json_root(&doc);
	if (jsonx_get(&root, "credHelpers", &helpers))
		helper = jsonx_text(a, &helpers, ref->host);
	if (helper && !helper_ask(a, helper, ref->host, out, e))
		return err_wrap(e, "%s", file);
	if (!is_found(out) && jsonx_get(&root, "auths", &auths) &&
	    best_entry(&auths, str_of(arena_printf(a, "%s/%s", ref->host, ref->name)), &entry) &&
	    !credentials_read_entry(a, &entry, out)) {
		json_fail(&entry, e, "malformed");
		return credentials_hide_text(file, e);
	}
	helper = is_found(out) ? NULL : jsonx_text(a, &root, "credsStore");
	if (helper && !helper_ask(a, helper, ref->host, out, e))
		return err_wrap(e, "%s", file);
	if (is_found(out))
		out->from = arena_strdup(a, file);
	return true;
}

/* A file that need not be there: then nothing is found in it. */
static bool credentials_look(struct arena *a, const char *file, bool must,
			     const struct reference *ref, struct credentials *out, struct error *e)
{
	struct str text;
	struct stat st;

	if (!must && stat(file, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	return io_read_named(a, file, FILE_MAX, &text, e) &&
	       credentials_read(a, file, text, ref, out, e);
}

static const char *credentials_path(struct arena *a, const char *variable, const char *home_folder,
				    const char *name)
{
	const char *dir = getenv(variable), *home = getenv("HOME");

	if (dir && dir[0] == '/')
		return arena_printf(a, "%s/%s", dir, name);
	if (home_folder && home && home[0] == '/')
		return arena_printf(a, "%s/%s/%s", home, home_folder, name);
	return NULL;
}

/* Where podman login writes: with no XDG_RUNTIME_DIR, as for root and in containers, below /run. */
static const char *runtime_file(struct arena *a)
{
	const char *file = credentials_path(a, "XDG_RUNTIME_DIR", NULL, "containers/auth.json");

	return file ? file : arena_printf(a, "/run/containers/%u/auth.json", getuid());
}

bool credentials_find(struct arena *a, const char *authfile, const struct reference *ref,
		      struct credentials *out, struct error *e)
{
	const char *named = getenv("REGISTRY_AUTH_FILE");
	const char *const files[] = {
		runtime_file(a),
		credentials_path(a, "XDG_CONFIG_HOME", ".config", "containers/auth.json"),
		credentials_path(a, "DOCKER_CONFIG", ".docker", "config.json"),
	};

	*out = (struct credentials){ 0 };
	if (authfile)
		return credentials_look(a, authfile, true, ref, out, e);
	if (named && named[0])
		return credentials_look(a, named, true, ref, out, e);
	for (size_t i = 0; i < ARRAY_SIZE(files) && !is_found(out); i++) {
		if (files[i] && !credentials_look(a, files[i], false, ref, out, e))
			return false;
	}
	return true;
}
