/* SPDX-License-Identifier: Apache-2.0 */
/* A Cargo package with a program, or a workspace of which one member has one. */

#include "explain/code/project.h"

#include <fnmatch.h>

#include "base/path.h"
#include "explain/code/crate_libraries.h"
#include "format/text/toml.h"

#define CARGO_TOML "Cargo.toml"
#define CARGO_CONFIG ".cargo/config.toml"

struct rust_program {
	const char *name, *path; /* NULL: nothing tells */
	struct strings features; /* without which it is not compiled */
};

/* What is read of one Cargo.toml. */
struct rust_package {
	const char *folder; /* below the project's; "" is that itself */
	const char *name, *version, *default_run;
	bool no_discovery; /* autobins = false */
	struct LIST(struct rust_program) programs;
	struct strings members, exclude;
	const char *members_version; /* workspace.package.version */
};

static const char *rust_join(struct arena *a, const char *folder, const char *name)
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

static void rust_note(struct own_project *p, struct rust_package *r, const struct toml_value *v)
{
	if (v->element && strcmp(v->keys.v[0], "bin") == 0)
		rust_note_bin(p, r, v);
	else if (v->kind == TOML_STRING && rust_is(v, "package", "name"))
		r->name = v->text;
	else if (v->kind == TOML_STRING && rust_is(v, "package", "version"))
		r->version = v->text;
	else if (v->kind == TOML_STRING && rust_is(v, "package", "default-run"))
		r->default_run = v->text;
	else if (rust_is(v, "package", "autobins"))
		r->no_discovery = strcmp(v->text, "false") == 0;
	else if (v->kind == TOML_ARRAY && rust_is(v, "workspace", "members"))
		r->members = v->list;
	else if (v->kind == TOML_ARRAY && rust_is(v, "workspace", "exclude"))
		r->exclude = v->list;
	else if (v->kind == TOML_STRING && v->keys.n == 3 &&
		 strcmp(v->keys.v[0], "workspace") == 0 && strcmp(v->keys.v[1], "package") == 0 &&
		 strcmp(v->keys.v[2], "version") == 0)
		r->members_version = v->text;
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
static bool rust_check_paths(struct own_project *p, const struct rust_package *r,
			     const struct toml *t, struct error *e)
{
	list_each(v, &t->v) {
		if (rust_is_path(v) && !path_in_folder(p->a, r->folder, str_of(v->text)))
			return err_set(e, ERR_INPUT,
				       "%s:%u: %s is outside of %s: --rust names the folder of a "
				       "workspace that holds both",
				       own_path(p, rust_join(p->a, r->folder, CARGO_TOML)), v->line,
				       v->text, p->folder);
	}
	return true;
}

static bool rust_read(struct own_project *p, struct rust_package *r, struct error *e)
{
	const char *file = rust_join(p->a, r->folder, CARGO_TOML);
	struct toml t = { .v = { NULL, 0, 0 } };
	struct str text;

	if (!own_text(p, file, &text, e) || !toml_read(p->a, text, own_path(p, file), &t, e))
		return false;
	list_each(v, &t.v)
		rust_note(p, r, v);
	return rust_check_paths(p, r, &t, e) && rust_discover(p, r, e);
}

/* The program that cargo would run, else that of the package's name, else the first. */
static const struct rust_program *rust_choose(const struct rust_package *r)
{
	const char *wanted = r->default_run ? r->default_run : r->name;

	list_each(x, &r->programs) {
		if (x->name && wanted && strcmp(x->name, wanted) == 0)
			return x;
	}
	list_each(x, &r->programs) {
		if (x->name)
			return x;
	}
	return NULL;
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

static bool rust_is_excluded(const struct rust_package *root, const char *folder)
{
	list_each(x, &root->exclude) {
		struct str path = str_of(*x);

		if (str_starts(str_of(folder), path) && strchr("/", folder[path.n]))
			return true;
	}
	return false;
}

static void rust_tell_others(struct own_project *p, const struct rust_package *r,
			     const struct rust_program *chosen)
{
	list_each(x, &r->programs) {
		if (x != chosen && x->name)
			draft_leave(
				p->d,
				"%s has the program %s, too: the recipe has %s; a second one takes "
				"a step and a line of \"keep\" more",
				own_path(p, r->folder[0] ? r->folder : "."), x->name, chosen->name);
	}
}

/* The first member with a program takes the place of the root; others are told. */
static bool rust_find_member(struct own_project *p, struct rust_package *root, struct error *e)
{
	struct strings folders = { NULL, 0, 0 };
	struct rust_package found = *root;
	const struct rust_program *chosen = rust_choose(root);

	for (size_t i = 0; i < root->members.n; i++) {
		if (!rust_expand(p, root->members.v[i], &folders, e))
			return false;
	}
	if (chosen)
		rust_tell_others(p, root, chosen);
	list_each(folder, &folders) {
		struct rust_package r = { .folder = *folder, .version = root->members_version };

		if (strcmp(*folder, ".") == 0 || rust_is_excluded(root, *folder))
			continue;
		if (!rust_read(p, &r, e))
			return false;
		if (!chosen) {
			found = r;
			chosen = rust_choose(&r);
		}
		if (chosen)
			rust_tell_others(p, &r, chosen);
	}
	*root = found;
	return true;
}

/* Cargo's settings of the project; none where there is no such file. */
static bool rust_read_config(struct own_project *p, struct toml *out, struct error *e)
{
	struct str text;

	*out = (struct toml){ .v = { NULL, 0, 0 } };
	return !own_has(p, CARGO_CONFIG) ||
	       (own_text(p, CARGO_CONFIG, &text, e) &&
		toml_read(p->a, text, own_path(p, CARGO_CONFIG), out, e));
}

/* Where cargo leaves the program, after what its settings say. */
static bool rust_find_release(struct own_project *p, const char **out, struct error *e)
{
	const struct toml_value *target;
	struct toml t;

	*out = "${cargo-release}";
	if (!rust_read_config(p, &t, e))
		return false;
	if (TOML_STRING_AT(&t, "build", "target-dir"))
		own_add_env(p, "CARGO_TARGET_DIR", "target");
	target = TOML_STRING_AT(&t, "build", "target");
	if (!target)
		return true;
	*out = arena_printf(p->a, "target/%s/release", target->text);
	draft_leave(p->d,
		    "%s:%u compiles for %s: the toolchain rust has the library of Rust for "
		    "x86_64-unknown-linux-gnu alone, and compiles for linux/arm64 by --platform; "
		    "without this line it does both",
		    own_path(p, CARGO_CONFIG), target->line, target->text);
	return true;
}

/* What "cargo vendor" has left: a folder, and settings that name it. It may have crates of git. */
static bool rust_find_vendored(struct own_project *p, bool *out, struct error *e)
{
	struct toml t;

	*out = false;
	if (!rust_read_config(p, &t, e))
		return false;
	list_each(v, &t.v) {
		if (v->kind != TOML_STRING || v->keys.n != 3 ||
		    strcmp(v->keys.v[0], "source") != 0 || strcmp(v->keys.v[2], "directory") != 0 ||
		    v->text[0] == '/' || !own_has(p, arena_printf(p->a, "%s/.", v->text)))
			continue;
		*out = true;
		*list_push(p->a, &p->ignore) = arena_printf(p->a, "!%s/", v->text);
		draft_chose(p->d, "crates", v->text, "%s:%u", own_path(p, CARGO_CONFIG), v->line);
	}
	return true;
}

static bool rust_choose_crates(struct own_project *p, struct error *e)
{
	bool vendored;

	if (!rust_find_vendored(p, &vendored, e) || vendored)
		return vendored;
	p->lock = "Cargo.lock";
	draft_chose(p->d, "dependencies", "Cargo.lock",
		    "%s is there; servers: \"from\" of the recipe, or cargo's settings",
		    own_path(p, "Cargo.lock"));
	return true;
}

static bool rust_add_steps(struct own_project *p, const struct rust_package *r,
			   const struct rust_program *program, struct error *e)
{
	static const char *const build[] = { "cargo",	  "auditable", "build",	   "--release",
					     "--offline", "--locked",  "--frozen", "--bin" };
	struct strings words = { NULL, 0, 0 };
	const char *release;

	if (!rust_find_release(p, &release, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(build); i++)
		*list_push(p->a, &words) = build[i];
	*list_push(p->a, &words) = program->name;
	if (r->folder[0]) {
		*list_push(p->a, &words) = "--package";
		*list_push(p->a, &words) = r->name;
	}
	if (program->features.n) {
		*list_push(p->a, &words) = "--features";
		*list_push(p->a, &words) = strings_join(p->a, &program->features, ",");
	}
	*list_push(p->a, &words) = NULL;
	own_add_step(p, "build", words.v);
	PROJECT_STEP(p, "install", "install", "-D",
		     arena_printf(p->a, "%s/%s", release, program->name),
		     arena_printf(p->a, "${destdir}/usr/bin/%s", program->name));
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/bin/%s", program->name);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	draft_chose(p->d, "steps", arena_printf(p->a, "cargo build --bin %s", program->name), "%s",
		    own_path(p, rust_join(p->a, r->folder, CARGO_TOML)));
	return true;
}

/* A member's lock file is that of its workspace. */
static bool rust_check_lock(struct own_project *p, struct error *e)
{
	const char *lock = "Cargo.lock";

	if (own_has(p, lock))
		return true;
	for (const char *c = strcmp(p->folder, ".") == 0 ? NULL : p->folder; c;
	     c = strchr(c + 1, '/')) {
		lock = arena_printf(p->a, "../%s", lock);
		if (own_has(p, lock))
			return err_set(e, ERR_INPUT,
				       "%s is the lock file of the workspace that %s is in: --rust "
				       "names the folder of the workspace",
				       own_path(p, lock), p->folder);
	}
	return err_set(e, ERR_INPUT,
		       "%s is not there: cargo generate-lockfile makes it, and it belongs "
		       "into the repository",
		       own_path(p, "Cargo.lock"));
}

/* rustup would fetch another Rust: "1.90.0" of rust-toolchain.toml, or of rust-toolchain alone. */
static bool rust_tell_channel(struct own_project *p, struct error *e)
{
	static const char *const files[] = { "rust-toolchain", "rust-toolchain.toml" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct error ignored = { .kind = ERR_NONE };
		struct toml t = { .v = { NULL, 0, 0 } };
		const struct toml_value *v = NULL;
		const char *channel;
		struct str text;

		if (!own_has(p, files[i]))
			continue;
		if (!own_text(p, files[i], &text, e))
			return false;
		if (toml_read(p->a, text, files[i], &t, &ignored))
			v = TOML_STRING_AT(&t, "toolchain", "channel");
		channel = v ? v->text : str_dup(p->a, str_trim(text));
		if (strcmp(channel, "stable") != 0 && !strpbrk(channel, "\n["))
			draft_leave(p->d,
				    "%s asks for Rust %s: the program is compiled by the toolchain "
				    "rust, which is Debian 13's Rust 1.85",
				    own_path(p, files[i]), channel);
		return true;
	}
	return true;
}

bool project_read_rust(struct own_project *p, struct error *e)
{
	const struct rust_program *program;
	struct rust_package r = { .folder = "" };

	if (!own_has(p, CARGO_TOML))
		return err_set(e, ERR_INPUT,
			       "%s is not there: --rust names the folder of a Cargo package or "
			       "workspace; cargo init makes one",
			       own_path(p, CARGO_TOML));
	if (!rust_read(p, &r, e) || !rust_find_member(p, &r, e))
		return false;
	program = rust_choose(&r);
	if (!program)
		return err_set(e, ERR_INPUT,
			       "%s has no program: no package of it has src/main.rs, a file in "
			       "src/bin or [[bin]]",
			       p->folder);
	if (!rust_check_lock(p, e))
		return false;
	crate_libraries_add(p, "Cargo.lock");
	p->name = program->name;
	p->version = r.version;
	p->base = "cc";
	p->toolchain = "rust";
	draft_chose(p->d, "name", p->name, "%s",
		    own_path(p, rust_join(p->a, r.folder, CARGO_TOML)));
	return rust_tell_channel(p, e) && rust_choose_crates(p, e) &&
	       rust_add_steps(p, &r, program, e);
}
