/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/rust_package.h"

#include "base/path.h"
#include "format/text/toml.h"

const char *rust_join(struct arena *a, const char *folder, const char *name)
{
	return folder[0] ? arena_printf(a, "%s/%s", folder, name) : name;
}

static bool rust_is(const struct toml_value *v, const char *table, const char *key)
{
	return v->keys.n == 2 && strcmp(v->keys.v[0], table) == 0 && strcmp(v->keys.v[1], key) == 0;
}

/* Of "[[bin]]". */
static void rust_note_bin(struct own_project *p, struct rust_package *r, const struct toml_value *v)
{
	struct rust_program *b;

	while (r->programs.n < v->element)
		*list_push(p->a, &r->programs) = (struct rust_program){ .name = NULL };
	b = &r->programs.v[v->element - 1];
	if (rust_is(v, "bin", "name"))
		b->name = v->text;
	else if (rust_is(v, "bin", "path"))
		b->path = v->text;
	else if (rust_is(v, "bin", "required-features"))
		b->features = v->list;
}

static bool rust_is_of_members(const struct toml_value *v, const char *key)
{
	return v->keys.n == 3 && strcmp(v->keys.v[0], "workspace") == 0 &&
	       strcmp(v->keys.v[1], "package") == 0 && strcmp(v->keys.v[2], key) == 0;
}

/* Of "[package]" and "[workspace.package]". */
static void rust_note_string(struct rust_package *r, const struct toml_value *v)
{
	if (rust_is(v, "package", "name"))
		r->name = v->text;
	else if (rust_is(v, "package", "version"))
		r->version = v->text;
	else if (rust_is(v, "package", "default-run"))
		r->default_run = v->text;
	else if (rust_is(v, "package", "rust-version")) {
		r->release = v->text;
		r->release_line = v->line;
	} else if (rust_is_of_members(v, "rust-version")) {
		r->members_release = v->text;
		r->members_release_line = v->line;
	} else if (rust_is_of_members(v, "version"))
		r->members_version = v->text;
}

static void rust_note_list(struct rust_package *r, const struct toml_value *v)
{
	if (rust_is(v, "workspace", "members"))
		r->members = v->list;
	else if (rust_is(v, "workspace", "default-members"))
		r->default_members = v->list;
	else if (rust_is(v, "workspace", "exclude"))
		r->exclude = v->list;
}

static void rust_note(struct own_project *p, struct rust_package *r, const struct toml_value *v)
{
	if (v->element && strcmp(v->keys.v[0], "bin") == 0)
		rust_note_bin(p, r, v);
	else if (v->kind == TOML_STRING)
		rust_note_string(r, v);
	else if (v->kind == TOML_ARRAY)
		rust_note_list(r, v);
	else if (rust_is(v, "package", "autobins"))
		r->no_discovery = strcmp(v->text, "false") == 0;
	else if (v->keys.n == 3 && strcmp(v->keys.v[0], "package") == 0 &&
		 strcmp(v->keys.v[1], "rust-version") == 0)
		r->release_of_workspace = strcmp(v->keys.v[2], "workspace") == 0;
}

/* A program that is there already, by its name or its file. */
static bool rust_has_program(const struct rust_package *r, const char *name, const char *path)
{
	list_each(x, &r->programs) {
		if ((x->name && strcmp(x->name, name) == 0) ||
		    (x->path && strcmp(x->path, path) == 0))
			return true;
	}
	return false;
}

static void rust_discover_one(struct own_project *p, struct rust_package *r, const char *name,
			      const char *path)
{
	if (own_has(p, rust_join(p->a, r->folder, path)) && !rust_has_program(r, name, path))
		*list_push(p->a, &r->programs) = (struct rust_program){ .name = name,
									.path = path };
}

/* src/main.rs, src/bin/NAME.rs, src/bin/NAME/main.rs */
static bool rust_discover(struct own_project *p, struct rust_package *r, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!r->name || r->no_discovery)
		return true;
	rust_discover_one(p, r, r->name, "src/main.rs");
	if (!own_names(p, rust_join(p->a, r->folder, "src/bin"), &names, e))
		return false;
	list_each(x, &names) {
		struct str name = str_of(*x);

		if (str_ends(name, STR(".rs"))) {
			name.n -= strlen(".rs");
			rust_discover_one(p, r, str_dup(p->a, name),
					  arena_printf(p->a, "src/bin/%s", *x));
		} else {
			rust_discover_one(p, r, *x, arena_printf(p->a, "src/bin/%s/main.rs", *x));
		}
	}
	return true;
}

/* A dependency in a folder: "dependencies.x.path", also of targets, of patches, of a workspace. */
static bool rust_is_path(const struct toml_value *v)
{
	static const char *const tables[] = {
		"dependencies", "dev-dependencies", "build-dependencies", "target",
		"patch",	"replace",	    "workspace"
	};

	return v->kind == TOML_STRING && v->keys.n >= 3 &&
	       strcmp(v->keys.v[v->keys.n - 1], "path") == 0 &&
	       name_among(v->keys.v[0], tables, ARRAY_SIZE(tables));
}

/* Cargo reads every such folder, and the build has none outside of the project's. */
static void rust_note_outside(struct own_project *p, struct rust_package *r, const struct toml *t)
{
	list_each(v, &t->v) {
		if (r->outside || !rust_is_path(v) ||
		    path_in_folder(p->a, r->folder, str_of(v->text)))
			continue;
		r->outside = v->text;
		r->outside_line = v->line;
	}
}

bool rust_package_check(const struct own_project *p, const struct rust_package *r, struct error *e)
{
	return !r->outside ||
	       err_set(e, ERR_INPUT,
		       "%s:%u: %s is outside of %s: run imgbuild init in the folder that holds "
		       "both, for a repository holds what its images are made of",
		       own_path(p, rust_join(p->a, r->folder, CARGO_TOML)), r->outside_line,
		       r->outside, p->folder);
}

bool rust_package_take(struct own_project *p, struct rust_package *r, struct error *e)
{
	const char *file = rust_join(p->a, r->folder, CARGO_TOML);
	struct toml t = { .v = { NULL, 0, 0 } };
	struct str text;

	if (!own_text(p, file, &text, e) || !toml_read(p->a, text, own_path(p, file), &t, e))
		return false;
	list_each(v, &t.v)
		rust_note(p, r, v);
	list_each(h, &t.headers)
		r->workspace |= h->keys.n > 0 && strcmp(h->keys.v[0], "workspace") == 0;
	rust_note_outside(p, r, &t);
	return rust_discover(p, r, e);
}

/* "crates/STAR" means every folder there with a Cargo.toml. */
static bool rust_expand(struct own_project *p, const char *member, struct strings *out,
			struct error *e)
{
	if (strpbrk(member, "*?["))
		return own_find_folders(p, member, CARGO_TOML, out, e);
	*list_push(p->a, out) = member;
	return true;
}

static bool rust_is_excluded(const struct own_project *p, const struct rust_package *root,
			     const char *folder)
{
	list_each(x, &root->exclude) {
		const char *path = path_in_folder(p->a, root->folder, str_of(*x));

		if (path && str_starts(str_of(folder), str_of(path)) &&
		    strchr("/", folder[strlen(path)]))
			return true;
	}
	return false;
}

bool rust_members_find(struct own_project *p, const struct rust_package *root,
		       const struct strings *patterns, struct strings *out, struct error *e)
{
	struct strings found = { NULL, 0, 0 };

	list_each(x, patterns) {
		const char *pattern = path_in_folder(p->a, root->folder, str_of(*x));

		if (pattern && !rust_expand(p, pattern, &found, e))
			return false;
	}
	list_each(x, &found) {
		if (strcmp(*x, root->folder) != 0 && !rust_is_excluded(p, root, *x) &&
		    !strings_has(out, *x))
			*list_push(p->a, out) = *x;
	}
	return true;
}
