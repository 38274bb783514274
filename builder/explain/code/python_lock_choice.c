/* SPDX-License-Identifier: Apache-2.0 */
/* Locks that tools write go before requirements files, which are often made from them once and
 * forgotten. */

#include "explain/code/python_lock_choice.h"

#include <fnmatch.h>
#include <unistd.h>

#include "base/path.h"
#include "format/text/simple_index.h"
#include "format/text/wheel_tags.h"
#include "input/recipe/python_in_sync.h"
#include "input/recipe/python_locks.h"
#include "input/recipe/python_requirements.h"

#define PYTHON_INCLUDES_MAX 8
#define PYTHON_LOCK_MAX ((size_t)16 << 20)
#define PYTHON_LOCK_ORDER                                              \
	"pylock*.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, " \
	"requirements*.txt with hashes: the first counts"
#define PYTHON_REQUIREMENTS "requirements"

/* Whether it names anything: comments and blank lines do not. */
static bool python_has_lines(struct str text)
{
	struct str line;

	while (str_next(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.n && line.p[0] != '#')
			return true;
	}
	return false;
}

/* By its name it is not what the program runs with. */
static bool python_is_of_development(const char *name)
{
	static const char *const others[] = { "*dev*",	"*test*",  "*doc*",
					      "*lint*", "local.*", "ci.*" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (fnmatch(others[i], name, 0) == 0)
			return true;
	}
	return false;
}

static bool python_is_lock(const char *path)
{
	const char *name = path_base(path);

	return !python_is_of_development(name) &&
	       fnmatch(name == path ? PYTHON_REQUIREMENTS "*.txt" : "*.txt", name, 0) == 0;
}

/* requirements.txt before others beside it, then a folder's, what is for production first. */
static bool python_list_requirements(struct own_project *p, struct strings *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (own_has(p, "requirements.txt"))
		*list_push(p->a, out) = "requirements.txt";
	if (!own_names(p, "", out, e) || !own_names(p, PYTHON_REQUIREMENTS, &names, e))
		return false;
	for (unsigned production = 2; production-- > 0;) {
		list_each(name, &names) {
			if ((fnmatch("prod*", *name, 0) == 0) == (production == 1))
				*list_push(p->a, out) =
					arena_printf(p->a, PYTHON_REQUIREMENTS "/%s", *name);
		}
	}
	return true;
}

/* The file that a line "-r NAME" or "-c NAME" names, below the folder; NULL: it has none. */
static const char *python_included(struct own_project *p, const char *name, struct str line)
{
	static const struct str options[] = { STR("--requirement"), STR("--constraint"), STR("-r"),
					      STR("-c") };
	struct str path = { "", 0 };

	line = str_trim(line);
	for (size_t i = 0; i < ARRAY_SIZE(options) && !path.n; i++) {
		if (str_starts(line, options[i]))
			path = str_trim(str_from(line, options[i].n));
	}
	while (path.n && strchr("= \"'", path.p[0]))
		path = str_from(path, 1);
	path.n = path.n ? strcspn(str_dup(p->a, path), " \t\"'#") : 0;
	return path.n ? path_in_folder(p->a, path_dir(p->a, name), path) : NULL;
}

/* Whether the file, or one that it includes, names hashes. */
static bool python_has_hashes(struct own_project *p, const char *name, unsigned depth, bool *out,
			      struct error *e)
{
	struct str text, line;

	*out = false;
	if (depth == 0 || !own_has(p, name))
		return true;
	if (!own_text(p, name, &text, e))
		return false;
	*out = strstr(text.p, "--hash") != NULL;
	while (!*out && str_next(&text, '\n', &line)) {
		const char *other = python_included(p, name, line);

		if (other && !python_has_hashes(p, other, depth - 1, out, e))
			return false;
	}
	return true;
}

/* The first requirements file with hashes; *without: one that has none. */
static bool python_find_requirements(struct own_project *p, const char **out, const char **without,
				     struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!python_list_requirements(p, &names, e))
		return false;
	for (size_t i = 0; i < names.n && !*out; i++) {
		struct str text;
		bool hashes;

		if (!python_is_lock(names.v[i]))
			continue;
		if (!own_text(p, names.v[i], &text, e) ||
		    !python_has_hashes(p, names.v[i], PYTHON_INCLUDES_MAX, &hashes, e))
			return false;
		if (hashes)
			*out = names.v[i];
		else if (python_has_lines(text) && !*without)
			*without = names.v[i];
	}
	return true;
}

/* Locks are longer than other files of a project. */
static bool python_lock_text(const struct own_project *p, const char *name, struct str *out,
			     struct error *e)
{
	return io_read_named(p->a, own_path(p, name), PYTHON_LOCK_MAX, out, e);
}

/* pylock.toml, else the first pylock.NAME.toml. */
static bool python_find_pylock(struct own_project *p, struct strings *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, "", &names, e))
		return false;
	if (strings_has(&names, "pylock.toml")) {
		*list_push(p->a, out) = "pylock.toml";
		return true;
	}
	for (size_t i = 0; i < names.n && !out->n; i++) {
		if (fnmatch("pylock.*.toml", names.v[i], 0) == 0 &&
		    !python_is_of_development(names.v[i]))
			*list_push(p->a, out) = names.v[i];
	}
	return true;
}

/* The lock files that are there, best first. */
static bool python_find_locks(struct own_project *p, struct strings *out, const char **without,
			      struct error *e)
{
	static const char *const tools[] = { "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock" };
	const char *requirements = NULL;

	if (!python_find_pylock(p, out, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		if (own_has(p, tools[i]))
			*list_push(p->a, out) = tools[i];
	}
	if (!python_find_requirements(p, &requirements, without, e))
		return false;
	if (requirements)
		*list_push(p->a, out) = requirements;
	return true;
}

/* A member of a workspace has no lock file: that of the workspace, above, is for all. */
static const char *python_lock_above(struct own_project *p)
{
	for (const char *at = p->folder; at[0] && strcmp(at, ".") != 0;) {
		const char *file;

		at = path_dir(p->a, at);
		file = arena_printf(p->a, "%s%suv.lock", at, at[0] ? "/" : "");
		if (access(file, F_OK) == 0)
			return file;
	}
	return NULL;
}

static const char *python_lock_command(struct own_project *p, const struct python_needs_told *told)
{
	if (told->tool)
		return arena_printf(p->a, "%s lock", told->tool);
	return arena_printf(p->a, "pip-compile --generate-hashes -o requirements.txt %s", told->in);
}

static bool python_do_without(struct own_project *p, const struct python_needs_told *told,
			      const char *without, struct error *e)
{
	if (without && !(told->needs && told->tool)) { /* else the tool writes a lock */
		p->unlocked = arena_printf(
			p->a,
			"%s has no hashes: pip-compile --generate-hashes -o "
			"requirements-lock.txt %s writes a requirements file with them "
			"(uv pip compile likewise)",
			own_path(p, without), without);
		return python_wants_packages(p, &told->all, without, e);
	}
	if (told->needs && python_lock_above(p))
		return err_set(
			e, ERR_INPUT,
			"%s is of a workspace, whose lock file is %s: imgbuild init --python %s "
			"takes the workspace, and starts a command of its members",
			p->folder, python_lock_above(p),
			path_dir(p->a, python_lock_above(p))[0]
				? path_dir(p->a, python_lock_above(p))
				: ".");
	if (told->needs) {
		p->unlocked = arena_printf(
			p->a,
			"%s: the project needs %s, and no lock file is there: %s writes one, "
			"and it belongs into the repository (" PYTHON_LOCK_ORDER ")",
			told->at, told->needs, python_lock_command(p, told));
		return python_wants_packages(p, &told->all, NULL, e);
	}
	draft_leave(p->d, "no lock file is there (" PYTHON_LOCK_ORDER
			  "): the image has Python's own modules alone");
	return true;
}

static bool python_has_wheel(const struct dependency *d)
{
	struct platforms all = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };

	platforms_all(&a, &all);
	list_each(f, &d->files) {
		struct simple_wheel w;

		for (size_t i = 0; simple_split_wheel(f->name, &w) && i < all.n; i++) {
			const struct wheel_target t = { wheel_python_of(""),
							all.v[i]->machine->uname[0] };

			if (wheel_tag_fits(w.tag, &t))
				return true;
		}
	}
	return false;
}

/* A package that the lock has no wheel of that fits is built; what requirements files name, an
 * index knows. */
static void python_choose_toolchain(struct own_project *p, const struct dependencies *l)
{
	list_each(d, &l->v) {
		if (!d->files.n || python_has_wheel(d))
			continue;
		p->toolchain = "python-build";
		draft_chose(p->d, "dependencies", d->name,
			    "%s:%u: it has no wheel that fits, and is built", own_path(p, p->lock),
			    d->line);
		return;
	}
}

/* As it will be read with the recipe; and that it has what pyproject.toml asks for. */
static bool python_read_lock(struct own_project *p, struct strings *folders, struct strings *wheels,
			     struct error *e)
{
	static const struct strings none = { NULL, 0, 0 };
	struct dependencies l = { .file = own_path(p, p->lock), .dir = path_dir(p->a, p->lock) };
	struct strings inputs = { NULL, 0, 0 };
	struct buf texts = { .a = p->a };
	struct str text;

	if (!python_lock_text(p, p->lock, &text, e))
		return false;
	if (str_starts(str_of(p->lock), STR(PYTHON_REQUIREMENTS)))
		return python_requirements_read(p->a, text, &l, &inputs, &texts, e) &&
		       python_check_in_sync(p->a, &l, &none, &none, &inputs, e);
	if (strcmp(p->lock, "Pipfile.lock") == 0)
		return python_pipfile_read(p->a, text, &l, &inputs, &texts, e);
	if (!python_lock_gather(p->a, text, &l, &inputs, &texts, e))
		return false;
	*folders = l.folders;
	list_each(d, &l.v) {
		for (size_t i = 0; d->local && i < d->files.n; i++) {
			if (d->files.v[i].path)
				*list_push(p->a, wheels) = d->files.v[i].path;
		}
	}
	python_choose_toolchain(p, &l);
	return true;
}

bool python_choose_lock(struct own_project *p, const struct python_needs_told *told,
			struct strings *folders, struct strings *wheels, struct error *e)
{
	struct strings locks = { NULL, 0, 0 }, others = { NULL, 0, 0 };
	const char *without = NULL;

	if (!python_find_locks(p, &locks, &without, e))
		return false;
	if (locks.n == 0 && without && told->installed && !told->all.unknown) {
		draft_leave(p->d, "%s is not read: what is installed says itself what it needs",
			    own_path(p, without));
		without = NULL;
	}
	if (locks.n == 0)
		return python_do_without(p, told, without, e);
	p->lock = locks.v[0];
	for (size_t i = 1; i < locks.n; i++)
		*list_push(p->a, &others) = locks.v[i];
	draft_chose(p->d, "dependencies", p->lock, "%s%s%s (" PYTHON_LOCK_ORDER ")",
		    own_path(p, p->lock), others.n ? "; not read: " : "",
		    strings_join(p->a, &others, ", "));
	return python_read_lock(p, folders, wheels, e);
}
