/* SPDX-License-Identifier: Apache-2.0 */
/* The unit of a package, and the entrypoint that it means. */

#include "explain/init/service.h"

#define UNITS "usr/lib/systemd/system/"

const char *service_place(const struct service *s, const struct unit_setting *x)
{
	return collect_place(s->c, &s->file, x ? x->line : 0);
}

static const char *unit_name(struct collecting *c, const char *path)
{
	const char *base = path_base(path);

	return arena_strndup(c->a, base, strlen(base) - strlen(".service"));
}

/* How likely a unit is the one that is meant: what starts the package's own service. */
static int unit_weight(struct collecting *c, const struct collect_text *t)
{
	const char *name = unit_name(c, t->path);
	struct unit u = { 0 };
	const struct unit_setting *type;
	int weight = 0;

	unit_read(c->a, t->text, &u);
	type = unit_last(&u, "Service", "Type");
	if (!unit_last(&u, "Service", "ExecStart") || strchr(name, '@') ||
	    (type && strcmp(type->value, "oneshot") == 0))
		return 0;
	weight += strings_has(&c->d->packages, t->deb->package->name) ? 4 : 0;
	weight += strings_has(&c->d->packages, name) ? 16 : 0;
	weight += strncmp(name, c->d->packages.v[0], strlen(name)) == 0 ? 8 : 0;
	weight += unit_last(&u, "Install", "WantedBy") ? 2 : 0;
	for (size_t i = 0; i < u.n; i++)
		weight += strcmp(u.v[i].key, "Alias") == 0 &&
					  strncmp(u.v[i].value, c->d->packages.v[0],
						  strlen(c->d->packages.v[0])) == 0
				  ? 8
				  : 0;
	return weight + 1;
}

/* The unit, or NULL. */
static const struct collect_text *find_unit(struct collecting *c, const struct collect_texts *all)
{
	const struct collect_text *best = NULL;
	int most = 0;
	struct buf others = { .a = c->a };

	for (size_t i = 0; i < all->n; i++) {
		int weight = unit_weight(c, &all->v[i]);

		if (weight > most) {
			most = weight;
			best = &all->v[i];
		}
	}
	for (size_t i = 0; best && i < all->n; i++) {
		if (&all->v[i] != best && !strchr(path_base(all->v[i].path), '@') &&
		    unit_weight(c, &all->v[i]))
			buf_printf(&others, "%s%s", others.n ? ", " : "",
				   path_base(all->v[i].path));
	}
	if (others.n)
		draft_chose(c->d, "(unit)", path_base(best->path), "%s; also there: %s",
			    collect_place(c, best, 0), buf_cstr(&others));
	return best;
}

/* Environment= and EnvironmentFile=, later ones win. */
static bool service_read_variables(struct service *s, struct error *e)
{
	const struct unit_setting *x;
	struct collect_text t;
	bool found;

	for (size_t i = 0; (x = unit_next(&s->unit, "Service", "Environment", &i));) {
		struct strings words = { 0 };

		if (!unit_words(s->c->a, str_of(x->value), &words))
			continue;
		for (size_t k = 0; k < words.n; k++) {
			struct str key, value;

			if (str_cut(str_of(words.v[k]), '=', &key, &value))
				*list_push(s->c->a, &s->variables) = (struct unit_setting){
					"", str_dup(s->c->a, key), str_dup(s->c->a, value), x->line
				};
		}
	}
	for (size_t i = 0; (x = unit_next(&s->unit, "Service", "EnvironmentFile", &i));) {
		const char *path = x->value + (x->value[0] == '-');

		if (!collect_find(s->c, path, &t, &found, e))
			return false;
		if (found)
			unit_read_variables(s->c->a, t.text, &s->variables);
	}
	return true;
}

/* "#!" line of a program in the image: 1 and the interpreter ("" for an ELF file), 0: there is no
 * such program. */
static int program_kind(struct collecting *c, const char *path, const char **interpreter,
			struct error *e)
{
	const struct node *n = tree_resolve(&c->chain->tree, path);
	AUTO_MAPPING map = { 0 };
	struct str line, rest;

	*interpreter = "";
	if (!n || n->type != NODE_FILE || n->content.size < 4)
		return 0;
	if (!node_map(n, &map, e))
		return -1;
	if (str_starts(map.bytes, STR("\177ELF")))
		return 1;
	str_cut((struct str){ map.bytes.p, map.bytes.n < 200 ? map.bytes.n : 200 }, '\n', &line,
		&rest);
	*interpreter = str_starts(line, STR("#!")) ? str_dup(c->a, str_trim(str_from(line, 2)))
						   : "?";
	return 1;
}

/* The program that a script stands for: the daemon's row knows it, or it has the package's name. */
static bool find_behind(struct service *s, const char *script, const char *interpreter,
			struct error *e)
{
	const char *folders[] = { "/usr/sbin/", "/usr/bin/" }, *kind, *own = s->c->d->packages.v[0];

	if (s->daemon) {
		s->program = s->daemon->program;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		const char *path = arena_printf(s->c->a, "%s%s", folders[i], own);
		int got = program_kind(s->c, path, &kind, e);

		if (got < 0)
			return false;
		if (got && !kind[0]) {
			s->program = path;
			draft_leave(
				s->c->d,
				"%s starts %s, a script for %s: the entrypoint is %s without the script's options",
				s->file.path, script, interpreter, path);
			return true;
		}
	}
	draft_leave(
		s->c->d,
		"%s starts %s, a script for %s, which the image does not have: find the program that it "
		"starts and write it into entrypoint",
		s->file.path, script, interpreter);
	return true;
}

static bool service_find_program(struct service *s, struct error *e)
{
	const char *first = s->exec.words.n ? s->exec.words.v[0] : "", *interpreter;
	const char *path = first[0] == '/' ? first : arena_printf(s->c->a, "/usr/bin/%s", first);
	struct str name, options;
	int got = program_kind(s->c, path, &interpreter, e);

	s->daemon = daemon_find(path, s->name);
	if (got < 0)
		return false;
	if (got == 0 && !s->daemon) {
		draft_leave(s->c->d, "%s starts %s, which no package of the image has",
			    s->file.path, path);
		return true;
	}
	str_cut(str_of(interpreter), ' ', &name, &options);
	if (got &&
	    (!interpreter[0] ||
	     (name.n && tree_resolve(&s->c->chain->tree, str_dup(s->c->a, name)) && !s->daemon)))
		s->program = path;
	else
		return find_behind(s, path, interpreter, e);
	return true;
}

static void set_words(struct service *s, const struct unit_setting *x)
{
	struct init_draft *d = s->c->d;
	const char *from = service_place(s, x);

	if (!s->program)
		return;
	*list_push(d->a, &d->entrypoint) = s->program;
	if (s->daemon && s->daemon->args[0]) {
		for (size_t i = 0; i < ARRAY_SIZE(s->daemon->args) && s->daemon->args[i]; i++)
			*list_push(d->a, &d->entrypoint) = s->daemon->args[i];
		draft_chose(d, "entrypoint", strings_join(d->a, &d->entrypoint, " "),
			    "%s has \"%s\"; %s", from, x->value, s->daemon->why);
		return;
	}
	for (size_t i = 1; i < s->exec.words.n && strcmp(s->exec.words.v[0], s->program) == 0; i++)
		*list_push(d->a, &d->entrypoint) = s->exec.words.v[i];
	draft_chose(d, "entrypoint", strings_join(d->a, &d->entrypoint, " "), "%s%s%s", from,
		    s->daemon ? "; " : "", s->daemon ? s->daemon->why : "");
	for (size_t i = 0; i < s->exec.unknown.n; i++)
		draft_leave(d, "%s: nothing sets %s of ExecStart: it is empty", from,
			    s->exec.unknown.v[i]);
}

/* Type=forking puts the program in the background: then the container would end. */
static void check_foreground(struct service *s)
{
	const struct unit_setting *type = unit_last(&s->unit, "Service", "Type");

	if (type && strcmp(type->value, "forking") == 0 && !(s->daemon && s->daemon->args[0]) &&
	    s->program)
		draft_leave(
			s->c->d,
			"%s says Type=forking: find the option that keeps %s in the foreground, or the "
			"container ends at once",
			service_place(s, type), s->program);
}

static void set_signals(struct service *s)
{
	const struct unit_setting *kill = unit_last(&s->unit, "Service", "KillSignal"), *x;

	if (kill && strncmp(kill->value, "SIG", 3) == 0 && strcmp(kill->value, "SIGTERM") != 0) {
		s->c->d->stop_signal = kill->value;
		draft_chose(s->c->d, "stop-signal", kill->value, "%s", service_place(s, kill));
	}
	for (size_t i = 0; (x = unit_next(&s->unit, "Service", "ExecReload", &i));) {
		const char *signal = strstr(x->value, "kill -");

		if (signal && strstr(signal, "$MAINPID"))
			draft_chose(s->c->d, "(reload)",
				    arena_printf(s->c->a, "podman kill --signal %.*s CONTAINER",
						 (int)strcspn(signal + 6, " "), signal + 6),
				    "%s", service_place(s, x));
	}
}

static bool service_read(struct service *s, struct error *e)
{
	const struct unit_setting *x;

	unit_read(s->c->a, s->file.text, &s->unit);
	x = unit_last(&s->unit, "Service", "ExecStart");
	if (!service_read_variables(s, e) ||
	    !exec_line_read(s->c->a, x->value, s->name, &s->variables, &s->exec, e) ||
	    !service_find_program(s, e))
		return err_wrap(e, "%s", service_place(s, x));
	set_words(s, x);
	check_foreground(s);
	set_signals(s);
	return service_settle(s, e);
}

/* A package without a unit is a tool: the program of its name. */
static bool collect_tool(struct collecting *c, struct error *e)
{
	const char *folders[] = { "/usr/bin/", "/usr/sbin/", "/usr/games/" };
	struct init_draft *d = c->d;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		const char *path = arena_printf(c->a, "%s%s", folders[i], d->packages.v[0]), *kind;
		int got = program_kind(c, path, &kind, e);

		if (got < 0)
			return false;
		if (!got || kind[0] == '?')
			continue;
		*list_push(d->a, &d->entrypoint) = path;
		draft_chose(d, "entrypoint", path,
			    "no package has a unit file; it is the program of that name");
		return true;
	}
	return true;
}

bool collect_service(struct collecting *c, struct error *e)
{
	struct collect_texts all = { 0 };
	const struct collect_text *unit;
	struct service s = { .c = c };

	if (!collect_folder(c, UNITS, ".service", &all, e))
		return false;
	unit = find_unit(c, &all);
	if (!unit) {
		if (!collect_tool(c, e))
			return false;
		if (c->d->entrypoint.n == 0)
			draft_leave(
				c->d,
				"no package has a unit file or a program of its name: write an entrypoint");
		draft_chose(c->d, "user", "nonroot 65532:65532", "nothing names a user");
		return true;
	}
	s.file = *unit;
	s.name = unit_name(c, unit->path);
	return service_read(&s, e);
}
