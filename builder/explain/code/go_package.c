/* SPDX-License-Identifier: Apache-2.0 */
/* The rules are those of the package go/build of Go's library. */

#include "explain/code/go_package.h"

#include "base/path.h"
#include "explain/code/go_imports.h"

#define CONSTRAINT_DEPTH_MAX 64
#define EMBEDDED_MAX 1000 /* words of a file that are looked at */

static const char *const go_systems[] = { "aix",    "android", "darwin",  "dragonfly", "freebsd",
					  "hurd",   "illumos", "ios",	  "js",	       "linux",
					  "nacl",   "netbsd",  "openbsd", "plan9",     "solaris",
					  "wasip1", "windows", "zos" };
static const char *const go_processors[] = { "386",	  "amd64",	 "amd64p32", "arm",
					     "armbe",	  "arm64",	 "arm64be",  "loong64",
					     "mips",	  "mipsle",	 "mips64",   "mips64le",
					     "mips64p32", "mips64p32le", "ppc",	     "ppc64",
					     "ppc64le",	  "riscv",	 "riscv64",  "s390",
					     "s390x",	  "sparc",	 "sparc64",  "wasm" };

/* Cursor over an expression; `depth` counts open brackets and negations. */
struct constraint {
	struct str rest;
	unsigned depth;
	bool cgo;
};

static bool constraint_any(struct constraint *c);

static bool constraint_take(struct constraint *c, struct str word)
{
	c->rest = str_trim(c->rest);
	if (!str_starts(c->rest, word))
		return false;
	c->rest = str_from(c->rest, word.n);
	return true;
}

static bool constraint_tag(struct str tag, bool cgo)
{
	static const struct str held[] = { STR("linux"), STR("amd64"), STR("unix"), STR("gc") };
	uint64_t release;

	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		if (str_eq(tag, held[i]))
			return true;
	}
	if (str_eq(tag, STR("cgo")))
		return cgo;
	return str_starts(tag, STR("go1.")) && str_u64(str_from(tag, 4), &release) &&
	       release <= GO_RELEASE;
}

static bool constraint_one(struct constraint *c)
{
	struct str tag;
	bool holds;

	if (++c->depth > CONSTRAINT_DEPTH_MAX)
		return false;
	if (constraint_take(c, STR("!")))
		return !constraint_one(c);
	if (constraint_take(c, STR("("))) {
		holds = constraint_any(c);
		constraint_take(c, STR(")"));
		return holds;
	}
	tag = c->rest;
	for (tag.n = 0; tag.n < c->rest.n && !strchr(" \t\r()!&|", tag.p[tag.n]); tag.n++)
		;
	c->rest = str_from(c->rest, tag.n);
	return constraint_tag(tag, c->cgo);
}

static bool constraint_all(struct constraint *c)
{
	bool holds = constraint_one(c);

	while (constraint_take(c, STR("&&")))
		holds = constraint_one(c) && holds;
	return holds;
}

static bool constraint_any(struct constraint *c)
{
	bool holds = constraint_all(c);

	while (constraint_take(c, STR("||")))
		holds = constraint_all(c) || holds;
	return holds;
}

bool go_constraint_holds(struct str constraint, bool cgo)
{
	struct constraint c = { constraint, 0, cgo };

	return constraint_any(&c);
}

/* What stands before the first "_" is no system: "linux.go" counts everywhere. */
bool go_name_counts(const char *name)
{
	struct str words[2] = { { "", 0 }, { "", 0 } }; /* the last two */
	struct str rest = str_of(name), word;
	bool first = true;

	if (name[0] == '.' || name[0] == '_' || !str_ends(rest, STR(".go")) ||
	    str_ends(rest, STR("_test.go")))
		return false;
	rest.n -= strlen(".go");
	for (; str_next(&rest, '_', &word); first = false) {
		if (first)
			continue;
		words[0] = words[1];
		words[1] = word;
	}
	for (size_t i = 0; i < ARRAY_SIZE(go_processors); i++) {
		if (!str_eq(words[1], str_of(go_processors[i])))
			continue;
		if (!str_eq(words[1], STR("amd64")))
			return false;
		words[1] = words[0];
		break;
	}
	for (size_t i = 0; i < ARRAY_SIZE(go_systems); i++) {
		if (str_eq(words[1], str_of(go_systems[i])))
			return str_eq(words[1], STR("linux"));
	}
	return true;
}

/* Passes blanks and comments before the package clause. Gives what is after "//go:build". */
static struct str go_header(struct str *text)
{
	struct str constraint = { "", 0 }, line;
	const char *end;

	if (str_starts(*text, STR("\xef\xbb\xbf"))) /* go passes it by, too */
		*text = str_from(*text, 3);
	for (*text = str_trim(*text); text->n > 1 && text->p[0] == '/'; *text = str_trim(*text)) {
		if (text->p[1] == '*') {
			end = memmem(text->p + 2, text->n - 2, "*/", 2);
			*text = str_from(*text, end ? (size_t)(end - text->p) + 2 : text->n);
			continue;
		}
		if (text->p[1] != '/')
			break;
		str_next(text, '\n', &line);
		if (str_starts(line, STR("//go:build ")))
			constraint = str_from(line, strlen("//go:build "));
	}
	return constraint;
}

/* "//go:embed dist images/STAR": what git leaves out, a clone has not, and neither has the build.
 */
static void go_tell_embedded(struct own_project *p, const char *name, struct str text)
{
	const char *folder = path_dir(p->a, name);
	struct str rest = text, line, word, begin = STR("//go:embed ");
	unsigned words = 0;

	while (str_next(&rest, '\n', &line)) {
		const char *at = line.p;

		if (!str_starts(line, begin))
			continue;
		line = str_from(line, begin.n);
		while (words++ < EMBEDDED_MAX && str_next(&line, ' ', &word)) {
			const char *path, *rule;

			word = str_trim(word);
			if (str_starts(word, STR("all:")))
				word = str_from(word, 4);
			path = arena_printf(p->a, "%s%s" STR_FMT, folder, folder[0] ? "/" : "",
					    STR_ARG(word));
			rule = word.n && !strpbrk(path, "*?[\"`") ? own_ignored(p, path) : NULL;
			if (rule)
				draft_leave(
					p->d,
					"%s embeds %s, which is left out by %s, as git leaves it "
					"out: \"ignore\": [\"!%s\"] takes it in, as it is on this "
					"disk",
					own_place(p, name, text, at), own_path(p, path), rule,
					path);
		}
	}
}

/* "linux,!arm64": all of it holds. */
static bool go_terms_hold(struct str terms)
{
	struct str term;

	while (str_next(&terms, ',', &term)) {
		bool negated = str_starts(term, STR("!"));

		if (constraint_tag(str_from(term, negated), true) == negated)
			return false;
	}
	return true;
}

/* "linux,amd64 darwin" before LDFLAGS: one of the words holds, or none stands there. */
static bool go_flags_count(struct str constraints)
{
	bool any = false;
	struct str word;

	while (str_next(&constraints, ' ', &word)) {
		word = str_trim(word);
		if (word.n && go_terms_hold(word))
			return true;
		any |= word.n > 0;
	}
	return !any;
}

/* "LDFLAGS: -lz" or "pkg-config: zlib", behind "#cgo". */
static void go_add_libraries(struct own_project *p, const char *name, struct str text,
			     struct str line)
{
	const char *at = line.p;
	struct str head, words, word, verb;
	const char *blank;
	bool module;

	if (!str_cut(str_trim(line), ':', &head, &words))
		return;
	blank = memrchr(head.p, ' ', head.n);
	verb = blank ? str_from(head, (size_t)(blank - head.p) + 1) : head;
	module = str_eq(verb, STR("pkg-config"));
	head.n -= verb.n;
	if ((!module && !str_eq(verb, STR("LDFLAGS"))) || !go_flags_count(head))
		return;
	while (str_next(&words, ' ', &word)) {
		word = str_trim(word);
		if (module && word.n && word.p[0] != '-')
			own_read_library(p, LIBRARY_MODULE, word, name, text, at);
		else if (!module && str_starts(word, STR("-l")))
			own_read_library(p, LIBRARY_LINKED, str_from(word, 2), name, text, at);
	}
}

/* What the comment before import "C" asks for. */
static void go_read_cgo(struct own_project *p, const char *name, struct str text)
{
	static const struct str mark = STR("#cgo ");
	struct str rest = text, line;

	while (str_next(&rest, '\n', &line)) {
		line = str_trim(line);
		if (str_starts(line, STR("//")))
			line = str_trim(str_from(line, 2));
		if (str_starts(line, mark))
			go_add_libraries(p, name, text, str_from(line, mark.n));
	}
}

/* Notes what a file imports. true: C is among it. */
static bool go_note_imports(struct own_project *p, struct str text, struct go_package *out)
{
	struct go_imports imports = { .rest = text };
	struct str path;
	bool has_c = false;

	while (go_imports_next(&imports, &path)) {
		if (str_eq(path, STR("C")))
			has_c = true;
		else
			*list_push(p->a, &out->imports) = str_dup(p->a, path);
	}
	return has_c;
}

struct go_reading {
	struct own_project *p;
	bool whole;    /* else the name alone */
	bool cgo;      /* the program is compiled with C */
	bool fallback; /* a file says that it is for who has no C */
	struct go_package *out;
};

static void go_read_file(struct go_reading *r, const char *name, struct str text)
{
	const struct str all = text;
	struct str constraint = go_header(&text);
	struct own_project *p = r->p;
	struct go_package *out = r->out;
	const char *at, *package;

	if (constraint.n && !go_constraint_holds(constraint, r->cgo))
		return;
	if (!str_starts(text, STR("package")) || !(package = own_word(p->a, text, "package", &at)))
		return;
	out->name = out->name ? out->name : package;
	if (!r->whole)
		return;
	r->fallback |= memmem(constraint.p, constraint.n, "!cgo", strlen("!cgo")) != NULL;
	go_tell_embedded(p, name, all);
	if (go_note_imports(p, text, out)) {
		out->cgo = own_path(p, name);
		go_read_cgo(p, name, all);
	}
}

static bool go_read_files(struct go_reading *r, const char *folder, struct error *e)
{
	static const char *const cxx[] = { ".cc", ".cpp", ".cxx", NULL };
	struct strings names = { NULL, 0, 0 };
	struct own_project *p = r->p;

	if (!own_names(p, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n && (r->whole || !r->out->name); i++) {
		const char *x = names.v[i];
		const char *name = folder[0] ? arena_printf(p->a, "%s/%s", folder, x) : x;
		AUTO_ARENA scratch = { 0 };
		struct str text;

		if (own_name_ends(x, cxx))
			r->out->cxx = own_path(p, name);
		if (!go_name_counts(x) || own_has(p, arena_printf(p->a, "%s/.", name)))
			continue;
		if (!own_head(&scratch, p, name, &text, e))
			return false;
		go_read_file(r, name, text);
	}
	return true;
}

bool go_package_name(struct own_project *p, const char *folder, const char **out, struct error *e)
{
	struct go_package package = { .name = NULL };
	struct go_reading r = { .p = p, .out = &package };

	if (!go_read_files(&r, folder, e))
		return false;
	*out = package.name;
	return true;
}

bool go_package_read(struct own_project *p, const char *folder, bool cgo, struct go_package *out,
		     struct error *e)
{
	struct go_reading r = { .p = p, .whole = true, .cgo = cgo, .out = out };
	size_t libraries = p->libraries.n;

	*out = (struct go_package){ .name = NULL };
	if (!go_read_files(&r, folder, e))
		return false;
	if (r.fallback) {
		out->cgo = NULL;
		p->libraries.n = libraries;
	}
	out->cxx = out->cgo ? out->cxx : NULL;
	return true;
}
