/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration: what has to be otherwise in a container, and what it says of ports. */

#include <stdlib.h>

#include "explain/init/listening.h"
#include "explain/init/manual.h"
#include "explain/init/service.h"

#define FIRST_FREE_PORT 1024

static struct draft_file *find_file(struct init_draft *d, const char *path)
{
	for (size_t i = 0; i < d->files.n; i++) {
		if (strcmp(d->files.v[i].path, path) == 0)
			return &d->files.v[i];
	}
	return NULL;
}

bool service_file(struct service *s, const char *path, struct draft_file **out, struct error *e)
{
	struct init_draft *d = s->c->d;
	struct collect_text t;
	bool found;

	*out = find_file(d, path);
	if (*out)
		return true;
	if (!collect_find(s->c, path, &t, &found, e))
		return false;
	if (found)
		*(*out = list_push(d->a, &d->files)) =
			(struct draft_file){ .path = path,
					     .text = t.text,
					     .user = NULL,
					     .mode = deb_find(t.deb, t.path)->mode & 0777 };
	return true;
}

/* Lines that begin like `f->line`, behind blanks, become `f->with` or a comment. The number of
 * them. */
static unsigned change_lines(struct arena *a, struct draft_file *file, const struct daemon_file *f)
{
	struct buf out = { .a = a };
	struct str rest = file->text, line;
	unsigned changed = 0;

	while (str_next(&rest, '\n', &line)) {
		struct str bare = str_trim(line);
		int blanks = (int)(bare.p - line.p);

		if (!str_starts(bare, str_of(f->line))) {
			buf_printf(&out, STR_FMT "\n", STR_ARG(line));
			continue;
		}
		changed++;
		if (f->with)
			buf_printf(&out, "%.*s%s\n", blanks, line.p, f->with);
		else
			buf_printf(&out, "%.*s# " STR_FMT "\n", blanks, line.p, STR_ARG(bare));
	}
	file->text = buf_str(&out);
	return changed;
}

static bool change_file(struct service *s, const struct daemon_file *f, struct error *e)
{
	struct init_draft *d = s->c->d;
	struct draft_file *file;

	if (!service_file(s, f->path, &file, e))
		return false;
	if (!file)
		return true;
	if (change_lines(d->a, file, f))
		draft_chose(d, "files", f->path, "\"%s...\" %s%s: %s", f->line,
			    f->with ? "became " : "is a comment now", f->with ? f->with : "",
			    s->daemon->why);
	return true;
}

/* A file of its own, with those of packages that it joins. */
static bool new_file(struct service *s, const struct daemon_file *f, struct error *e)
{
	struct init_draft *d = s->c->d;
	struct draft_file *file = find_file(d, f->path);
	struct buf text = { .a = d->a };

	buf_puts(&text, f->text);
	for (size_t i = 0; i < ARRAY_SIZE(f->joined) && f->joined[i]; i++) {
		struct collect_text t;
		bool found;

		if (!collect_find(s->c, f->joined[i], &t, &found, e))
			return false;
		if (!found)
			return err_set(e, ERR_INPUT,
				       "no package of the image has %s, which %s needs",
				       f->joined[i], s->program);
		buf_add(&text, t.text);
	}
	buf_puts(&text, f->end ? f->end : "");
	if (!file)
		*(file = list_push(d->a, &d->files)) = (struct draft_file){ .path = f->path,
									    .mode = 0644 };
	file->text = buf_str(&text);
	draft_chose(d, "files", f->path, "new: %s", s->daemon->why);
	return true;
}

bool service_files(struct service *s, struct error *e)
{
	for (size_t i = 0;
	     s->daemon && i < ARRAY_SIZE(s->daemon->files) && s->daemon->files[i].path; i++) {
		const struct daemon_file *f = &s->daemon->files[i];

		if (!(f->text ? new_file(s, f, e) : change_file(s, f, e)))
			return false;
	}
	return true;
}

static void add_port(struct service *s, const char *port, const char *from)
{
	struct init_draft *d = s->c->d;

	if (strings_has(&d->expose, port))
		return;
	*list_push(d->a, &d->expose) = port;
	draft_chose(d, "expose", port, "%s", from);
	if (strtoul(port, NULL, 10) < FIRST_FREE_PORT && !s->daemon)
		draft_leave(d,
			    "port %s (%s) is below %d, and the image does not run as root: say "
			    "another one there, or run it with --sysctl "
			    "net.ipv4.ip_unprivileged_port_start=0",
			    port, from, FIRST_FREE_PORT);
}

/* "--port 783", "-bind :323", "--listen=127.0.0.1:80". 0: it is no port. */
static unsigned word_port(const char *option, const char *value)
{
	bool port = strcmp(option, "-p") == 0 || strstr(option, "port");
	bool address = strstr(option, "listen") || strstr(option, "bind") || strstr(option, "addr");
	const char *colon = strrchr(value, ':');
	uint64_t n;

	if (address && colon)
		value = colon + 1;
	return (port || (address && colon)) && str_u64(str_of(value), &n) && n > 0 && n < 65536
		       ? (unsigned)n
		       : 0;
}

/* Ports that the entrypoint itself names. */
static void words_ports(struct service *s)
{
	const struct strings *l = &s->c->d->entrypoint;

	for (size_t i = 1; i < l->n; i++) {
		const char *word = l->v[i], *value = strchr(word, '=');
		unsigned port = 0;

		if (word[0] == '-' && value)
			port = word_port(arena_strndup(s->c->a, word, (size_t)(value - word)),
					 value + 1);
		else if (word[0] == '-' && i + 1 < l->n)
			port = word_port(word, l->v[i + 1]);
		if (port)
			add_port(s, arena_printf(s->c->a, "%u/tcp", port),
				 arena_printf(s->c->a, "%s of the entrypoint", word));
	}
}

/* A text about configurations, or one that is offered: "sites-available/x" counts where
 * "sites-enabled/x" is there. */
static bool is_unused_config(const struct collecting *c, const char *path)
{
	static const char *const ends[] = { ".example", ".sample", ".md", ".txt" };
	const char *base = path_base(path), *at = strstr(path, "-available/");
	const char *enabled;
	bool is_text = strncmp(base, "README", strlen("README")) == 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		is_text = is_text || str_ends(str_of(base), str_of(ends[i]));
	if (is_text || !at)
		return is_text;
	enabled = arena_printf(c->a, "%.*s-enabled/%s", (int)(at - path), path,
			       at + strlen("-available/"));
	return !tree_find(&c->chain->tree, enabled) &&
	       !draft_has_link(c->d, arena_printf(c->a, "/%s", enabled));
}

bool service_is_config(const struct service *s, const struct deb_entry *x)
{
	const char *path = x->path;

	if (x->type != NODE_FILE || strncmp(path, "etc/", 4) != 0 || x->size > 256u << 10 ||
	    is_unused_config(s->c, path))
		return false;
	for (size_t i = 1; i < s->exec.words.n; i++) {
		if (strstr(s->exec.words.v[i], path))
			return true;
	}
	return strncmp(path + 4, s->name, strlen(s->name)) == 0;
}

/* CAP_NET_BIND_SERVICE of a unit: for a port below 1024 that nothing else may tell. */
static void capability_port(struct service *s)
{
	static const char *const keys[] = { "AmbientCapabilities", "CapabilityBoundingSet" };
	const struct init_draft *d = s->c->d;

	for (size_t i = 0; i < d->expose.n; i++) {
		if (strtoul(d->expose.v[i], NULL, 10) < FIRST_FREE_PORT)
			return; /* it was told */
	}
	for (size_t k = 0; k < ARRAY_SIZE(keys) && !s->daemon; k++) {
		const struct unit_setting *x = unit_last(&s->unit, "Service", keys[k]);

		if (!x || x->value[0] == '~' || !strstr(x->value, "CAP_NET_BIND_SERVICE"))
			continue;
		draft_leave(s->c->d,
			    "%s: it may take a port below %d, for which the image's user has no "
			    "rights: say another one in its configuration, or run it with --sysctl "
			    "net.ipv4.ip_unprivileged_port_start=0",
			    service_place(s, x), FIRST_FREE_PORT);
		return;
	}
}

/* Ports that configurations name. */
static bool config_ports(struct service *s, struct error *e)
{
	for (size_t i = 0; i < s->c->own.n; i++) {
		const struct deb *deb = s->c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			struct listening_ports ports = { 0 };
			struct collect_text t;

			if (!service_is_config(s, &deb->entries.v[k]))
				continue;
			if (!collect_read(s->c, deb, &deb->entries.v[k], &t, e))
				return false;
			listening_read(s->c->a, t.text, &ports);
			for (size_t n = 0; n < ports.n; n++) {
				add_port(s, arena_printf(s->c->a, "%u/tcp", ports.v[n].port),
					 collect_place(s->c, &t, ports.v[n].line));
				if (ports.v[n].loopback)
					draft_leave(
						s->c->d,
						"%s listens on the container's loopback alone: nobody outside "
						"of it reaches port %u",
						collect_place(s->c, &t, ports.v[n].line),
						ports.v[n].port);
			}
		}
	}
	return true;
}

/* The default of an option of the program, where nothing else says a port. */
static bool manual_ports(struct service *s, struct error *e)
{
	const char *place;
	unsigned port;

	if (s->daemon || !s->program || s->c->d->expose.n)
		return true;
	if (!manual_port(s->c, s->program, &port, &place, e))
		return false;
	if (port)
		add_port(s, arena_printf(s->c->a, "%u/tcp", port), place);
	return true;
}

bool service_ports(struct service *s, struct error *e)
{
	for (size_t i = 0; s->daemon && i < ARRAY_SIZE(s->daemon->ports) && s->daemon->ports[i];
	     i++)
		add_port(s, s->daemon->ports[i],
			 arena_printf(s->c->a, "the port of %s", s->daemon->program));
	if (s->daemon && s->daemon->ports[0])
		return true;
	words_ports(s);
	if (!config_ports(s, e) || !manual_ports(s, e))
		return false;
	capability_port(s);
	return true;
}
