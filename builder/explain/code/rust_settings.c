/* SPDX-License-Identifier: Apache-2.0 */
/* The toolchain sets RUSTFLAGS, beside which cargo passes by the flags of its settings: those that
 * mean the program have to stand in the variable, too. */

#include "explain/code/rust_settings.h"

#include "base/path.h"
#include "format/text/toml.h"

#define CARGO_CONFIG ".cargo/config.toml"
#define RUST_TARGET "x86_64-unknown-linux-gnu"

/* Where cargo leaves the program. */
static void settings_find_release(struct own_project *p, const struct toml *t,
				  struct rust_settings *out)
{
	const struct toml_value *target = TOML_STRING_AT(t, "build", "target");

	out->release = "${cargo-release}";
	if (TOML_STRING_AT(t, "build", "target-dir"))
		own_add_env(p, "CARGO_TARGET_DIR", "target");
	if (!target)
		return;
	if (!strstr(target->text, "-linux-")) {
		out->release = arena_printf(p->a, "target/%s/release", target->text);
		draft_leave(p->d,
			    "%s:%u compiles for %s: the toolchain rust has the library of Rust for "
			    "the image's platform alone",
			    own_path(p, CARGO_CONFIG), target->line, target->text);
		return;
	}
	own_add_env(p, "CARGO_BUILD_TARGET", "${cargo-target}");
	out->release = "target/${cargo-target}/release";
	draft_chose(p->d, "env", "CARGO_BUILD_TARGET: ${cargo-target}",
		    "%s:%u says %s: the image's platform counts, with the C library of the base",
		    own_path(p, CARGO_CONFIG), target->line, target->text);
}

/* What "cargo vendor" has left: a folder, and settings that name it. It may have crates of git. */
static void settings_find_vendored(struct own_project *p, const struct toml *t,
				   struct rust_settings *out)
{
	list_each(v, &t->v) {
		const char *folder;

		if (v->kind != TOML_STRING || v->keys.n != 3 ||
		    strcmp(v->keys.v[0], "source") != 0 || strcmp(v->keys.v[2], "directory") != 0)
			continue;
		folder = path_in_folder(p->a, "", str_of(v->text));
		if (!folder || !folder[0] || !own_is_folder(p, folder))
			continue;
		out->vendored = true;
		*list_push(p->a, &p->ignore) = arena_printf(p->a, "!%s/", folder);
		draft_chose(p->d, "crates", folder, "%s:%u", own_path(p, CARGO_CONFIG), v->line);
	}
}

/* Whether it is of [build], or of [target.X] where X is this machine. */
static bool settings_counts(const struct toml_value *v, const char *key)
{
	const char *last = v->keys.v[v->keys.n - 1];

	if (v->element || strcmp(last, key) != 0)
		return false;
	if (v->keys.n == 2)
		return strcmp(v->keys.v[0], "build") == 0;
	return v->keys.n == 3 && strcmp(v->keys.v[0], "target") == 0 &&
	       (strcmp(v->keys.v[1], RUST_TARGET) == 0 ||
		(strncmp(v->keys.v[1], "cfg(", 4) == 0 && !strstr(v->keys.v[1], "not(") &&
		 (strstr(v->keys.v[1], "linux") || strstr(v->keys.v[1], "unix") ||
		  strstr(v->keys.v[1], "all()"))));
}

/* A linker that is not there, or a processor that is this machine's, is no part of the program. */
static bool settings_is_of_machine(const char *flag)
{
	return strstr(flag, "-fuse-ld=") || strstr(flag, "--ld-path=") ||
	       strstr(flag, "target-cpu=native") || strstr(flag, "linker=");
}

/* "-C", "link-arg=-s" are one. */
static void settings_add_flags(struct own_project *p, const struct strings *flags,
			       struct strings *out)
{
	for (size_t i = 0; i < flags->n; i++) {
		const char *flag = flags->v[i];
		bool pair = i + 1 < flags->n &&
			    (strcmp(flag, "-C") == 0 || strcmp(flag, "--cfg") == 0 ||
			     strcmp(flag, "-Z") == 0);
		const char *value = pair ? flags->v[++i] : NULL;

		if (settings_is_of_machine(value ? value : flag) || strpbrk(flag, " \t") ||
		    (value && strpbrk(value, " \t")))
			continue;
		*list_push(p->a, out) = flag;
		if (value)
			*list_push(p->a, out) = value;
	}
}

static void settings_find_flags(struct own_project *p, const struct toml *t)
{
	struct strings flags = { NULL, 0, 0 };
	const char *at = NULL;

	list_each(v, &t->v) {
		struct strings words = v->list;
		struct str rest = str_of(v->text), word;

		if (!settings_counts(v, "rustflags"))
			continue;
		while (v->kind == TOML_STRING && str_next(&rest, ' ', &word)) {
			if (word.n)
				*list_push(p->a, &words) = str_dup(p->a, word);
		}
		settings_add_flags(p, &words, &flags);
		at = arena_printf(p->a, "%s:%u", own_path(p, CARGO_CONFIG), v->line);
	}
	if (!flags.n)
		return;
	own_add_env(p, "RUSTFLAGS",
		    arena_printf(p->a, RUST_FLAGS " %s", strings_join(p->a, &flags, " ")));
	draft_chose(p->d, "env",
		    arena_printf(p->a, "RUSTFLAGS: %s", strings_join(p->a, &flags, " ")),
		    "%s, beside those of the toolchain", at);
}

static void settings_find_linker(struct own_project *p, const struct toml *t)
{
	list_each(v, &t->v) {
		if (v->kind != TOML_STRING || !settings_counts(v, "linker"))
			continue;
		own_add_env(p, "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "cc");
		draft_chose(p->d, "env", "linker: cc",
			    "%s:%u names another (%s), which the "
			    "toolchain rust lacks",
			    own_path(p, CARGO_CONFIG), v->line, v->text);
		return;
	}
}

bool rust_settings_take(struct own_project *p, struct rust_settings *out, struct error *e)
{
	struct toml t = { .v = { NULL, 0, 0 } };
	struct str text;

	*out = (struct rust_settings){ .release = "${cargo-release}" };
	if (!own_has(p, CARGO_CONFIG))
		return true;
	if (!own_text(p, CARGO_CONFIG, &text, e) ||
	    !toml_read(p->a, text, own_path(p, CARGO_CONFIG), &t, e))
		return false;
	settings_find_release(p, &t, out);
	settings_find_vendored(p, &t, out);
	settings_find_flags(p, &t);
	settings_find_linker(p, &t);
	return true;
}
