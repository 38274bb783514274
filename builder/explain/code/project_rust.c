/* SPDX-License-Identifier: Apache-2.0 */
/* A Cargo package with a program, or a workspace of which one member has one. */

#include "explain/code/project.h"

#include <fnmatch.h>

#include "base/path.h"
#include "format/text/toml.h"

#define CARGO_TOML "Cargo.toml"

/* What is read of one Cargo.toml. */
struct rust_package {
	const char *folder;		      /* below the project's; "" is that itself */
	const char *name, *version, *program; /* NULL: none */
	struct strings members;
};

static const char *rust_join(struct arena *a, const char *folder, const char *name)
{
	return folder[0] ? arena_printf(a, "%s/%s", folder, name) : name;
}

static bool rust_is(const struct toml_value *v, const char *table, const char *key)
{
	return v->keys.n == 2 && strcmp(v->keys.v[0], table) == 0 && strcmp(v->keys.v[1], key) == 0;
}

static bool rust_read(struct own_project *p, struct rust_package *r, struct error *e)
{
	const char *file = rust_join(p->a, r->folder, CARGO_TOML);
	struct toml t = { { NULL, 0, 0 } };
	struct str text;

	if (!own_text(p, file, &text, e) || !toml_read(p->a, text, own_path(p, file), &t, e))
		return false;
	for (size_t i = 0; i < t.v.n; i++) {
		const struct toml_value *v = &t.v.v[i];

		if (v->kind == TOML_STRING && rust_is(v, "package", "name"))
			r->name = v->text;
		else if (v->kind == TOML_STRING && rust_is(v, "package", "version"))
			r->version = v->text;
		else if (v->kind == TOML_STRING && rust_is(v, "bin", "name") && v->element == 1)
			r->program = v->text;
		else if (v->kind == TOML_ARRAY && rust_is(v, "workspace", "members"))
			r->members = v->list;
	}
	if (!r->program && r->name && own_has(p, rust_join(p->a, r->folder, "src/main.rs")))
		r->program = r->name;
	return true;
}

/* "crates/STAR" means every folder there with a Cargo.toml. */
static bool rust_expand(struct own_project *p, const char *member, struct strings *out,
			struct error *e)
{
	const char *dir = path_dir(p->a, member);
	struct strings names = { NULL, 0, 0 };

	if (!strpbrk(member, "*?[")) {
		*list_push(p->a, out) = member;
		return true;
	}
	if (!own_names(p, dir, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *folder = rust_join(p->a, dir, names.v[i]);

		if (fnmatch(member, folder, FNM_PATHNAME) == 0 &&
		    own_has(p, arena_printf(p->a, "%s/" CARGO_TOML, folder)))
			*list_push(p->a, out) = folder;
	}
	return true;
}

/* The first member with a program takes the place of the root; others are told. */
static bool rust_find_member(struct own_project *p, struct rust_package *root, struct error *e)
{
	struct strings folders = { NULL, 0, 0 };
	struct rust_package found = *root;

	for (size_t i = 0; i < root->members.n; i++) {
		if (!rust_expand(p, root->members.v[i], &folders, e))
			return false;
	}
	for (size_t i = 0; i < folders.n; i++) {
		struct rust_package r = { .folder = folders.v[i] };

		if (!rust_read(p, &r, e))
			return false;
		if (!r.program)
			continue;
		if (!found.program)
			found = r;
		else
			draft_leave(
				p->d,
				"%s has the program %s, too: the recipe has %s; a second one takes "
				"a step and a line of \"keep\" more",
				own_path(p, r.folder), r.program, found.program);
	}
	*root = found;
	return true;
}

static void rust_add_steps(struct own_project *p, const struct rust_package *r)
{
	PROJECT_STEP(p, "build", "cargo", "auditable", "build", "--release", "--offline",
		     "--locked", "--frozen", "--bin", r->program);
	PROJECT_STEP(p, "install", "install", "-D",
		     arena_printf(p->a, "${cargo-release}/%s", r->program),
		     arena_printf(p->a, "${destdir}/usr/bin/%s", r->program));
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/bin/%s", r->program);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	draft_chose(p->d, "steps", arena_printf(p->a, "cargo build --bin %s", r->program), "%s",
		    own_path(p, rust_join(p->a, r->folder, CARGO_TOML)));
}

bool project_read_rust(struct own_project *p, struct error *e)
{
	struct rust_package r = { .folder = "" };

	if (!own_has(p, CARGO_TOML))
		return err_set(e, ERR_INPUT,
			       "%s is not there: --rust names the folder of a Cargo package or "
			       "workspace; cargo init makes one",
			       own_path(p, CARGO_TOML));
	if (!rust_read(p, &r, e) || !rust_find_member(p, &r, e))
		return false;
	if (!r.program)
		return err_set(e, ERR_INPUT,
			       "%s has no program: no package of it has src/main.rs or [[bin]]",
			       p->folder);
	if (!own_has(p, "Cargo.lock"))
		return err_set(e, ERR_INPUT,
			       "%s is not there: cargo generate-lockfile makes it, and it belongs "
			       "into the repository",
			       own_path(p, "Cargo.lock"));
	p->name = r.program;
	p->version = r.version;
	p->base = "cc";
	p->toolchain = "rust";
	p->lock = "Cargo.lock";
	draft_chose(p->d, "name", p->name, "%s",
		    own_path(p, rust_join(p->a, r.folder, CARGO_TOML)));
	draft_chose(p->d, "dependencies", "Cargo.lock",
		    "%s is there; servers: \"from\" of the recipe, or cargo's settings",
		    own_path(p, "Cargo.lock"));
	rust_add_steps(p, &r);
	return true;
}
