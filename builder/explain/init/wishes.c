/* SPDX-License-Identifier: Apache-2.0 */
/* What packages ask for besides their files: sysusers.d, tmpfiles.d, and calls of maintainer
 * scripts. */

#include <stdlib.h>

#include "explain/init/accounts.h"
#include "explain/init/scripts_read.h"
#include "format/text/sysusers.h"
#include "format/text/tmpfiles.h"

static const char *const scripts[] = { "preinst", "postinst" };

static void wishes_sysuser(struct collecting *c, const struct sysuser *u, const char *from)
{
	struct account_wish w = { .name = u->name, .home = u->home, .gecos = u->gecos, .id = -1 };
	struct str uid, gid;
	uint64_t n;

	str_cut(str_of(u->id ? u->id : "-"), ':', &uid, &gid);
	if (str_u64(uid, &n) && n < UINT32_MAX)
		w.id = (int64_t)n;
	if (gid.n)
		w.group = !str_u64(gid, &n) ? str_dup(c->a, gid)
			  : n <= UINT32_MAX ? draft_group_name(c->d, (uint32_t)n)
					    : NULL;
	if (u->type == 'u')
		accounts_add_user(c->d, &w, from);
	else if (u->type == 'g')
		accounts_add_group(c->d, u->name, w.id, from);
}

/* Calls of both scripts of a package. */
static void wishes_scripts(struct collecting *c, const struct deb *deb,
			   void (*one)(struct collecting *, const struct scripted *,
				       const char *from))
{
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct scripted_calls calls = { 0 };
		struct collect_text t = { deb, scripts[i], deb_control_text(deb, scripts[i]) };

		scripts_read(c->a, t.text, &calls);
		for (size_t k = 0; k < calls.n; k++)
			one(c, &calls.v[k], collect_place(c, &t, calls.v[k].line));
	}
}

static void wishes_account(struct collecting *c, const struct scripted *s, const char *from)
{
	struct account_wish w = { s->name, s->group, s->home, s->gecos, s->id };

	if (s->kind == SCRIPTED_GROUP)
		accounts_add_group(c->d, s->name, s->id, from);
	else if (s->kind == SCRIPTED_USER)
		accounts_add_user(c->d, &w, from);
}

bool collect_accounts(struct collecting *c, struct error *e)
{
	struct collect_texts files = { 0 };

	if (!collect_folder(c, "usr/lib/sysusers.d/", ".conf", &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		struct sysusers users = { 0 };

		sysusers_read(c->a, files.v[i].text, &users);
		for (size_t k = 0; k < users.n; k++)
			wishes_sysuser(c, &users.v[k],
				       collect_place(c, &files.v[i], users.v[k].line));
	}
	for (size_t i = 0; i < c->own.n; i++)
		wishes_scripts(c, c->own.v[i], wishes_account);
	return true;
}

/* NULL for root; one of Debian's own accounts comes into the draft. */
static const char *wishes_known_user(struct collecting *c, const char *name, const char *from)
{
	const struct account_wish w = { .name = name, .id = -1 };
	uint32_t uid, gid;

	if (!name || strcmp(name, "root") == 0 || strcmp(name, "0") == 0)
		return NULL;
	if (!draft_find_user(c->d, name, &uid, &gid) && accounts_static(name) >= 0)
		accounts_add_user(c->d, &w, from);
	return draft_find_user(c->d, name, &uid, &gid) ? name : NULL;
}

static const char *wishes_known_group(struct collecting *c, const char *name, const char *from)
{
	uint32_t gid;

	if (!name || strcmp(name, "root") == 0)
		return NULL;
	if (!draft_find_group(c->d, name, &gid))
		accounts_add_group(c->d, name, -1, from);
	return draft_find_group(c->d, name, &gid) ? name : NULL;
}

/* /var/run is a folder in the base; packages know it as a link. */
static void wishes_old_run(struct collecting *c, const char *path)
{
	const char *name = path + strlen("/run/");

	if (strncmp(path, "/run/", 5) != 0 || !*name || strchr(name, '/'))
		return;
	*list_push(c->a, &c->d->links) =
		(struct draft_pair){ .name = arena_printf(c->a, "/var%s", path),
				     .text = arena_printf(c->a, "../..%s", path) };
}

void collect_dir(struct collecting *c, const char *path, unsigned mode, const char *user,
		 const char *group, const char *from)
{
	char *clean = arena_strdup(c->a, strncmp(path, "/var/run/", 9) == 0 ? path + 4 : path);
	size_t n = strlen(clean);

	while (n > 1 && clean[n - 1] == '/')
		clean[--n] = 0;
	if (n < 2)
		return;
	user = wishes_known_user(c, user, from);
	group = wishes_known_group(c, group, from);
	if (draft_add_dir(c->d, clean, mode, user, group)) {
		draft_chose(c->d, "dirs", clean, "%s", from);
		wishes_old_run(c, clean);
	}
}

bool collect_owned_file(struct collecting *c, const char *path, unsigned mode, const char *user,
			const char *group, const char *from, struct error *e)
{
	struct collect_text t;
	bool found;

	if (draft_has_file(c->d, path))
		return true;
	if (!collect_find(c, path, &t, &found, e))
		return false;
	if (!found || t.text.n == 0)
		return true;
	user = wishes_known_user(c, user, from);
	group = wishes_known_group(c, group, from);
	if (!user && !group)
		return true;
	*list_push(c->a, &c->d->files) =
		(struct draft_file){ .path = path,
				     .text = t.text,
				     .user = user,
				     .group = group,
				     .mode = (mode ? mode : deb_find(t.deb, t.path)->mode) & 0777 };
	draft_chose(c->d, "files", path, "%s; its owner is %s", from, user ? user : group);
	return true;
}

static bool wishes_is_state(const char *path)
{
	static const char *const folders[] = { "/var/", "/run/", "/etc/", "/srv/" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		if (strncmp(path, folders[i], strlen(folders[i])) == 0 && path[strlen(folders[i])])
			return true;
	}
	return false;
}

/* Where ln and cp put it: into a folder under the name that it has, else there itself. */
static const char *wishes_destination(struct collecting *c, const struct scripted *s)
{
	size_t n = strlen(s->name);
	const char *path = arena_strndup(c->a, s->name, n - (n > 1 && s->name[n - 1] == '/'));
	const struct node *there = tree_resolve(&c->chain->tree, path);
	bool folder = s->name[n - 1] == '/' || (there && there->type == NODE_DIR);

	folder = folder || draft_has_dir(c->d, path);
	return folder ? arena_printf(c->a, "%s/%s", path, path_base(s->target)) : path;
}

static void wishes_link(struct collecting *c, const struct scripted *s, const char *from)
{
	const char *target = s->target, *name = wishes_destination(c, s);

	if (target[0] != '/')
		target = path_follow(c->a, name + 1, target);
	if (!target || !tree_resolve(&c->chain->tree, target) ||
	    tree_find(&c->chain->tree, name + 1) || !wishes_is_state(name))
		return;
	if (draft_has_link(c->d, name))
		return;
	if (s->asked) {
		draft_leave(
			c->d,
			"%.*s makes links by answers to debconf, and here nobody answers: write those that "
			"the image needs into \"links\"",
			(int)(strrchr(from, ':') - from), from);
		return;
	}
	*list_push(c->a, &c->d->links) = (struct draft_pair){ .name = name, .text = s->target };
	draft_chose(c->d, "links", name, "%s", from);
}

static void wishes_folder(struct collecting *c, const struct scripted *s, const char *from)
{
	const struct node *n = tree_resolve(&c->chain->tree, s->name);

	if (s->kind == SCRIPTED_LINK)
		wishes_link(c, s, from);
	else if (!wishes_is_state(s->name) || (n && n->type != NODE_DIR))
		return;
	else if (s->kind == SCRIPTED_DIR)
		collect_dir(c, s->name, s->mode ? s->mode : 0755, s->user, s->group, from);
	else if (s->kind == SCRIPTED_OWNER && (n || draft_has_dir(c->d, s->name)))
		collect_dir(c, s->name,
			    s->mode ? s->mode
			    : n	    ? n->mode
				    : 0755,
			    s->user, s->group, from);
}

void collect_script(struct collecting *c, const struct collect_text *t)
{
	struct scripted_calls calls = { 0 };

	scripts_read(c->a, t->text, &calls);
	list_each(s, &calls) {
		if (s->kind == SCRIPTED_DIR || s->kind == SCRIPTED_OWNER)
			wishes_folder(c, s, collect_place(c, t, s->line));
	}
}

/* "cp FROM TO" of a package's own file. */
static bool wishes_copy(struct collecting *c, const struct scripted *s, const char *from,
			struct error *e)
{
	const char *name = wishes_destination(c, s);
	struct collect_text t;
	bool found;

	if (s->target[0] != '/' || !wishes_is_state(name) || tree_find(&c->chain->tree, name + 1))
		return true;
	if (draft_has_file(c->d, name))
		return true;
	if (!collect_find(c, s->target, &t, &found, e))
		return false;
	if (!found || t.text.n == 0)
		return true;
	*list_push(c->a, &c->d->files) =
		(struct draft_file){ .path = name, .text = t.text, .mode = 0644 };
	draft_chose(c->d, "files", name, "%s: a copy of %s", from, s->target);
	return true;
}

/* Files whose owner a script changes, and copies that it makes of files of its package. */
static bool wishes_files(struct collecting *c, const struct deb *deb, struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct scripted_calls calls = { 0 };
		struct collect_text t = { deb, scripts[i], deb_control_text(deb, scripts[i]) };

		scripts_read(c->a, t.text, &calls);
		for (size_t k = 0; k < calls.n; k++) {
			const struct scripted *s = &calls.v[k];

			if (s->kind == SCRIPTED_COPY &&
			    !wishes_copy(c, s, collect_place(c, &t, s->line), e))
				return false;
			if (s->kind == SCRIPTED_OWNER && wishes_is_state(s->name) &&
			    !collect_owned_file(c, s->name, s->mode, s->user, s->group,
						collect_place(c, &t, s->line), e))
				return false;
		}
	}
	return true;
}

static unsigned wishes_mode(const char *text)
{
	return text ? (unsigned)strtoul(text, NULL, 8) & 07777 : 0755;
}

bool collect_folders(struct collecting *c, struct error *e)
{
	struct collect_texts files = { 0 };

	if (!collect_folder(c, "usr/lib/tmpfiles.d/", ".conf", &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		struct tmpfiles lines = { 0 };

		tmpfiles_read(c->a, files.v[i].text, &lines);
		for (size_t k = 0; k < lines.n; k++) {
			const struct tmpfile *x = &lines.v[k];

			if (strchr("dDvqQ", x->type) && !strchr(x->path, '%'))
				collect_dir(c, x->path, wishes_mode(x->mode), x->user, x->group,
					    collect_place(c, &files.v[i], x->line));
		}
	}
	for (size_t i = 0; i < c->own.n; i++) {
		wishes_scripts(c, c->own.v[i], wishes_folder);
		if (!wishes_files(c, c->own.v[i], e))
			return false;
	}
	return true;
}
