/* SPDX-License-Identifier: Apache-2.0 */
/* A Cargo package with a program, or a workspace of which one member has one. */

#include "explain/code/rust_package.h"

#include <ctype.h>

#include "base/path.h"
#include "explain/code/crate_libraries.h"
#include "explain/code/rust_settings.h"
#include "format/text/toml.h"

#define RUST_RELEASE 85 /* of the toolchain rust: 1.85 */

struct rust_project {
	struct own_project *p;
	const char *inner; /* the package that was named, below the project's folder; or "" */
	bool manifest;	   /* it is built by its manifest, for no workspace is there */
	struct rust_package root;		   /* of the workspace, or the package itself */
	struct LIST(struct rust_package) packages; /* among which the program is */
	struct strings default_members;
	const struct rust_package *package; /* chosen */
	const struct rust_program *program;
};

/* How near a program is to what people start: of the package itself, of what cargo builds without
 * a word, of others; then by its name. */
static unsigned rust_rank(const struct rust_project *g, const struct rust_package *r,
			  const struct rust_program *x)
{
	const char *wanted = r->default_run ? r->default_run : r->name;
	unsigned rank = r->folder == g->root.folder		      ? 0
			: strings_has(&g->default_members, r->folder) ? 8
								      : 16;

	if (rank > 0 && (own_is_tool(r->folder) || own_is_tool(x->name)))
		rank += 32;
	if (!wanted || strcmp(wanted, x->name) != 0)
		rank += 2;
	if (rank > 1 && strcmp(x->name, g->p->d->name) != 0 && strcmp(r->name, g->p->d->name) != 0)
		rank += 4;
	return rank;
}

/* "target/release/app" of a Dockerfile. */
static bool rust_is_copied(const struct str *text, const char *name)
{
	static const struct str folder = STR("/release/");
	const char *at = text->p;
	size_t n = strlen(name);

	while (text->n && (at = memmem(at, text->n - (size_t)(at - text->p), folder.p, folder.n))) {
		struct str rest = str_from(*text, (size_t)(at - text->p) + folder.n);

		if (str_starts(rest, str_of(name)) &&
		    (rest.n == n ||
		     !(isalnum((unsigned char)rest.p[n]) || strchr("-_.", rest.p[n]))))
			return true;
		at += folder.n;
	}
	return false;
}

/* The text of a Dockerfile; n == 0: there is none. */
static struct str rust_dockerfile(const struct own_project *p, const char **name)
{
	static const char *const names[] = { "Dockerfile", "Containerfile" };
	struct error ignored = { .kind = ERR_NONE };
	struct str text;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (own_has(p, *name = names[i]) && own_text(p, *name, &text, &ignored))
			return text;
	}
	return (struct str){ "", 0 };
}

static void rust_choose(struct rust_project *g)
{
	struct own_project *p = g->p;
	const char *by;
	struct str docker = rust_dockerfile(p, &by);
	unsigned best = 0;

	list_each(r, &g->packages) {
		list_each(x, &r->programs) {
			unsigned rank;

			if (!x->name || !r->name)
				continue;
			rank = rust_rank(g, r, x) + (rust_is_copied(&docker, x->name) ? 0 : 64);
			if (g->program && rank >= best)
				continue;
			best = rank;
			g->package = r;
			g->program = x;
		}
	}
	if (g->program && best < 64)
		draft_chose(p->d, "program", g->program->name, "%s takes it", own_path(p, by));
}

static void rust_tell_others(const struct rust_project *g)
{
	struct own_project *p = g->p;

	list_each(r, &g->packages) {
		struct strings names = { NULL, 0, 0 };

		list_each(x, &r->programs) {
			if (x != g->program && x->name)
				*list_push(p->a, &names) = x->name;
		}
		if (names.n)
			draft_leave(p->d,
				    "%s has the program%s %s, too: the recipe has %s; a second one "
				    "takes a step and a line of \"keep\" more",
				    own_path(p, r->folder[0] ? r->folder : "."),
				    names.n > 1 ? "s" : "", strings_join(p->a, &names, ", "),
				    g->program->name);
	}
}

static bool rust_add_package(struct rust_project *g, const char *folder, struct error *e)
{
	struct rust_package r = { .folder = folder, .version = g->root.members_version };

	if (!rust_package_take(g->p, &r, e) || !rust_package_check(g->p, &r, e))
		return false;
	*list_push(g->p->a, &g->packages) = r;
	return true;
}

/* All that may have the program; of a member that was named that alone. */
static bool rust_read_packages(struct rust_project *g, struct error *e)
{
	struct own_project *p = g->p;
	struct strings members = { NULL, 0, 0 };

	if (!rust_package_check(p, &g->root, e) ||
	    !rust_members_find(p, &g->root, &g->root.members, &members, e) ||
	    !rust_members_find(p, &g->root, &g->root.default_members, &g->default_members, e))
		return false;
	if (g->inner[0] && !g->manifest)
		return rust_add_package(g, g->inner, e);
	*list_push(p->a, &g->packages) = g->root;
	list_each(folder, &members) {
		if (!rust_add_package(g, *folder, e))
			return false;
	}
	return true;
}

/* Whether `at` is a workspace of which `inner` is a member. */
static bool rust_is_member(struct own_project *at, const char *inner, struct rust_package *root,
			   bool *out, struct error *e)
{
	struct strings members = { NULL, 0, 0 };

	*out = false;
	*root = (struct rust_package){ .folder = "" };
	if (!own_has(at, CARGO_TOML))
		return true;
	if (!rust_package_take(at, root, e) ||
	    !rust_members_find(at, root, &root->members, &members, e))
		return false;
	*out = strings_has(&members, inner);
	return true;
}

static void rust_take_folder(struct rust_project *g, const struct own_project *at,
			     const char *inner, const char *by)
{
	g->inner = inner;
	draft_chose(g->p->d, "folder", at->folder, "%s needs what stands there", by);
	g->p->folder = at->folder;
}

/* A member is built in its workspace. */
static bool rust_enter_workspace(struct rust_project *g, struct error *e)
{
	struct own_project at = *g->p;
	const char *inner = "";
	struct rust_package root;
	bool is = false;

	while (!is && own_up(&at, &inner)) {
		if (!rust_is_member(&at, inner, &root, &is, e))
			return false;
	}
	if (is) {
		g->root = root;
		rust_take_folder(g, &at, inner, own_path(&at, CARGO_TOML));
	}
	return true;
}

/* A package that needs folders beside it, from one above that holds them. */
static bool rust_enter_above(struct rust_project *g, struct error *e)
{
	struct rust_package root = g->root;
	struct own_project at = *g->p;
	const char *inner = "";

	while (root.outside && own_up(&at, &inner)) {
		root = (struct rust_package){ .folder = inner };
		if (!rust_package_take(&at, &root, e))
			return false;
	}
	if (!root.outside && inner[0]) {
		rust_take_folder(g, &at, inner, own_path(g->p, CARGO_TOML));
		g->root = root;
		g->manifest = true;
	}
	return true;
}

static bool rust_find_folder(struct rust_project *g, struct error *e)
{
	g->root = (struct rust_package){ .folder = "" };
	if (!rust_package_take(g->p, &g->root, e))
		return false;
	if (!g->root.workspace && !rust_enter_workspace(g, e))
		return false;
	return g->inner[0] || rust_enter_above(g, e);
}

/* Cargo refuses what asks for a newer Rust; Debian keeps a newer one for its browsers. */
static void rust_choose_toolchain(const struct rust_project *g)
{
	const struct rust_package *r = g->package;
	struct own_project *p = g->p;
	const char *release = r->release, *folder = r->folder;
	unsigned line = r->release_line;
	struct str rest;
	uint64_t number;

	p->toolchain = "rust";
	if (r->release_of_workspace && g->root.members_release) {
		release = g->root.members_release;
		line = g->root.members_release_line;
		folder = g->root.folder;
	}
	if (!release || strncmp(release, "1.", 2) != 0)
		return;
	rest = str_of(release + 2);
	for (size_t n = 0; n < rest.n; n++)
		rest.n = isdigit((unsigned char)rest.p[n]) ? rest.n : n;
	if (!str_u64(rest, &number) || number <= RUST_RELEASE ||
	    !own_toolchain_has(p, "rust", "rustc"))
		return;
	p->toolchain = "rust-web";
	draft_chose(p->d, "release", release, "%s:%u; the toolchain rust has 1.%d",
		    own_path(p, rust_join(p->a, folder, CARGO_TOML)), line, RUST_RELEASE);
}

static const char *rust_lock(const struct rust_project *g)
{
	return rust_join(g->p->a, g->root.folder, "Cargo.lock");
}

static bool rust_check_lock(const struct rust_project *g, struct error *e)
{
	struct own_project *p = g->p;
	const char *lock = rust_lock(g);

	if (own_has(p, lock))
		return own_check_lock(p, lock, e); /* with vendored crates, too */
	return err_set(e, ERR_INPUT,
		       "%s is not there: cargo generate-lockfile makes it, and it belongs "
		       "into the repository",
		       own_path(p, lock));
}

static void rust_add_words(const struct rust_project *g, struct strings *words)
{
	struct own_project *p = g->p;

	*list_push(p->a, words) = g->program->name;
	if (g->manifest) {
		*list_push(p->a, words) = "--manifest-path";
		*list_push(p->a, words) = rust_join(p->a, g->inner, CARGO_TOML);
	}
	if (g->package->folder[0] && g->package->folder != g->root.folder) {
		*list_push(p->a, words) = "--package";
		*list_push(p->a, words) = g->package->name;
	}
	if (g->program->features.n) {
		*list_push(p->a, words) = "--features";
		*list_push(p->a, words) = strings_join(p->a, &g->program->features, ",");
	}
	*list_push(p->a, words) = NULL;
}

static void rust_add_steps(const struct rust_project *g, const char *release)
{
	static const char *const build[] = { "cargo",	  "auditable", "build",	   "--release",
					     "--offline", "--locked",  "--frozen", "--bin" };
	const char *name = g->program->name;
	struct own_project *p = g->p;
	struct strings words = { NULL, 0, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(build); i++)
		*list_push(p->a, &words) = build[i];
	rust_add_words(g, &words);
	own_add_step(p, "build", words.v);
	PROJECT_STEP(p, "install", "install", "-D", arena_printf(p->a, "%s/%s", release, name),
		     arena_printf(p->a, "${destdir}/usr/bin/%s", name));
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/bin/%s", name);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	draft_chose(p->d, "steps", arena_printf(p->a, "cargo build --bin %s", name), "%s",
		    own_path(p, rust_join(p->a, g->package->folder, CARGO_TOML)));
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
				    "%s",
				    own_path(p, files[i]), channel,
				    strcmp(p->toolchain, "rust") == 0
					    ? "rust, which is Debian 13's Rust 1.85; rust-web is "
					      "newer"
					    : p->toolchain);
		return true;
	}
	return true;
}

/* Settings in the folder of a package that is built from above are not cargo's. */
static bool rust_choose_crates(const struct rust_project *g, const char **release, struct error *e)
{
	struct own_project *p = g->p;
	struct rust_settings settings;
	const char *inner = rust_join(p->a, g->inner, ".cargo/config.toml");

	if (!rust_settings_take(p, &settings, e))
		return false;
	*release = settings.release;
	if (g->inner[0] && own_has(p, inner))
		draft_leave(p->d, "%s is not read, for cargo runs in %s", own_path(p, inner),
			    p->folder);
	if (g->manifest)
		own_add_env(p, "CARGO_TARGET_DIR", "target");
	if (settings.vendored)
		return true;
	p->lock = rust_lock(g);
	draft_chose(p->d, "dependencies", p->lock,
		    "%s is there; servers: \"from\" of the recipe, or cargo's settings",
		    own_path(p, p->lock));
	return true;
}

bool project_read_rust(struct own_project *p, struct error *e)
{
	struct rust_project g = { .p = p, .inner = "" };
	const char *release;

	if (!own_has(p, CARGO_TOML))
		return err_set(e, ERR_INPUT,
			       "%s is not there: --rust names the folder of a Cargo package or "
			       "workspace; cargo init makes one",
			       own_path(p, CARGO_TOML));
	if (!rust_find_folder(&g, e) || !rust_read_packages(&g, e))
		return false;
	rust_choose(&g);
	if (!g.program)
		return err_set(e, ERR_INPUT,
			       "%s has no program: no package of it has src/main.rs, a file in "
			       "src/bin or [[bin]]",
			       g.inner[0] ? own_path(p, g.inner) : p->folder);
	rust_tell_others(&g);
	if (!rust_check_lock(&g, e))
		return false;
	crate_libraries_add(p, rust_lock(&g));
	p->name = g.program->name;
	p->version = g.package->version;
	p->base = "base-nossl";
	*list_push(p->a, &p->base_libraries) = "libgcc-s1";
	rust_choose_toolchain(&g);
	draft_chose(p->d, "name", p->name, "%s",
		    own_path(p, rust_join(p->a, g.package->folder, CARGO_TOML)));
	if (!rust_tell_channel(p, e) || !rust_choose_crates(&g, &release, e))
		return false;
	rust_add_steps(&g, release);
	return true;
}
