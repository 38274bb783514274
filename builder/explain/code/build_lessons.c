/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/build_lessons.h"

#include <ctype.h>

#include "base/path.h"
#include "explain/code/folder_names.h"
#include "format/json/jsonw.h"
#include "make/compile/step_lacks.h"
#include "make/compile/step_words.h"

#define LESSONS_TOLD_MAX 6 /* programs that are named */

/* Whether something is tried for the first time; it is noted. */
static bool lessons_is_new(struct arena *a, struct strings *tried, const char *what)
{
	if (strings_has(tried, what))
		return false;
	*list_push(a, tried) = what;
	return true;
}

static void lessons_want(struct own_project *p, enum own_library_form form, const char *name,
			 struct strings *tried)
{
	if (lessons_is_new(p->a, tried, arena_printf(p->a, "%d %s", (int)form, name)))
		own_add_library(p, form, name, "the build");
}

/* A program without a build system is linked with what modules of pkg-config say; what a configure
 * script calls "Ogg" may be one. Some have a version in their names: "glib-2.0", "sdl2". */
static void lessons_want_module(struct own_project *p, const char *header, struct strings *tried)
{
	static const char *const forms[] = { "lib%s", "%s", "%s-2.0", "%s-1.0", "%s-1", "%s2" };
	const char *base = path_base(header);
	const char *name = str_lower(p->a, (struct str){ base, strcspn(base, ".") });

	if (strncmp(name, "lib", 3) == 0)
		lessons_want(p, LIBRARY_LINKED, name + 3, tried);
	for (size_t i = 0; i < (p->plain ? ARRAY_SIZE(forms) : 2); i++)
		lessons_want(p, LIBRARY_MODULE, steps_replace(p->a, forms[i], "%s", name), tried);
}

/* Of "json-c/json.h" the folder may have the module's name. */
static void lessons_want_modules(struct own_project *p, const char *header, struct strings *tried)
{
	const char *slash = strchr(header, '/');

	if (slash && p->plain)
		lessons_want(p, LIBRARY_MODULE,
			     str_lower(p->a, (struct str){ header, (size_t)(slash - header) }),
			     tried);
	lessons_want_module(p, header, tried);
}

/* What configure scripts, CMake and Meson did without counts only if they stopped for it. */
static bool lessons_may_do_without(enum lack_kind kind)
{
	return kind != LACK_HEADER && kind != LACK_LIBRARY && kind != LACK_PACKAGE;
}

/* "./configure" is there: what its first line names is not. "/bin/bash" is SHELL of a Makefile. */
static const char *lessons_interpreter(const struct own_project *p, const char *script)
{
	struct error ignored = { .kind = ERR_NONE };
	struct str text, line, word, last = { "", 0 };
	AUTO_ARENA a = { 0 };

	if (script[0] == '/')
		return path_base(script);
	if (!strchr(script, '/') || !own_has(p, script) ||
	    !own_head(&a, p, script, &text, &ignored) || !str_starts(text, STR("#!")))
		return script;
	text = str_from(text, 2);
	str_next(&text, '\n', &line);
	while (str_next(&line, ' ', &word) && (!last.n || str_ends(last, STR("/env"))))
		last = str_trim(word).n ? str_trim(word) : last;
	return last.n ? path_base(str_dup(p->a, last)) : script;
}

/* Of the step that failed alone: what others did without does not count. */
static struct str lessons_log(struct arena *a, const struct build_remains *r)
{
	const struct str begin = str_of(arena_printf(a, "\n== %s:", r->step));
	struct str log = r->log;
	const char *at;

	while ((at = memmem(log.p, log.n, begin.p, begin.n)))
		log = str_from(log, (size_t)(at - log.p) + begin.n);
	return log;
}

void build_lessons_add_lacks(struct own_project *p, const struct build_remains *r,
			     struct strings *tried)
{
	static const enum own_library_form forms[] = {
		[LACK_CHECKED] = LIBRARY_PROGRAM,  [LACK_MACRO] = LIBRARY_MACRO,
		[LACK_HEADER] = LIBRARY_HEADER,	   [LACK_LIBRARY] = LIBRARY_LINKED,
		[LACK_MODULE] = LIBRARY_MODULE,	   [LACK_CMAKE_PACKAGE] = LIBRARY_OF_CMAKE,
		[LACK_PROGRAM] = LIBRARY_PROGRAM,  [LACK_PYTHON_MODULE] = LIBRARY_PYTHON,
		[LACK_PERL_MODULE] = LIBRARY_PERL, [LACK_ASKED] = LIBRARY_MODULE,
		[LACK_PACKAGE] = LIBRARY_PACKAGE,
	};
	struct step_lacks lacks = { NULL, 0, 0 };

	if (!r->step[0])
		return;
	step_lacks(p->a, lessons_log(p->a, r), &lacks);
	list_each(x, &lacks) {
		const char *name = lessons_interpreter(p, str_dup(p->a, x->name));

		if (x->kind == LACK_ASKED
			    ? p->libraries.n > 0
			    : lessons_may_do_without(x->kind) && x != &lacks.v[lacks.n - 1])
			continue;
		if ((p->plain && x->kind == LACK_HEADER) || x->kind == LACK_CHECKED)
			lessons_want_modules(p, name, tried);
		lessons_want(p, forms[x->kind], name, tried);
	}
}

bool build_lessons_leave_build(struct own_project *p, const struct build_remains *r)
{
	static const char *const around[] = { "development", "production" };
	const char *ready = p->ready;
	size_t left = 0;

	if (!ready || !r->step || strncmp(r->step, "build", 5) != 0)
		return false;
	for (size_t i = 0; i < p->steps.n; i++) {
		const char *name = p->steps.v[i].name;

		if (strncmp(name, "build", 5) != 0 && !name_among(name, around, ARRAY_SIZE(around)))
			p->steps.v[left++] = p->steps.v[i];
	}
	p->steps.n = left;
	p->dev = false;
	p->ready = NULL;
	list_each(choice, &p->d->choices) {
		if (strcmp(choice->key, "dev") == 0)
			*choice = (struct draft_choice){ "dev", "false", "nothing is built" };
	}
	draft_chose(p->d, "steps", "without the build", "it fails, and %s is there without it",
		    ready);
	draft_leave(p->d,
		    "the script \"build\" fails, and %s is there without it: the image has that as "
		    "it stands; write the build as steps if it is old",
		    ready);
	return true;
}

/* "src/words/" of "src/words/mod.rs" where a rule means the folder; NULL: none is left out. Only
 * sources: a build could ask for a key that is there, too. */
static const char *lessons_ignored(const struct own_project *p, struct str word)
{
	static const char *const sources[] = { ".c",	 ".cc", ".cmake", ".cpp", ".cxx", ".go",
					       ".h",	 ".hh", ".hpp",	  ".hxx", ".in",  ".m4",
					       ".proto", ".rs", ".s",	  ".S",	  NULL };
	const char *path = word.n ? path_in_folder(p->a, "", word) : NULL, *slash;

	if (!path || !own_name_ends(path, sources) || !own_has(p, path))
		return NULL;
	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *folder = arena_strndup(p->a, path, (size_t)(slash - path));

		if (own_ignored(p, folder))
			return arena_printf(p->a, "%s/", folder);
	}
	return own_ignored(p, path) ? path : NULL;
}

static bool lessons_take_words(struct own_project *p, struct str line)
{
	static const char ends[] = " \t\"'`:,()";

	while (line.n) {
		struct str word = line;
		const char *path;

		for (word.n = 0; word.n < line.n && !strchr(ends, line.p[word.n]);)
			word.n++;
		line = str_from(line, word.n < line.n ? word.n + 1 : word.n);
		path = memchr(word.p, '/', word.n) || memchr(word.p, '.', word.n)
			       ? lessons_ignored(p, word)
			       : NULL;
		if (!path || strings_has(&p->ignore, arena_printf(p->a, "!%s", path)))
			continue;
		*list_push(p->a, &p->ignore) = arena_printf(p->a, "!%s", path);
		draft_chose(p->d, "ignore", arena_printf(p->a, "!%s", path),
			    "the build looks for it, and .gitignore leaves it out");
		return true;
	}
	return false;
}

bool build_lessons_take_ignored(struct own_project *p, const struct build_remains *r)
{
	static const struct str signs[] = { STR("create file"), STR("No such file or directory"),
					    STR("couldn't read"), STR("Cannot find source file") };
	struct str log = lessons_log(p->a, r), line;

	while (!p->plain && r->step[0] && str_next(&log, '\n', &line)) {
		for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
			if (memmem(line.p, line.n, signs[i].p, signs[i].n) &&
			    lessons_take_words(p, line))
				return true;
		}
	}
	return false;
}

bool build_lessons_take_make(struct own_project *p, const struct build_remains *r)
{
	static const struct str signs[] = { STR("ninja: error: build.ninja:"),
					    STR("missing and no known rule to make it") };
	bool sign = false;

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		sign |= memmem(r->log.p, r->log.n, signs[i].p, signs[i].n) != NULL;
	for (size_t i = 0; sign && p->steps.n && i < p->steps.v[0].run.n; i++) {
		if (strcmp(p->steps.v[0].run.v[i], "Ninja") != 0)
			continue;
		p->steps.v[0].run.v[i] = "Unix Makefiles";
		draft_chose(p->d, "steps", "make", "ninja cannot read what CMake writes");
		return true;
	}
	return false;
}

bool build_lessons_take_libraries(struct own_project *p, const struct build_remains *r)
{
	static const char *const toolchains[] = { "cxx", "cmake", "meson" };
	static const char lack[] = " (not found); no package of the lock has it";

	if (r->step || !r->warning || !strstr(r->warning, lack) || p->plain ||
	    !name_among(p->toolchain, toolchains, ARRAY_SIZE(toolchains)))
		return false;
	list_each(s, &p->steps) {
		if (strcmp(s->name, "libraries") == 0)
			return false;
	}
	own_install_libraries(p);
	if (strcmp(p->toolchain, "cmake") == 0) /* else the program has the build's folder */
		*list_push(p->a, &p->steps.v[0].run) = "-DCMAKE_SKIP_RPATH=ON";
	draft_chose(p->d, "keep", OWN_LIBRARIES, "what is linked needs libraries of the project");
	return true;
}

/* Whether a recipe can name it: neither as a pattern nor as a variable, and as a text. */
static bool lessons_can_say(const char *path)
{
	for (struct str rest = str_of(path); rest.n;) {
		size_t n = (unsigned char)rest.p[0] < 0x80 ? 1 : jsonw_utf8_sequence(rest);

		if (n == 0 ||
		    (n == 1 && (iscntrl((unsigned char)rest.p[0]) || strchr("*?[\\$", rest.p[0]))))
			return false;
		rest = str_from(rest, n);
	}
	return true;
}

/* Names of programs that a build makes for itself; a folder "build" has all that it makes. */
static bool lessons_is_helper(const char *path)
{
	static const char *const names[] = { "a.out", "conftest" };
	static const char build[] = "build/";

	return name_among(path_base(path), names, ARRAY_SIZE(names)) ||
	       strstr(path, "CMakeFiles/") || folder_is_for_tests(path_base(path)) ||
	       own_is_tool(strncmp(path, build, strlen(build)) == 0 ? path + strlen(build) : path);
}

static size_t lessons_depth(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

/* How much a program is like what is looked for; 0: not at all, but it may still be it. */
static size_t lessons_likeness(const char *path, const char *name)
{
	const char *base = path_base(path);
	size_t same = 0;

	if (strcmp(base, name) == 0)
		return SIZE_MAX;
	while (base[same] && base[same] == name[same])
		same++;
	return same > 2 ? same : 0;
}

/* The one that is called like the image, or most like it; of those alike the one that is nearest to
 * the top. NULL: there is none. */
static const char *lessons_choose(const struct own_project *p, const struct strings *programs,
				  struct strings *others)
{
	const char *best = NULL;
	size_t most = 0;

	list_each(x, programs) {
		size_t like = lessons_likeness(*x, p->d->name);

		if (best &&
		    (like < most || (like == most && lessons_depth(*x) >= lessons_depth(best))))
			continue;
		best = *x;
		most = like;
	}
	list_each(x, programs) {
		if (*x != best)
			*list_push(p->a, others) = *x;
	}
	return best;
}

static void lessons_keep(struct own_project *p, const char *installed, const char *from,
			 const struct strings *others)
{
	struct strings told = { NULL, 0, 0 };

	for (size_t i = 0; i < others->n && i < LESSONS_TOLD_MAX; i++)
		*list_push(p->a, &told) = others->v[i];
	p->keep.v[0] = p->entrypoint.v[0] = installed;
	p->doubt = NULL;
	draft_chose(p->d, "programs", installed, "%s", from);
	if (told.n)
		draft_leave(p->d, "the build made %s%s, too: \"keep\" and \"entrypoint\" have %s",
			    strings_join(p->a, &told, ", "), others->n > told.n ? " ..." : "",
			    installed);
}

/* Instead of what the build system would do. */
static void lessons_install(struct own_project *p, const char *built)
{
	const char *program = path_base(built);
	struct project_step *s = NULL;

	list_each(x, &p->steps) {
		if (strcmp(x->name, "install") == 0)
			s = x;
	}
	if (!s)
		s = list_push(p->a, &p->steps);
	*s = (struct project_step){ .name = "install" };
	*list_push(p->a, &s->run) = "install";
	*list_push(p->a, &s->run) = "-D";
	*list_push(p->a, &s->run) = "-s";
	*list_push(p->a, &s->run) = built[0] == '-' ? arena_printf(p->a, "./%s", built) : built;
	*list_push(p->a, &s->run) = arena_printf(p->a, "${destdir}/usr/bin/%s", program);
}

/* Programs that are not there before the build, and are none of its own tools. */
static void lessons_sift(struct own_project *p, const struct strings *found,
			 struct strings *programs)
{
	list_each(x, found) {
		if (!lessons_is_helper(*x) && !own_has(p, *x) && lessons_can_say(*x))
			*list_push(p->a, programs) = *x;
	}
}

bool build_lessons_take_program(struct own_project *p, const struct build_remains *r,
				struct strings *tried)
{
	struct strings installed = { NULL, 0, 0 }, built = { NULL, 0, 0 }, others = { NULL, 0, 0 };
	const char *chosen;

	if (p->keep.n == 0 || p->entrypoint.n == 0 || p->keep.v[0] != p->entrypoint.v[0] ||
	    (r->step[0] && strcmp(r->step, "install") != 0))
		return false;
	lessons_sift(p, &r->installed, &installed);
	chosen = r->step[0] ? NULL : lessons_choose(p, &installed, &others);
	if (chosen && !lessons_is_new(p->a, tried, arena_printf(p->a, "out/%s", chosen)))
		return false;
	if (chosen) {
		lessons_keep(p, arena_printf(p->a, "/%s", chosen), "the build installs it",
			     &others);
		return true;
	}
	lessons_sift(p, &r->built, &built);
	chosen = lessons_choose(p, &built, &others);
	if (!chosen || !lessons_is_new(p->a, tried, arena_printf(p->a, "src/%s", chosen)))
		return false;
	chosen = arena_strdup(p->a, chosen);
	lessons_install(p, chosen);
	lessons_keep(p, arena_printf(p->a, "/usr/bin/%s", path_base(chosen)),
		     arena_printf(p->a, "the build makes %s", chosen), &others);
	return true;
}
