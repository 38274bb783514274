/* SPDX-License-Identifier: Apache-2.0 */
/* Notes each choice of imgbuild init, with the place that it was read from. */

#include "explain/init/draft.h"

#include <stdio.h>

void draft_chose(struct init_draft *d, const char *key, const char *value, const char *from, ...)
{
	char text[1024];
	va_list args;

	va_start(args, from);
	vsnprintf(text, sizeof(text), from, args);
	va_end(args);
	*list_push(d->a, &d->choices) = (struct draft_choice){ key, value,
							       arena_strdup(d->a, text) };
}

void draft_leave(struct init_draft *d, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!strings_has(&d->open, text))
		*list_push(d->a, &d->open) = arena_strdup(d->a, text);
}

void draft_forget_dependency(struct init_draft *d, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->take.n; i++) {
		if (strcmp(d->take.v[i], name) != 0)
			d->take.v[kept++] = d->take.v[i];
	}
	d->take.n = kept;
	kept = 0;
	for (size_t i = 0; i < d->without.n; i++) {
		if (strcmp(d->without.v[i].name, name) != 0)
			d->without.v[kept++] = d->without.v[i];
	}
	d->without.n = kept;
	kept = 0;
	for (size_t i = 0; i < d->choices.n; i++) {
		const struct draft_choice *x = &d->choices.v[i];

		if (strncmp(x->key, "depends.", strlen("depends.")) != 0 ||
		    strcmp(x->value, name) != 0)
			d->choices.v[kept++] = *x;
	}
	d->choices.n = kept;
}

void draft_forget_choice(struct init_draft *d, const char *key, const char *value)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->choices.n; i++) {
		const struct draft_choice *x = &d->choices.v[i];

		if (strcmp(x->key, key) != 0 || (value && strcmp(x->value, value) != 0))
			d->choices.v[kept++] = *x;
	}
	d->choices.n = kept;
}

void draft_forget_accepted(struct init_draft *d)
{
	d->without.n = 0;
	draft_forget_choice(d, "depends.accept", NULL);
}

bool draft_drop(struct init_draft *d, const char *path)
{
	if (strings_has(&d->drop, path))
		return false;
	*list_push(d->a, &d->drop) = path;
	d->alternatives.n = d->effects.n = 0;
	draft_forget_choice(d, "alternatives", NULL);
	draft_forget_choice(d, "effects.accept", NULL);
	d->unsettled = true;
	return true;
}

bool draft_add_package(struct init_draft *d, const char *name, const char *from)
{
	if (strings_has(&d->packages, name))
		return false;
	*list_push(d->a, &d->packages) = name;
	draft_forget_dependency(d, name);
	draft_chose(d, "packages", name, "%s", from);
	return true;
}

bool draft_add_dir(struct init_draft *d, const char *path, unsigned mode, const char *user,
		   const char *group)
{
	for (size_t i = 0; i < d->dirs.n; i++) {
		struct draft_dir *x = &d->dirs.v[i];

		if (strcmp(x->path, path) != 0)
			continue;
		if (user && !x->user)
			*x = (struct draft_dir){ x->path, mode, user, group };
		return false;
	}
	*list_push(d->a, &d->dirs) = (struct draft_dir){ arena_strdup(d->a, path), mode, user,
							 group };
	return true;
}

static void draft_chose_again(struct init_draft *d, const char *key, const char *value,
			      const char *from)
{
	list_each(x, &d->choices) {
		if (strcmp(x->key, key) == 0 && strcmp(x->value, value) == 0)
			x->from = from;
	}
}

void draft_set_env(struct init_draft *d, const char *name, const char *value, const char *from)
{
	list_each(x, &d->env) {
		if (strcmp(x->name, name) == 0) {
			x->value = value;
			draft_chose_again(d, "env", name, from);
			return;
		}
	}
	*list_push(d->a, &d->env) = (struct draft_variable){ name, value };
	draft_chose(d, "env", name, "%s", from);
}

const char *draft_env(const struct init_draft *d, const char *name)
{
	list_each(x, &d->env) {
		if (strcmp(x->name, name) == 0)
			return x->value;
	}
	return NULL;
}

bool draft_has_file(const struct init_draft *d, const char *path)
{
	list_each(x, &d->files) {
		if (strcmp(x->path, path) == 0)
			return true;
	}
	return false;
}

bool draft_has_dir(const struct init_draft *d, const char *path)
{
	list_each(x, &d->dirs) {
		if (strcmp(x->path, path) == 0)
			return true;
	}
	return false;
}

bool draft_has_link(const struct init_draft *d, const char *path)
{
	list_each(x, &d->links) {
		if (strcmp(x->name, path) == 0)
			return true;
	}
	return false;
}

/* Of the base: recipes/cc-debian13.json. */
static const struct draft_user base_users[] = {
	{ "root", NULL, NULL, 0, 0 },
	{ "nobody", NULL, NULL, 65534, 65534 },
	{ "nonroot", NULL, NULL, 65532, 65532 },
};

static const struct draft_group base_groups[] = {
	{ "root", 0 }, { "nobody", 65534 }, { "nogroup", 65534 },
	{ "tty", 5 },  { "staff", 50 },	    { "nonroot", 65532 },
};

bool draft_find_user(const struct init_draft *d, const char *name, uint32_t *uid, uint32_t *gid)
{
	const struct draft_user *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(base_users); i++) {
		if (strcmp(base_users[i].name, name) == 0)
			found = &base_users[i];
	}
	for (size_t i = 0; i < d->users.n; i++) {
		if (strcmp(d->users.v[i].name, name) == 0)
			found = &d->users.v[i];
	}
	if (found) {
		*uid = found->uid;
		*gid = found->gid;
	}
	return found;
}

bool draft_find_group(const struct init_draft *d, const char *name, uint32_t *gid)
{
	const struct draft_group *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(base_groups); i++) {
		if (strcmp(base_groups[i].name, name) == 0)
			found = &base_groups[i];
	}
	for (size_t i = 0; i < d->groups.n; i++) {
		if (strcmp(d->groups.v[i].name, name) == 0)
			found = &d->groups.v[i];
	}
	if (found)
		*gid = found->gid;
	return found;
}

const char *draft_group_name(const struct init_draft *d, uint32_t gid)
{
	for (size_t i = 0; i < ARRAY_SIZE(base_groups); i++) {
		if (base_groups[i].gid == gid)
			return base_groups[i].name;
	}
	list_each(x, &d->groups) {
		if (x->gid == gid)
			return x->name;
	}
	return NULL;
}

const char *draft_ids(const struct init_draft *d, const char *user, const char *group)
{
	uint32_t uid = 0, gid = 0;

	if (user && !draft_find_user(d, user, &uid, &gid))
		uid = gid = 0;
	if (group && !draft_find_group(d, group, &gid))
		gid = 0;
	return arena_printf(d->a, "%u:%u", uid, gid);
}
