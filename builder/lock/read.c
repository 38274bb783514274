/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a lock. A lock may come from a pull request, so everything in it that becomes a path, a
 * URL or a file name later is checked here, and the order that lookups rely on, too. */

#include "format/debversion.h"
#include "format/json.h"
#include "lock/lock.h"
#include "lock/names.h"

#include <errno.h>
#include <unistd.h>

/* A mandatory member that is a string; and one that is a digest. */
static bool need_string(struct arena *a, const struct json_node *n, const char *key,
			const char **out, struct error *e)
{
	struct json_node v;

	return json_need(n, key, &v, e) && json_as_string(a, &v, out, e);
}

static bool need_u64(const struct json_node *n, const char *key, uint64_t *out, struct error *e)
{
	struct json_node v;

	return json_need(n, key, &v, e) && json_as_u64(&v, out, e);
}

static bool need_digest(struct arena *a, const struct json_node *n, const char *key,
			struct digest *out, struct error *e)
{
	struct json_node v;
	const char *hex;

	if (!json_need(n, key, &v, e) || !json_as_string(a, &v, &hex, e))
		return false;
	return digest_parse(str_of(hex), out) ||
	       json_fail(&v, e, "expected 64 lower-case hexadecimal digits");
}

/* As need_string, and the value must pass `check`. */
static bool need_name(struct arena *a, const struct json_node *n, const char *key,
		      bool (*check)(struct str), const char **out, struct error *e)
{
	struct json_node v;

	if (!json_need(n, key, &v, e) || !json_as_string(a, &v, out, e))
		return false;
	return check(str_of(*out)) || json_fail(&v, e, "\"%s\" is no valid %s", *out, key);
}

static bool is_archive(struct str s)
{
	return str_eq(s, STR("debian")) || str_eq(s, STR("debian-security"));
}

static bool is_signer(const char *s)
{
	return strlen(s) == 40 && strspn(s, "0123456789ABCDEF") == 40;
}

/* "from": { "archive", "suite" } */
static bool read_from(struct arena *a, const struct json_node *n, const char **archive,
		      const char **suite, struct error *e)
{
	static const char *const keys[] = { "archive", "suite", NULL };

	return json_want_object(n, e) && need_name(a, n, "archive", is_archive, archive, e) &&
	       need_name(a, n, "suite", name_is_architecture, suite, e) &&
	       json_no_other_keys(n, keys, e);
}

/* { "path", "size", "sha256" }; `check` says what the path may be. */
static bool read_file(struct arena *a, const struct json_node *n, bool (*check)(struct str),
		      struct locked_file *f, struct error *e)
{
	static const char *const keys[] = { "path", "size", "sha256", NULL };

	f->size = UINT64_MAX;
	if (!json_want_object(n, e) || !need_name(a, n, "path", check, &f->path, e) ||
	    !json_opt_u64(n, "size", &f->size, e) || !need_digest(a, n, "sha256", &f->sha256, e) ||
	    !json_no_other_keys(n, keys, e))
		return false;
	if (check == name_is_pool_path && f->size == UINT64_MAX)
		return json_fail(n, e, "the size is missing");
	f->name = strrchr(f->path, '/') ? strrchr(f->path, '/') + 1 : f->path;
	return true;
}

static bool read_suite(struct arena *a, const struct json_node *n, struct lock *lock,
		       struct error *e)
{
	static const char *const keys[] = { "archive", "codename", "date", "valid-until",
					    "inrelease", "signers", NULL };
	struct locked_suite *s = list_push(a, &lock->suites);
	struct json_node signers;

	if (!json_want_object(n, e) || !need_name(a, n, "archive", is_archive, &s->archive, e) ||
	    !need_name(a, n, "codename", name_is_architecture, &s->codename, e) ||
	    !need_string(a, n, "date", &s->date, e) ||
	    !json_opt_string(a, n, "valid-until", &s->valid_until, e) ||
	    !need_digest(a, n, "inrelease", &s->inrelease, e) ||
	    !json_need(n, "signers", &signers, e) ||
	    !json_as_strings(a, &signers, &s->signers, e))
		return false;
	for (size_t i = 0; i < s->signers.n; i++) {
		if (!is_signer(s->signers.v[i]))
			return json_fail(&signers, e, "\"%s\" is no fingerprint", s->signers.v[i]);
	}
	return json_no_other_keys(n, keys, e);
}

static bool read_component(struct arena *a, const struct json_node *n, struct lock *lock,
			   struct error *e)
{
	static const char *const keys[] = { "name", "provider", "version", "reason", "lost", NULL };
	struct locked_component *c = list_push(a, &lock->components);

	return json_want_object(n, e) && need_string(a, n, "name", &c->name, e) &&
	       need_u64(n, "provider", &c->provider, e) &&
	       need_string(a, n, "version", &c->version, e) &&
	       need_string(a, n, "reason", &c->reason, e) &&
	       json_opt_strings(a, n, "lost", &c->lost, e) && json_no_other_keys(n, keys, e);
}

static bool read_package_source(struct arena *a, const struct json_node *n,
				struct locked_package *p, struct error *e)
{
	static const char *const keys[] = { "name", "version", NULL };
	struct json_node source;

	p->source = p->name;
	p->source_version = p->version;
	if (!json_get(n, "source", &source))
		return true;
	return json_want_object(&source, e) &&
	       need_name(a, &source, "name", name_is_package, &p->source, e) &&
	       need_name(a, &source, "version", debversion_valid, &p->source_version, e) &&
	       json_no_other_keys(&source, keys, e);
}

/* Tools of another machine can be no part of an image. */
static bool check_architecture(const struct json_node *n, const struct lock *lock,
			       const struct locked_package *p, struct error *e)
{
	if (lock_is_tool(lock, p)) {
		for (size_t i = 0; i < p->roles.n; i++) {
			if (strncmp(p->roles.v[i], "image", 5) == 0 ||
			    strcmp(p->roles.v[i], "library") == 0)
				return json_fail(n, e, "package %s is for %s and cannot have the role \"%s\"",
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
static bool check_order(const struct json_node *n, const struct lock *lock, struct error *e)
{
	const struct locked_package *p = &lock->packages.v[lock->packages.n - 1];
	int order = lock->packages.n > 1 ? strcmp(p[-1].name, p->name) : -1;

	if (order > 0 || (order == 0 && (lock_is_tool(lock, p - 1) || !lock_is_tool(lock, p))))
		return json_fail(n, e, "package %s is not in order, or there twice", p->name);
	return check_architecture(n, lock, p, e);
}

static bool read_package(struct arena *a, const struct json_node *n, struct lock *lock,
			 struct error *e)
{
	static const char *const keys[] = { "name", "version", "architecture", "source", "from",
					    "file", "installed-size", "depends", "roles", "why",
					    NULL };
	struct locked_package *p = list_push(a, &lock->packages);
	struct json_node from, file, roles;

	p->depends = "";
	return json_want_object(n, e) && need_name(a, n, "name", name_is_package, &p->name, e) &&
	       need_name(a, n, "version", debversion_valid, &p->version, e) &&
	       need_name(a, n, "architecture", name_is_architecture, &p->architecture, e) &&
	       read_package_source(a, n, p, e) && json_need(n, "from", &from, e) &&
	       read_from(a, &from, &p->archive, &p->suite, e) && json_need(n, "file", &file, e) &&
	       read_file(a, &file, name_is_pool_path, &p->file, e) &&
	       json_opt_u64(n, "installed-size", &p->installed_size, e) &&
	       json_opt_string(a, n, "depends", &p->depends, e) &&
	       json_need(n, "roles", &roles, e) && json_as_strings(a, &roles, &p->roles, e) &&
	       need_string(a, n, "why", &p->why, e) && json_no_other_keys(n, keys, e) &&
	       check_order(n, lock, e);
}

static bool read_source_files(struct arena *a, const struct json_node *n, struct locked_source *s,
			      struct error *e)
{
	bool (*check)(struct str) = s->archive ? name_is_pool_path : name_is_file;
	struct json_node files, file;

	if (!json_need(n, "files", &files, e) || !json_want_array(&files, e))
		return false;
	for (size_t i = 0; json_item(&files, i, &file); i++) {
		if (!read_file(a, &file, check, list_push(a, &s->files), e))
			return false;
	}
	return true;
}

static bool read_source(struct arena *a, const struct json_node *n, struct lock *lock,
			struct error *e)
{
	static const char *const keys[] = { "name", "package", "version", "from", "format",
					    "as-of", "warning", "files", "urls", NULL };
	struct locked_source *s = list_push(a, &lock->sources);
	struct json_node from;

	if (!json_want_object(n, e) || !need_string(a, n, "name", &s->name, e) ||
	    !need_string(a, n, "package", &s->package, e) ||
	    !need_string(a, n, "version", &s->version, e) ||
	    !need_string(a, n, "format", &s->format, e) ||
	    !json_opt_string(a, n, "as-of", &s->as_of, e) ||
	    !json_opt_string(a, n, "warning", &s->warning, e) ||
	    !json_opt_strings(a, n, "urls", &s->urls, e))
		return false;
	if (json_get(n, "from", &from) && !read_from(a, &from, &s->archive, &s->suite, e))
		return false;
	if (lock->sources.n > 1 && strcmp(s[-1].name, s->name) >= 0)
		return json_fail(n, e, "source %s is not in order, or there twice", s->name);
	return read_source_files(a, n, s, e) && json_no_other_keys(n, keys, e);
}

/* Calls `read` for each element of member `key`. */
static bool read_list(struct arena *a, const struct json_node *root, const char *key,
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

static bool read_lock(struct arena *a, const struct json_node *root, struct lock *lock,
		      struct error *e)
{
	static const char *const keys[] = { "lock", "answers", "architecture", "compilers", "suites",
					    "components", "packages", "sources", NULL };
	struct json_node compilers;
	uint64_t version;

	if (!json_want_object(root, e) || !need_u64(root, "lock", &version, e))
		return false;
	if (version != LOCK_VERSION)
		return json_fail(root, e, "lock format %llu; this imgbuild reads format %d: run "
				 "imgbuild lock", (unsigned long long)version, LOCK_VERSION);
	if (!need_digest(a, root, "answers", &lock->answers, e) ||
	    !need_name(a, root, "architecture", name_is_architecture, &lock->architecture, e))
		return false;
	if (json_get(root, "compilers", &compilers)) {
		if (!need_name(a, root, "compilers", name_is_architecture, &lock->compilers, e))
			return false;
		if (strcmp(lock->compilers, lock->architecture) == 0)
			return json_fail(&compilers, e, "is the lock's own architecture: leave it out");
	}
	return read_list(a, root, "suites", read_suite, lock, e) &&
	       read_list(a, root, "components", read_component, lock, e) &&
	       read_list(a, root, "packages", read_package, lock, e) &&
	       read_list(a, root, "sources", read_source, lock, e) &&
	       json_no_other_keys(root, keys, e);
}

bool lock_load(struct arena *a, const char *path, struct lock *lock, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;

	*lock = (struct lock){ .file = arena_strdup(a, path) };
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(e, ERR_INPUT, "there is no %s: run imgbuild lock on its recipe",
			       path);
	if (!json_load(a, path, &doc, e))
		return false;
	root = json_root(&doc);
	return read_lock(a, &root, lock, e);
}
