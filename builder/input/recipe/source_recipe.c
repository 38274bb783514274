/* SPDX-License-Identifier: Apache-2.0 */
/* Source recipes (how to compile one thing) and toolchains (what the sandbox holds). */

#include "input/recipe/recipe_reader.h"

#include <sys/stat.h>

#include "base/path.h"
#include "input/recipe/source_steps.h"

#define LIMIT_MAX 1000000000 /* so that sums and shifts of limits stay in range */

const struct limits limits_default = {
	.wall_seconds = 3600,
	.memory_mib = 8192,
	.file_mib = 4096,
	.processes = 4096,
};

/* Keys are names of platforms. */
static bool read_cross(struct reader *rd, const struct json_node *n, struct toolchain *t,
		       struct error *e)
{
	static const char *const keys[] = { "packages", "target-packages", "env", NULL };
	struct json_node map, one;

	if (!json_get(n, "cross", &map))
		return true;
	if (!json_want_object(&map, e))
		return false;
	for (size_t i = 0; json_member(&map, i, &one); i++) {
		struct cross *c = list_push(rd->a, &t->cross);

		c->at = read_place(&one);
		if (!read_platform(&one, one.key, &c->platform, e) || !json_want_object(&one, e) ||
		    !json_no_other_keys(&one, keys, e) ||
		    !read_packages(rd, &one, "packages", &c->packages, e) ||
		    !read_packages(rd, &one, "target-packages", &c->target_packages, e) ||
		    !read_variables(rd, &one, "env", &c->env, e))
			return false;
		if (c->platform == platform_of_compilers())
			return json_fail(&one, e,
					 "is what the compilers run on: that needs no \"cross\"");
		if (c->packages.n == 0)
			return json_fail(&one, e, "a \"cross\" needs \"packages\"");
	}
	return true;
}

/* toolchain/NAME.json */
bool toolchain_read(struct reader *rd, const char *path, const struct toolchain **out,
		    struct error *e)
{
	static const char *const keys[] = { "$schema",	"name",	 "description", "packages", "links",
					    "launcher", "cross", "env",		NULL };
	struct toolchain *t = arena_alloc(rd->a, sizeof(*t));
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!reader_load(rd, path, &doc, e))
		return false;
	root = json_root(&doc);
	t->file = path;
	t->at = read_place(&root);
	if (!read_heading(rd, &root, keys, &t->name, e) ||
	    !read_packages(rd, &root, "packages", &t->packages, e) ||
	    !read_packages(rd, &root, "launcher", &t->launcher, e) ||
	    !read_variables(rd, &root, "env", &t->env, e) ||
	    !read_links(rd, &root, "links", &t->links, e) || !read_cross(rd, &root, t, e))
		return false;
	variables_expand_links(rd->a, &t->links, platform_of_compilers());
	if (t->packages.n == 0)
		return json_fail(&root, e, "a toolchain needs \"packages\"");
	*out = t;
	return true;
}

static bool read_toolchain(struct reader *rd, const struct json_node *n,
			   const struct toolchain **out, struct error *e)
{
	struct json_node node;
	const char *path;

	return json_need(n, "toolchain", &node, e) && catalogue_toolchain(rd, &node, &path, e) &&
	       toolchain_read(rd, path, out, e);
}

static bool read_limits(const struct json_node *n, struct limits *l, struct error *e)
{
	static const char *const keys[] = { "wall-seconds", "memory-mib", "file-mib", "processes",
					    NULL };
	struct json_node limits;

	*l = limits_default;
	if (!json_get(n, "limits", &limits))
		return true;
	if (!json_want_object(&limits, e) || !json_no_other_keys(&limits, keys, e) ||
	    !json_opt_u64(&limits, "wall-seconds", &l->wall_seconds, e) ||
	    !json_opt_u64(&limits, "memory-mib", &l->memory_mib, e) ||
	    !json_opt_u64(&limits, "file-mib", &l->file_mib, e) ||
	    !json_opt_u64(&limits, "processes", &l->processes, e))
		return false;
	return (l->wall_seconds && l->memory_mib && l->file_mib && l->processes &&
		l->memory_mib < LIMIT_MAX && l->file_mib < LIMIT_MAX &&
		l->wall_seconds < LIMIT_MAX) ||
	       json_fail(&limits, e, "every limit is a number from 1 to below %d", LIMIT_MAX);
}

static bool read_publish(struct reader *rd, const struct json_node *n, struct source_recipe *s,
			 struct error *e)
{
	static const char *const keys[] = { "name", "suffix", NULL };
	struct json_node package, name;

	if (!json_get(n, "package", &package))
		return true;
	return json_need(&package, "name", &name, e) && json_no_other_keys(&package, keys, e) &&
	       read_package(rd, &name, &s->package, e) &&
	       json_opt_string(rd->a, &package, "suffix", &s->suffix, e);
}

bool source_read_signature(struct reader *rd, const struct json_node *n, struct source_signature *s,
			   struct error *e)
{
	static const char *const keys[] = { "file", "keyring", "signers", NULL };
	struct json_node signature, file, keyring;

	if (!json_get(n, "signature", &signature))
		return true;
	return json_want_object(&signature, e) && json_no_other_keys(&signature, keys, e) &&
	       json_need(&signature, "file", &file, e) && read_path(rd, &file, &s->file, e) &&
	       json_need(&signature, "keyring", &keyring, e) &&
	       read_path(rd, &keyring, list_push(rd->a, &s->keyrings), e) &&
	       read_signers(rd, &signature, &s->signers, e);
}

/* "https://user:password@host/...": it would stand in locks, reports and images. */
static bool has_user(struct str url)
{
	struct str scheme, rest, authority, path;

	if (!str_cut(url, ':', &scheme, &rest))
		return false;
	str_cut(str_from(rest, 2), '/', &authority, &path);
	return memchr(authority.p, '@', authority.n) != NULL;
}

bool source_read_addresses(struct reader *rd, const struct json_node *n, const char *key,
			   struct strings *out, struct error *e)
{
	if (!json_opt_strings(rd->a, n, key, out, e))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		struct str url = str_of(out->v[i]);

		if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
			return json_fail_key(n, key, e, "\"%s\" is not an http or https address",
					     out->v[i]);
		if (has_user(str_of(out->v[i])))
			return json_fail_key(
				n, key, e,
				"an address may not hold credentials; put them into the file of "
				"IMGBUILD_NETRC or ~/.config/imgbuild/auth");
	}
	return true;
}

/* A folder of the repository: no digest is asked, for it is what it is when it is compiled. */
static bool source_read_folder(struct reader *rd, const struct json_node *n,
			       struct source_recipe *s, struct error *e)
{
	static const char *const others[] = { "debian-source", "urls", "sha256", "signature",
					      "patches" };
	struct json_node folder, other;
	struct stat st;

	if (!json_get(n, "folder", &folder))
		return !json_get(n, "ignore", &other) ||
		       json_fail(&other, e, "is for a \"folder\" of the repository");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (json_get(n, others[i], &other))
			return json_fail(
				&other, e,
				"cannot stand beside \"folder\": the folder is the source");
	}
	s->repository = rd->repository;
	if (!read_path(rd, &folder, &s->folder, e) ||
	    !json_opt_strings(rd->a, n, "ignore", &s->ignore, e))
		return false;
	return (stat(s->folder, &st) == 0 && S_ISDIR(st.st_mode)) ||
	       json_fail(&folder, e, "%s is not a folder", s->folder);
}

static bool source_read_depends(struct reader *rd, const struct json_node *n,
				struct source_recipe *s, struct error *e)
{
	struct json_node list;

	if (json_get(n, "build-depends", &list))
		s->build_depends_at = read_place(&list);
	return read_packages(rd, n, "build-depends", &s->build_depends, e);
}

/* Where the source comes from: a Debian source package, an upstream tarball, or a folder. */
static bool read_origin(struct reader *rd, const struct json_node *n, struct source_recipe *s,
			struct error *e)
{
	struct json_node sha;

	if (!json_opt_string(rd->a, n, "debian-source", &s->debian_source, e) ||
	    !json_opt_string(rd->a, n, "version", &s->version, e) ||
	    !source_read_addresses(rd, n, "urls", &s->urls, e) || !source_read_folder(rd, n, s, e))
		return false;
	if (s->folder)
		return true;
	if ((s->debian_source != NULL) == (s->urls.n > 0))
		return json_fail(n, e,
				 "a source has one of \"debian-source\", \"urls\" and \"folder\"");
	if (s->debian_source)
		return true;
	if (!s->version)
		return json_fail(n, e, "an upstream source needs its \"version\"");
	return json_need(n, "sha256", &sha, e) && read_digest(rd, &sha, &s->sha256, e) &&
	       source_read_signature(rd, n, &s->signature, e);
}

bool source_read(struct reader *rd, const char *path, const struct source_recipe **out,
		 struct error *e)
{
	static const char *const keys[] = {
		"$schema",	"name",	     "description",   "debian-source", "version",
		"urls",		"folder",    "ignore",	      "sha256",	       "signature",
		"patches",	"toolchain", "build-depends", "env",	       "steps",
		"keep",		"drop",	     "package",	      "limits",	       "platforms",
		"dependencies", NULL
	};
	struct source_recipe *s = arena_alloc(rd->a, sizeof(*s));
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!reader_load(rd, path, &doc, e))
		return false;
	root = json_root(&doc);
	s->file = path;
	s->at = read_place(&root);
	if (!read_heading(rd, &root, keys, &s->name, e) || !read_origin(rd, &root, s, e) ||
	    !source_add_dependencies(rd, &root, s, e) ||
	    !read_paths(rd, &root, "patches", &s->patches, e) ||
	    !read_toolchain(rd, &root, &s->toolchain, e) || !source_read_depends(rd, &root, s, e) ||
	    !read_variables(rd, &root, "env", &s->env, e) || !source_read_steps(rd, &root, s, e) ||
	    !read_patterns(rd, &root, "keep", &s->keep, e) ||
	    !read_patterns(rd, &root, "drop", &s->drop, e) || !read_publish(rd, &root, s, e) ||
	    !read_limits(&root, &s->limits, e) || !read_platforms(rd, &root, &s->platforms, e))
		return false;
	*out = s;
	return true;
}

/* A program is a source made of local folders and one compiler call. */
enum program_kind {
	PROGRAM_DYNAMIC,
	PROGRAM_STATIC,
	PROGRAM_MUSL, /* static, and a twentieth of glibc's size */
};

static const char *const compile_program[] = {
	"${cc}",
	"-std=gnu17",
	"-D_GNU_SOURCE",
	"-O2",
	"-Wall",
	"-Wextra",
	"-fstack-protector-strong",
	"-fstack-clash-protection",
	"${branch-protection}",
	"-ftrivial-auto-var-init=zero",
	"-fno-delete-null-pointer-checks",
	"-fno-strict-overflow",
	"-fno-strict-aliasing",
	"-U_FORTIFY_SOURCE",
	"-D_FORTIFY_SOURCE=3",
	"-fstrict-flex-arrays=3",
	"-ffile-prefix-map=${source}=.",
	"-I${source}",
	"${package-note}",
	"-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed,--build-id=sha1",
};

/* What musl-gcc(1) does, which makes no position-independent static programs. */
static const char *const compile_with_musl[] = {
	"-isystem",
	"/usr/include/${musl}",
	"-ffunction-sections",
	"-fdata-sections",
	"-Wl,--gc-sections",
	"-nostdlib",
	"/usr/lib/${musl}/rcrt1.o",
};

/* What a program's entry says about its one compiler call. */
struct program_words {
	const char *to;
	enum program_kind kind;
	struct strings options, libraries;
};

static void program_step(struct arena *a, struct source_recipe *s,
			 const struct program_words *words)
{
	struct step *step = list_push(a, &s->steps);

	step->name = "compile";
	for (size_t i = 0; i < ARRAY_SIZE(compile_program); i++)
		*list_push(a, &step->run) = compile_program[i];
	if (s->cxx) {
		step->run.v[0] = "${cxx}";
		step->run.v[1] = "-std=gnu++20";
	}
	*list_push(a, &step->run) = "-fPIE";
	*list_push(a, &step->run) = words->kind == PROGRAM_DYNAMIC ? "-pie" : "-static-pie";
	*list_push(a, &step->run) = "-s";
	*list_push(a, &step->run) = "-o";
	*list_push(a, &step->run) = arena_printf(a, "${destdir}%s", words->to);
	for (size_t i = 0; words->kind == PROGRAM_MUSL && i < ARRAY_SIZE(compile_with_musl); i++)
		*list_push(a, &step->run) = compile_with_musl[i];
	list_append(a, &step->run, &words->options);
	*list_push(a, &step->run) = "${sources}";
	if (s->pkg_config.n)
		*list_push(a, &step->run) = "${pkg-config}";
	for (size_t i = 0; i < words->libraries.n; i++)
		*list_push(a, &step->run) = arena_printf(a, "-l%s", words->libraries.v[i]);
	if (words->kind == PROGRAM_MUSL) {
		*list_push(a, &step->run) = "/usr/lib/${musl}/libc.a";
		*list_push(a, &step->run) = "-lgcc";
		*list_push(a, &step->run) = "/usr/lib/${musl}/libc.a";
	}
}

static bool program_language(struct arena *a, const struct json_node *n, bool *cxx, struct error *e)
{
	const char *language = "c";
	struct json_node node;

	if (!json_opt_string(a, n, "language", &language, e))
		return false;
	*cxx = strcmp(language, "c++") == 0;
	return *cxx || strcmp(language, "c") == 0 ||
	       (json_get(n, "language", &node) &&
		json_fail(&node, e,
			  "must be \"c\" or \"c++\"; other languages are compiled by a "
			  "source recipe"));
}

/* "m" is -lm; with a minus it would be an option that nobody reads as one. */
static bool program_libraries(struct arena *a, const struct json_node *n, struct strings *out,
			      struct error *e)
{
	if (!json_opt_strings(a, n, "libraries", out, e))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		if (!out->v[i][0] || out->v[i][0] == '-')
			return json_fail_key(n, "libraries", e,
					     "\"%s\" is not the name of a library; libm is \"m\"",
					     out->v[i]);
	}
	return true;
}

static bool program_pkg_config(struct reader *rd, const struct json_node *n,
			       struct source_recipe *s, struct error *e)
{
	struct json_node list;

	if (!json_get(n, "pkg-config", &list))
		return true;
	if (!json_as_strings(rd->a, &list, &s->pkg_config, e))
		return false;
	for (size_t i = 0; i < s->pkg_config.n; i++) {
		if (!s->pkg_config.v[i][0] || s->pkg_config.v[i][0] == '-')
			return json_fail(&list, e, "\"%s\" is not the name of a module",
					 s->pkg_config.v[i]);
	}
	return strings_has(&s->toolchain->packages, "pkgconf") ||
	       json_fail(&list, e,
			 "the toolchain %s has no pkgconf to ask; \"cxx\" has it, for C too",
			 s->toolchain->name);
}

static bool program_words_read(struct reader *rd, const struct json_node *n,
			       struct source_recipe *s, struct program_words *words,
			       struct error *e)
{
	bool is_static = false;

	if (!json_opt_bool(n, "static", &is_static, e))
		return false;
	words->kind = is_static ? PROGRAM_STATIC : PROGRAM_DYNAMIC;
	return program_language(rd->a, n, &s->cxx, e) &&
	       json_opt_strings(rd->a, n, "options", &words->options, e) &&
	       program_libraries(rd->a, n, &words->libraries, e) &&
	       source_read_depends(rd, n, s, e) && program_pkg_config(rd, n, s, e);
}

/* The folders of its files: of one file alone the compiler would not find what stands beside it. */
static bool program_trees(struct reader *rd, const struct json_node *n, struct source_recipe *s,
			  struct error *e)
{
	struct json_node source;
	struct stat st;

	if (!json_need(n, "source", &source, e) ||
	    !read_path(rd, &source, list_push(rd->a, &s->trees), e) ||
	    !read_paths(rd, n, "with", &s->trees, e))
		return false;
	for (size_t i = 0; i < s->trees.n; i++) {
		if (stat(s->trees.v[i], &st) == 0 && !S_ISDIR(st.st_mode))
			return json_fail_key(n, i ? "with" : "source", e,
					     "%s is a file; name its folder", s->trees.v[i]);
	}
	return true;
}

bool program_read(struct reader *rd, const struct json_node *n, void *context, struct error *e)
{
	static const char *const keys[] = { "source",	  "with",	   "toolchain", "to",
					    "static",	  "language",	   "options",	"libraries",
					    "pkg-config", "build-depends", NULL };
	struct recipe *r = context;
	struct program *p = list_push(rd->a, &r->programs);
	struct source_recipe *s = arena_alloc(rd->a, sizeof(*s));
	struct json_node to;
	struct program_words words = { 0 };

	p->at = s->at = read_place(n);
	p->source = s;
	s->file = n->doc->file;
	s->limits = limits_default;
	if (!json_no_other_keys(n, keys, e) || !json_need(n, "to", &to, e) ||
	    !read_file_place(rd, &to, &p->to, e) || !program_trees(rd, n, s, e) ||
	    !read_toolchain(rd, n, &s->toolchain, e) || !program_words_read(rd, n, s, &words, e))
		return false;
	p->name = s->name = path_base(p->to);
	*list_push(rd->a, &s->keep) = (struct glob){ p->to, p->at };
	words.to = p->to;
	program_step(rd->a, s, &words);
	return true;
}

/* Whether the recipe or what it stands on has this probe already. */
static bool has_probe(const struct recipe *r, const char *to)
{
	for (; r; r = r->base) {
		for (size_t i = 0; i < r->programs.n; i++) {
			if (r->programs.v[i].is_probe && strcmp(r->programs.v[i].to, to) == 0)
				return true;
		}
	}
	return false;
}

bool program_add_probe(struct reader *rd, const struct json_node *n, struct recipe *r,
		       const char *to, struct error *e)
{
	struct program_words words = { .to = to, .kind = PROGRAM_MUSL };
	struct source_recipe *s;
	struct program *p;
	const char *root;

	if (has_probe(r, to))
		return true;
	if (!reader_builtin_root(rd, n, &root, e))
		return false;
	s = arena_alloc(rd->a, sizeof(*s));
	p = list_push(rd->a, &r->programs);
	*p = (struct program){
		.name = path_base(to), .to = to, .source = s, .at = read_place(n), .is_probe = true
	};
	s->name = p->name;
	s->file = n->doc->file;
	s->at = p->at;
	s->limits = limits_default;
	*list_push(rd->a, &s->trees) = reader_join(rd->a, root, "scripts-free/probe");
	*list_push(rd->a, &s->keep) = (struct glob){ p->to, p->at };
	if (strcmp(to, PROBE_TLS_PROGRAM) == 0) {
		*list_push(rd->a, &s->build_depends) = "libbearssl-dev";
		*list_push(rd->a, &words.options) = "-DPROBE_TLS";
		/* where pages may have 64 KiB, each segment of its own adds as much */
		*list_push(rd->a, &words.options) = "-Wl,-z,noseparate-code";
		*list_push(rd->a, &words.libraries) = "bearssl";
	}
	program_step(rd->a, s, &words);
	return builtin_note(rd->a, rd->data, s->trees.v[0], rd->builtin, e) &&
	       toolchain_read(rd, reader_join(rd->a, root, "recipes/toolchain/musl.json"),
			      &s->toolchain, e);
}
