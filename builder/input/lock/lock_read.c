/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a lock. A lock may come from a pull request, so everything in it that becomes a path, a
 * URL or a file name later is checked here, and the order that lookups rely on, too. */

#include "input/lock/lock_builtin.h"
#include "input/lock/lock_file.h"
#include "input/lock/lock_values.h"
#include "input/lock/locked_base.h"
#include "input/lock/lock_variants.h"
#include "input/lock/state_names.h"

#include <errno.h>
#include <limits.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/version.h"
#include "base/date.h"
#include "format/debian/debversion.h"
#include "format/json/json.h"
#include "format/debian/debian_names.h"

static bool is_signer(const char *s)
{
	return strlen(s) == 40 && strspn(s, "0123456789ABCDEF") == 40;
}

static bool no_such_state(struct arena *a, const struct json_node *n, const struct lock *lock,
			  const char *name, struct error *e)
{
	struct buf known = { .a = a, .max = 800 };

	for (size_t i = 0; i < lock->states.n; i++)
		buf_printf(&known, "%s%s", i ? ", " : "",
			   state_names_id(a, lock->names, lock->states.v[i]));
	return json_fail(n, e, "\"%s\" is not among the lock's states: %s", name,
			 known.n ? buf_cstr(&known) : "it has none");
}

/* "from": "debian/trixie/20260912T075541Z" */
static bool read_state_name(struct arena *a, const struct json_node *n, const struct lock *lock,
			    const struct locked_state **out, struct error *e)
{
	const char *name;

	if (!json_as_string(a, n, &name, e))
		return false;
	*out = state_names_find(lock->names, name);
	return *out || no_such_state(a, n, lock, name, e);
}

/* Format 1: { "archive", "suite" } stands for the lock's one state of that suite. */
static bool read_suite_name(struct arena *a, const struct json_node *n, const struct lock *lock,
			    const struct locked_state **out, struct error *e)
{
	static const char *const keys[] = { "archive", "suite", NULL };
	const char *archive, *suite;

	if (!json_want_object(n, e) ||
	    !lock_need_name(a, n, "archive", name_is_architecture, &archive, e) ||
	    !lock_need_name(a, n, "suite", name_is_architecture, &suite, e) ||
	    !json_no_other_keys(n, keys, e))
		return false;
	*out = state_names_newest(lock->names, archive, suite);
	return *out || no_such_state(a, n, lock, arena_printf(a, "%s/%s", archive, suite), e);
}

static bool read_from(struct arena *a, const struct json_node *n, const struct lock *lock,
		      const struct locked_state **out, struct error *e)
{
	return lock->format == 1 ? read_suite_name(a, n, lock, out, e)
				 : read_state_name(a, n, lock, out, e);
}

static bool read_date(struct arena *a, const struct json_node *n, const char *key, const char **out,
		      struct error *e)
{
	struct json_node v;
	int64_t when;

	if (!json_need(n, key, &v, e) || !json_as_string(a, &v, out, e))
		return false;
	return date_parse(str_of(*out), &when) ||
	       json_fail(&v, e, "expected a date like \"Sat, 12 Sep 2026 07:55:41 UTC\"");
}

static bool lock_read_signers(struct arena *a, const struct json_node *n, struct locked_state *s,
			      struct error *e)
{
	struct json_node signers;

	if (!json_need(n, "signers", &signers, e) || !json_as_strings(a, &signers, &s->signers, e))
		return false;
	for (size_t i = 0; i < s->signers.n; i++) {
		if (!is_signer(s->signers.v[i]))
			return json_fail(&signers, e, "\"%s\" is not a fingerprint",
					 s->signers.v[i]);
	}
	return true;
}

static bool read_state(struct arena *a, const struct json_node *n, struct lock *lock,
		       struct error *e)
{
	static const char *const keys[] = { "archive",	 "codename", "date", "valid-until",
					    "inrelease", "signers",  NULL };
	struct locked_state *s = arena_alloc(a, sizeof(*s));
	struct json_node ignored;

	if (!json_want_object(n, e) ||
	    !lock_need_name(a, n, "archive", name_is_architecture, &s->archive, e) ||
	    !lock_need_name(a, n, "codename", name_is_architecture, &s->codename, e) ||
	    !read_date(a, n, "date", &s->date, e) ||
	    !json_opt_string(a, n, "valid-until", &s->valid_until, e) ||
	    !lock_read_signers(a, n, s, e) || !json_no_other_keys(n, keys, e))
		return false;
	s->unproven = lock->format > 1 && !json_get(n, "inrelease", &ignored);
	if (!s->unproven && !lock_need_digest(a, n, "inrelease", &s->inrelease, e))
		return false;
	if (state_names_add(a, lock->names, s))
		return json_fail(n, e, "state %s is there twice",
				 state_names_id(a, lock->names, s));
	*list_push(a, &lock->states) = s;
	return true;
}

static bool lock_read_component(struct arena *a, const struct json_node *n, struct lock *lock,
				struct error *e)
{
	static const char *const keys[] = { "name",   "provider", "version",  "suite", "question",
					    "reason", "lost",	  "variants", NULL };
	struct locked_component *c = list_push(a, &lock->components);

	return json_want_object(n, e) && lock_need_string(a, n, "name", &c->name, e) &&
	       lock_need_u64(n, "provider", &c->provider, e) &&
	       lock_need_string(a, n, "version", &c->version, e) &&
	       json_opt_string(a, n, "suite", &c->suite, e) &&
	       json_opt_string(a, n, "question", &c->question, e) &&
	       lock_need_string(a, n, "reason", &c->reason, e) &&
	       json_opt_strings(a, n, "lost", &c->lost, e) &&
	       json_opt_strings(a, n, "variants", &c->variants, e) &&
	       json_no_other_keys(n, keys, e);
}

/* Tools of another machine can be no part of an image. */
static bool check_architecture(const struct json_node *n, const struct lock *lock,
			       const struct locked_package *p, struct error *e)
{
	if (lock_is_tool(lock, p)) {
		for (size_t i = 0; i < p->roles.n; i++) {
			if (strncmp(p->roles.v[i], "image", 5) == 0 ||
			    strcmp(p->roles.v[i], "library") == 0)
				return json_fail(
					n, e,
					"package %s is for %s and cannot have the role \"%s\"",
					p->name, p->architecture, p->roles.v[i]);
		}
		return true;
	}
	return strcmp(p->architecture, lock->architecture) == 0 ||
	       strcmp(p->architecture, "all") == 0 ||
	       json_fail(n, e, "package %s is for %s, the lock for %s", p->name, p->architecture,
			 lock->architecture);
}

/* Packages are looked up by bisection: the order is part of the form. */
static bool lock_check_order(const struct json_node *n, const struct lock *lock, struct error *e)
{
	const struct locked_package *p = &lock->packages.v[lock->packages.n - 1];
	int order = lock->packages.n > 1 ? strcmp(p[-1].name, p->name) : -1;

	if (order > 0 || (order == 0 && (lock_is_tool(lock, p - 1) || !lock_is_tool(lock, p))))
		return json_fail(n, e, "package %s is not in order, or there twice", p->name);
	return check_architecture(n, lock, p, e);
}

/* What a resolution has to know of a package besides its Depends. */
static bool read_relations(struct arena *a, const struct json_node *n, const struct lock *lock,
			   struct locked_package *p, struct error *e)
{
	const char *multi_arch = NULL, *known = NULL;
	struct json_node v;

	if (!json_opt_string(a, n, "depends", &p->depends, e) ||
	    !json_opt_string(a, n, "provides", &p->provides, e) ||
	    !json_opt_string(a, n, "conflicts", &p->conflicts, e) ||
	    !json_opt_string(a, n, "breaks", &p->breaks, e) ||
	    !json_opt_string(a, n, "multi-arch", &multi_arch, e) ||
	    !json_opt_string(a, n, "relations", &known, e))
		return false;
	if (known && strcmp(known, "depends") != 0)
		return json_get(n, "relations", &v) && json_fail(&v, e, "expected \"depends\"");
	p->depends_only = known != NULL || lock->format == 1;
	p->any = multi_arch != NULL;
	return !multi_arch || strcmp(multi_arch, "allowed") == 0 ||
	       (json_get(n, "multi-arch", &v) && json_fail(&v, e, "expected \"allowed\""));
}

static bool read_use(struct arena *a, const struct json_node *n, struct locked_package *p,
		     struct error *e)
{
	struct json_node roles, libraries;

	p->notes.known = json_get(n, "libraries", &libraries);
	return json_opt_strings(a, n, "libraries", &p->notes.libraries, e) &&
	       json_opt_strings(a, n, "opened-by", &p->notes.opened_by, e) &&
	       json_opt_strings(a, n, "variants", &p->variants, e) &&
	       variant_roles_read(a, n, &p->roles_of, e) && json_need(n, "roles", &roles, e) &&
	       json_as_strings(a, &roles, &p->roles, e) &&
	       lock_need_string(a, n, "why", &p->why, e);
}

static bool read_any_package(struct arena *a, const struct json_node *n, const struct lock *lock,
			     struct locked_package *p, struct error *e)
{
	static const char *const keys[] = {
		"name",	     "version",	       "architecture", "source",     "from",
		"file",	     "installed-size", "depends",      "roles",	     "why",
		"provides",  "conflicts",      "breaks",       "multi-arch", "relations",
		"libraries", "opened-by",      "variants",     "roles-of",   NULL
	};
	struct json_node from, file;

	p->depends = "";
	p->at.file = lock->file;
	json_place(n, &p->at.line, &p->at.col);
	return json_want_object(n, e) && lock_need_package(a, n, p, e) &&
	       json_need(n, "from", &from, e) && read_from(a, &from, lock, &p->state, e) &&
	       json_need(n, "file", &file, e) &&
	       lock_file_read(a, &file, name_is_pool_path, &p->file, e) &&
	       json_opt_u64(n, "installed-size", &p->installed_size, e) &&
	       read_relations(a, n, lock, p, e) && read_use(a, n, p, e) &&
	       json_no_other_keys(n, keys, e);
}

static bool lock_read_package(struct arena *a, const struct json_node *n, struct lock *lock,
			      struct error *e)
{
	return read_any_package(a, n, lock, list_push(a, &lock->packages), e) &&
	       lock_check_order(n, lock, e);
}

static bool read_tool(struct arena *a, const struct json_node *n, struct lock *lock,
		      struct error *e)
{
	return read_any_package(a, n, lock, list_push(a, &lock->tools), e);
}

static bool read_download(struct arena *a, const struct json_node *n, struct lock *lock,
			  struct error *e)
{
	static const char *const keys[] = { "name", "file", "urls", NULL };
	struct locked_download *d = list_push(a, &lock->downloads);
	struct json_node file, urls;

	return json_want_object(n, e) && lock_need_string(a, n, "name", &d->name, e) &&
	       json_need(n, "file", &file, e) &&
	       lock_file_read(a, &file, name_is_file, &d->file, e) &&
	       json_need(n, "urls", &urls, e) && json_as_strings(a, &urls, &d->urls, e) &&
	       json_no_other_keys(n, keys, e);
}

static bool read_source_files(struct arena *a, const struct json_node *n, struct locked_source *s,
			      struct error *e)
{
	bool (*check)(struct str) = locked_source_is_dependencies(s) ? name_is_dependency_path
				    : s->state			     ? name_is_pool_path
								     : name_is_file;
	struct json_node files, file;

	if (!json_need(n, "files", &files, e) || !json_want_array(&files, e))
		return false;
	for (size_t i = 0; json_item(&files, i, &file); i++) {
		if (!lock_file_read(a, &file, check, list_push(a, &s->files), e))
			return false;
	}
	return true;
}

/* Format 1: a source kept from an older state says the date of that alone. */
static bool read_as_of(struct arena *a, const struct json_node *n, struct lock *lock,
		       struct locked_source *s, struct error *e)
{
	struct locked_state *older;
	struct json_node as_of;

	if (lock->format > 1 || !s->state || !json_get(n, "as-of", &as_of))
		return true;
	older = arena_alloc(a, sizeof(*older));
	*older = (struct locked_state){ .archive = s->state->archive,
					.codename = s->state->codename,
					.unproven = true };
	if (!read_date(a, n, "as-of", &older->date, e))
		return false;
	s->state = state_names_add(a, lock->names, older);
	if (!s->state)
		*list_push(a, &lock->states) = s->state = older;
	return true;
}

static bool lock_read_source(struct arena *a, const struct json_node *n, struct lock *lock,
			     struct error *e)
{
	static const char *const keys[] = { "name",    "package", "version", "from",	 "format",
					    "warning", "files",	  "urls",    "variants", NULL };
	static const char *const old_keys[] = { "name",	   "package", "version", "from",  "format",
						"warning", "files",   "urls",	 "as-of", NULL };
	struct locked_source *s = list_push(a, &lock->sources);
	struct json_node from;

	if (!json_want_object(n, e) || !lock_need_string(a, n, "name", &s->name, e) ||
	    !lock_need_string(a, n, "package", &s->package, e) ||
	    !lock_need_string(a, n, "version", &s->version, e) ||
	    !lock_need_string(a, n, "format", &s->format, e) ||
	    !json_opt_string(a, n, "warning", &s->warning, e) ||
	    !json_opt_strings(a, n, "urls", &s->urls, e) ||
	    !json_opt_strings(a, n, "variants", &s->variants, e))
		return false;
	if (json_get(n, "from", &from) && !read_from(a, &from, lock, &s->state, e))
		return false;
	if (lock->sources.n > 1 && strcmp(s[-1].name, s->name) >= 0)
		return json_fail(n, e, "source %s is not in order, or there twice", s->name);
	return read_as_of(a, n, lock, s, e) && read_source_files(a, n, s, e) &&
	       json_no_other_keys(n, lock->format == 1 ? old_keys : keys, e);
}

/* Calls `read` for each element of member `key`. */
static bool read_array(struct arena *a, const struct json_node *root, const char *key,
		       bool (*read)(struct arena *, const struct json_node *, struct lock *,
				    struct error *),
		       struct lock *lock, struct error *e)
{
	struct json_node list, item;

	if (!json_need(root, key, &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!read(a, &item, lock, e))
			return false;
	}
	return true;
}

/* As read_array, for a member that need not be there. */
static bool read_optional_list(struct arena *a, const struct json_node *root, const char *key,
			       bool (*read)(struct arena *, const struct json_node *, struct lock *,
					    struct error *),
			       struct lock *lock, struct error *e)
{
	struct json_node ignored;

	return !json_get(root, key, &ignored) || read_array(a, root, key, read, lock, e);
}

static bool read_states(struct arena *a, const struct json_node *root, const char *key,
			struct lock *lock, struct error *e)
{
	if (!read_array(a, root, key, read_state, lock, e))
		return false;
	state_names_finish(a, lock->names, lock);
	return true;
}

static bool read_format(struct arena *a, const struct json_node *root, struct lock *lock,
			struct error *e)
{
	const char *needs = NULL;
	struct json_node n;
	uint64_t format;

	if (!json_want_object(root, e) || !json_need(root, "lock", &n, e) ||
	    !json_as_u64(&n, &format, e) || !json_opt_string(a, root, "imgbuild", &needs, e))
		return false;
	lock->format = (unsigned)MIN(format, UINT_MAX);
	if (format >= 1 && format <= LOCK_FORMAT)
		return true;
	return json_fail(
		&n, e,
		"lock format %llu is not known to this imgbuild, %s, which reads formats 1 to %d; "
		"%s%s",
		(unsigned long long)format, IMGBUILD_VERSION, LOCK_FORMAT,
		needs ? "it needs imgbuild " : "install a newer imgbuild", needs ? needs : "");
}

static bool read_compilers(struct arena *a, const struct json_node *root, struct lock *lock,
			   struct error *e)
{
	struct json_node compilers;

	if (!json_get(root, "compilers", &compilers))
		return true;
	if (!lock_need_name(a, root, "compilers", name_is_architecture, &lock->compilers, e))
		return false;
	return strcmp(lock->compilers, lock->architecture) != 0 ||
	       json_fail(&compilers, e, "is the lock's own architecture: leave it out");
}

static bool read_lock(struct arena *a, const struct json_node *root, struct lock *lock,
		      struct error *e)
{
	static const char *const keys[] = { "lock",	 "imgbuild", "answers",	  "architecture",
					    "compilers", "built-in", "states",	  "components",
					    "packages",	 "sources",  "downloads", "variants",
					    "base",	 NULL };
	static const char *const old_keys[] = { "lock",	     "answers", "architecture",
						"compilers", "suites",	"components",
						"packages",  "sources", NULL };

	return read_format(a, root, lock, e) &&
	       lock_need_digest(a, root, "answers", &lock->answers, e) &&
	       lock_need_name(a, root, "architecture", name_is_architecture, &lock->architecture,
			      e) &&
	       read_compilers(a, root, lock, e) && lock_builtin_read(a, root, lock, e) &&
	       lock_variants_read(a, root, lock, e) && locked_base_read(a, root, lock, e) &&
	       read_states(a, root, lock->format == 1 ? "suites" : "states", lock, e) &&
	       read_array(a, root, "components", lock_read_component, lock, e) &&
	       read_array(a, root, "packages", lock_read_package, lock, e) &&
	       read_array(a, root, "sources", lock_read_source, lock, e) &&
	       read_optional_list(a, root, "downloads", read_download, lock, e) &&
	       json_no_other_keys(root, lock->format == 1 ? old_keys : keys, e);
}

static bool read_tools(struct arena *a, const struct json_node *root, struct lock *lock,
		       struct error *e)
{
	static const char *const keys[] = { "lock", "imgbuild", "states", "tools", NULL };

	return read_format(a, root, lock, e) && read_states(a, root, "states", lock, e) &&
	       read_array(a, root, "tools", read_tool, lock, e) &&
	       json_no_other_keys(root, keys, e);
}

bool lock_load_tools(struct arena *a, const char *path, struct lock *lock, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct state_names names = { .seen = { NULL } };
	struct json_node root;
	bool ok;

	*lock = (struct lock){ .file = arena_strdup(a, path) };
	if (!json_load(a, path, &doc, e))
		return false;
	root = json_root(&doc);
	lock->names = &names;
	ok = read_tools(a, &root, lock, e);
	lock->names = NULL;
	return ok;
}

bool lock_load(struct arena *a, const char *path, struct lock *lock, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct state_names names = { .seen = { NULL } };
	struct json_node root;
	bool ok;

	*lock = (struct lock){ .file = arena_strdup(a, path) };
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(e, ERR_INPUT, "there is no %s: run imgbuild lock on its recipe",
			       path);
	if (!json_load(a, path, &doc, e))
		return false;
	root = json_root(&doc);
	lock->names = &names;
	ok = read_lock(a, &root, lock, e);
	lock->names = NULL;
	return ok;
}
