/* SPDX-License-Identifier: Apache-2.0 */
/* Build files are programs in Groovy or Kotlin: lines of them are looked at, one by one. */

#include "explain/code/gradle_project.h"

#include <ctype.h>

#include "base/path.h"

#define GRADLE_SOURCES "src/main/java"

static const char *gradle_path(const struct own_project *p, const char *folder, const char *name)
{
	return folder[0] ? arena_printf(p->a, "%s/%s", folder, name) : name;
}

/* "build.gradle" or "build.gradle.kts", below a folder; NULL: neither is there. */
static const char *gradle_file(const struct own_project *p, const char *folder, const char *name)
{
	const char *file = gradle_path(p, folder, name);
	const char *kotlin = arena_printf(p->a, "%s.kts", file);

	return own_has(p, file) ? file : own_has(p, kotlin) ? kotlin : NULL;
}

/* What follows a word in a line; p == NULL: it is not there. */
static struct str gradle_after(struct str line, const char *word)
{
	const char *at = memmem(line.p, line.n, word, strlen(word));

	return at ? str_from(line, (size_t)(at - line.p) + strlen(word)) : (struct str){ NULL, 0 };
}

/* The next string in quotes, if nothing but blanks, brackets and commas stands before it. */
static bool gradle_next_string(struct str *rest, struct str *out)
{
	const char *end;

	while (rest->n && strchr(" \t\r\n(,", rest->p[0]))
		*rest = str_from(*rest, 1);
	if (!rest->n || !strchr("'\"", rest->p[0]))
		return false;
	end = memchr(rest->p + 1, rest->p[0], rest->n - 1);
	if (!end)
		return false;
	*out = (struct str){ rest->p + 1, (size_t)(end - rest->p) - 1 };
	*rest = str_from(*rest, out->n + 2);
	return true;
}

/* The string that a line has right behind a word: "mainClass = 'a.B'", "mainClass.set("a.B")"; not
 * one that a program puts together, "$group.Main". */
static const char *gradle_value(struct arena *a, struct str line, const char *word)
{
	struct str rest = gradle_after(line, word), name;
	bool filled;

	while (rest.n && (isalpha((unsigned char)rest.p[0]) || rest.p[0] == '.'))
		rest = str_from(rest, 1);
	while (rest.n && strchr(" \t=(", rest.p[0]))
		rest = str_from(rest, 1);
	filled = rest.n && rest.p[0] == '"';
	if (!gradle_next_string(&rest, &name) || !name.n)
		return NULL;
	return filled && memchr(name.p, '$', name.n) ? NULL : str_dup(a, name);
}

/* ":lib:text" -> "lib/text" */
static const char *gradle_folder(struct arena *a, struct str name)
{
	char *folder;

	while (name.n && name.p[0] == ':')
		name = str_from(name, 1);
	folder = arena_strndup(a, name.p, name.n);
	for (char *c = folder; *c; c++)
		*c = *c == ':' ? '/' : *c;
	return folder;
}

/* The folder of a project, for which settings.gradle may name another. */
static const char *gradle_project_folder(const struct gradle_project *g, struct arena *a,
					 struct str name)
{
	const char *folder = gradle_folder(a, name);
	const char *other = strmap_get(&g->moved, str_of(folder));

	return other ? other : folder;
}

/* "project(':lib').projectDir = file('libs/lib')", "new File(settingsDir, '../lib')",
 * "new File(rootDir, "libs/lib")"; not a path that a program puts together. */
static void gradle_read_moved(struct own_project *p, struct str line, struct gradle_project *g)
{
	struct str rest = gradle_after(line, "project("), dir = gradle_after(line, ".projectDir");
	struct str name, folder = { NULL, 0 }, one;
	const char *to;

	if (!rest.p || !dir.p || !gradle_next_string(&rest, &name))
		return;
	while (dir.n && !strchr("'\"", dir.p[0]))
		dir = str_from(dir, 1);
	while (gradle_next_string(&dir, &one))
		folder = one;
	if (!folder.n || memchr(folder.p, '$', folder.n))
		return;
	to = path_in_folder(p->a, "", folder);
	if (to)
		*strmap_slot(p->a, &g->moved, str_of(gradle_folder(p->a, name))) = (void *)to;
}

static bool gradle_add_module(struct own_project *p, const char *folder, struct gradle_project *g,
			      struct error *e)
{
	struct gradle_module m = { .folder = folder,
				   .file = gradle_file(p, folder, "build.gradle") };

	if (folder[0] && !path_is_normal(folder))
		return true;
	if (!strmap_add(p->a, &g->known, str_of(folder)))
		return true;
	if (!java_sources_read(p, gradle_path(p, folder, GRADLE_SOURCES), &m.sources, e))
		return false;
	*list_push(p->a, &g->v) = m;
	return true;
}

/* "include 'app', ':lib'", also over several lines; not includeBuild. */
static bool gradle_read_settings(struct own_project *p, const char *file, struct gradle_project *g,
				 struct error *e)
{
	static const struct str include = STR("include"), root = STR("rootProject.name");
	struct str text, name, line;

	if (!own_text(p, file, &text, e))
		return false;
	for (struct str lines = text; str_next(&lines, '\n', &line);)
		if (!str_starts(str_trim(line), STR("//")))
			gradle_read_moved(p, line, g);
	for (; text.n; str_next(&text, '\n', &line)) {
		struct str rest = text;

		while (rest.n && strchr(" \t", rest.p[0]))
			rest = str_from(rest, 1);
		if (str_starts(rest, root)) {
			g->name = gradle_value(p->a, rest, "rootProject.name");
			continue;
		}
		if (!str_starts(rest, include) || rest.n == include.n ||
		    !strchr(" \t(", rest.p[include.n]))
			continue;
		rest = str_from(rest, include.n);
		while (gradle_next_string(&rest, &name)) {
			if (!gradle_add_module(p, gradle_project_folder(g, p->a, name), g, e))
				return false;
			rest = rest.n && rest.p[0] == ',' ? rest : (struct str){ "", 0 };
		}
	}
	return true;
}

/* "17" of "JavaLanguageVersion.of(17)", "JavaVersion.VERSION_17", "sourceCompatibility = '1.8'". */
static const char *gradle_release(struct arena *a, struct str line)
{
	static const char *const words[] = { "JavaLanguageVersion.of(", "JavaVersion.VERSION_",
					     "options.release", "sourceCompatibility" };
	struct str rest = { NULL, 0 }, number;

	for (size_t i = 0; !rest.p && i < ARRAY_SIZE(words); i++)
		rest = gradle_after(line, words[i]);
	while (rest.n && strchr(" =('\".set", rest.p[0]))
		rest = str_from(rest, 1);
	if (str_starts(rest, STR("1.")) || str_starts(rest, STR("1_")))
		rest = str_from(rest, 2);
	for (number = (struct str){ rest.p, 0 };
	     number.n < rest.n && isdigit((unsigned char)rest.p[number.n]); number.n++)
		;
	return number.n ? str_dup(a, number) : NULL;
}

/* "implementation project(':lib')", "api(projects.lib)"; not those of tests. */
static void gradle_read_need(struct own_project *p, const struct gradle_project *g, struct str line,
			     struct gradle_module *m)
{
	struct str rest = gradle_after(line, "project("), name, more;
	size_t n = 0;

	if (str_starts(line, STR("test")))
		return;
	if (rest.p && str_starts(rest, STR("path")))
		rest = gradle_after(rest, rest.p[4] == ':' ? ":" : "=");
	if (rest.p && gradle_next_string(&rest, &name)) {
		*list_push(p->a, &m->needs) = gradle_project_folder(g, p->a, name);
		return;
	}
	more = gradle_after(line, "(projects.");
	more = more.p ? more : gradle_after(line, " projects.");
	while (n < more.n && (isalnum((unsigned char)more.p[n]) || more.p[n] == '_'))
		n++;
	if (n)
		*list_push(p->a, &m->needs) = gradle_project_folder(g, p->a,
								    (struct str){ more.p, n });
}

/* "implementation 'org.example:lib:1.0'", "api(libs.lib)": "org.example:lib:1.0". */
static const char *gradle_asks(struct arena *a, struct str line)
{
	static const char *const words[] = { "implementation", "api", "compileOnly", "runtimeOnly",
					     "compile" };
	struct str rest = { NULL, 0 }, name;
	size_t n = 0;

	while (n < line.n && isalpha((unsigned char)line.p[n]))
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_eq((struct str){ line.p, n }, str_of(words[i])))
			rest = str_from(line, n);
	}
	if (!rest.n || gradle_after(rest, "project").p)
		return NULL;
	name = gradle_after(rest, "libs.");
	if (name.p) {
		name = (struct str){ name.p - strlen("libs."), name.n + strlen("libs.") };
		name.n = strcspn(str_dup(a, name), " \t,()");
		return str_dup(a, name);
	}
	while (rest.n && !strchr("'\"", rest.p[0]))
		rest = str_from(rest, 1);
	return gradle_next_string(&rest, &name) && memchr(name.p, ':', name.n) ? str_dup(a, name)
									       : NULL;
}

static bool gradle_read_module(struct own_project *p, const struct gradle_project *g,
			       struct gradle_module *m, struct error *e)
{
	struct str text, line, rest;

	if (!m->file)
		return true;
	if (!own_text(p, m->file, &text, e))
		return false;
	for (rest = text; str_next(&rest, '\n', &line);) {
		line = str_trim(line);
		if (str_starts(line, STR("//")))
			continue;
		m->main_class = m->main_class ? m->main_class
					      : gradle_value(p->a, line, "mainClass");
		m->release = m->release ? m->release : gradle_release(p->a, line);
		if (!m->version && str_starts(line, STR("version")))
			m->version = gradle_value(p->a, line, "version");
		gradle_read_need(p, g, line, m);
		if (!m->asks && (m->asks = gradle_asks(p->a, line)))
			m->asks_at = own_place(p, m->file, text, line.p);
	}
	return true;
}

static bool gradle_is_needed(const struct gradle_project *g, const struct gradle_module *m)
{
	list_each(x, &g->v) {
		if (x != m && strings_has(&x->needs, m->folder))
			return true;
	}
	return false;
}

/* The one that names its main class, else the first with a main method that no other needs. */
static struct gradle_module *gradle_find_program(const struct gradle_project *g)
{
	struct gradle_module *program = NULL;

	list_each(m, &g->v) {
		if (m->main_class && m->sources.files)
			return m;
	}
	list_each(m, &g->v) {
		if (m->sources.mains.n &&
		    (!program || (gradle_is_needed(g, program) && !gradle_is_needed(g, m))))
			program = m;
	}
	return program;
}

/* What a project needs goes before it; projects in a circle are left as they are met. */
static void gradle_take(struct own_project *p, struct gradle_project *g, struct gradle_module *m)
{
	if (m->begun)
		return;
	m->begun = true;
	list_each(x, &g->v) {
		if (strings_has(&m->needs, x->folder))
			gradle_take(p, g, x);
	}
	*list_push(p->a, &g->needed) = m;
}

bool gradle_project_read(struct own_project *p, struct gradle_project *out, struct error *e)
{
	const char *settings = gradle_file(p, "", "settings.gradle");
	struct gradle_module *program;

	*out = (struct gradle_project){ .name = NULL };
	if (!settings && !gradle_file(p, "", "build.gradle"))
		return true;
	out->settings = settings;
	if (!gradle_add_module(p, "", out, e) ||
	    (settings && !gradle_read_settings(p, settings, out, e)))
		return false;
	list_each(m, &out->v) {
		if (!gradle_read_module(p, out, m, e))
			return false;
	}
	program = gradle_find_program(out);
	if (!program)
		return true;
	program->release = program->release ? program->release : out->v.v[0].release;
	program->version = program->version ? program->version : out->v.v[0].version;
	gradle_take(p, out, program);
	return true;
}
