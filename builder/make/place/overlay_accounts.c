/* SPDX-License-Identifier: Apache-2.0 */
/* etc/passwd, etc/group (passwd(5), group(5)) and homes. No shadow files: no password opens
 * anything in an image. */

#include "make/place/overlay_parts.h"

#include <assert.h>

#define HOME_MODE 0700

/* A user or group line: what must be unique, and the line. */
struct account {
	const char *name, *line;
	uint32_t id;
	const struct recipe *from;
	const struct place *at;
};

struct accounts {
	struct LIST(struct account) v;
	const char *kind; /* "user", "group" */
};

/* A colon or a control character would make another line out of it. */
static bool account_check_field(const struct account *x, const char *kind, const char *field,
				struct error *e)
{
	for (const unsigned char *p = (const unsigned char *)field; *p; p++) {
		if (*p < ' ' || *p == 0x7f || *p == ':')
			return err_set(e, ERR_INPUT,
				       "%s %s: no ':' and no control character can stand in "
				       "\"%s\"",
				       kind, x->name, field) ||
			       err_at(e, x->at->file, x->at->line, x->at->col);
	}
	return true;
}

/* Adds an entry. One of the same name in a base is replaced where it stands. */
static bool account_add(struct arena *a, struct accounts *l, const struct account *x,
			struct error *e)
{
	struct account *same = NULL;

	list_each(o, &l->v) {
		bool same_name = strcmp(o->name, x->name) == 0;

		if (same_name && o->from != x->from)
			same = o;
		else if (same_name || o->id == x->id)
			return err_set(e, ERR_INPUT,
				       same_name
					       ? "%s %s has number %u here, and %s %s has number "
						 "%u at %s: leave one of them out"
					       : "%s %s has number %u here, and so has %s %s (%u) "
						 "at %s: give one of them another number",
				       l->kind, x->name, x->id, l->kind, o->name, o->id,
				       place_format(a, o->at)) ||
			       err_at(e, x->at->file, x->at->line, x->at->col);
	}
	if (!same)
		same = list_push(a, &l->v);
	*same = *x;
	return true;
}

static bool account_add_user(struct arena *a, struct accounts *l, const struct recipe *r,
			     const struct user_spec *u, struct error *e)
{
	const char *gecos = u->gecos ? u->gecos : u->name;
	const char *home = u->home ? u->home : "/nonexistent";
	const char *shell = u->shell ? u->shell : "/sbin/nologin";
	struct account x = { .name = u->name, .id = u->uid, .from = r, .at = &u->at };

	x.line = arena_printf(a, "%s:x:%u:%u:%s:%s:%s\n", u->name, u->uid, u->gid, gecos, home,
			      shell);
	return account_check_field(&x, l->kind, u->name, e) &&
	       account_check_field(&x, l->kind, gecos, e) &&
	       account_check_field(&x, l->kind, home, e) &&
	       account_check_field(&x, l->kind, shell, e) && account_add(a, l, &x, e);
}

static bool account_add_group(struct arena *a, struct accounts *l, const struct recipe *r,
			      const struct group_spec *g, struct error *e)
{
	struct account x = { .name = g->name, .id = g->gid, .from = r, .at = &g->at };

	x.line = arena_printf(a, "%s:x:%u:\n", g->name, g->gid);
	return account_check_field(&x, l->kind, g->name, e) && account_add(a, l, &x, e);
}

/* What an image of others has in its file. Lines that name no account stay out. */
static bool accounts_take_file(const struct overlay_job *j, const char *path,
			       const struct base_image *image, struct accounts *out,
			       struct error *e)
{
	const struct node *n = tree_resolve(j->t, path);
	AUTO_MAPPING m = { 0 };
	struct str rest, line;

	if (!n || n->type != NODE_FILE)
		return true;
	if (!node_map(n, &m, e))
		return false;
	rest = m.bytes;
	while (str_next(&rest, '\n', &line)) {
		struct str name, field, id, ignored = line;
		uint64_t number;

		if (!str_next(&ignored, ':', &name) || !str_next(&ignored, ':', &field) ||
		    !str_next(&ignored, ':', &id) || !str_u64(id, &number) || number > UINT32_MAX)
			continue;
		*list_push(j->a, &out->v) = (struct account){
			.name = str_dup(j->a, name),
			.line = arena_printf(j->a, STR_FMT "\n", STR_ARG(line)),
			.id = (uint32_t)number,
			.at = &image->at,
		};
	}
	return true;
}

/* All accounts of a recipe and its bases, bases first. */
static bool accounts_collect(const struct overlay_job *j, const struct recipe *r,
			     struct accounts *users, struct accounts *groups, struct error *e)
{
	struct arena *a = j->a;

	if (r->base && !accounts_collect(j, r->base, users, groups, e))
		return false;
	if (r->base_image && (!accounts_take_file(j, "/etc/passwd", r->base_image, users, e) ||
			      !accounts_take_file(j, "/etc/group", r->base_image, groups, e)))
		return false;
	list_each(u, &r->users) {
		if (!account_add_user(a, users, r, u, e))
			return false;
	}
	list_each(g, &r->groups) {
		if (!account_add_group(a, groups, r, g, e))
			return false;
	}
	return true;
}

static bool accounts_put_file(const struct overlay_job *j, const char *path,
			      const struct accounts *l, struct error *e)
{
	struct buf text = { .a = j->a };
	struct node n = {
		.path = path,
		.type = NODE_FILE,
		.mode = 0644,
		.mtime = (int64_t)j->r->epoch,
	};

	assert(l->v.n > 0);
	n.owner = overlay_owner(j, OWNER_GENERATED, path, l->v.v[l->v.n - 1].at);
	for (size_t i = 0; i < l->v.n; i++)
		buf_puts(&text, l->v.v[i].line);
	n.content = (struct content){ .bytes = buf_cstr(&text), .size = text.n };
	return tree_replace(j->t, &n, e);
}

static bool put_home(const struct overlay_job *j, const struct user_spec *u, struct error *e)
{
	struct node n = {
		.type = NODE_DIR,
		.mode = HOME_MODE,
		.uid = u->uid,
		.gid = u->gid,
		.mtime = (int64_t)j->r->epoch,
		.owner = overlay_owner(j, OWNER_RECIPE, u->home, &u->at),
	};

	return (overlay_path(j, u->home, &n.path, e) && tree_replace(j->t, &n, e)) ||
	       err_at(e, u->at.file, u->at.line, u->at.col);
}

bool overlay_accounts(const struct overlay_job *j, struct error *e)
{
	struct accounts users = { .kind = "user" }, groups = { .kind = "group" };
	const struct recipe *r = j->r;

	if (!accounts_collect(j, r, &users, &groups, e))
		return false;
	if ((r->users.n && !accounts_put_file(j, "etc/passwd", &users, e)) ||
	    (r->groups.n && !accounts_put_file(j, "etc/group", &groups, e)))
		return false;
	list_each(u, &r->users) {
		if (u->make_home && u->home && !put_home(j, u, e))
			return false;
	}
	return true;
}
