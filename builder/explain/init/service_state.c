/* SPDX-License-Identifier: Apache-2.0 */
/* Who a service runs as, and what it has to write. */

#include <stdlib.h>

#include "explain/init/accounts.h"
#include "explain/init/service.h"

/* An account for a name that the unit or the table gives; false for root. */
static bool take_user(struct service *s, const char *user, const char *group, const char *from)
{
	const struct account_wish w = { .name = user, .group = group, .id = -1 };
	struct init_draft *d = s->c->d;
	uint32_t uid, gid;

	if (strcmp(user, "root") == 0)
		return false;
	if (!draft_find_user(d, user, &uid, &gid))
		accounts_add_user(d, &w, from);
	if (group && !draft_find_group(d, group, &gid))
		accounts_add_group(d, group, -1, from);
	if (!draft_find_user(d, user, &uid, &gid))
		return false;
	d->user = user;
	d->group = group;
	draft_chose(d, "user", arena_printf(d->a, "%s %s", user, draft_ids(d, user, group)), "%s",
		    from);
	return true;
}

/* Whether it works without the rights of root, nobody has said of a daemon that is not in the
 * table.
 */
static void service_leave_root(struct service *s)
{
	const struct unit_setting *dynamic = unit_last(&s->unit, "Service", "DynamicUser");
	struct init_draft *d = s->c->d;

	if (s->daemon || !s->program || (dynamic && strcmp(dynamic->value, "no") != 0))
		return;
	draft_leave(
		d,
		"%s starts %s as root, and here it runs as %s: what it does as root, such as "
		"changing its user, fails; take that out of its configuration, or give the image "
		"\"user\": \"0:0\"",
		service_place(s, NULL), s->program,
		d->user ? arena_printf(d->a, "%s (%s)", d->user, draft_ids(d, d->user, d->group))
			: "65532:65532");
}

/* The user that it is told to become: "--user www-data". */
static bool state_option_user(struct service *s)
{
	const char *user = s->program ? service_words_user(s) : NULL;
	uint32_t uid, gid;

	return user && !s->daemon &&
	       (draft_find_user(s->c->d, user, &uid, &gid) || accounts_static(user) >= 0) &&
	       take_user(s, user, NULL,
			 arena_printf(s->c->a, "%s names no user; an option of it does",
				      service_place(s, NULL)));
}

/* The user it runs as. */
static void service_user(struct service *s)
{
	const struct unit_setting *user = unit_last(&s->unit, "Service", "User");
	const struct unit_setting *group = unit_last(&s->unit, "Service", "Group");
	struct init_draft *d = s->c->d;

	if (user && take_user(s, user->value, group ? group->value : NULL, service_place(s, user)))
		return;
	if (s->daemon && s->daemon->user &&
	    take_user(s, s->daemon->user, NULL,
		      "the unit starts it as root, and it changes to this user itself"))
		return;
	if (state_option_user(s))
		return service_leave_root(s);
	if (d->users.n) {
		const struct draft_user *u = &d->users.v[0];

		take_user(s, u->name, NULL,
			  arena_printf(d->a, "%s names no user; the package's own is",
				       service_place(s, NULL)));
	} else {
		draft_chose(d, "user", "nonroot 65532:65532",
			    "%s names no user, and no package makes one", service_place(s, NULL));
	}
	service_leave_root(s);
}

void service_own_dir(struct service *s, const char *path, unsigned mode, const char *from)
{
	struct init_draft *d = s->c->d;

	collect_dir(s->c, path, mode, d->user ? d->user : "nonroot", d->group, from);
}

static void unit_folders(struct service *s)
{
	static const struct {
		const char *key, *mode, *parent;
	} keys[] = { { "RuntimeDirectory", "RuntimeDirectoryMode", "/run" },
		     { "StateDirectory", "StateDirectoryMode", "/var/lib" },
		     { "CacheDirectory", "CacheDirectoryMode", "/var/cache" },
		     { "LogsDirectory", "LogsDirectoryMode", "/var/log" } };
	const struct unit_setting *x, *mode;

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		mode = unit_last(&s->unit, "Service", keys[k].mode);
		for (size_t i = 0; (x = unit_next(&s->unit, "Service", keys[k].key, &i));) {
			struct strings words = { 0 };

			if (!unit_words(s->c->a, str_of(x->value), &words))
				continue;
			for (size_t n = 0; n < words.n; n++)
				service_own_dir(s,
						arena_printf(s->c->a, "%s/%s", keys[k].parent,
							     words.v[n]),
						mode ? (unsigned)strtoul(mode->value, NULL, 8) &
								01777
						     : 0755,
						service_place(s, x));
		}
	}
}

/* PIDFile=/run/x.pid: /run itself has to be writable. */
static void pid_folder(struct service *s)
{
	const struct unit_setting *x = unit_last(&s->unit, "Service", "PIDFile");
	const char *path = x ? x->value : "/", *dir;

	if (strncmp(path, "/var/run/", 9) == 0)
		path += 4;
	dir = path_dir(s->c->a, path + 1);
	if (strncmp(path, "/run/", 5) == 0)
		service_own_dir(s, arena_printf(s->c->a, "/%s", dir), 0755, service_place(s, x));
}

/* Folders of packages below /var in which services keep things. */
static bool is_state_folder(const char *path)
{
	static const char *const parents[] = { "var/lib/",   "var/log/", "var/cache/",
					       "var/spool/", "run/",	 "srv/" };

	for (size_t i = 0; i < ARRAY_SIZE(parents); i++) {
		size_t n = strlen(parents[i]);

		if (strncmp(path, parents[i], n) == 0 && path[n] &&
		    strncmp(path, "var/lib/dpkg", 12) != 0)
			return true;
	}
	return false;
}

/* ReadWritePaths: what the unit leaves writable; and the home of the service's user. */
static void written_folders(struct service *s)
{
	static const char *const keys[] = { "ReadWritePaths", "ReadWriteDirectories" };
	const struct init_draft *d = s->c->d;
	const struct unit_setting *x;

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		for (size_t i = 0; (x = unit_next(&s->unit, "Service", keys[k], &i));) {
			struct str rest = str_of(x->value), path;

			while (str_next(&rest, ' ', &path)) {
				path = str_from(path,
						path.n && (path.p[0] == '-' || path.p[0] == '+'));
				if (path.n > 1 && is_state_folder(str_dup(d->a, path) + 1))
					service_own_dir(s, str_dup(d->a, path), 0755,
							service_place(s, x));
			}
		}
	}
	for (size_t i = 0; i < d->users.n; i++) {
		const struct draft_user *u = &d->users.v[i];

		if (d->user && strcmp(u->name, d->user) == 0 && u->home &&
		    is_state_folder(u->home + 1))
			service_own_dir(s, u->home, 0755,
					arena_printf(d->a, "the home of %s", u->name));
	}
}

/* "~" is the home of the unit's user (systemd.exec(5)); NULL: only a machine would know. */
static const char *state_working_path(const struct service *s, const struct unit_setting *x)
{
	const char *path = x->value + (x->value[0] == '-');
	const struct init_draft *d = s->c->d;
	size_t n;

	if (strcmp(path, "~") == 0) {
		list_each(u, &d->users) {
			if (d->user && strcmp(u->name, d->user) == 0)
				path = u->home ? u->home : path;
		}
	}
	n = strlen(path);
	return path[0] != '/' || strpbrk(path, "%$")
		       ? NULL
		       : arena_strndup(s->c->a, path, n - (n > 1 && path[n - 1] == '/'));
}

/* WorkingDirectory: paths of the command line may start from there. */
static void state_working_dir(struct service *s)
{
	const struct unit_setting *x = unit_last(&s->unit, "Service", "WorkingDirectory");
	const char *path = x ? state_working_path(s, x) : NULL;
	struct init_draft *d = s->c->d;

	if (!path || !s->program || strcmp(path, "/") == 0)
		return;
	if (is_state_folder(path + 1))
		service_own_dir(s, path, 0755, service_place(s, x));
	else if (!tree_resolve(&s->c->chain->tree, path) && !draft_has_dir(d, path))
		return;
	d->workdir = path;
	draft_chose(d, "workdir", path, "%s", service_place(s, x));
}

static void package_folders(struct service *s)
{
	for (size_t i = 0; i < s->c->own.n; i++) {
		const struct deb *deb = s->c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			const struct deb_entry *x = &deb->entries.v[k];

			if (x->type == NODE_DIR &&
			    (is_state_folder(x->path) ||
			     (strncmp(x->path, "etc/", 4) == 0 && !(x->mode & 01))))
				service_own_dir(
					s, arena_printf(s->c->a, "/%s", x->path), x->mode & 01777,
					arena_printf(
						s->c->a,
						"%s has this folder, and the service's user has to write it",
						deb->package->name));
		}
	}
}

/* A dir of root in the draft that lies where services write becomes the user's. */
static void claim_folders(struct service *s)
{
	struct init_draft *d = s->c->d;

	for (size_t i = 0; i < d->dirs.n; i++) {
		struct draft_dir *x = &d->dirs.v[i];

		if (x->user || !is_state_folder(x->path + 1))
			continue;
		x->user = d->user ? d->user : "nonroot";
		x->group = x->group ? x->group : d->group;
	}
}

/* Files of /etc that the user could not read. */
static bool unreadable_files(struct service *s, struct error *e)
{
	struct init_draft *d = s->c->d;

	for (size_t i = 0; i < s->c->own.n; i++) {
		const struct deb *deb = s->c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			const struct deb_entry *x = &deb->entries.v[k];
			const struct node *n = tree_find(&s->c->chain->tree, x->path);

			if (x->type != NODE_FILE || !n || strncmp(x->path, "etc/", 4) != 0 ||
			    (x->mode & 04))
				continue;
			if (!collect_owned_file(s->c, arena_printf(d->a, "/%s", x->path), 0,
						d->user ? d->user : "nonroot", d->group,
						arena_printf(d->a, "%s: %s has mode %04o",
							     deb->package->name, x->path, x->mode),
						e))
				return false;
		}
	}
	return true;
}

/* Everything that it has to write. */
static bool service_folders(struct service *s, struct error *e)
{
	unit_folders(s);
	written_folders(s);
	pid_folder(s);
	for (size_t i = 0; s->daemon && i < ARRAY_SIZE(s->daemon->dirs) && s->daemon->dirs[i]; i++)
		service_own_dir(s, s->daemon->dirs[i], 0755,
				arena_printf(s->c->a, "%s writes there", s->program));
	package_folders(s);
	state_working_dir(s);
	if (!service_written(s, e))
		return false;
	claim_folders(s);
	return unreadable_files(s, e);
}

static void set_env(struct service *s)
{
	struct init_draft *d = s->c->d;

	for (size_t i = 0; i < s->variables.n; i++) {
		const struct unit_setting *x = &s->variables.v[i];

		if (strings_has(&s->exec.used, x->key) || !x->value[0] ||
		    strcmp(x->section, SERVICE_ACCOUNT) == 0 || strpbrk(x->value, "$%"))
			continue;
		draft_set_env(d, x->key, x->value, service_place(s, NULL));
	}
	for (size_t i = 0; s->daemon && i < ARRAY_SIZE(s->daemon->env) && s->daemon->env[i]; i++) {
		struct str key, value;

		str_cut(str_of(s->daemon->env[i]), '=', &key, &value);
		draft_set_env(d, str_dup(d->a, key), str_dup(d->a, value),
			      arena_printf(d->a, "%s needs it", s->program));
	}
}

/* The first port that takes connections; else whether the program runs. */
static void service_probe(struct service *s)
{
	struct init_draft *d = s->c->d;
	struct str number = { "", 0 }, protocol = { "", 0 };

	if (!s->program)
		return;
	for (size_t i = 0; i < d->expose.n && !str_eq(protocol, STR("tcp")); i++)
		str_cut(str_of(d->expose.v[i]), '/', &number, &protocol);
	d->probe = str_eq(protocol, STR("tcp"))
			   ? arena_printf(d->a, "tcp://127.0.0.1:" STR_FMT, STR_ARG(number))
			   : arena_printf(d->a, "process:%s", path_base(s->program));
	if (d->probes) {
		draft_chose(d, "healthcheck", d->probe, "--probe");
		return;
	}
	draft_leave(d,
		    "the image has no health check: init --probe, or \"healthcheck\": { \"probe\": "
		    "\"%s\" } in config",
		    d->probe);
	d->probe = NULL;
}

bool service_settle(struct service *s, struct error *e)
{
	service_user(s);
	service_drop_user_words(s);
	if (!service_folders(s, e) || !service_background(s, e) || !service_files(s, e) ||
	    !service_ports(s, e))
		return false;
	service_absent(s);
	service_probe(s);
	set_env(s);
	if (s->daemon && s->daemon->needs && !strings_has(&s->c->d->packages, s->daemon->needs)) {
		*list_push(s->c->a, &s->c->d->packages) = s->daemon->needs;
		draft_chose(s->c->d, "packages", s->daemon->needs, "%s cannot do without it",
			    s->program);
	}
	for (size_t i = 0; s->daemon && i < ARRAY_SIZE(s->daemon->open) && s->daemon->open[i]; i++)
		draft_leave(s->c->d, "%s", s->daemon->open[i]);
	return true;
}
