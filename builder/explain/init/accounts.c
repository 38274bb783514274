/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of accounts. */

#include "explain/init/accounts.h"

struct static_account {
	const char *name;
	uint32_t id;
};

/* passwd.master and group.master of Debian's base-passwd: accounts whose user and group have one
 * number. */
static const struct static_account static_accounts[] = {
	{ "daemon", 1 },    { "bin", 2 },     { "sys", 3 },   { "lp", 7 },
	{ "mail", 8 },	    { "news", 9 },    { "uucp", 10 }, { "proxy", 13 },
	{ "www-data", 33 }, { "backup", 34 }, { "list", 38 }, { "irc", 39 },
};

/* group.master has these alone. */
static const struct static_account static_groups[] = {
	{ "adm", 4 },	{ "dialout", 20 }, { "cdrom", 24 },  { "audio", 29 }, { "shadow", 42 },
	{ "utmp", 43 }, { "video", 44 },   { "users", 100 }, { "src", 40 },   { "disk", 6 },
};

int64_t accounts_static(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(static_accounts); i++) {
		if (strcmp(static_accounts[i].name, name) == 0)
			return static_accounts[i].id;
	}
	return -1;
}

static int64_t accounts_static_group(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(static_groups); i++) {
		if (strcmp(static_groups[i].name, name) == 0)
			return static_groups[i].id;
	}
	return accounts_static(name);
}

static bool accounts_is_used(const struct init_draft *d, uint32_t id)
{
	for (size_t i = 0; i < d->users.n; i++) {
		if (d->users.v[i].uid == id)
			return true;
	}
	for (size_t i = 0; i < d->groups.n; i++) {
		if (d->groups.v[i].gid == id)
			return true;
	}
	return false;
}

static uint32_t accounts_free(const struct init_draft *d)
{
	uint32_t id = 999;

	while (id > 100 && accounts_is_used(d, id))
		id--;
	return id;
}

/* Names that a recipe may give to an account; adduser can be told to take others. */
static bool accounts_is_name(struct init_draft *d, const char *name, const char *from)
{
	if (name[0] &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		    strlen(name) &&
	    name[0] != '-' && name[0] != '.')
		return true;
	draft_leave(
		d,
		"%s makes the account \"%s\", a name that recipes cannot have: the image is without it",
		from, name);
	return false;
}

void accounts_add_group(struct init_draft *d, const char *name, int64_t id, const char *from)
{
	int64_t fixed = accounts_static_group(name);
	uint32_t gid;

	if (draft_find_group(d, name, &gid) || !accounts_is_name(d, name, from))
		return;
	gid = id >= 0 ? (uint32_t)id : fixed >= 0 ? (uint32_t)fixed : accounts_free(d);
	*list_push(d->a, &d->groups) = (struct draft_group){ name, gid };
	draft_chose(d, "groups", arena_printf(d->a, "%s %u", name, gid), "%s%s", from,
		    id >= 0	 ? ""
		    : fixed >= 0 ? "; the number is base-passwd's"
				 : "; the number is chosen here");
}

/* What a line of sysusers.d leaves open, a script may say, and the other way round. */
static void accounts_complete(struct init_draft *d, const struct account_wish *w)
{
	for (size_t i = 0; i < d->users.n; i++) {
		struct draft_user *u = &d->users.v[i];

		if (strcmp(u->name, w->name) != 0)
			continue;
		u->home = u->home ? u->home : w->home;
		u->gecos = u->gecos ? u->gecos : w->gecos;
	}
}

void accounts_add_user(struct init_draft *d, const struct account_wish *w, const char *from)
{
	int64_t fixed = accounts_static(w->name);
	struct draft_user u = { .name = w->name, .home = w->home, .gecos = w->gecos };
	const char *group = w->group ? w->group : w->name;

	accounts_complete(d, w);
	if (draft_find_user(d, w->name, &u.uid, &u.gid) || !accounts_is_name(d, w->name, from))
		return;
	u.uid = w->id >= 0 ? (uint32_t)w->id : fixed >= 0 ? (uint32_t)fixed : accounts_free(d);
	if (!draft_find_group(d, group, &u.gid)) {
		if (strcmp(group, w->name) == 0)
			*list_push(d->a, &d->groups) = (struct draft_group){
				group, draft_group_name(d, u.uid) ? accounts_free(d) : u.uid
			};
		else
			accounts_add_group(d, group, -1, from);
		if (!draft_find_group(d, group, &u.gid))
			u.gid = u.uid;
	} else if (w->id < 0 && fixed < 0 && strcmp(group, w->name) == 0) {
		u.uid = u.gid; /* a group of the same name was there first: one number for both */
	}
	*list_push(d->a, &d->users) = u;
	draft_chose(d, "users", arena_printf(d->a, "%s %u:%u", u.name, u.uid, u.gid), "%s%s", from,
		    w->id >= 0	 ? ""
		    : fixed >= 0 ? "; the number is base-passwd's"
				 : "; the number is chosen here");
}
