/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: in files (found while their content went by), by file names, in the configuration. */

#include <ctype.h>

#include "inspect/audit/check.h"
#include "inspect/layers/content_kind.h"
#include "base/path.h"

static void check_secret_file(struct audit_run *r, const struct item *i)
{
	static const char *const names[] = { ".netrc",	   ".npmrc",  ".pypirc", ".git-credentials",
					     ".htpasswd",  "id_rsa",  "id_dsa",	 "id_ecdsa",
					     "id_ed25519", ".pgpass", ".my.cnf", "shadow-",
					     "gshadow-" };
	static const char *const ends[] = { ".aws/credentials", ".docker/config.json",
					    ".kube/config", ".config/gh/hosts.yml",
					    ".ssh/authorized_keys" };

	if (i->secret) {
		finding_add(r, "secret.content", i->path, "it holds %s", i->secret);
		return;
	}
	if (i->size == 0)
		return;
	for (size_t n = 0; n < ARRAY_SIZE(ends); n++)
		if (str_ends(str_of(i->path), str_of(ends[n])))
			finding_add(r, "secret.file-name", i->path, "a file for credentials");
	if (name_among(path_base(i->path), names, ARRAY_SIZE(names)))
		finding_add(r, "secret.file-name", i->path, "a file for credentials");
}

static bool secret_name(const char *name)
{
	static const char *const parts[] = { "PASSWORD",    "PASSWD",	  "SECRET",
					     "TOKEN",	    "API_KEY",	  "APIKEY",
					     "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL" };
	char upper[256];
	size_t n = 0;

	for (; name[n] && n + 1 < sizeof(upper); n++)
		upper[n] = (char)toupper((unsigned char)name[n]);
	upper[n] = '\0';
	if (str_ends(str_of(upper), STR("_FILE")) || str_ends(str_of(upper), STR("_PATH")))
		return false; /* says where one is */
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(upper, parts[i]))
			return true;
	return false;
}

static void check_variable(struct audit_run *r, const char *where, const struct env_var *v)
{
	const char *what = content_secret(str_of(v->value));

	if (what)
		finding_add(r, "secret.config", NULL, "%s %s holds %s", where, v->name, what);
	else if (*v->value && secret_name(v->name))
		finding_add(r, "secret.config", NULL, "%s %s has a value", where, v->name);
}

/* "ENV DB_PASSWORD=x", "ARG TOKEN=x", "|1 TOKEN=x /bin/sh -c ...": what builders write down. */
static const char *secret_assignment(struct arena *a, struct str line)
{
	struct str word, name, value;

	while (str_next(&line, ' ', &word)) {
		if (str_cut(word, '=', &name, &value) && value.n && value.p[0] != '$' &&
		    secret_name(str_dup(a, name)))
			return arena_printf(a, "a value for " STR_FMT, STR_ARG(name));
	}
	return NULL;
}

static void check_history(struct audit_run *r, size_t i)
{
	struct str line = str_of(r->m->image->history.v[i].created_by);
	const char *what = content_secret(line);

	if (!what)
		what = secret_assignment(r->a, line);
	if (what)
		finding_add(r, "secret.config", NULL, "line %zu of the history holds %s", i + 1,
			    what);
}

void check_secrets(struct audit_run *r)
{
	const struct image_facts *image = r->m->image;

	for (size_t n = 0; n < r->m->items.n; n++)
		if (r->m->items.v[n]->type == ITEM_FILE)
			check_secret_file(r, r->m->items.v[n]);
	for (size_t i = 0; i < image->env.n; i++)
		check_variable(r, "the variable", &image->env.v[i]);
	for (size_t i = 0; i < image->labels.n; i++)
		check_variable(r, "the label", &image->labels.v[i]);
	for (size_t i = 0; i < image->history.n; i++)
		check_history(r, i);
}
