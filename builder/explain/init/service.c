/* SPDX-License-Identifier: Apache-2.0 */
/* The unit of a package, and the entrypoint that it means. */

#include "explain/init/exec_shell.h"
#include "explain/init/init_tool.h"
#include "explain/init/service.h"
#include "explain/init/shebang.h"
#include "explain/init/wrapper.h"

const char *service_place(const struct service *s, const struct unit_setting *x)
{
	return collect_place(s->c, &s->file, x ? x->line : 0);
}

/* With User= a unit has these variables (systemd.exec(5)), as engines set HOME. */
static void service_account_variables(struct service *s)
{
	const struct unit_setting *user = unit_last(&s->unit, "Service", "User");

	if (!user)
		return;
	list_each(u, &s->c->d->users) {
		if (strcmp(u->name, user->value) == 0 && u->home)
			*list_push(s->c->a, &s->variables) = (struct unit_setting){ SERVICE_ACCOUNT,
										    "HOME", u->home,
										    user->line };
	}
	*list_push(s->c->a, &s->variables) = (struct unit_setting){ SERVICE_ACCOUNT, "USER",
								    user->value, user->line };
	*list_push(s->c->a, &s->variables) = (struct unit_setting){ SERVICE_ACCOUNT, "LOGNAME",
								    user->value, user->line };
}

/* Environment= and EnvironmentFile=, later ones win. */
static bool service_read_variables(struct service *s, struct error *e)
{
	const struct unit_setting *x;
	struct collect_text t;
	bool found;

	service_account_variables(s);
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
		else if (!s->absent_variables && path[0] == '/')
			s->absent_variables = path;
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

/* The program that a wrapper starts, with the unit's own words behind its. */
static bool find_wrapped(struct service *s, const char *script, struct error *e)
{
	struct strings words = { 0 };
	bool found;

	if (!wrapper_find(s->c, script, &words, &found, e))
		return false;
	if (!found)
		return true;
	for (size_t i = 1; i < s->exec.words.n; i++)
		*list_push(s->c->a, &words) = s->exec.words.v[i];
	words.v[0] = tool_portable(s->c, words.v[0]);
	draft_chose(s->c->d, "(wrapper)", script, "a script for a shell, which only starts %s",
		    words.v[0]);
	s->exec.words = words;
	s->program = words.v[0];
	return true;
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
	if (!find_wrapped(s, script, e))
		return false;
	for (size_t i = 0; !s->program && i < ARRAY_SIZE(folders); i++) {
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
	if (s->program)
		return true;
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
	struct collect_text best;
	const struct daemon *known;
	struct unit u = { 0 };
	const char *line;
	bool found;

	if (!service_unit_find(c, &best, &found, e))
		return false;
	if (!found) {
		*path = tool_find(c).path;
		return true;
	}
	unit_read(c->a, best.text, &u);
	line = unit_last(&u, "Service", "ExecStart")->value;
	line += strspn(line, "-@:+!");
	*path = service_path(c, arena_strndup(c->a, line, strcspn(line, " \t")));
	known = daemon_find(*path, service_unit_name(c, best.path));
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
	if (!service_words(s, x, e))
		return false;
	set_signals(s);
	return service_settle(s, e);
}

/* What a wrapper starts, in place of it. */
static bool tool_unwrap(struct collecting *c, const char *path, struct strings *words, bool *found,
			struct error *e)
{
	if (!wrapper_find(c, path, words, found, e))
		return false;
	if (*found)
		words->v[0] = tool_portable(c, words->v[0]);
	if (*found)
		draft_chose(c->d, "(wrapper)", path, "a script for a shell, which only starts %s",
			    words->v[0]);
	return true;
}

/* Is its interpreter there, and if that is a script, too, its own? */
static bool tool_has(struct collecting *c, const char *interpreter, bool *has, struct error *e)
{
	struct shebang line;
	const char *kind;
	int got = program_kind(c, interpreter, &kind, e);

	shebang_parse(str_of(got > 0 ? kind : ""), &line);
	*has = got > 0 &&
	       (!line.program.n ||
		tree_resolve(&c->chain->tree, service_path(c, str_dup(c->a, line.program))));
	return got >= 0;
}

/* A program, or a script whose interpreter is there, becomes the entrypoint. */
static bool tool_set(struct collecting *c, const struct tool_choice *t, const char *interpreter,
		     struct error *e)
{
	struct service s = { .c = c };
	struct shebang line;
	bool has = true;

	shebang_parse(str_of(interpreter), &line);
	if (line.program.n && !tool_has(c, service_path(c, str_dup(c->a, line.program)), &has, e))
		return false;
	if (has && line.env)
		service_without_env(&s, t->path, &line);
	else if (has)
		*list_push(c->a, &s.exec.words) = tool_portable(c, t->path);
	if (s.exec.words.n == 0 && !tool_unwrap(c, t->path, &s.exec.words, &has, e))
		return false;
	if (s.exec.words.n == 0 || !has) {
		draft_leave(
			c->d,
			"%s is a script for %s, which the image does not have: write an entrypoint",
			t->path, interpreter);
		return true;
	}
	c->d->entrypoint = s.exec.words;
	draft_chose(c->d, "entrypoint", strings_join(c->a, &s.exec.words, " "), "%s", t->why);
	return true;
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
	if (!got || kind[0] == '?')
		draft_leave(d, "%s: write an entrypoint", tool_unknown(c));
	else if (!tool_set(c, &t, kind, e))
		return false;
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

/* Words that mean the same in a unit. */
static bool script_is_plain(const char *word)
{
	return word[0] && !strpbrk(word, " \t\"'\\$%;");
}

/* The program of a script, with the words and the user that start-stop-daemon gives it, and the
 * folders that the script makes for it. */
static void script_service(struct service *s, const struct collect_text *script,
			   const struct unit *variables, const struct unit_setting *daemon)
{
	struct buf line = { .a = s->c->a };
	struct exec_script x;

	buf_puts(&line, daemon->value);
	if (exec_script_read(s->c->a, script->text, variables, &x)) {
		for (size_t i = 0; i < x.words.n; i++) {
			if (script_is_plain(x.words.v[i]))
				buf_printf(&line, " %s", x.words.v[i]);
		}
	}
	service_without_unit(s, script, buf_cstr(&line), daemon->line);
	s->script_stays = x.background;
	if (x.user && script_is_plain(x.user))
		*list_push(s->c->a, &s->unit) = (struct unit_setting){ "Service", "User", x.user,
								       daemon->line };
	collect_script(s->c, script);
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
		exec_script_variables(s->c->a, all.v[i].text, &variables);
		for (size_t k = 0; !*found && k < variables.n; k++) {
			const struct unit_setting *x = &variables.v[k];

			*found = strcmp(x->key, "DAEMON") == 0 && x->value[0] == '/' &&
				 !strchr(x->value, '$') &&
				 tree_resolve(&s->c->chain->tree, x->value);
			if (*found)
				script_service(s, &all.v[i], &variables, x);
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
	struct service s = { .c = c };
	bool found, script;

	if (c->d->program) /* all is said of it */
		return true;
	if (!service_unit_find(c, &s.file, &found, e) ||
	    !service_unit_tell(c, found ? &s.file : NULL, e))
		return false;
	if (found) {
		s.name = service_unit_name(c, s.file.path);
		unit_read(c->a, s.file.text, &s.unit);
		return service_read(&s, e);
	}
	if (!find_init_script(&s, &script, e))
		return false;
	return script || find_known_daemon(&s) ? service_read(&s, e) : collect_tool(c, e);
}
