/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/step_advice.h"

#include <strings.h>

#include "make/compile/step_lacks.h"
#include "make/compile/step_network.h"

static const char *const advice_words[] = {
	"jobs",		"destdir",	 "source", "sources",	   "production",
	"target",	"cargo-release", "cc",	   "cxx",	   "branch-protection",
	"package-note", "pkg-config",	 "musl",   "cross-system", "cargo-target",
};

/* A word that is misspelt, cut short, or in capitals. */
static const char *advice_meant(const char *word)
{
	const char *near = str_nearest(str_of(word), advice_words, ARRAY_SIZE(advice_words));

	for (size_t i = 0; !near && i < ARRAY_SIZE(advice_words); i++) {
		if (strcasecmp(word, advice_words[i]) == 0 ||
		    (strlen(word) > 2 && strncmp(word, advice_words[i], strlen(word)) == 0))
			near = advice_words[i];
	}
	return near;
}

/* Of the first "$word" or "${word}" that stands for nothing: what is meant; NULL where none is. */
static const char *advice_tell_word(struct arena *a, const char *text)
{
	for (const char *at = text; (at = strchr(at, '$'));) {
		bool braced = *++at == '{';
		size_t n = strspn(at += braced,
				  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
		const char *word = arena_strndup(a, at, n),
			   *near = n > 1 ? advice_meant(word) : NULL;

		if (!near || (braced && (at[n] != '}' || strcmp(near, word) == 0)))
			continue;
		return arena_printf(a, "; $%s%s%s stands for nothing: did you mean ${%s}?",
				    braced ? "{" : "", word, braced ? "}" : "", near);
	}
	return NULL;
}

const char *step_advice_words(struct arena *a, const struct source_recipe *s)
{
	const char *told;

	list_each(step, &s->steps) {
		list_each(word, &step->run) {
			if ((told = advice_tell_word(a, *word)))
				return told;
		}
	}
	list_each(v, &s->env) {
		if ((told = advice_tell_word(a, v->value)))
			return told;
	}
	return "";
}

/* What bwrap(1) says of the program of a step. */
static bool advice_missing_program(struct str log, struct str *name)
{
	static const char before[] = "bwrap: execvp ", after[] = ": No such file or directory";
	struct str line;

	while (str_next(&log, '\n', &line)) {
		if (!str_starts(line, STR(before)) || !str_ends(line, STR(after)))
			continue;
		*name = str_from(line, sizeof(before) - 1);
		name->n -= sizeof(after) - 1;
		return true;
	}
	return false;
}

/* Programs that fetch: imgbuild does their work, in lock and before the first step. */
static const char *advice_fetcher(struct str name)
{
	static const struct {
		const char *names, *instead;
	} fetchers[] = {
		{ " npm npx yarn pnpm ",
		  "packages of \"dependencies\" are in node_modules already; a step runs a program "
		  "of them by its file, [\"node\", \"node_modules/typescript/bin/tsc\"]" },
		{ " pip pip3 uv poetry ",
		  "packages of \"dependencies\" are installed already, and come into the image by "
		  "\"keep\": [\"/usr/local/**\"]" },
		{ " mvn gradle ",
		  "jars of \"dependencies\" are in place already; javac and jar are the steps" },
	};
	AUTO_ARENA scratch = { 0 };
	const char *word = arena_printf(&scratch, " " STR_FMT " ", STR_ARG(name));

	for (size_t i = 0; i < ARRAY_SIZE(fetchers); i++) {
		if (strstr(fetchers[i].names, word))
			return fetchers[i].instead;
	}
	return NULL;
}

static const char *advice_program(struct arena *a, const struct source_recipe *s, struct str name)
{
	const char *instead = advice_fetcher(name);

	if (memchr(name.p, ' ', name.n))
		return arena_printf(a,
				    "no shell reads a step: \"" STR_FMT
				    "\" is taken for the name of a program; in \"run\" of %s each "
				    "argument is a text of its own",
				    STR_ARG(name), s->file);
	return instead ? arena_printf(a, STR_FMT " is not run in a build: %s", STR_ARG(name),
				      instead)
		       : NULL;
}

/* A header in quotes is one of the program's own, as a rule. */
static bool advice_is_own_header(struct str log, struct str name)
{
	AUTO_ARENA scratch = { 0 };
	const char *line = arena_printf(&scratch, "include \"" STR_FMT "\"", STR_ARG(name));

	return memmem(log.p, log.n, line, strlen(line)) != NULL;
}

static const char *advice_lacks(struct arena *a, const struct source_recipe *s, struct str log)
{
	struct step_lacks all = { NULL, 0, 0 };
	const char *more = "";
	enum lack_kind kind;
	struct str name;

	step_lacks(a, log, &all);
	if (all.n == 0)
		return NULL;
	kind = all.v[all.n - 1].kind;
	name = all.v[all.n - 1].name;
	if (kind == LACK_LIBRARY && str_starts(name, STR("lib")))
		more = arena_printf(a, ", and lib" STR_FMT " is called \"" STR_FMT "\" there",
				    STR_ARG(str_from(name, 3)), STR_ARG(str_from(name, 3)));
	if (kind == LACK_HEADER && s->trees.n && advice_is_own_header(log, name))
		return arena_printf(a,
				    "a step did not find the header " STR_FMT
				    ": if it is your own, its folder belongs under \"with\", and "
				    "\"-IFOLDER\" under \"options\"; a library's comes with a "
				    "Debian package of \"build-depends\" of %s",
				    STR_ARG(name), s->file);
	return arena_printf(a,
			    "a step did not find the %s " STR_FMT
			    ": the Debian package that has it belongs into \"build-depends\" of "
			    "%s%s",
			    step_lack_kind(kind), STR_ARG(name), s->file, more);
}

/* As node, and tsc, say it. */
static bool advice_wants_development(const struct source_recipe *s, struct str log)
{
	static const char *const words[] = { "Cannot find module '", "Cannot find package '",
					     "Cannot find type definition file for" };

	if (s->dependencies.form != DEPENDENCY_NPM || s->dependencies.dev)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (memmem(log.p, log.n, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

const char *step_advice(struct arena *a, const struct source_recipe *s, struct str log)
{
	static const char without_cgo[] = "build constraints exclude all Go files";
	const char *told = step_advice_words(a, s);
	struct str name;

	if (step_asks_network(log))
		return arena_printf(a,
				    "a step asked for the network, and the sandbox has none: what "
				    "it needs has to be in the folder, a file of \"dependencies\", "
				    "or a Debian package of \"build-depends\" in %s",
				    s->file);
	if (told[0])
		return arena_printf(a, "%s: %s", s->file, told + 2);
	if (advice_missing_program(log, &name) && (told = advice_program(a, s, name)))
		return told;
	if (memmem(log.p, log.n, without_cgo, sizeof(without_cgo) - 1))
		return arena_printf(a,
				    "a program with C in it (import \"C\") is compiled with "
				    "\"build-depends\": [\"gcc\", \"libc6-dev\"] and \"env\": { "
				    "\"CGO_ENABLED\": \"1\" } in %s",
				    s->file);
	if (advice_wants_development(s, log))
		return arena_printf(
			a,
			"packages that only development needs were left out; \"dev\": true "
			"in \"dependencies\" of %s takes them in",
			s->file);
	return advice_lacks(a, s, log);
}
