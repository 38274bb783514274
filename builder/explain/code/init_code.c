/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is read and checked before the first file is written. */

#include "explain/code/init_code.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "explain/code/build_lessons.h"
#include "explain/code/init_code_files.h"
#include "explain/code/distribution_packages.h"
#include "explain/code/library_packages.h"
#include "explain/code/opened_libraries.h"
#include "explain/code/option_lessons.h"
#include "explain/code/package_scripts.h"
#include "explain/code/project.h"
#include "explain/code/submodules.h"
#include "explain/init/init_lines.h"
#include "explain/suggest.h"
#include "format/text/image_name.h"
#include "line/build.h"

static const struct {
	const char *option;
	bool (*read)(struct own_project *p, struct error *e);
} code_languages[CODE_LANGUAGES] = {
	[CODE_C] = { "--c", project_read_c },
	[CODE_CXX] = { "--cxx", project_read_cxx },
	[CODE_GO] = { "--go", project_read_go },
	[CODE_RUST] = { "--rust", project_read_rust },
	[CODE_PYTHON] = { "--python", project_read_python },
	[CODE_NODE] = { "--node", project_read_node },
	[CODE_JAVA] = { "--java", project_read_java },
};

/* The folder below the working folder: "." or "services/app". */
static bool code_find_folder(struct code_making *m, const char *given, const char *option,
			     struct error *e)
{
	const char *real, *here, *name;
	struct stat st;

	if (stat(given, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is not a folder: %s names that of the project",
			       given, option);
	if (!file_real_path(m->a, given, &real, e) || !file_real_path(m->a, ".", &here, e))
		return false;
	if (strcmp(real, here) == 0)
		m->p.folder = ".";
	else if (str_starts(str_of(real), str_of(arena_printf(m->a, "%s/", here))))
		m->p.folder = real + strlen(here) + 1;
	else
		return err_set(
			e, ERR_INPUT,
			"%s is outside of this folder: run imgbuild init in a folder that "
			"holds the project, for a repository holds what its images are made of",
			given);
	name = image_name_from(m->a, path_base(real), "_");
	m->p.d->name = m->order->name ? m->order->name : name ? name : "app";
	return true;
}

/* What imgbuild writes into the folder of the project is no part of it. */
static void code_ignore_own(struct own_project *p)
{
	static const char *const own[] = { "/images.json", "/recipes/", "/locks/", "/out/" };

	for (size_t i = 0; strcmp(p->folder, ".") == 0 && !p->plain && i < ARRAY_SIZE(own); i++)
		*list_push(p->a, &p->ignore) = own[i];
}

#define CODE_BELOW_DEPTH 3
#define CODE_BELOW_MAX 8
#define CODE_ROUNDS_MAX 16 /* builds; each teaches something new */

/* A file that only projects of one language have. */
static const struct {
	const char *file;
	enum code_language language;
} code_marks[] = {
	{ "go.mod", CODE_GO },
	{ "go.work", CODE_GO },
	{ "Cargo.toml", CODE_RUST },
	{ "package.json", CODE_NODE },
	{ "pyproject.toml", CODE_PYTHON },
	{ "setup.py", CODE_PYTHON },
	{ "setup.cfg", CODE_PYTHON },
	{ "pom.xml", CODE_JAVA },
	{ "build.gradle", CODE_JAVA },
	{ "build.gradle.kts", CODE_JAVA },
	{ "CMakeLists.txt", CODE_CXX },
};

/* Whether a folder is a project of that language by one of its files; of C and C++ other languages
 * have some, too. */
static bool code_is_marked(const struct own_project *p, enum code_language language)
{
	static const char *const builds[] = { "CMakeLists.txt", "meson.build", "configure.ac",
					      "configure", "Makefile" };
	bool c = language == CODE_C || language == CODE_CXX;

	for (size_t i = 0; c && i < ARRAY_SIZE(builds); i++) {
		if (own_has(p, builds[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(code_marks); i++) {
		if (code_marks[i].language == language && own_has(p, code_marks[i].file))
			return true;
	}
	return false;
}

/* Folders below, of which one may be meant: "services/app". */
static void code_find_below(const struct code_making *m, const char *folder,
			    enum code_language language, unsigned depth, struct strings *out)
{
	struct error ignored = { .kind = ERR_NONE };
	const struct own_project here = { .a = m->a, .folder = folder };
	struct strings names = { NULL, 0, 0 };

	if (depth == 0 || out->n == CODE_BELOW_MAX || !own_names(&here, "", &names, &ignored))
		return;
	for (size_t i = 0; i < names.n && out->n < CODE_BELOW_MAX; i++) {
		const char *path = own_path(&here, names.v[i]);
		const struct own_project below = { .a = m->a, .folder = path };

		if (names.v[i][0] == '.' || strcmp(names.v[i], "node_modules") == 0 ||
		    strcmp(names.v[i], "vendor") == 0 || own_is_tool(names.v[i]))
			continue;
		if (code_is_marked(&below, language))
			*list_push(m->a, out) = path;
		else
			code_find_below(m, path, language, depth - 1, out);
	}
}

static void code_tell_below(const struct code_making *m, enum code_language language)
{
	struct strings below = { NULL, 0, 0 };

	code_find_below(m, m->p.folder, language, CODE_BELOW_DEPTH, &below);
	list_each(path, &below)
		progress_note(m->order->build.progress,
			      "%s has such a project: imgbuild init %s %s", *path,
			      code_languages[language].option, *path);
}

/* Whoever named the wrong language is told the right one; or the wrong folder. */
static void code_tell_language(const struct code_making *m, enum code_language language,
			       const char *folder)
{
	size_t found = ARRAY_SIZE(code_marks);

	for (size_t i = ARRAY_SIZE(code_marks); i-- > 0;) {
		if (!own_has(&m->p, code_marks[i].file))
			continue;
		if (code_marks[i].language == language ||
		    (code_marks[i].language == CODE_CXX && language == CODE_C))
			return;
		found = i;
	}
	if (found < ARRAY_SIZE(code_marks))
		progress_note(m->order->build.progress,
			      "%s is there: imgbuild init %s %s is for such a project",
			      own_path(&m->p, code_marks[found].file),
			      code_languages[code_marks[found].language].option, folder);
	else
		code_tell_below(m, language);
}

static bool code_read_project(struct code_making *m, enum code_language language, struct error *e)
{
	const char *name;
	struct own_project *p = &m->p;

	if (!code_languages[language].read(p, e) || (p->lock && !own_check_lock(p, p->lock, e)))
		return false;
	submodules_tell(p);
	name = image_name_from(m->a, p->name ? p->name : "", "_");
	if (!m->order->name && name)
		p->d->name = name;
	code_ignore_own(p);
	draft_chose(p->d, "base", p->base, "the smallest that has what such a program needs");
	draft_chose(p->d, "toolchain", p->toolchain, "%s", code_languages[language].option);
	draft_chose(p->d, "user", "nonroot 65532:65532", "nothing names a user");
	return true;
}

/* As the recipe's archive has it. */
static bool code_ask_archive(struct code_making *m, struct error *e)
{
	const struct build_order *o = &m->order->build;
	struct recipe_opening opening = { .data = o->data };
	struct mirrors mirrors;
	struct recipe r;
	struct lock_order order = { .store = o->store,
				    .mirrors = &mirrors,
				    .recipe = &r,
				    .platform = o->platforms.v[0],
				    .offline = o->offline,
				    .progress = o->progress };

	opening.path = m->out->recipe;
	return (!m->place.scratch || code_files_stand_in(m, &opening.path, e)) &&
	       recipe_load_with(m->a, &opening, &r, e) &&
	       mirrors_find(m->a, o->mirrors, o->mirror_env, r.archive, "/", &mirrors, e) &&
	       library_packages_find(&m->p, &order, e);
}

/* Without an archive that knows it, the build says what is lacking. */
static bool code_find_libraries(struct code_making *m, struct error *e)
{
	struct error why = { .kind = ERR_NONE };
	char text[1024];
	bool asked;

	if (m->p.libraries.n == 0)
		return true;
	asked = code_ask_archive(m, &why);
	if (!asked) {
		init_strip_scratch(&why, m->place.scratch);
		err_format(&why, text, sizeof(text));
		progress_warn(m->order->build.progress,
			      "which Debian packages have the headers of libraries is not known: "
			      "%s",
			      text);
		err_clear(&why);
	}
	library_packages_leave(&m->p, asked);
	if (!distribution_packages_check(&m->p, asked, e))
		return false;
	library_packages_shape_image(&m->p);
	return code_files_write_recipe(m, e);
}

/* Lock files of a folder that are not among `known`. */
static bool code_add_locks(struct code_making *m, const char *folder, const struct strings *known,
			   struct strings *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };
	AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && !file_names(m->a, fd, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *path = arena_printf(m->a, "%s/%s", folder, names.v[i]);

		if (str_ends(str_of(path), STR(".lock.json")) && !strings_has(known, path))
			*list_push(m->a, out) = path;
	}
	return true;
}

static bool code_find_locks(struct code_making *m, const struct strings *known, struct strings *out,
			    struct error *e)
{
	return code_add_locks(m, "recipes", known, out, e) &&
	       code_add_locks(m, "locks", known, out, e);
}

static void code_leave_doubt(const struct code_making *m)
{
	if (m->p.doubt)
		draft_leave(m->p.d,
			    "the program is taken to be %s, as %s: change \"keep\" and "
			    "\"entrypoint\" if it is another",
			    path_base(m->p.entrypoint.v[0]), m->p.doubt);
}

static void code_tell_left(const struct code_making *m)
{
	const struct init_draft *d = m->p.d;

	const char *wrote = m->out->files.n ? arena_printf(m->a, "wrote %s; ",
							   strings_join(m->a, &m->out->files, ", "))
					    : "";

	progress_note(m->order->build.progress,
		      "%sthe files stay: change them, then run imgbuild %s", wrote, m->out->recipe);
	for (size_t i = 0; i < d->open.n; i++)
		progress_note(m->order->build.progress, "left to decide: %s", d->open.v[i]);
}

/* What the archive has of what the build did not find. */
static bool code_learn_packages(struct code_making *m, const struct build_remains *r,
				struct strings *tried)
{
	struct own_project *p = &m->p;
	struct error ignored = { .kind = ERR_NONE };
	size_t before = p->d->choices.n + p->modules.n, wanted;

	do {
		p->libraries.n = 0; /* what is left of them was looked for, and is told */
		build_lessons_add_lacks(p, r, tried);
		wanted = p->libraries.n;
		if (wanted && !code_ask_archive(m, &ignored))
			err_clear(&ignored);
	} while (wanted && p->d->choices.n + p->modules.n == before);
	library_packages_shape_image(p);
	return p->d->choices.n + p->modules.n > before;
}

/* All is compiled: what an image of it needs besides. */
static bool code_learn_lines(struct code_making *m)
{
	struct error ignored = { .kind = ERR_NONE };
	struct build_order order = m->order->build;
	struct suggestions lines;

	order.recipe = m->out->recipe;
	if (build_suggest(m->a, &order, &lines, &ignored))
		return init_take_lines(m->p.d, &lines);
	err_clear(&ignored);
	return false;
}

static bool code_write_learnt(struct code_making *m, size_t before)
{
	struct error ignored = { .kind = ERR_NONE };
	const struct draft_choice *last;

	if (!code_files_write_recipe(m, &ignored)) {
		err_clear(&ignored);
		return false;
	}
	for (size_t i = before; i < m->p.d->choices.n; i++) {
		last = &m->p.d->choices.v[i];
		progress_note(m->order->build.progress, "%s: %s (%s); building once more",
			      last->key, last->value, last->from);
	}
	return true;
}

/* What the image's modules open, once it is built; asked once. */
static bool code_learn_opened(struct code_making *m, bool *asked)
{
	size_t before = m->p.d->choices.n;
	struct error ignored = { .kind = ERR_NONE };
	struct build_order order = m->order->build;
	bool changed;

	if (*asked || !str_starts(str_of(m->p.toolchain), STR("python")))
		return false;
	*asked = true;
	order.recipe = m->out->recipe;
	if (!opened_libraries_choose(&m->p, &order, &changed, &ignored)) {
		err_clear(&ignored);
		return false;
	}
	return changed && code_write_learnt(m, before);
}

/* Changes the recipe by what a build left that failed; false: nothing is learnt of it. */
static bool code_learn(struct code_making *m, const struct build_remains *r, struct strings *tried)
{
	size_t before = m->p.d->choices.n;

	if (!(r->step ? build_lessons_take_ignored(&m->p, r) || code_learn_packages(m, r, tried) ||
				option_lessons_take(&m->p, r) ||
				build_lessons_take_make(&m->p, r) ||
				build_lessons_take_program(&m->p, r, tried) ||
				build_lessons_leave_build(&m->p, r)
		      : build_lessons_take_libraries(&m->p, r) || code_learn_lines(m)))
		return false;
	return code_write_learnt(m, before);
}

/* A lock of which an image came is a person's; this recipe has outgrown it before that. */
static void code_drop_lock(const struct code_making *m)
{
	const struct build_order *o = &m->order->build;
	const struct recipe_opening opening = { .path = m->out->recipe, .data = o->data };
	struct error ignored = { .kind = ERR_NONE };
	struct recipe r;

	if (recipe_load_with(m->a, &opening, &r, &ignored))
		(void)unlink(recipe_lock_path(m->a, &r, o->platforms.v[0]));
	else
		err_clear(&ignored);
}

/* There is an image: what it lacks all the same. */
static bool code_learn_built(struct code_making *m, const struct build_remains *r,
			     struct strings *tried, bool *asked)
{
	if (!(m->p.d->packages.n && code_learn(m, r, tried)) && !code_learn_opened(m, asked))
		return false;
	code_drop_lock(m);
	return true;
}

/* As often as something new is learnt of what failed. */
static bool code_build_learning(struct code_making *m, const struct build_order *order,
				struct error *e)
{
	AUTO_ARENA own = { 0 };
	struct build_remains remains = BUILD_REMAINS_INIT(&own);
	struct strings tried = { NULL, 0, 0 };
	struct build_order with = *order;
	bool asked = false; /* what modules open */

	with.compile.remains = &remains;
	for (unsigned round = 0; round < CODE_ROUNDS_MAX; round++) {
		remains = (struct build_remains)BUILD_REMAINS_INIT(&own);
		err_clear(e);
		if (build_image(m->a, &with, &m->out->build, e)) {
			if (!code_learn_built(m, &remains, &tried, &asked))
				return true;
			continue;
		}
		if (e->kind != ERR_INPUT || !code_learn(m, &remains, &tried))
			break;
	}
	list_each(line, &remains.told)
		progress_note(m->order->build.progress, "%s", *line);
	if (remains.warning)
		progress_warn_list(m->order->build.progress, remains.warning);
	return false;
}

/* Once more, where the audit refuses what can be left out. */
static bool code_build(struct code_making *m, const struct build_order *order, struct error *e)
{
	struct build_result *out = &m->out->build;
	bool changed = false;

	if (!code_build_learning(m, order, e))
		return false;
	for (size_t i = 0; out->rejected && !m->p.plain && i < out->audits.n; i++)
		changed = package_scripts_drop(&m->p, &out->audits.v[i]) || changed;
	if (!changed)
		return true;
	*out = (struct build_result){ .rejected = false };
	return code_files_write_recipe(m, e) && build_image(m->a, order, out, e);
}

bool init_code(struct arena *a, const struct init_order *o, enum code_language language,
	       const char *folder, struct init_result *out, struct error *e)
{
	struct code_making m = { .a = a, .order = o, .out = out, .place.files = &out->files };
	struct strings there = { NULL, 0, 0 }; /* lock files that others made */
	struct build_order build = o->build;
	bool built;

	*out = (struct init_result){ .draft = { .a = a } };
	m.p.a = a;
	m.p.d = &out->draft;
	if (!code_find_folder(&m, folder, code_languages[language].option, e))
		return false;
	if (!code_read_project(&m, language, e)) {
		code_tell_language(&m, language, folder);
		return false;
	}
	if (!code_files_check(&m, e) || !code_find_locks(&m, &(struct strings){ 0 }, &there, e) ||
	    !code_files_make(&m, code_find_libraries, e))
		return false;
	build.recipe = out->recipe;
	built = code_build(&m, &build, e);
	code_leave_doubt(&m);
	if (!built) {
		code_tell_left(&m);
		return false;
	}
	out->built = true;
	if (!code_files_settle(&m, e) || !code_find_locks(&m, &there, &out->files, e))
		return false;
	strings_unique(&out->files);
	return true;
}
