/* SPDX-License-Identifier: Apache-2.0 */
/* Texts behind the names of calls. */

#include "explain/code/meson_builds.h"

#include "base/path.h"
#include "explain/code/folder_names.h"

#define MESON_FILES_MAX 200
#define MESON_PROGRAMS_MAX 1000
#define MESON_OPTIONS_MAX 100

bool meson_next(struct str *rest, const char *call, struct str *out)
{
	const char *at;

	while ((at = memmem(rest->p, rest->n, call, strlen(call)))) {
		struct str after;

		*rest = str_from(*rest, (size_t)(at - rest->p) + strlen(call));
		if (!str_starts(str_trim(*rest), STR("'")))
			continue;
		*rest = str_from(str_trim(*rest), 1);
		if (!str_cut(*rest, '\'', out, &after))
			return false;
		*rest = after;
		return true;
	}
	return false;
}

/* Blanks in their place, so that lines and columns stay. */
static struct str meson_without_comments(struct arena *a, struct str text)
{
	char *copy = str_dup(a, text);
	bool quoted = false, comment = false;

	for (size_t i = 0; i < text.n; i++) {
		if (copy[i] == '\n')
			quoted = comment = false;
		else if (copy[i] == '\'' && !comment)
			quoted = !quoted;
		else if (copy[i] == '#' && !quoted)
			comment = true;
		if (comment)
			copy[i] = ' ';
	}
	return (struct str){ copy, text.n };
}

static bool meson_read_below(struct own_project *p, const char *folder, struct meson_builds *out,
			     struct error *e)
{
	const char *file = folder[0] ? arena_printf(p->a, "%s/meson.build", folder) : "meson.build";
	struct meson_build b = { .folder = folder, .file = file };
	struct str rest, name;

	if (!own_has(p, file) || out->n >= MESON_FILES_MAX)
		return true;
	if (!own_text(p, file, &b.text, e))
		return false;
	b.text = meson_without_comments(p->a, b.text);
	*list_push(p->a, out) = b;
	for (rest = b.text; meson_next(&rest, "subdir(", &name);) {
		const char *path;
		struct error outside = { .kind = ERR_NONE };

		if (path_normalise(p->a,
				   str_of(arena_printf(p->a, "%s/" STR_FMT, folder, STR_ARG(name))),
				   &path, &outside) &&
		    !meson_read_below(p, path, out, e))
			return false;
	}
	return true;
}

/* "executable('app', ...)", "executable(meson.project_name(), ...)" */
static bool meson_next_program(struct str *rest, struct str project, struct str *out)
{
	static const struct str call = STR("executable("), own = STR("meson.project_name()");
	const char *at;

	while ((at = memmem(rest->p, rest->n, call.p, call.n))) {
		struct str here = str_from(*rest, (size_t)(at - rest->p));

		*rest = str_from(here, call.n);
		*out = project;
		if (project.n && str_starts(str_trim(*rest), own))
			return true;
		if (str_starts(str_trim(*rest), STR("'")))
			return meson_next(&here, call.p, out);
	}
	return false;
}

/* What is called like the project or its folder, then what is not for tests, then the first. */
static unsigned meson_rank(const struct own_project *p, const struct meson_build *b,
			   struct str project, struct str name)
{
	return str_eq(name, project) || str_eq(name, str_of(p->d->name)) ? 0
	       : !folder_is_for_tests(b->folder)			 ? 1
									 : 2;
}

const struct meson_build *meson_find_program(struct own_project *p,
					     const struct meson_builds *builds, struct str *out)
{
	struct str project = { "", 0 }, first = builds->n ? builds->v[0].text : project;
	const struct meson_build *found = NULL;
	struct strings others = { NULL, 0, 0 };
	unsigned best = 0;

	if (!meson_next(&first, "project(", &project))
		project.n = 0;
	list_each(b, builds) {
		struct str rest = b->text, name;

		while (meson_next_program(&rest, project, &name) && others.n < MESON_PROGRAMS_MAX) {
			unsigned rank = meson_rank(p, b, project, name);

			if (rank < 2)
				*list_push(p->a, &others) = str_dup(p->a, name);
			if (found && rank >= best)
				continue;
			found = b;
			best = rank;
			*out = name;
		}
	}
	if (found)
		own_tell_programs(p, &others, str_dup(p->a, *out), own_path(p, found->file));
	return found;
}

bool meson_builds_read(struct own_project *p, struct meson_builds *out, struct error *e)
{
	return meson_read_below(p, "", out, e);
}

bool meson_installs(const struct meson_builds *builds)
{
	static const struct str forms[] = { STR("install: true"), STR("install : true"),
					    STR("install:true") };

	list_each(b, builds) {
		for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
			if (memmem(b->text.p, b->text.n, forms[i].p, forms[i].n))
				return true;
		}
	}
	return false;
}

/* library(), shared_library(), shared_module(), but not static_library() */
bool meson_has_libraries(const struct meson_builds *builds)
{
	static const struct str calls[] = { STR("library("), STR("shared_module(") };
	static const struct str without = STR("static_");

	list_each(b, builds) {
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			struct str rest = b->text;
			const char *at;

			for (; (at = memmem(rest.p, rest.n, calls[i].p, calls[i].n));
			     rest = str_from(rest, (size_t)(at - rest.p) + calls[i].n)) {
				struct str before = { b->text.p, (size_t)(at - b->text.p) };

				if (!str_ends(before, without))
					return true;
			}
		}
	}
	return false;
}

/* "project('x', 'cpp', version : '1.3.0')" */
const char *meson_version(struct arena *a, struct str text)
{
	static const struct str call = STR("project("), key = STR("version");
	const char *at = memmem(text.p, text.n, call.p, call.n), *end;
	struct str rest, version;

	if (!at)
		return NULL;
	rest = str_from(text, (size_t)(at - text.p));
	end = memchr(rest.p, ')', rest.n);
	rest.n = end ? (size_t)(end - rest.p) : rest.n;
	while ((at = memmem(rest.p, rest.n, key.p, key.n))) {
		bool word = strchr(" ,(\n\t", at[-1]) != NULL; /* meson_version is another */

		rest = str_trim(str_from(rest, (size_t)(at - rest.p) + key.n));
		if (!word || !str_starts(rest, STR(":")))
			continue;
		rest = str_trim(str_from(rest, 1));
		if (str_starts(rest, STR("'")) &&
		    str_cut(str_from(rest, 1), '\'', &version, &rest) && version.n)
			return str_dup(a, version);
		return NULL;
	}
	return NULL;
}

/* What stands behind a call's bracket, up to the one that closes it. */
static struct str meson_arguments(struct str text)
{
	unsigned depth = 1;
	bool quoted = false;
	size_t n = 0;

	for (; n < text.n; n++) {
		if (text.p[n] == '\'')
			quoted = !quoted;
		else if (!quoted && text.p[n] == '(')
			depth++;
		else if (!quoted && text.p[n] == ')' && --depth == 0)
			break;
	}
	return (struct str){ text.p, n };
}

/* "true" of "value : true", "auto" of "value: 'auto'"; n == 0: it is not there. */
static struct str meson_argument(struct str arguments, struct str key)
{
	static const struct str none = { "", 0 };
	struct str rest = arguments, value = none;
	const char *at;

	while ((at = memmem(rest.p, rest.n, key.p, key.n))) {
		rest = str_trim(str_from(rest, (size_t)(at - rest.p) + key.n));
		if (!strchr(" ,\t\n", at[-1]) || !str_starts(rest, STR(":")))
			continue;
		value = str_trim(str_from(rest, 1));
		if (str_starts(value, STR("'")))
			return str_cut(str_from(value, 1), '\'', &value, &rest) ? value : none;
		for (size_t n = 0; n < value.n; n++)
			value.n = strchr(" ,\t\r\n", value.p[n]) ? n : value.n;
		return value;
	}
	return none;
}

/* What an option for tests, examples or manuals that is on is set to; NULL: it is none, or off. */
static const char *meson_off(struct str name, struct str arguments)
{
	struct str type = meson_argument(arguments, STR("type"));
	struct str value = meson_argument(arguments, STR("value"));
	AUTO_ARENA a = { 0 };

	if (!option_is_aside(str_dup(&a, name)))
		return NULL;
	if (str_eq(type, STR("boolean")))
		return str_eq(value, STR("false")) ? NULL : "false";
	return str_eq(type, STR("feature")) && str_eq(value, STR("enabled")) ? "disabled" : NULL;
}

bool meson_leave_aside(struct own_project *p, struct strings *words, struct error *e)
{
	const char *file = own_has(p, "meson.options") ? "meson.options" : "meson_options.txt";
	struct strings off = { NULL, 0, 0 };
	const char *first = NULL;
	struct str text, rest, name;

	if (!own_has(p, file))
		return true;
	if (!own_text(p, file, &text, e))
		return false;
	rest = text = meson_without_comments(p->a, text);
	while (meson_next(&rest, "option(", &name) && off.n < MESON_OPTIONS_MAX) {
		const char *value = meson_off(name, meson_arguments(rest));

		if (!value)
			continue;
		first = first ? first : name.p;
		*list_push(p->a, &off) = arena_printf(p->a, "-D" STR_FMT "=%s", STR_ARG(name),
						      value);
	}
	list_append(p->a, words, &off);
	if (off.n)
		draft_chose(p->d, "options", strings_join(p->a, &off, " "), "%s: no image needs it",
			    own_place(p, file, text, first));
	return true;
}
