/* SPDX-License-Identifier: Apache-2.0 */
/* The unit of a package, and the entrypoint that it means. */

#include "explain/init/exec_shell.h"
#include "explain/init/init_tool.h"
#include "explain/init/service.h"
#include "explain/init/shebang.h"

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

/* How likely a unit is the one that is meant: what starts the package's own service. 0: it is not;
 * a dependency's service is not what was asked for. */
static int unit_weight(struct collecting *c, const struct collect_text *t)
{
	const char *name = unit_name(c, t->path), *instance = strchr(name, '@');
	struct unit u = { 0 };
	const struct unit_setting *type;
	int weight = 0;

	unit_read(c->a, t->text, &u);
	type = unit_last(&u, "Service", "Type");
	if (!unit_last(&u, "Service", "ExecStart") || (instance && !instance[1]) ||
	    (type && strcmp(type->value, "oneshot") == 0))
		return 0;
	name = instance ? arena_strndup(c->a, name, (size_t)(instance - name)) : name;
	weight += strings_has(&c->d->packages, t->deb->package->name) ? 4 : 0;
	weight += strings_has(&c->d->packages, name) ? 16 : 0;
	weight += strncmp(name, c->d->packages.v[0], strlen(name)) == 0 ? 8 : 0;
	for (size_t i = 0; i < u.n; i++)
		weight += strcmp(u.v[i].key, "Alias") == 0 &&
					  strncmp(u.v[i].value, c->d->packages.v[0],
						  strlen(c->d->packages.v[0])) == 0
				  ? 8
				  : 0;
	return weight ? weight + (unit_last(&u, "Install", "WantedBy") ? 2 : 0) : 0;
}

/* The unit, or NULL. */
static const struct collect_text *heaviest_unit(struct collecting *c,
						const struct collect_texts *all)
{
	const struct collect_text *best = NULL;
	int most = 0;

	for (size_t i = 0; i < all->n; i++) {
		int weight = unit_weight(c, &all->v[i]);

		best = weight > most ? &all->v[i] : best;
		most = weight > most ? weight : most;
	}
	return best;
}

/* Two services were asked for: a container runs one. */
static void service_leave_other(struct collecting *c, const struct collect_text *other)
{
	const char *name = unit_name(c, other->path), *package = other->deb->package->name;

	package = strings_has(&c->d->packages, package) ? package : name;
	if (strings_has(&c->d->packages, package))
		draft_leave(c->d,
			    "%s.service is not started: a container runs one service; imgbuild "
			    "init %s in another folder makes an image of it",
			    name, package);
}

/* The same, and the draft says which others there are. */
static const struct collect_text *find_unit(struct collecting *c, const struct collect_texts *all)
{
	const struct collect_text *best = heaviest_unit(c, all);
	struct buf others = { .a = c->a };

	for (size_t i = 0; best && i < all->n; i++) {
		if (&all->v[i] == best || !unit_weight(c, &all->v[i]))
			continue;
		buf_printf(&others, "%s%s", others.n ? ", " : "", path_base(all->v[i].path));
		if (all->v[i].deb != best->deb)
			service_leave_other(c, &all->v[i]);
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

/* A name without a slash is looked for as systemd does. */
static const char *service_path(const struct collecting *c, const char *name)
{
	const char *sbin = arena_printf(c->a, "/usr/sbin/%s", name);

	if (name[0] == '/')
		return name;
	return tree_resolve(&c->chain->tree, sbin) ? sbin : arena_printf(c->a, "/usr/bin/%s", name);
}

bool service_started(struct collecting *c, const char **path, struct error *e)
{
	struct collect_texts all = { 0 };
	const struct collect_text *best;
	const struct daemon *known;
	struct unit u = { 0 };
	const char *line;

	if (!collect_folder(c, UNITS, ".service", &all, e))
		return false;
	best = heaviest_unit(c, &all);
	if (!best) {
		*path = tool_find(c).path;
		return true;
	}
	unit_read(c->a, best->text, &u);
	line = unit_last(&u, "Service", "ExecStart")->value;
	line += strspn(line, "-@:+!");
	*path = service_path(c, arena_strndup(c->a, line, strcspn(line, " \t")));
	known = daemon_find(*path, unit_name(c, best->path));
	if (known)
		*path = known->program;
	return true;
}

/* "#!/usr/bin/env lua5.4": the image has no env, so its program is started, and given the script.
 */
static void service_without_env(struct service *s, const char *script, const struct shebang *line)
{
	struct strings words = { 0 };
	struct str rest = line->arguments, word;
	const char *program = service_path(s->c, str_dup(s->c->a, line->program));

	if (!line->program.n || !tree_resolve(&s->c->chain->tree, program))
		return;
	*list_push(s->c->a, &words) = program;
	while (str_next(&rest, ' ', &word)) {
		if (word.n)
			*list_push(s->c->a, &words) = str_dup(s->c->a, word);
	}
	*list_push(s->c->a, &words) = script;
	for (size_t i = 1; i < s->exec.words.n; i++)
		*list_push(s->c->a, &words) = s->exec.words.v[i];
	s->program = program;
	s->exec.words = words;
}

static bool service_find_program(struct service *s, struct error *e)
{
	const char *first = s->exec.words.n ? s->exec.words.v[0] : "", *interpreter;
	const char *path = service_path(s->c, first);
	struct shebang line;
	int got = program_kind(s->c, path, &interpreter, e);

	s->daemon = daemon_find(path, s->name);
	if (got < 0)
		return false;
	if (got == 0 && !s->daemon) {
		draft_leave(s->c->d, "%s starts %s, which no package of the image has",
			    s->file.path, path);
		return true;
	}
	shebang_parse(str_of(interpreter), &line);
	if (line.env && !s->daemon)
		service_without_env(s, path, &line);
	if (s->program)
		return true;
	if (got &&
	    (!interpreter[0] || (line.program.n && !s->daemon &&
				 tree_resolve(&s->c->chain->tree, str_dup(s->c->a, line.program)))))
		s->program = path;
	else
		return find_behind(s, path, interpreter, e);
	return true;
}

/* An option that has the service listen on its loopback alone has it listen on all addresses: a
 * container's own loopback cannot be reached. */
static const char *word_reachable(struct service *s, size_t i, const char *from)
{
	static const char *const listens[] = { "-l", "-a", "-b", "-H", "-i" };
	const char *word = s->exec.words.v[i], *at = strstr(word, "127.0.0.1");
	const char *option = at == word && i > 1 ? s->exec.words.v[i - 1] : word;
	const char *all;

	if (!at || (at > word && at[-1] != '=' && at[-1] != ':' && at[-1] != '/') ||
	    !(name_among(option, listens, ARRAY_SIZE(listens)) || strstr(option, "listen") ||
	      strstr(option, "bind") || strstr(option, "addr")))
		return word;
	all = arena_printf(s->c->a, "%.*s0.0.0.0%s", (int)(at - word), word,
			   at + strlen("127.0.0.1"));
	draft_leave(s->c->d,
		    "%s has %s, which nobody outside of the container could reach: it is %s now; "
		    "let only friends reach the port",
		    from, word, all);
	return all;
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
		*list_push(d->a, &d->entrypoint) = word_reachable(s, i, from);
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

	if (!s->program || (s->daemon && s->daemon->args[0]))
		return;
	if (s->script)
		draft_leave(
			s->c->d,
			"%s starts %s in the background: find the option that keeps it in the foreground, or "
			"the container ends at once",
			service_place(s, NULL), s->program);
	if (type && strcmp(type->value, "forking") == 0)
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
		const char *signal = exec_line_signal(s->c->a, x->value);

		if (signal)
			draft_chose(s->c->d, "(reload)",
				    arena_printf(s->c->a, "podman kill --signal %s CONTAINER",
						 signal),
				    "%s", service_place(s, x));
	}
}

static bool service_read(struct service *s, struct error *e)
{
	const struct unit_setting *x = unit_last(&s->unit, "Service", "ExecStart");

	if (!service_read_variables(s, e) ||
	    !exec_line_read(s->c->a, x->value, s->name, &s->variables, &s->exec, e))
		return err_wrap(e, "%s", service_place(s, x));
	exec_shell_read(s->c->a, &s->variables, &s->exec);
	if (!service_find_program(s, e))
		return err_wrap(e, "%s", service_place(s, x));
	set_words(s, x);
	check_foreground(s);
	set_signals(s);
	return service_settle(s, e);
}

/* A program, or a script whose interpreter is there, becomes the entrypoint. */
static void tool_set(struct collecting *c, const struct tool_choice *t, const char *interpreter)
{
	struct service s = { .c = c };
	struct shebang line;

	shebang_parse(str_of(interpreter), &line);
	if (line.env)
		service_without_env(&s, t->path, &line);
	else if (!line.program.n || tree_resolve(&c->chain->tree, str_dup(c->a, line.program)))
		*list_push(c->a, &s.exec.words) = t->path;
	if (s.exec.words.n == 0) {
		draft_leave(
			c->d,
			"%s is a script for %s, which the image does not have: write an entrypoint",
			t->path, interpreter);
		return;
	}
	c->d->entrypoint = s.exec.words;
	draft_chose(c->d, "entrypoint", strings_join(c->a, &s.exec.words, " "), "%s", t->why);
}

/* A package without a unit is a tool: the program that it is for. */
static bool collect_tool(struct collecting *c, struct error *e)
{
	const struct tool_choice t = tool_find(c);
	struct init_draft *d = c->d;
	const char *kind;
	int got = t.path ? program_kind(c, t.path, &kind, e) : 0;

	if (got < 0)
		return false;
	if (got && kind[0] != '?')
		tool_set(c, &t, kind);
	else
		draft_leave(d, "%s: write an entrypoint",
			    d->packages.n ? "no package has a unit file or a program of its name"
					  : "neither a package nor a program was named");
	draft_chose(d, "user", "nonroot 65532:65532", "nothing names a user");
	if (d->probes)
		draft_leave(d,
			    "--probe: a tool ends when its work is done: there is no health check");
	return true;
}

/* Without a unit: as if one of that line started the program. */
static void service_without_unit(struct service *s, const struct collect_text *file,
				 const char *program, unsigned line)
{
	s->file = *file;
	s->name = path_base(file->path);
	s->script = true;
	*list_push(s->c->a, &s->unit) = (struct unit_setting){ "Service", "ExecStart", program,
							       line };
}

/* The DAEMON that a script of System V starts. */
static bool find_init_script(struct service *s, bool *found, struct error *e)
{
	struct collect_texts all = { 0 };

	*found = false;
	if (!collect_folder(s->c, "etc/init.d/", "", &all, e))
		return false;
	for (size_t i = 0; !*found && i < all.n; i++) {
		struct unit variables = { 0 };

		if (!strings_has(&s->c->d->packages, all.v[i].deb->package->name))
			continue;
		unit_read_variables(s->c->a, all.v[i].text, &variables);
		for (size_t k = 0; !*found && k < variables.n; k++) {
			const struct unit_setting *x = &variables.v[k];

			*found = strcmp(x->key, "DAEMON") == 0 && x->value[0] == '/' &&
				 !strchr(x->value, '$') &&
				 tree_resolve(&s->c->chain->tree, x->value);
			if (*found)
				service_without_unit(s, &all.v[i], x->value, x->line);
		}
	}
	return true;
}

/* A daemon of the table that a package asked for has. */
static bool find_known_daemon(struct service *s)
{
	struct collecting *c = s->c;

	for (size_t i = 0; i < c->own.n; i++) {
		const struct deb *deb = c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			const char *path = arena_printf(c->a, "/%s", deb->entries.v[k].path);
			const struct collect_text file = { deb, path + 1, { "", 0 } };

			if (!strings_has(&c->d->packages, deb->package->name) ||
			    !daemon_find(path, NULL))
				continue;
			service_without_unit(s, &file, path, 0);
			return true;
		}
	}
	return false;
}

bool collect_service(struct collecting *c, struct error *e)
{
	struct collect_texts all = { 0 };
	const struct collect_text *unit;
	struct service s = { .c = c };
	bool script;

	if (c->d->program) /* all is said of it */
		return true;
	if (!collect_folder(c, UNITS, ".service", &all, e))
		return false;
	unit = find_unit(c, &all);
	if (unit) {
		s.file = *unit;
		s.name = unit_name(c, unit->path);
		unit_read(c->a, s.file.text, &s.unit);
		return service_read(&s, e);
	}
	if (!find_init_script(&s, &script, e))
		return false;
	return script || find_known_daemon(&s) ? service_read(&s, e) : collect_tool(c, e);
}
