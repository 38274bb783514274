/* SPDX-License-Identifier: Apache-2.0 */
/* What a recipe adds to packages and programs: files, folders, links, users, and what it has
 * accepted. */

#include <stdlib.h>
#include <sys/stat.h>

#include "input/recipe/recipe_reader.h"

#include "base/path.h"

/* A file whose `to` ends in a slash goes into that directory under its own name, as with cp. */
static bool read_file_target(struct reader *rd, const struct json_node *n, struct file_spec *f,
			     struct error *e)
{
	struct error why = { 0 };
	const char *text, *normal;
	struct stat st;

	if (!json_as_string(rd->a, n, &text, e) || !read_variable_path(rd, n, &f->to, e))
		return false;
	if (!str_ends(str_of(text), STR("/")) || lstat(f->from, &st) < 0 || !S_ISREG(st.st_mode))
		return true;
	text = arena_printf(rd->a, "%s%s", text, path_base(f->from));
	if (!path_normalise(rd->a, str_of(text), &normal, &why))
		return json_fail(n, e, "%s", why.cause);
	f->to = arena_printf(rd->a, "/%s", normal);
	return true;
}

static bool recipe_read_file(struct reader *rd, const struct json_node *n, void *context,
			     struct error *e)
{
	static const char *const keys[] = { "from", "to", "owner", "mode", "replace", NULL };
	struct recipe *r = context;
	struct file_spec *f = list_push(rd->a, &r->files);
	struct json_node from, to, mode;

	f->at = read_place(n);
	if (!json_no_other_keys(n, keys, e) || !json_need(n, "from", &from, e) ||
	    !read_path(rd, &from, &f->from, e) || !json_need(n, "to", &to, e) ||
	    !read_file_target(rd, &to, f, e) || !read_owner(rd, n, &f->uid, &f->gid, e) ||
	    !json_opt_bool(n, "replace", &f->replace, e))
		return false;
	f->has_mode = json_get(n, "mode", &mode);
	return !f->has_mode || read_mode(rd, &mode, &f->mode, e);
}

static bool recipe_read_dir(struct reader *rd, const struct json_node *n, void *context,
			    struct error *e)
{
	static const char *const keys[] = { "path", "owner", "mode", NULL };
	struct recipe *r = context;
	struct dir_spec *d = list_push(rd->a, &r->dirs);
	struct json_node path, mode;

	d->at = read_place(n);
	d->mode = 0755;
	if (!json_no_other_keys(n, keys, e) || !json_need(n, "path", &path, e) ||
	    !read_variable_path(rd, &path, &d->path, e) || !read_owner(rd, n, &d->uid, &d->gid, e))
		return false;
	return !json_get(n, "mode", &mode) || read_mode(rd, &mode, &d->mode, e);
}

static bool recipe_read_user(struct reader *rd, const struct json_node *n, void *context,
			     struct error *e)
{
	static const char *const keys[] = { "name",  "uid",   "gid",	   "home",
					    "shell", "gecos", "make-home", NULL };
	struct recipe *r = context;
	struct user_spec *u = list_push(rd->a, &r->users);
	struct json_node name, uid, gid, home;

	u->at = read_place(n);
	u->shell = "/sbin/nologin";
	u->gecos = NULL;
	if (!json_no_other_keys(n, keys, e) || !json_need(n, "name", &name, e) ||
	    !read_account(rd, &name, &u->name, e) || !json_need(n, "uid", &uid, e) ||
	    !read_id(&uid, &u->uid, e) || !json_need(n, "gid", &gid, e) ||
	    !read_id(&gid, &u->gid, e) || !json_need(n, "home", &home, e) ||
	    !read_absolute(rd, &home, &u->home, e))
		return false;
	return json_opt_string(rd->a, n, "shell", &u->shell, e) &&
	       json_opt_string(rd->a, n, "gecos", &u->gecos, e) &&
	       json_opt_bool(n, "make-home", &u->make_home, e);
}

static bool read_group(struct reader *rd, const struct json_node *n, void *context, struct error *e)
{
	static const char *const keys[] = { "name", "gid", NULL };
	struct recipe *r = context;
	struct group_spec *g = list_push(rd->a, &r->groups);
	struct json_node name, gid;

	g->at = read_place(n);
	return json_no_other_keys(n, keys, e) && json_need(n, "name", &name, e) &&
	       read_account(rd, &name, &g->name, e) && json_need(n, "gid", &gid, e) &&
	       read_id(&gid, &g->gid, e);
}

bool read_reason(struct reader *rd, const struct json_node *n, const char **reason, struct error *e)
{
	struct json_node node;

	if (!json_need(n, "reason", &node, e) || !json_as_string(rd->a, &node, reason, e))
		return false;
	return (*reason)[0] != '\0' || json_fail(&node, e, "say why");
}

static bool read_accepted_finding(struct reader *rd, const struct json_node *n, void *context,
				  struct error *e)
{
	static const char *const keys[] = { "rule", "path", "reason", "until", NULL };
	struct recipe *r = context;
	struct accepted_finding *x = list_push(rd->a, &r->accept);
	struct json_node rule;

	x->at = read_place(n);
	return json_no_other_keys(n, keys, e) && json_need(n, "rule", &rule, e) &&
	       json_as_string(rd->a, &rule, &x->rule, e) &&
	       json_opt_string(rd->a, n, "path", &x->path, e) &&
	       read_day(rd, n, "until", &x->until, e) && read_reason(rd, n, &x->reason, e);
}

static bool read_audit(struct reader *rd, const struct json_node *root, struct recipe *r,
		       struct error *e)
{
	static const char *const keys[] = { "policy", "accept", NULL };
	static const char *const policies[] = { "strict", "base", "report-only" };
	struct json_node n, policy;

	r->audit_policy = "strict";
	if (!json_get(root, "audit", &n))
		return true;
	if (!json_want_object(&n, e) || !json_no_other_keys(&n, keys, e) ||
	    !read_each(rd, &n, "accept", read_accepted_finding, r, e))
		return false;
	if (!json_get(&n, "policy", &policy))
		return true;
	if (!json_as_string(rd->a, &policy, &r->audit_policy, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		if (strcmp(r->audit_policy, policies[i]) == 0)
			return true;
	}
	return json_fail(&policy, e, "is \"strict\", \"base\" or \"report-only\"");
}

/* One of two words; *second: it is that. */
static bool recipe_read_either(struct reader *rd, const struct json_node *object, const char *key,
			       const char *const words[2], bool *second, struct error *e)
{
	const char *text = words[0];
	struct json_node n;

	if (!json_get(object, key, &n))
		return true;
	if (!json_as_string(rd->a, &n, &text, e))
		return false;
	*second = strcmp(text, words[1]) == 0;
	return *second || strcmp(text, words[0]) == 0 ||
	       json_fail(&n, e, "is \"%s\" or \"%s\"", words[0], words[1]);
}

static bool recipe_read_layers(struct reader *rd, const struct json_node *root, struct recipe *r,
			       struct error *e)
{
	static const char *const keys[] = { "compression", "group", NULL };
	static const char *const forms[] = { "gzip", "zstd" };
	static const char *const groups[] = { "component", "source" };
	struct json_node n, group;
	bool zstd = false;

	if (!json_get(root, "layers", &n))
		return true;
	if (!json_want_object(&n, e) || !json_no_other_keys(&n, keys, e) ||
	    !recipe_read_either(rd, &n, "compression", forms, &zstd, e) ||
	    !recipe_read_either(rd, &n, "group", groups, &r->by_source, e))
		return false;
	r->compression = zstd ? COMPRESS_ZSTD : COMPRESS_GZIP;
	return !r->by_source || !json_get(&n, "group", &group) ||
	       catalogue_shared_sources(rd, &group, &r->shared_sources, e);
}

static int compare_dir_specs(const void *a, const void *b)
{
	const struct dir_spec *x = *(const struct dir_spec *const *)a;
	const struct dir_spec *y = *(const struct dir_spec *const *)b;
	int order = strcmp(x->path, y->path);

	return order ? order : (x > y) - (x < y);
}

/* Which of two would count? */
static bool check_dirs(const struct reader *rd, const struct recipe *r, struct error *e)
{
	const struct dir_spec **v = arena_array(rd->a, r->dirs.n + 1,
						sizeof(const struct dir_spec *));

	for (size_t i = 0; i < r->dirs.n; i++)
		v[i] = &r->dirs.v[i];
	qsort(v, r->dirs.n, sizeof(*v), compare_dir_specs);
	for (size_t i = 1; i < r->dirs.n; i++) {
		if (strcmp(v[i - 1]->path, v[i]->path) != 0)
			continue;
		err_set(e, ERR_INPUT, "dirs: %s is there twice; the other is in line %u",
			v[i]->path, v[i - 1]->at.line);
		return err_at(e, v[i]->at.file, v[i]->at.line, v[i]->at.col);
	}
	return true;
}

static bool recipe_read_libraries(struct reader *rd, const struct json_node *root, struct recipe *r,
				  struct error *e)
{
	struct json_node list;

	if (json_get(root, "libraries", &list))
		r->libraries_at = read_place(&list);
	return read_packages(rd, root, "libraries", &r->libraries, e);
}

bool parts_read(struct reader *rd, const struct json_node *root, struct recipe *r, struct error *e)
{
	return read_each(rd, root, "programs", program_read, r, e) &&
	       read_each(rd, root, "files", recipe_read_file, r, e) &&
	       read_each(rd, root, "dirs", recipe_read_dir, r, e) && check_dirs(rd, r, e) &&
	       read_links(rd, root, "links", &r->links, e) &&
	       read_each(rd, root, "users", recipe_read_user, r, e) &&
	       read_each(rd, root, "groups", read_group, r, e) &&
	       recipe_read_libraries(rd, root, r, e) && effects_read(rd, root, r, e) &&
	       recipe_read_layers(rd, root, r, e) && budget_read(rd, root, &r->budget, e) &&
	       read_audit(rd, root, r, e) && read_paths(rd, root, "tests", &r->tests, e);
}
