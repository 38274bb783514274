/* SPDX-License-Identifier: Apache-2.0 */
/* Files of packages that only a whole machine has a use for, and those that an image without a
 * shell cannot run. */

#include "base/path.h"
#include "explain/init/collect.h"
#include "explain/init/interpreters.h"

/* Folders of others than the service itself: left out as a whole. */
static const struct {
	const char *folder, *whose;
} host_folders[] = {
	{ "etc/apparmor.d/", "the kernel's" },
	{ "etc/bash_completion.d/", "a shell's" },
	{ "etc/cron.d/", "cron's" },
	{ "etc/cron.daily/", "cron's" },
	{ "etc/cron.hourly/", "cron's" },
	{ "etc/cron.monthly/", "cron's" },
	{ "etc/cron.weekly/", "cron's" },
	{ "etc/dhcp/", "the network's" },
	{ "etc/init.d/", "the service manager's" },
	{ "etc/init/", "the service manager's" },
	{ "etc/insserv.conf.d/", "the service manager's" },
	{ "etc/logrotate.d/", "logrotate's" },
	{ "etc/network/", "the network's" },
	{ "etc/ppp/", "the network's" },
	{ "etc/resolvconf/", "the network's" },
	{ "etc/rsyslog.d/", "rsyslog's" },
	{ "etc/runit/", "the service manager's" },
	{ "etc/sv/", "the service manager's" },
	{ "etc/ufw/", "a firewall's" },
	{ "etc/NetworkManager/", "the network's" },
	{ "usr/lib/systemd/", "systemd's" },
	{ "usr/lib/sysusers.d/", "systemd's" },
	{ "usr/lib/tmpfiles.d/", "systemd's" },
	{ "usr/lib/udev/", "udev's" },
	{ "usr/share/apport/", "for reports" },
	{ "usr/share/bash-completion/", "a shell's" },
	{ "usr/share/bug/", "for reports" },
	{ "usr/share/doc/", "documents" },
	{ "usr/share/doc-base/", "documents" },
	{ "usr/share/fish/", "a shell's" },
	{ "usr/share/info/", "documents" },
	{ "usr/share/initramfs-tools/", "the boot's" },
	{ "usr/share/lintian/", "for Debian's checks" },
	{ "usr/share/man/", "documents" },
	{ "usr/share/metainfo/", "a desktop's" },
	{ "usr/share/applications/", "a desktop's" },
	{ "usr/share/pixmaps/", "a desktop's" },
	{ "usr/share/zsh/", "a shell's" },
	{ "usr/share/polkit-1/", "polkit's" },
	{ "usr/share/dbus-1/", "the bus's" },
	{ "etc/dbus-1/", "the bus's" },
	{ "usr/share/ufw/", "a firewall's" },
	{ "etc/default/", "the service manager's; what they set is in the entrypoint" },
};

static bool is_own_node(const struct collecting *c, const struct node *n)
{
	if (!n->owner || n->owner->kind != OWNER_PACKAGE || n->type == NODE_DIR ||
	    strncmp(n->path, "var/lib/dpkg/", 13) == 0)
		return false;
	return collect_own(c, str_of(n->owner->name)) != NULL;
}

/* Does the entrypoint name something in the folder: "-data-dir=/usr/share/doc/shoelaces/examples"?
 * Then that stays: *below is it. */
static bool host_is_named(const struct collecting *c, const char *folder, struct str *below)
{
	list_each(word, &c->d->entrypoint) {
		const char *at = strstr(*word, folder);

		if (!at || at == *word || at[-1] != '/' || !at[strlen(folder)] ||
		    (at - 1 > *word && at[-2] != '='))
			continue;
		*below = str_of(at);
		while (below->p[below->n - 1] == '/')
			below->n--;
		return true;
	}
	return false;
}

/* The pattern that leaves a file out with its folder, or NULL. */
static const char *host_pattern(struct collecting *c, const struct node *n)
{
	for (size_t i = 0; i < ARRAY_SIZE(host_folders); i++) {
		const char *folder = host_folders[i].folder;
		const char *pattern, *copyright;
		struct str named;

		if (strncmp(n->path, folder, strlen(folder)) != 0)
			continue;
		copyright = arena_printf(c->a, "usr/share/doc/%s/copyright", n->owner->name);
		if (strcmp(n->path, copyright) == 0 ||
		    (n->type == NODE_LINK && strcmp(folder, "usr/share/doc/") == 0))
			return NULL;
		if (host_is_named(c, folder, &named)) {
			if (str_starts(str_of(n->path), named) &&
			    (!n->path[named.n] || n->path[named.n] == '/'))
				return NULL;
			return arena_printf(c->a, "/%s", n->path);
		}
		pattern = arena_printf(c->a, "/%s**", folder);
		if (!strings_has(&c->d->drop, pattern))
			draft_chose(c->d, "drop", pattern, "%s has files there: they are %s",
				    n->owner->name, host_folders[i].whose);
		return pattern;
	}
	return NULL;
}

/* Whether the image has a program like it: python3 for "/usr/bin/python". */
static bool host_has_like(const struct collecting *c, const char *interpreter)
{
	AUTO_ARENA a = { 0 };
	const struct tree *t = &c->chain->tree;
	const char *name = path_base(interpreter);
	const char *prefix = arena_printf(&a, "usr/bin/%.*s", (int)strcspn(name, "0123456789."),
					  name);
	size_t at = tree_lower(t, prefix);

	return at < t->n && strncmp(t->v[at]->path, prefix, strlen(prefix)) == 0;
}

static bool host_judge(struct collecting *c, const struct node *n, struct error *e)
{
	const char *pattern = host_pattern(c, n), *interpreter;

	if (pattern) {
		draft_drop(c->d, pattern);
		return true;
	}
	pattern = arena_printf(c->a, "/%s", n->path);
	if (n->type == NODE_FILE && (n->mode & 06000)) {
		draft_drop(c->d, pattern);
		draft_chose(c->d, "drop", pattern,
			    "%s has it with mode %04o: nothing in the image gains rights",
			    n->owner->name, n->mode);
		if (c->d->entrypoint.n && strcmp(c->d->entrypoint.v[0], pattern) == 0)
			draft_leave(
				c->d,
				"%s of %s has mode %04o, to become another user, and nothing in an image "
				"gains rights: choose a program that does without",
				pattern, n->owner->name, n->mode);
		return true;
	}
	if (!(n->mode & 0111))
		return true; /* nobody starts it */
	if (!interpreter_lacking(c, n, &interpreter, e))
		return false;
	if (interpreter && !(interpreter_loads(pattern) && host_has_like(c, interpreter))) {
		draft_drop(c->d, pattern);
		draft_chose(c->d, "drop", pattern,
			    "%s: a script for %s, which the image does not have", n->owner->name,
			    interpreter);
	}
	return true;
}

static bool pattern_matches(const char *pattern, const char *path)
{
	size_t n = strlen(pattern);

	return strcmp(pattern, path) == 0 ||
	       (n > 2 && strcmp(pattern + n - 2, "**") == 0 && strncmp(pattern, path, n - 2) == 0);
}

/* Whether a pattern or a path of the drafts leaves a file out. */
static bool is_dropped(const struct init_draft *d, const char *path)
{
	for (size_t i = 0; i < d->drop.n; i++) {
		if (pattern_matches(d->drop.v[i] + 1, path))
			return true;
	}
	return false;
}

/* Why nothing is left: of programs rather than of documents. */
static bool host_refuse(const struct collecting *c, struct error *e)
{
	const struct draft_choice *why = NULL;

	list_each(x, &c->d->choices) {
		if (strcmp(x->key, "drop") == 0 && (!why || strstr(x->value, "bin/")))
			why = x;
	}
	return err_set(e, ERR_INPUT, "nothing of %s is for an image: %s is left out (%s)",
		       c->d->packages.v[0], why ? why->value : "all of it", why ? why->from : "");
}

/* Is it for a file of a package that stays? */
static bool pattern_is_used(const struct collecting *c, const char *pattern)
{
	for (size_t i = 0; i < c->own.n; i++) {
		const struct deb *deb = c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			const struct deb_entry *x = &deb->entries.v[k];

			if (x->type != NODE_DIR && pattern_matches(pattern + 1, x->path) &&
			    !strings_has(&c->d->emptied, deb->package->name))
				return true;
		}
	}
	return false;
}

/* What was said of files and dependencies of packages that the image does without. */
static void forget_emptied(struct collecting *c)
{
	struct init_draft *d = c->d;
	size_t kept = 0;

	for (size_t i = 0; i < d->drop.n; i++) {
		if (pattern_is_used(c, d->drop.v[i]))
			d->drop.v[kept++] = d->drop.v[i];
		else
			draft_forget_choice(d, "drop", d->drop.v[i]);
	}
	d->drop.n = kept;
	draft_forget_accepted(d);
	d->unsettled = true;
}

/* Packages that are taken, and of which nothing is left: the image does without them. */
static bool note_emptied(struct collecting *c, struct error *e)
{
	struct strings kept = { 0 };

	for (size_t i = 0; i < c->chain->tree.n; i++) {
		const struct node *n = c->chain->tree.v[i];

		if (is_own_node(c, n) && !is_dropped(c->d, n->path) &&
		    !strings_has(&kept, n->owner->name) &&
		    strncmp(n->path, "usr/share/doc/", 14) != 0)
			*list_push(c->a, &kept) = n->owner->name;
	}
	for (size_t i = 0; i < c->own.n; i++) {
		const char *name = c->own.v[i]->package->name;

		if (strings_has(&kept, name) || strings_has(&c->d->packages, name))
			continue;
		*list_push(c->a, &c->d->emptied) = name;
		draft_forget_dependency(c->d, name);
	}
	if (c->d->emptied.n)
		forget_emptied(c);
	return kept.n || c->d->program || c->d->asked == 0 || host_refuse(c, e);
}

bool collect_drops(struct collecting *c, struct error *e)
{
	for (size_t i = 0; i < c->chain->tree.n; i++) {
		if (is_own_node(c, c->chain->tree.v[i]) && !host_judge(c, c->chain->tree.v[i], e))
			return false;
	}
	return note_emptied(c, e);
}

/* Does an ELF file ask for it by name (DT_NEEDED)? */
static bool host_asks(const struct node *n, const char *library, bool *asks, struct error *e)
{
	AUTO_MAPPING map = { 0 };
	size_t length = strlen(library) + 1; /* the name ends there */

	*asks = false;
	if (n->type != NODE_FILE || n->content.size < 64 ||
	    strcmp(path_base(n->path), library) == 0)
		return true;
	if (!node_map(n, &map, e))
		return false;
	*asks = str_starts(map.bytes, STR("\177ELF")) &&
		memmem(map.bytes.p, map.bytes.n, library, length);
	return true;
}

bool collect_unwanted(struct collecting *c, struct error *e)
{
	for (size_t k = 0; k < c->d->unwanted.n; k++) {
		const char *library = path_base(c->d->unwanted.v[k]);

		for (size_t i = 0; i < c->chain->tree.n; i++) {
			const struct node *n = c->chain->tree.v[i];
			const char *path = arena_printf(c->a, "/%s", n->path);
			bool asks;

			if (!is_own_node(c, n) || is_dropped(c->d, n->path) ||
			    strings_has(&c->d->entrypoint, path))
				continue;
			if (!host_asks(n, library, &asks, e))
				return false;
			if (!asks || !draft_drop(c->d, path))
				continue;
			draft_chose(c->d, "drop", path, "it needs %s, which is left out", library);
			draft_leave(c->d, "%s is left out, for it needs %s, which is left out, too",
				    path, library);
		}
	}
	return true;
}
