/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of a Cargo package or workspace: those that cargo metadata names ("bin"), and which of
 * them cargo run would take. */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define FILES 20
#define PACKAGE(name) "[package]\nname = \"" name "\"\nversion = \"0.1.0\"\n"
#define RUN(words) "\"--frozen\", \"--bin\", " words "] }"

static const struct {
	const char *name, *files[FILES], *says;
} programs[] = {
	{ "a file of src/bin",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/lib.rs", "", "src/bin/tool.rs", "" },
	  RUN("\"tool\"") },
	{ "a folder of src/bin",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/bin/tool/main.rs", "",
	    "src/bin/a/b.rs", "" },
	  RUN("\"tool\"") },
	{ "the one that is run",
	  { "Cargo.toml", PACKAGE("x") "default-run = \"b\"\n", "Cargo.lock", "", "src/main.rs", "",
	    "src/bin/a.rs", "", "src/bin/b.rs", "" },
	  RUN("\"b\"") },
	{ "that of the package's name",
	  { "Cargo.toml", PACKAGE("x") "[[bin]]\nname = \"a\"\n", "Cargo.lock", "", "src/main.rs",
	    "", "src/bin/a.rs", "" },
	  RUN("\"x\"") },
	{ "src/main.rs under another name",
	  { "Cargo.toml", PACKAGE("x") "[[bin]]\nname = \"tool\"\npath = \"src/main.rs\"\n",
	    "Cargo.lock", "", "src/main.rs", "" },
	  RUN("\"tool\"") },
	{ "only what is named",
	  { "Cargo.toml", PACKAGE("x") "autobins = false\n[[bin]]\nname = \"a\"\npath = \"a.rs\"\n",
	    "Cargo.lock", "", "src/main.rs", "" },
	  RUN("\"a\"") },
	{ "a member, with its features and the workspace's version",
	  { "Cargo.toml",
	    PACKAGE("x") "[workspace]\nmembers = [\"cli\"]\n"
			 "[workspace.package]\nversion = \"3.1.0\"\n",
	    "Cargo.lock", "", "src/lib.rs", "", "cli/Cargo.toml",
	    "[package]\nname = \"x-cli\"\nversion.workspace = true\n[[bin]]\nname = \"tool\"\n"
	    "path = \"src/t.rs\"\nrequired-features = [\"cli\", \"color\"]\n" },
	  RUN("\"tool\", \"--package\", \"x-cli\", \"--features\", \"cli,color\"") },
	{ "the workspace's version",
	  { "Cargo.toml",
	    "[workspace]\nmembers = [\"cli\"]\n[workspace.package]\nversion = \"3.1.0\"\n",
	    "Cargo.lock", "", "cli/src/main.rs", "", "cli/Cargo.toml",
	    "[package]\nname = \"x-cli\"\nversion = { workspace = true }\n" },
	  "\"version\": \"3.1.0\"," },
	{ "no member that is left out",
	  { "Cargo.toml", "[workspace]\nmembers = [\"a/*\"]\nexclude = [\"a/old\"]\n", "Cargo.lock",
	    "", "a/old/Cargo.toml", PACKAGE("old"), "a/old/src/main.rs", "", "a/older/Cargo.toml",
	    PACKAGE("older"), "a/older/src/main.rs", "" },
	  RUN("\"older\", \"--package\", \"older\"") },
	{ "members of folders of folders",
	  { "Cargo.toml", "[workspace]\nmembers = [\"a/*/*\"]\n", "Cargo.lock", "",
	    "a/b/c/Cargo.toml", PACKAGE("c"), "a/b/c/src/main.rs", "" },
	  RUN("\"c\", \"--package\", \"c\"") },
	{ "no member that is left out, told with a slash",
	  { "Cargo.toml", "[workspace]\nmembers = [\"a/*\"]\nexclude = [\"./a/old/\"]\n",
	    "Cargo.lock", "", "a/old/Cargo.toml", PACKAGE("old"), "a/old/src/main.rs", "",
	    "a/older/Cargo.toml", PACKAGE("older"), "a/older/src/main.rs", "" },
	  RUN("\"older\", \"--package\", \"older\"") },
	{ "a folder of results elsewhere",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", ".cargo/config.toml",
	    "[build]\ntarget-dir = \"/var/tmp/x\"\n" },
	  "\"CARGO_TARGET_DIR\": \"target\"" },
	{ "a target of its own",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", ".cargo/config.toml",
	    "[build]\ntarget = \"x86_64-unknown-linux-gnu\"\n" },
	  "\"target/${cargo-target}/release/x\"," },
	{ "the platform counts, not a C library that the image lacks",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", ".cargo/config.toml",
	    "[build]\ntarget = \"x86_64-unknown-linux-musl\"\n" },
	  "\"CARGO_BUILD_TARGET\": \"${cargo-target}\"" },
	{ "crates that cargo vendor has put there",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", "vendor/a/Cargo.toml",
	    "", ".cargo/config.toml",
	    "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n" },
	  "\"ignore\": [\"!vendor/\"],\n\"version\": \"0.1.0\",\n\"toolchain\": \"rust\",\n"
	  "\"steps\"" },
	{ "a lock file that git does not have, beside them",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", "vendor/a/Cargo.toml",
	    "", ".cargo/config.toml", "[source.v]\ndirectory = \"vendor\"\n", ".gitignore",
	    "Cargo.lock\n" },
	  "Cargo.lock is left out by " },
	{ "the same, told with a dot",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", "a/v/a/Cargo.toml", "",
	    ".cargo/config.toml", "[source.v]\ndirectory = \"./a//v/\"\n" },
	  "\"ignore\": [\"!a/v/\"],\n" },
	{ "crates that stand outside of the folder",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "",
	    "../vendor/a/Cargo.toml", "", ".cargo/config.toml",
	    "[source.v]\ndirectory = \"../vendor\"\n" },
	  "\"dependencies\": { \"lock\": \"Cargo.lock\" }," },
	{ "crates that are vendored nowhere",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", ".cargo/config.toml",
	    "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n" },
	  "\"dependencies\": { \"lock\": \"Cargo.lock\" }," },
	{ "settings that are malformed",
	  { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "", ".cargo/config.toml",
	    "[build\n" },
	  "the header of a table does not end" },
	{ "a patch outside of the folder",
	  { "Cargo.toml", PACKAGE("x") "[patch.crates-io]\na = { path = \"../a\" }\n", "Cargo.lock",
	    "", "src/main.rs", "", "src/bin/y.rs", "" },
	  RUN("\"x\", \"--manifest-path\", \"app/Cargo.toml\"") },
	{ "its lock file, and where cargo leaves the program",
	  { "Cargo.toml", PACKAGE("x") "[dependencies]\na = { path = \"../a\" }\n", "Cargo.lock",
	    "", "src/main.rs", "" },
	  "\"dependencies\": { \"lock\": \"app/Cargo.lock\" },\n\"env\": {\n\"CARGO_TARGET_DIR\": "
	  "\"target\"\n}," },
	{ "a workspace beside which there is a crate",
	  { "Cargo.toml",
	    "[workspace]\nmembers = [\"m\"]\n[workspace.dependencies]\n"
	    "a = { path = \"../a\" }\n",
	    "Cargo.lock", "", "m/Cargo.toml", PACKAGE("m"), "m/src/main.rs", "" },
	  RUN("\"m\", \"--manifest-path\", \"app/Cargo.toml\", \"--package\", \"m\"") },
	{ "a dependency of a member outside of the folder",
	  { "Cargo.toml", "[workspace]\nmembers = [\"m\"]\n", "Cargo.lock", "", "m/Cargo.toml",
	    PACKAGE("m") "[target.'cfg(unix)'.dependencies.a]\npath = \"../../a\"\n",
	    "m/src/main.rs", "" },
	  "app/m/Cargo.toml:5: ../../a is outside of " },
	{ "folders of it and files elsewhere are none of that",
	  { "Cargo.toml",
	    PACKAGE("x") "readme = \"../README\"\n[dependencies]\na = { path = \"sub/../a\" }\n"
			 "[lib]\npath = \"src/lib.rs\"\n",
	    "Cargo.lock", "", "src/main.rs", "" },
	  RUN("\"x\"") },
	{ "a member of a workspace above",
	  { "../Cargo.toml",
	    "[workspace]\nmembers = [\"other\", \"ap*\"]\n[workspace.package]\n"
	    "version = \"2.0.0\"\n",
	    "../Cargo.lock", "", "../other/Cargo.toml", PACKAGE("other"), "../other/src/main.rs",
	    "", "Cargo.toml", "[package]\nname = \"x\"\nversion.workspace = true\n", "src/main.rs",
	    "" },
	  "\"version\": \"2.0.0\",\n\"toolchain\": \"rust\",\n\"dependencies\": { \"lock\": "
	  "\"Cargo.lock\" },\n\"steps\": [\n{ \"name\": \"build\", \"run\": [\"cargo\", \"auditable\", "
	  "\"build\", \"--release\", \"--offline\", \"--locked\", " RUN(
		  "\"x\", \"--package\", \"x\"") },
	{ "a workspace of its own below another",
	  { "../Cargo.toml", "[workspace]\nmembers = [\"app\"]\n", "../Cargo.lock", "",
	    "Cargo.toml", PACKAGE("x") "[workspace]\n", "src/main.rs", "" },
	  "app/Cargo.lock is not there: " },
	{ "no lock file at all",
	  { "Cargo.toml", PACKAGE("x"), "src/main.rs", "" },
	  "app/Cargo.lock is not there: cargo generate-lockfile makes it" },
};

Test(rust_programs, are_those_of_cargo)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_rust, programs[i].files);

		cr_expect(strstr(text, programs[i].says), "%s: %s", programs[i].name, text);
	}
}

#define MEMBER(name) name "/Cargo.toml", PACKAGE(name), name "/src/main.rs", ""

/* Layouts of people: xtask before the program, a tool of code generation, many crates. */
Test(rust_programs, of_a_workspace_the_nearest)
{
	static const struct {
		const char *name, *files[26], *says;
	} cases[] = {
		{ "no tool",
		  { "Cargo.toml", "[workspace]\nmembers = [\"xtask\", \"zz\"]\n", "Cargo.lock", "",
		    MEMBER("xtask"), MEMBER("zz") },
		  RUN("\"zz\", \"--package\", \"zz\"") },
		{ "what cargo builds without a word",
		  { "Cargo.toml",
		    "[workspace]\nmembers = [\"a\", \"b\"]\ndefault-members = [\"b\"]\n",
		    "Cargo.lock", "", MEMBER("a"), MEMBER("b") },
		  RUN("\"b\", \"--package\", \"b\"") },
		{ "the name of the folder",
		  { "Cargo.toml", "[workspace]\nmembers = [\"a\", \"folder\"]\n", "Cargo.lock", "",
		    MEMBER("a"), MEMBER("folder") },
		  RUN("\"folder\", \"--package\", \"folder\"") },
		{ "what a container has",
		  { "Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\", \"b-more\"]\n",
		    "Cargo.lock", "", MEMBER("a"), MEMBER("b"), MEMBER("b-more"), "Dockerfile",
		    "COPY --from=build /src/target/release/b-more \\\n  /usr/bin/\n" },
		  RUN("\"b-more\", \"--package\", \"b-more\"") },
		{ "the package itself",
		  { "Cargo.toml", PACKAGE("x") "[workspace]\nmembers = [\"folder\"]\n",
		    "Cargo.lock", "", "src/bin/y.rs", "", MEMBER("folder") },
		  RUN("\"y\"") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_rust, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

Test(rust_programs, a_newer_rust_is_taken)
{
	static const struct {
		const char *files[FILES], *says;
	} cases[] = {
		{ { "Cargo.toml", PACKAGE("x") "rust-version = \"1.90.1\"\n", "Cargo.lock", "",
		    "src/main.rs", "" },
		  "\"toolchain\": \"rust-web\"," },
		{ { "Cargo.toml", PACKAGE("x") "rust-version = \"1.85\"\n", "Cargo.lock", "",
		    "src/main.rs", "" },
		  "\"toolchain\": \"rust\"," },
		{ { "Cargo.toml",
		    "[workspace]\nmembers = [\"m\"]\n[workspace.package]\nrust-version = \"1.96\"\n",
		    "Cargo.lock", "", "m/Cargo.toml",
		    PACKAGE("m") "rust-version.workspace = true\n", "m/src/main.rs", "" },
		  "\"toolchain\": \"rust-web\"," },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_rust, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%zu: %s", i, text);
	}
}

/* RUSTFLAGS of the toolchain takes the place of all flags in cargo's settings. */
Test(rust_programs, flags_of_settings_are_not_lost)
{
	static const char remap[] = "\"RUSTFLAGS\": \"--remap-path-prefix=/build/src=src "
				    "--remap-path-prefix=/build/vendor=vendor ";
	static const struct {
		const char *settings, *flags;
	} cases[] = {
		{ "[build]\nrustflags = [\"--cfg\", \"tokio_unstable\"]\n",
		  "--cfg tokio_unstable\"" },
		{ "[build]\nrustflags = \"-Ctarget-cpu=native -C relro-level=full\"\n",
		  "-C relro-level=full\"" },
		{ "[target.x86_64-unknown-linux-gnu]\n"
		  "rustflags = [\"-C\", \"link-arg=-fuse-ld=mold\", \"-Ctarget-cpu=x86-64-v3\"]\n",
		  "-Ctarget-cpu=x86-64-v3\"" },
		{ "[target.'cfg(target_os = \"linux\")']\nrustflags = [\"--cfg=a\"]\n",
		  "--cfg=a\"" },
		{ "[target.x86_64-pc-windows-msvc]\nrustflags = [\"--cfg=a\"]\n", NULL },
		{ "[target.'cfg(not(unix))']\nrustflags = [\"--cfg=a\"]\n", NULL },
		{ "[build]\nrustflags = [\"-Clink-arg=-fuse-ld=lld\"]\n", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *files[] = {
			"Cargo.toml", PACKAGE("x"),	    "Cargo.lock",      "",  "src/main.rs",
			"",	      ".cargo/config.toml", cases[i].settings, NULL
		};
		const char *text = own_project_texts(&a, project_read_rust, files);

		cr_expect_eq(strstr(text, "RUSTFLAGS") != NULL, cases[i].flags != NULL, "%zu: %s",
			     i, text);
		if (cases[i].flags)
			cr_expect(strstr(text, arena_printf(&a, "%s%s", remap, cases[i].flags)),
				  "%zu: %s", i, text);
	}
}

Test(rust_programs, a_linker_of_settings_is_not_needed)
{
	AUTO_ARENA a = { 0 };
	const char *files[] = { "Cargo.toml",
				PACKAGE("x"),
				"Cargo.lock",
				"",
				"src/main.rs",
				"",
				".cargo/config.toml",
				"[target.x86_64-unknown-linux-gnu]\nlinker = \"clang\"\n",
				NULL };

	cr_expect(strstr(own_project_texts(&a, project_read_rust, files),
			 "\"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER\": \"cc\""));
}

Test(rust_programs, what_is_left_to_decide)
{
	static const struct {
		const char *files[FILES], *says;
	} cases[] = {
		{ { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "",
		    "src/bin/admin.rs", "" },
		  "app has the program admin, too: the recipe has x" },
		{ { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "",
		    ".cargo/config.toml", "[build]\ntarget = \"wasm32-wasip1\"\n" },
		  "app/.cargo/config.toml:2 compiles for wasm32-wasip1: the toolchain rust has the "
		  "library of Rust for the image's platform alone" },
		{ { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "",
		    "rust-toolchain.toml", "[toolchain]\nchannel = \"nightly-2025-01-01\"\n" },
		  "app/rust-toolchain.toml asks for Rust nightly-2025-01-01: the program is compiled "
		  "by the toolchain rust, which is Debian 13's Rust 1.85" },
		{ { "Cargo.toml", PACKAGE("x"), "Cargo.lock", "", "src/main.rs", "",
		    "rust-toolchain", "1.90.0\n" },
		  "app/rust-toolchain asks for Rust 1.90.0: " },
		{ { "../Cargo.toml", "[workspace]\nmembers = [\"app\"]\n", "../Cargo.lock", "",
		    "Cargo.toml", PACKAGE("x"), "src/main.rs", "", ".cargo/config.toml",
		    "[build]\n" },
		  "app/.cargo/config.toml is not read, for cargo runs in " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *left = own_project_left(&a, project_read_rust, cases[i].files);

		cr_expect(strstr(left, cases[i].says), "%zu: %s", i, left);
	}
}

/* A key that stands twice would make the recipe malformed. */
Test(rust_programs, a_variable_is_told_once)
{
	AUTO_ARENA a = { 0 };
	static const char *const files[] = {
		"Cargo.toml",
		PACKAGE("x") "[dependencies]\na = { path = \"../a\" }\n",
		"Cargo.lock",
		"",
		"src/main.rs",
		"",
		"../a/Cargo.toml",
		PACKAGE("a"),
		"../.cargo/config.toml",
		"[build]\ntarget-dir = \"/var/tmp/x\"\n",
		NULL
	};
	const char *text = own_project_texts(&a, project_read_rust, files);
	const char *first = strstr(text, "CARGO_TARGET_DIR");

	cr_assert(first, "%s", text);
	cr_expect_null(strstr(first + 1, "CARGO_TARGET_DIR"), "%s", text);
}
