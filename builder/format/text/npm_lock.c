/* SPDX-License-Identifier: Apache-2.0 */
/* The member "packages": keys are places, values what stands there. */

#include "format/text/npm_lock.h"

#include "base/path.h"
#include "format/json/jsonx.h"
#include "format/text/npm_words.h"
#include "format/version/semver_range.h"

/* What follows the last "node_modules/"; NULL: it is a folder of the project. */
static const char *npm_name_of(const char *place)
{
	const char *name = NULL, *at = place;

	for (; (at = strstr(at, NPM_MODULES "/")); at += sizeof(NPM_MODULES)) {
		if (at == place || at[-1] == '/')
			name = at + sizeof(NPM_MODULES);
	}
	return name;
}

static bool npm_read_integrity(struct arena *a, const struct json_node *n, struct npm_entry *x,
			       struct error *e)
{
	const char *text = NULL, *wrong;

	if (!jsonx_string(a, n, "integrity", &text, e))
		return false;
	wrong = npm_sha512_of(a, text, "let npm", &x->sha512);
	return !wrong || json_fail(n, e, "%s %s%s", x->name, x->version, wrong);
}

static bool npm_read_resolved(struct arena *a, const struct json_node *n, struct npm_entry *x,
			      struct error *e)
{
	if (!jsonx_string(a, n, "resolved", &x->resolved, e))
		return false;
	if (!x->resolved || strncmp(x->resolved, "https://", 8) == 0 ||
	    strncmp(x->resolved, "http://", 7) == 0)
		return true;
	if (strncmp(x->resolved, "git", 3) == 0)
		return json_fail(n, e,
				 "%s %s comes from git, of which no SHA-512 is known; take it into "
				 "the folder as a workspace, or from a registry",
				 x->name, x->version);
	return json_fail(n, e, "%s %s comes from \"%s\", which is not an http or https address",
			 x->name, x->version, x->resolved);
}

/* "bin": { "NAME": "PATH" } */
static bool npm_read_commands(struct arena *a, const struct json_node *n, struct npm_entry *x,
			      struct error *e)
{
	struct json_node bin, one;

	if (!jsonx_get(n, "bin", &bin))
		return true;
	if (!json_want_object(&bin, e))
		return false;
	for (size_t i = 0; json_member(&bin, i, &one); i++) {
		struct npm_command c = { .name = path_base(one.key) };
		const char *text;

		if (!json_as_string(a, &one, &text, e))
			return false;
		if (!npm_is_command(c.name) || !path_normalise(a, str_of(text), &c.path, e) ||
		    !c.path[0]) {
			err_clear(e);
			return json_fail(&one, e, "%s: \"%s\" cannot be the command %s", x->name,
					 text, one.key);
		}
		c.name = str_dup(a, str_of(c.name));
		*list_push(a, &x->commands) = c;
	}
	return true;
}

static bool npm_read_flags(struct arena *a, const struct json_node *n, struct npm_entry *x,
			   struct error *e)
{
	return json_opt_bool(n, "dev", &x->dev, e) &&
	       json_opt_bool(n, "optional", &x->optional, e) &&
	       json_opt_bool(n, "hasInstallScript", &x->scripts, e) &&
	       jsonx_strings(a, n, "os", &x->os, e) && jsonx_strings(a, n, "cpu", &x->cpu, e) &&
	       jsonx_strings(a, n, "libc", &x->libc, e);
}

/* "engines": { "node": ">=18" }. Old packages have lists there, which npm passes over. */
static void npm_read_engine(struct arena *a, const struct json_node *n, struct npm_entry *x)
{
	struct json_node engines;

	if (jsonx_get(n, "engines", &engines) && json_node_is_object(&engines))
		x->engine = jsonx_text(a, &engines, "node");
	if (x->engine && !x->engine[0])
		x->engine = NULL;
}

/* A member whose keys are names of packages. */
static bool npm_add_needs(struct arena *a, const struct json_node *n, const char *key,
			  const struct strings *optional, struct npm_entry *x, struct error *e)
{
	bool peer = strcmp(key, "peerDependencies") == 0;
	struct strings names = { NULL, 0, 0 };

	if (!jsonx_keys(n, key, a, &names, e))
		return false;
	list_each(name, &names)
		*list_push(a, &x->needs) = (struct npm_need){ *name, strings_has(optional, *name),
							      peer };
	return true;
}

/* "peerDependenciesMeta": { "NAME": { "optional": true } } */
static bool npm_read_optional_peers(struct arena *a, const struct json_node *n, struct strings *out,
				    struct error *e)
{
	struct json_node meta, one;

	if (!jsonx_get(n, "peerDependenciesMeta", &meta))
		return true;
	if (!json_want_object(&meta, e))
		return false;
	for (size_t i = 0; json_member(&meta, i, &one); i++) {
		bool optional = false;

		if (!json_want_object(&one, e) || !json_opt_bool(&one, "optional", &optional, e))
			return false;
		if (optional)
			*list_push(a, out) = str_dup(a, str_of(one.key));
	}
	return true;
}

/* What is among the optional ones is so, wherever else it is. A project needs what it is developed
 * with. */
static bool npm_read_needs(struct arena *a, const struct json_node *n, struct npm_entry *x,
			   struct error *e)
{
	struct strings optional = { NULL, 0, 0 }, peers = { NULL, 0, 0 };

	return jsonx_keys(n, "optionalDependencies", a, &optional, e) &&
	       npm_read_optional_peers(a, n, &peers, e) &&
	       npm_add_needs(a, n, "dependencies", &optional, x, e) &&
	       npm_add_needs(a, n, "devDependencies", &optional, x, e) &&
	       npm_add_needs(a, n, "peerDependencies", &peers, x, e);
}

static bool npm_read_package(struct arena *a, const struct json_node *n, struct npm_entry *x,
			     struct error *e)
{
	bool dev_optional = false;

	if (!jsonx_string(a, n, "name", &x->name, e) ||
	    !jsonx_string(a, n, "version", &x->version, e) || !npm_read_flags(a, n, x, e) ||
	    !json_opt_bool(n, "devOptional", &dev_optional, e))
		return false;
	if (!npm_is_name(x->name))
		return json_fail(n, e, "\"%s\" is not the name of a package", x->name);
	if (!x->version || !npm_is_version(x->version))
		return json_fail(n, e, "%s: \"%s\" is not a version", x->name,
				 x->version ? x->version : "");
	x->optional |= dev_optional;
	npm_read_engine(a, n, x);
	x->file = npm_file_name(a, x->name, x->version);
	return npm_read_resolved(a, n, x, e) && npm_read_integrity(a, n, x, e) &&
	       npm_read_commands(a, n, x, e);
}

/* A workspace: npm has its folder below node_modules as a symlink. */
static bool npm_read_link(struct arena *a, const struct json_node *n, struct npm_entry *x,
			  struct error *e)
{
	x->version = "";
	if (!jsonx_string(a, n, "resolved", &x->link, e) || !npm_read_flags(a, n, x, e))
		return false;
	return (x->link && npm_is_place(a, x->link) && !npm_name_of(x->link)) ||
	       json_fail(n, e, "the link %s leads to \"%s\", which is not a folder of the project",
			 x->place, x->link ? x->link : "");
}

/* The project, a workspace, a part of a package: what it needs counts. */
static bool npm_read_other(struct arena *a, const struct json_node *n, struct npm_entries *others,
			   struct error *e)
{
	struct npm_entry x = { .place = str_dup(a, str_of(n->key)) };
	unsigned col;

	if (!json_opt_bool(n, "dev", &x.dev, e) || !json_opt_bool(n, "optional", &x.optional, e) ||
	    !npm_read_needs(a, n, &x, e))
		return false;
	json_place(n, &x.line, &col);
	npm_read_engine(a, n, &x);
	*list_push(a, others) = x;
	return true;
}

static bool npm_read_entry(struct arena *a, const struct json_node *n, struct npm_entries *out,
			   struct npm_entries *others, struct error *e)
{
	const char *name = npm_name_of(n->key);
	bool left_out = !name, extraneous = false, link = false;
	struct npm_entry x = { .name = name };
	unsigned col;

	if (!json_want_object(n, e))
		return false;
	if (left_out)
		return npm_read_other(a, n, others, e);
	if (!npm_is_place(a, n->key) || !npm_is_name(name))
		return json_fail(n, e, "\"%s\" is not a place of a package", n->key);
	x.place = str_dup(a, str_of(n->key));
	x.name = x.place + (name - n->key);
	json_place(n, &x.line, &col);
	if (!json_opt_bool(n, "inBundle", &left_out, e) ||
	    !json_opt_bool(n, "extraneous", &extraneous, e) || !json_opt_bool(n, "link", &link, e))
		return false;
	if (extraneous)
		return true;
	if (left_out)
		return npm_read_other(a, n, others, e);
	if (!(link ? npm_read_link(a, n, &x, e) : npm_read_package(a, n, &x, e)) ||
	    !npm_read_needs(a, n, &x, e))
		return false;
	*list_push(a, out) = x;
	return true;
}

/* The first one has neither places nor much else that is asked here. */
static bool npm_check_version(const struct json_node *root, struct error *e)
{
	struct json_node version;
	uint64_t n = 0;

	if (!json_need(root, "lockfileVersion", &version, e) || !json_as_u64(&version, &n, e))
		return false;
	return n == 2 || n == 3 ||
	       json_fail(&version, e,
			 "version %llu of the format is not known; known are 2 and 3: npm install "
			 "--package-lock-only --lockfile-version 3 writes one",
			 (unsigned long long)n);
}

bool npm_lock_read(struct arena *a, struct str text, const char *file, struct npm_entries *out,
		   struct npm_entries *others, struct error *e)
{
	struct json_node root, packages, one;
	AUTO_JSON doc = { 0 };

	if (!json_parse(file, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !npm_check_version(&root, e) ||
	    !json_need(&root, "packages", &packages, e) || !json_want_object(&packages, e))
		return false;
	for (size_t i = 0; json_member(&packages, i, &one); i++) {
		if (!npm_read_entry(a, &one, out, others, e))
			return false;
	}
	return true;
}

/* As npm judges such a list: one of those that are named, and none that is excluded. */
static bool npm_list_has(const struct strings *l, const char *word)
{
	bool named = false, has = false;

	for (size_t i = 0; i < l->n; i++) {
		bool excluded = l->v[i][0] == '!';

		if (strcmp(l->v[i] + excluded, word) == 0 && excluded)
			return false;
		named |= !excluded && strcmp(l->v[i], "any") != 0;
		has |= strcmp(l->v[i], word) == 0;
	}
	return has || !named;
}

bool npm_entry_fits(const struct npm_entry *x, const char *cpu)
{
	return npm_list_has(&x->os, "linux") && npm_list_has(&x->cpu, cpu) &&
	       npm_list_has(&x->libc, "glibc");
}

bool npm_entry_takes_node(const struct npm_entry *x, const char *version)
{
	return !x->engine || semver_range_has(str_of(x->engine), str_of(version));
}
