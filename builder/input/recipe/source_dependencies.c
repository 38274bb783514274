/* SPDX-License-Identifier: Apache-2.0 */
/* A source's "dependencies": the lock file of its language is read with the recipe, so that a lock
 * that answers an older one is out of date. */

#include "input/recipe/recipe_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "format/text/cargo_lock.h"
#include "format/text/maven_lock.h"
#include "input/recipe/go_workspace.h"
#include "input/recipe/node_dependencies.h"
#include "input/recipe/python_locks.h"
#include "input/recipe/python_requirements.h"

#define DEPENDENCY_TEXT_MAX (16u << 20)

bool dependency_fail_at(const struct dependencies *l, const struct dependency *d, struct error *e)
{
	return err_at(e, d->lock ? d->lock : l->file, d->line, 1);
}

static bool dependencies_of_go(struct arena *a, struct str text, struct dependencies *out,
			       struct error *e)
{
	return go_workspace_add_sums(a, text, out->file, out, e);
}

static bool dependencies_of_cargo(struct arena *a, struct str text, struct dependencies *out,
				  struct error *e)
{
	struct cargo_crates crates = { NULL, 0, 0 };

	if (!cargo_lock_read(a, text, out->file, &crates, e))
		return false;
	for (size_t i = 0; i < crates.n; i++) {
		const struct cargo_crate *c = &crates.v[i];

		*list_push(a, &out->v) = (struct dependency){
			.name = c->name,
			.version = c->version,
			.path = arena_printf(a, "%s-%s.crate", c->name, c->version),
			.hash = c->checksum,
			.origin = c->source,
			.line = c->line
		};
	}
	return true;
}

static int compare_dependencies(const void *x, const void *y)
{
	const struct dependency *a = x, *b = y;
	int order = strcmp(a->path, b->path);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

bool dependency_is_for(const struct dependency *d, const struct platform *p)
{
	return d->platforms.n == 0 || platforms_have(&d->platforms, p);
}

bool dependency_is_locked(const struct dependency *d, const struct platform *p)
{
	return !d->local && dependency_is_for(d, p);
}

bool dependencies_want(const struct dependencies *l, const struct platform *p)
{
	for (size_t i = 0; i < l->v.n; i++) {
		if (dependency_is_locked(&l->v.v[i], p))
			return true;
	}
	return false;
}

bool dependency_has_path(const struct dependency *d, const char *path)
{
	size_t n = strlen(d->path);

	return d->hashes.n ? strncmp(path, d->path, n) == 0 : strcmp(path, d->path) == 0;
}

static void dependencies_add_jars(struct arena *a, const struct maven_jars *jars,
				  struct dependencies *out)
{
	list_each(j, jars)
		*list_push(a, &out->v) = (struct dependency){ .name = j->name,
							      .version = j->version,
							      .path = j->path,
							      .hash = j->sha256,
							      .origin = j->resolved,
							      .line = j->line,
							      .file = j->file,
							      .rank = (unsigned)(j - jars->v),
							      .provided = j->provided };
}

static bool dependencies_of_maven(struct arena *a, struct str text, struct dependencies *out,
				  struct error *e)
{
	struct maven_jars jars = { NULL, 0, 0 };

	if (!maven_lock_read(a, text, out->file, &jars, e))
		return false;
	dependencies_add_jars(a, &jars, out);
	return true;
}

static bool dependencies_of_sums(struct arena *a, struct str text, struct dependencies *out,
				 struct error *e)
{
	struct maven_jars jars = { NULL, 0, 0 };

	if (!jar_sums_read(a, text, out->file, &jars, e))
		return false;
	dependencies_add_jars(a, &jars, out);
	return true;
}

/* By the name of the file, which may be a pattern. What is made of several files has `gather`. */
static const struct {
	const char *name, *maker;
	enum dependency_form form;
	bool (*take)(struct arena *a, struct str text, struct dependencies *out, struct error *e);
	/* instead, with other files: their names go to `inputs`, what counts of them to `texts` */
	bool (*gather)(struct arena *a, struct str text, struct dependencies *out,
		       struct strings *inputs, struct buf *texts, struct error *e);
} dependency_files[] = {
	{ "go.sum", "go mod tidy", DEPENDENCY_GO, dependencies_of_go, NULL },
	{ "go.work", "go work use", DEPENDENCY_GO, NULL, go_workspace_read },
	{ "Cargo.lock", "cargo generate-lockfile", DEPENDENCY_CARGO, dependencies_of_cargo, NULL },
	{ "package-lock.json", "npm install --package-lock-only", DEPENDENCY_NPM, NULL,
	  dependencies_of_npm },
	{ "npm-shrinkwrap.json", "npm shrinkwrap", DEPENDENCY_NPM, NULL, dependencies_of_npm },
	{ "pnpm-lock.yaml", "pnpm install --lockfile-only", DEPENDENCY_NPM, NULL,
	  dependencies_of_pnpm },
	{ "yarn.lock", "yarn install", DEPENDENCY_NPM, NULL, dependencies_of_yarn },
	{ "requirements*.txt", "pip-compile --generate-hashes", DEPENDENCY_PYTHON, NULL,
	  python_requirements_read },
	{ "requirements/*.txt", "pip-compile --generate-hashes", DEPENDENCY_PYTHON, NULL,
	  python_requirements_read },
	{ "pylock.toml", "pip lock", DEPENDENCY_PYTHON, NULL, python_lock_gather },
	{ "pylock.*.toml", "pip lock", DEPENDENCY_PYTHON, NULL, python_lock_gather },
	{ "uv.lock", "uv lock", DEPENDENCY_PYTHON, NULL, python_lock_gather },
	{ "poetry.lock", "poetry lock", DEPENDENCY_PYTHON, NULL, python_lock_gather },
	{ "pdm.lock", "pdm lock", DEPENDENCY_PYTHON, NULL, python_lock_gather },
	{ "Pipfile.lock", "pipenv lock", DEPENDENCY_PYTHON, NULL, python_pipfile_read },
	{ "lockfile.json", "mvn io.github.chains-project:maven-lockfile:generate", DEPENDENCY_MAVEN,
	  dependencies_of_maven, NULL },
	{ "*.sha256", "sha256sum", DEPENDENCY_MAVEN, dependencies_of_sums, NULL },
};

/* A pattern is for as many of the last parts of a path as it has itself. */
static bool dependency_is_named(struct arena *a, const char *pattern, const char *name)
{
	const char *above = path_base(path_dir(a, name));

	if (!strchr(pattern, '/'))
		return fnmatch(pattern, path_base(name), 0) == 0;
	return fnmatch(pattern, arena_printf(a, "%s/%s", above, path_base(name)), 0) == 0;
}

static bool dependency_exists(struct arena *a, const char *folder, const char *name)
{
	return access(arena_printf(a, "%s/%s", folder, name), R_OK) == 0;
}

/* The lock file that was meant: of that name as seen from the folder, or one of another tool. */
static const char *dependencies_meant(struct arena *a, const char *folder, const char *name)
{
	const char *base = path_base(name);

	if (dependency_exists(a, folder, base))
		return arena_printf(a, "; did you mean \"%s\"?", base);
	for (size_t i = 0; i < ARRAY_SIZE(dependency_files); i++) {
		if (dependency_exists(a, folder, dependency_files[i].name))
			return arena_printf(a, "; did you mean \"%s\"?", dependency_files[i].name);
	}
	return NULL;
}

static bool dependencies_fail_missing(struct reader *rd, const struct json_node *n,
				      const struct source_recipe *s, size_t kind, struct error *e)
{
	const char *name = s->dependencies.file, *why = strerror(errno);
	const char *meant = dependencies_meant(rd->a, s->folder, name + strlen(s->folder) + 1);

	if (meant)
		return json_fail(n, e, "%s: %s%s", name, why, meant);
	return json_fail(n, e,
			 "%s: %s; %s writes it; without code of others leave \"dependencies\" out",
			 name, why, dependency_files[kind].maker);
}

static bool dependencies_find(struct reader *rd, const struct json_node *n, struct source_recipe *s,
			      size_t *kind, struct error *e)
{
	struct dependencies *out = &s->dependencies;
	const char **path = &out->file;
	struct buf known = { .a = rd->a };
	const char *name, *near;

	if (!json_as_string(rd->a, n, &name, e))
		return false;
	if (!path_normalise(rd->a, str_of(name), path, e) || strcmp(*path, name) != 0) {
		err_clear(e);
		near = dependencies_meant(rd->a, s->folder, name);
		return json_fail(n, e, "must be the path of a file below the folder, from there%s",
				 near ? near : "");
	}
	for (*kind = 0; *kind < ARRAY_SIZE(dependency_files); (*kind)++) {
		if (dependency_is_named(rd->a, dependency_files[*kind].name, name)) {
			out->dir = path_dir(rd->a, name);
			*path = arena_printf(rd->a, "%s/%s", s->folder, name);
			return access(*path, R_OK) == 0 ||
			       dependencies_fail_missing(rd, n, s, *kind, e);
		}
		buf_printf(&known, "%s%s", *kind ? ", " : "", dependency_files[*kind].name);
	}
	return json_fail(n, e, "\"%s\" is not a lock file that is known; known are: %s", name,
			 buf_cstr(&known));
}

/* Two registries may have a crate of one name: its file could stand in one place only. */
static bool dependencies_differ(const struct dependencies *l, struct error *e)
{
	for (size_t i = 1; i < l->v.n; i++) {
		const struct dependency *d = &l->v.v[i];

		if (strcmp(d[-1].path, d->path) != 0)
			continue;
		err_set(e, ERR_INPUT, "%s %s is there twice, from different registries", d->name,
			d->version);
		return dependency_fail_at(l, d, e);
	}
	return true;
}

/* An address as people write it, without a final slash. */
static bool dependencies_from(struct reader *rd, const struct json_node *n, struct strings *out,
			      struct error *e)
{
	if (!source_read_addresses(rd, n, "from", out, e))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		struct str url = str_of(out->v[i]);

		while (str_ends(url, STR("/")))
			url.n--;
		out->v[i] = str_dup(rd->a, url);
	}
	return true;
}

bool source_add_dependencies(struct reader *rd, const struct json_node *root,
			     struct source_recipe *s, struct error *e)
{
	static const char *const keys[] = { "lock", "from", "dev", NULL };
	struct dependencies *out = &s->dependencies;
	struct json_node n, lock, dev;
	struct buf texts = { .a = rd->a };
	struct str text;
	size_t kind;

	if (!json_get(root, "dependencies", &n))
		return true;
	if (!s->folder)
		return json_fail(&n, e, "is for a \"folder\" of the repository");
	out->at = read_place(&n);
	if (!json_want_object(&n, e) || !json_no_other_keys(&n, keys, e) ||
	    !json_need(&n, "lock", &lock, e) || !dependencies_find(rd, &lock, s, &kind, e) ||
	    !dependencies_from(rd, &n, &out->from, e) || !json_opt_bool(&n, "dev", &out->dev, e) ||
	    !io_read_file(rd->a, AT_FDCWD, out->file, DEPENDENCY_TEXT_MAX, &text, e))
		return false;
	out->form = dependency_files[kind].form;
	buf_add(&texts, text);
	if (json_get(&n, "dev", &dev) && out->form != DEPENDENCY_NPM)
		return json_fail(&dev, e,
				 "is for lock files of Node.js: others do not say what only "
				 "development needs");
	if (out->form == DEPENDENCY_NPM) /* npm installs anew, whatever stands there */
		*list_push(rd->a, &s->ignore) = "node_modules/";
	if (!(dependency_files[kind].take
		      ? dependency_files[kind].take(rd->a, text, out, e)
		      : dependency_files[kind].gather(rd->a, text, out, &rd->inputs, &texts, e)))
		return false;
	if (out->v.n > 1)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_dependencies);
	if (!dependencies_differ(out, e))
		return false;
	out->text = digest_of(buf_str(&texts));
	digest_add(rd->hash, buf_str(&texts));
	*list_push(rd->a, &rd->inputs) = out->file;
	return true;
}
