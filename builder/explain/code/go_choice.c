/* SPDX-License-Identifier: Apache-2.0 */
/* People say elsewhere which of their programs is for others: what they publish, or compile in a
 * container. */

#include "explain/code/go_reach.h"

#include <ctype.h>
#include <fnmatch.h>

#include "base/path.h"
#include "format/json/jsonx.h"
#include "format/json/yaml.h"

struct go_choice {
	struct own_project *p;
	const struct go_own_modules *modules;
	const struct strings *programs;
};

/* The program that a word of a command means: "./cmd/app", "./cmd/app/main.go". */
static const char *choice_named(const struct go_choice *c, struct str word)
{
	struct arena *a = c->p->a;
	const char *path;

	while (word.n && strchr("\"'", word.p[0]))
		word = str_from(word, 1);
	while (word.n && strchr("\"'/", word.p[word.n - 1]))
		word.n--;
	path = word.n ? path_in_folder(a, "", word) : NULL;
	if (path && str_ends(str_of(path), STR(".go")))
		path = path_dir(a, path);
	list_each(x, c->programs) {
		if (path && strcmp(path[0] ? path : ".", *x) == 0)
			return *x;
	}
	return NULL;
}

/* "main" of the first of "builds"; what is no such file says nothing. */
static const char *choice_published(const struct go_choice *c, const char *file)
{
	struct error ignored = { .kind = ERR_NONE };
	struct own_project *p = c->p;
	struct json_node root, builds, first;
	const char *main_folder, *dir;
	AUTO_JSON doc = { 0 };
	struct str text;

	if (!own_has(p, file) || !own_text(p, file, &text, &ignored) ||
	    !yaml_parse(p->a, file, text, &doc, &ignored))
		return NULL;
	root = json_root(&doc);
	if (!json_node_is_object(&root) || !jsonx_get(&root, "builds", &builds) ||
	    !json_node_is_array(&builds) || !json_item(&builds, 0, &first) ||
	    !json_node_is_object(&first))
		return NULL;
	main_folder = jsonx_text(p->a, &first, "main");
	dir = jsonx_text(p->a, &first, "dir");
	return choice_named(c, str_of(arena_printf(p->a, "%s/%s", dir ? dir : ".",
						   main_folder ? main_folder : ".")));
}

/* The next word of a command; a line that ends with "\" goes on. NULL of p: it ends. */
static struct str choice_word(struct str *rest)
{
	struct str word;

	while (rest->n) {
		if (strchr(" \t\r", rest->p[0]))
			*rest = str_from(*rest, 1);
		else if (str_starts(*rest, STR("\\\n")))
			*rest = str_from(*rest, 2);
		else
			break;
	}
	word = (struct str){ rest->p, 0 };
	while (word.n < rest->n && !isspace((unsigned char)rest->p[word.n]) &&
	       !strchr(";&|", rest->p[word.n]))
		word.n++;
	*rest = str_from(*rest, word.n);
	return word.n ? word : (struct str){ NULL, 0 };
}

/* The first program that a command names behind its verb; without one *rest is where it ends. */
static const char *choice_in_command(const struct go_choice *c, struct str *rest)
{
	struct str word;

	while ((word = choice_word(rest)).p) {
		const char *found = word.p[0] == '-' ? NULL : choice_named(c, word);

		if (found && !own_is_tool(found))
			return found;
		if (str_eq(word, STR("-o")))
			choice_word(rest);
	}
	return NULL;
}

/* "go build -o /app ./cmd/app" of a Dockerfile or Makefile. */
static const char *choice_compiled(const struct go_choice *c, const char *file)
{
	static const struct str verbs[] = { STR("go build "),	 STR("go install "),
					    STR("$(GO) build "), STR("$(GO) install "),
					    STR("${GO} build "), STR("${GO} install ") };
	struct error ignored = { .kind = ERR_NONE };
	const char *found;
	struct str text;

	if (!own_has(c->p, file) || !own_text(c->p, file, &text, &ignored))
		return NULL;
	for (; text.n; text = str_from(text, 1)) {
		for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
			if (!str_starts(text, verbs[i]))
				continue;
			text = str_from(text, verbs[i].n);
			found = choice_in_command(c, &text);
			if (found)
				return found;
		}
	}
	return NULL;
}

/* How near a program is to what people start: that of the module itself, those below cmd; then by
 * its name, which is that of the module or of the folder. */
static unsigned choice_rank(const struct go_choice *c, const char *program)
{
	const char *folder = strcmp(program, ".") == 0 ? "" : program;
	const char *name = path_base(program);
	struct str path = str_of(program);
	struct own_project *p = c->p;
	unsigned rank = str_starts(path, STR("cmd/")) || memmem(path.p, path.n, "/cmd/", 5) ? 4 : 8;

	list_each(m, &c->modules->v)
		rank = strcmp(m->folder, folder) == 0 ? 0 : rank;
	if (rank > 0 && own_is_tool(program))
		rank += 16;
	return rank + (strcmp(name, p->name) == 0 ? 0 : strcmp(name, p->d->name) == 0 ? 1 : 2);
}

static const char *choice_nearest(const struct go_choice *c)
{
	const char *chosen = c->programs->v[0];

	list_each(x, c->programs) {
		if (choice_rank(c, *x) < choice_rank(c, chosen))
			chosen = *x;
	}
	return chosen;
}

static const char *choice_from(const struct go_choice *c,
			       const char *(*read)(const struct go_choice *c, const char *file),
			       const char *const *files, const char **by)
{
	const char *found = NULL;

	for (; *files && !found; files++)
		found = read(c, *by = *files);
	return found;
}

/* NULL: nobody says it. */
static const char *choice_told(const struct go_choice *c, const char **by)
{
	static const char *const published[] = { ".goreleaser.yaml", ".goreleaser.yml",
						 "goreleaser.yaml", "goreleaser.yml", NULL };
	static const char *const images[] = { "Dockerfile", "Containerfile", NULL };
	static const char *const others[] = { "Makefile", NULL };
	const char *found = choice_from(c, choice_published, published, by);

	found = found ? found : choice_from(c, choice_compiled, images, by);
	/* a Makefile compiles all of them */
	if (found || choice_rank(c, choice_nearest(c)) % 4 == 0)
		return found;
	return choice_from(c, choice_compiled, others, by);
}

static void choice_tell_others(const struct go_choice *c, const char *chosen)
{
	struct own_project *p = c->p;
	struct strings others = { NULL, 0, 0 };

	list_each(x, c->programs) {
		if (*x != chosen)
			*list_push(p->a, &others) = own_path(p, *x);
	}
	if (others.n)
		draft_leave(p->d,
			    "%s %s, too: the recipe has %s; a second one takes a step and a line "
			    "of \"keep\" more",
			    strings_join(p->a, &others, ", "),
			    others.n > 1 ? "are programs" : "is a program", own_path(p, chosen));
}

const char *go_choose_program(struct own_project *p, const struct go_own_modules *modules,
			      const struct strings *programs)
{
	const struct go_choice c = { p, modules, programs };
	const char *by = NULL, *chosen = programs->n > 1 ? choice_told(&c, &by) : NULL;

	if (chosen)
		draft_chose(p->d, "program", own_path(p, chosen), "%s compiles it",
			    own_path(p, by));
	else
		chosen = choice_nearest(&c);
	choice_tell_others(&c, chosen);
	return chosen;
}

/* "main.version" of "-X main.version=$(VERSION)"; NULL: the text has none. */
static const char *choice_linked(struct arena *a, struct str text, const char **at)
{
	static const struct str mark = STR("-X ");

	while ((*at = memmem(text.p, text.n, mark.p, mark.n))) {
		struct str name, lower;

		text = str_from(text, (size_t)(*at - text.p) + mark.n);
		name = str_trim(text);
		while (name.n && strchr("\"'", name.p[0]))
			name = str_from(name, 1);
		for (size_t n = 0; n < name.n; n++)
			name.n = isalnum((unsigned char)name.p[n]) || strchr("._/-", name.p[n])
					 ? name.n
					 : n;
		if (!name.n || name.p + name.n == text.p + text.n || name.p[name.n] != '=')
			continue;
		lower = str_of(str_lower(a, name));
		if (memchr(name.p, '.', name.n) && memmem(lower.p, lower.n, "version", 7))
			return str_dup(a, name);
	}
	return NULL;
}

void go_tell_version(struct own_project *p)
{
	static const char *const files[] = { ".goreleaser.yaml", ".goreleaser.yml", "Makefile",
					     "Dockerfile" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct error ignored = { .kind = ERR_NONE };
		const char *at, *name;
		struct str text;

		if (!own_has(p, files[i]) || !own_text(p, files[i], &text, &ignored)) {
			err_clear(&ignored);
			continue;
		}
		name = choice_linked(p->a, text, &at);
		if (!name)
			continue;
		draft_leave(p->d,
			    "%s tells the program its version when it is linked, and the recipe "
			    "does not: \"-ldflags=-s -w -X %s=1.2.3\" in its step does",
			    own_place(p, files[i], text, at), name);
		return;
	}
}
