/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: user, programs, ports, health. */

#include "inspect/audit/check.h"

#include <fnmatch.h>

#include "base/path.h"
#include "inspect/layers/elf_facts.h"

static const struct item *program_at(const struct audit_run *r, const char *name)
{
	const struct image_facts *image = r->m->image;
	const char *path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	AUTO_ARENA scratch = { 0 };
	struct str rest, dir;

	if (strchr(name, '/'))
		return model_resolve(r->m,
				     image->workdir && image->workdir[0] == '/' ? image->workdir + 1
										: "",
				     name, NULL);
	for (size_t i = 0; i < image->env.n; i++)
		if (strcmp(image->env.v[i].name, "PATH") == 0)
			path = image->env.v[i].value;
	rest = str_of(path);
	while (str_next(&rest, ':', &dir)) {
		const struct item *i = model_resolve(r->m, "",
						     arena_printf(&scratch, STR_FMT "/%s",
								  STR_ARG(dir), name),
						     NULL);

		if (i && i->type == ITEM_FILE)
			return i;
	}
	return NULL;
}

static bool is_shell_name(const char *name)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", "ksh" };

	return name_among(path_base(name), shells, ARRAY_SIZE(shells));
}

/* "" or, of a program that is a link, where that leads. */
static const char *dangling_note(struct audit_run *r, const char *name)
{
	const struct item *link = name[0] == '/' ? model_at(r->m, name + 1) : NULL;

	return link && link->type == ITEM_LINK ? arena_printf(r->a, ", a link to %s", link->target)
					       : "";
}

/* Why execve(2) refuses a file that may be executed: "" or "it is ...". */
static const char *no_program(const struct item *i)
{
	if (i->unread)
		return "";
	switch (i->kind) {
	case CONTENT_EMPTY:
		return "it is empty";
	case CONTENT_ELF:
		return i->elf && i->elf->readable && i->elf->head.type != ET_EXEC &&
				       i->elf->head.type != ET_DYN
			       ? "it is an object file"
			       : "";
	case CONTENT_SCRIPT:
		return "";
	default:
		return "it is neither an ELF file nor a script that begins with \"#!\"";
	}
}

static void check_config_command(struct audit_run *r, const char *what, const char *const *v,
				 size_t n)
{
	const struct item *i;

	if (n == 0)
		return;
	i = program_at(r, v[0]);
	if (is_shell_name(v[0]) || (i && i->shell))
		finding_add(r, "config.shell-form", NULL, "%s runs %s%s", what, v[0],
			    n > 1 && strcmp(v[1], "-c") == 0 ? " -c" : "");
	if (!i)
		finding_add(r, "config.program-missing", NULL, "%s runs %s%s, which is not there",
			    what, v[0], dangling_note(r, v[0]));
	else if (i->type != ITEM_FILE || !(i->mode & 0111))
		finding_add(r, "config.program-missing", i->path,
			    "%s runs it, but it cannot be executed", what);
	else if (no_program(i)[0])
		finding_add(r, "config.program-missing", i->path,
			    "%s runs it, but it cannot be executed: %s", what, no_program(i));
}

/* Whose first operand is the program that they run, and how such files are called. */
static const struct {
	const char *program, *suffixes[4];
	const char *option; /* the operand comes behind it */
} interpreters[] = {
	{ "node*", { ".js", ".mjs", ".cjs" }, NULL },
	{ "python*", { ".py", ".pyz" }, NULL },
	{ "java", { ".jar" }, "-jar" },
	{ "perl*", { ".pl" }, NULL },
	{ "ruby*", { ".rb" }, NULL },
	{ "php*", { ".php" }, NULL },
};

/* Behind these stands a module, which may be one of those that the interpreter finds by name. */
static bool option_loads(const char *word)
{
	static const char *const options[] = { "-r", "--require", "--import", "--loader",
					       "--experimental-loader" };

	return name_among(word, options, ARRAY_SIZE(options));
}

/* The operand, if it has one of the suffixes; NULL else: a module, text of a program, a folder. */
static const char *script_operand(const struct strings *words, size_t row)
{
	const char *option = interpreters[row].option;

	for (size_t i = 1; i < words->n; i++) {
		const char *word = words->v[i];

		if (word[0] == '-' || option_loads(words->v[i - 1]) ||
		    (option && strcmp(words->v[i - 1], option) != 0))
			continue;
		for (size_t k = 0; interpreters[row].suffixes[k]; k++) {
			if (str_ends(str_of(word), str_of(interpreters[row].suffixes[k])))
				return word;
		}
		return NULL;
	}
	return NULL;
}

/* What is mounted there when it runs, nobody knows. */
static bool script_is_below_volume(const struct image_facts *image, const char *path)
{
	list_each(volume, &image->volumes) {
		size_t n = strlen(*volume);

		n -= n > 1 && (*volume)[n - 1] == '/';
		if (strncmp(path, *volume, n) == 0 && (path[n] == '/' || !path[n]))
			return true;
	}
	return false;
}

static void config_check_script(struct audit_run *r)
{
	const struct image_facts *image = r->m->image;
	const char *workdir = image->workdir && image->workdir[0] == '/' ? image->workdir : "/";
	struct strings words = { 0 };

	list_append(r->a, &words, &image->entrypoint);
	list_append(r->a, &words, &image->cmd);
	if (words.n == 0 || !program_at(r, words.v[0]))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(interpreters); i++) {
		const char *script = fnmatch(interpreters[i].program, path_base(words.v[0]), 0) == 0
					     ? script_operand(&words, i)
					     : NULL;

		if (script && !model_resolve(r->m, workdir + 1, script, NULL) &&
		    !script_is_below_volume(image, script[0] == '/' ? script : workdir))
			finding_add(r, "config.script-missing", NULL,
				    "%s is to run %s, which is not there", path_base(words.v[0]),
				    script);
	}
}

static void check_config_health(struct audit_run *r)
{
	const struct strings *test = &r->m->image->health;

	if (!r->m->image->has_health) {
		finding_add(r, "config.healthcheck-missing", NULL, "the config has no Healthcheck");
		return;
	}
	if (strcmp(test->v[0], "CMD-SHELL") == 0)
		finding_add(r, "config.shell-form", NULL, "Healthcheck has the CMD-SHELL form");
	else if (strcmp(test->v[0], "CMD") == 0)
		check_config_command(r, "Healthcheck", test->v + 1, test->n - 1);
}

/* The number that etc/passwd has for a name; false if it has none. */
static bool user_number(struct audit_run *r, struct str name, uint64_t *uid, bool *found_it,
			struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct str text, line, field, rest;

	*found_it = false;
	if (!model_text(&scratch, r->m, model_resolve(r->m, "", "etc/passwd", NULL), &text, e))
		return false;
	while (!*found_it && str_next(&text, '\n', &line)) {
		str_cut(line, ':', &field, &rest);
		if (!str_eq(field, name))
			continue;
		str_cut(rest, ':', &field, &rest);
		str_cut(rest, ':', &field, &rest);
		*found_it = str_u64(field, uid);
	}
	return true;
}

static bool check_user(struct audit_run *r, struct error *e)
{
	struct str user, group;
	bool known = true;
	uint64_t uid = 0;

	str_cut(str_of(r->m->image->user ? r->m->image->user : ""), ':', &user, &group);
	if (user.n && !str_eq(user, STR("root")) && !str_u64(user, &uid) &&
	    !user_number(r, user, &uid, &known, e))
		return false;
	if (user.n == 0)
		finding_add(r, "config.user-root", NULL, "no User is set");
	else if (!known)
		finding_add(r, "config.user-unknown", NULL,
			    "User is " STR_FMT ", which etc/passwd does not have", STR_ARG(user));
	else if (uid == 0)
		finding_add(r, "config.user-root", NULL, "User is " STR_FMT, STR_ARG(user));
	return true;
}

static void check_ports(struct audit_run *r)
{
	for (size_t i = 0; i < r->m->image->expose.n; i++) {
		struct str port, protocol;
		uint64_t number;

		str_cut(str_of(r->m->image->expose.v[i]), '/', &port, &protocol);
		if (str_u64(port, &number) && number < 1024)
			finding_add(r, "config.port-privileged", NULL, "it exposes port %s",
				    r->m->image->expose.v[i]);
	}
}

bool check_config(struct audit_run *r, struct error *e)
{
	const struct image_facts *image = r->m->image;

	if (image->rootfs)
		return true; /* there is none */
	if (!check_user(r, e))
		return false;
	check_config_command(r, "Entrypoint", image->entrypoint.v, image->entrypoint.n);
	if (image->entrypoint.n == 0)
		check_config_command(r, "Cmd", image->cmd.v, image->cmd.n);
	config_check_script(r);
	check_config_health(r);
	check_ports(r);
	return true;
}
