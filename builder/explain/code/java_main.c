/* SPDX-License-Identifier: Apache-2.0 */
/* Not a parser of Java: a line that declares "static void main(" is what counts. */

#include "explain/code/java_main.h"

#include <ctype.h>

#include "base/path.h"

#define JAVA_DEPTH_MAX 32

/* "void main (" */
static bool java_declares_main(struct str line)
{
	static const struct str words[] = { STR("void"), STR("main"), STR("(") };
	const char *at;

	for (; (at = memmem(line.p, line.n, words[0].p, words[0].n));
	     line = str_from(line, words[0].n)) {
		struct str rest;
		size_t i = 0;

		line = str_from(line, (size_t)(at - line.p));
		for (rest = line; i < ARRAY_SIZE(words) && str_starts(rest, words[i]); i++)
			rest = str_trim(str_from(rest, words[i].n));
		if (i == ARRAY_SIZE(words))
			return true;
	}
	return false;
}

static bool java_has_main(struct str text)
{
	struct str line;

	while (str_next(&text, '\n', &line)) {
		struct str word = str_trim(line);

		if (!str_starts(word, STR("//")) && !str_starts(word, STR("*")) &&
		    memmem(word.p, word.n, "static ", strlen("static ")) &&
		    java_declares_main(word))
			return true;
	}
	return false;
}

/* "com.example.Main": the class that has the name of the file. */
static const char *java_class(struct arena *a, const char *path, struct str text)
{
	const char *at, *package = own_word(a, text, "package ", &at);
	struct str name = str_of(path_base(path)), word, rest;

	name.n -= strlen(".java");
	if (!package)
		return str_dup(a, name);
	str_cut(str_of(package), ';', &word, &rest);
	return arena_printf(a, STR_FMT "." STR_FMT, STR_ARG(word), STR_ARG(name));
}

/* Further down these are names of packages. */
static bool java_is_left_out(const char *name, unsigned depth)
{
	static const char *const names[] = { "target", "build",	  "out",      "bin",	"test",
					     "tests",  "example", "examples", "samples" };

	return name[0] == '.' || (depth == 0 && name_among(name, names, ARRAY_SIZE(names)));
}

const char *java_foreign_language(const char *path)
{
	static const char *const ends[][2] = { { ".kt", "Kotlin" },
					       { ".groovy", "Groovy" },
					       { ".scala", "Scala" },
					       { ".clj", "Clojure" } };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (str_ends(str_of(path), str_of(ends[i][0])))
			return ends[i][1];
	}
	return NULL;
}

void java_foreign_tell(struct own_project *p, const struct strings *folders)
{
	static const char *const languages[] = { "kotlin", "groovy", "scala", "clojure" };

	list_each(folder, folders) {
		size_t n = strlen(*folder);

		if (!str_ends(str_of(*folder), STR("main/java")))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
			const char *other = arena_printf(p->a, "%.*s%s", (int)(n - strlen("java")),
							 *folder, languages[i]);

			if (own_has(p, arena_printf(p->a, "%s/.", other)))
				draft_leave(p->d, "%s is not compiled, for only Java is",
					    own_path(p, other));
		}
	}
}

/* The lower, the more a program of its own. */
static unsigned java_main_rank(const char *class_name)
{
	static const char *const first[] = { "Main", "App", "Application" };
	static const char *const last[] = { "Bench", "Test", "Example", "Demo", "Sample" };
	const char *dot = strrchr(class_name, '.'), *name = dot ? dot + 1 : class_name;

	if (name_among(name, first, ARRAY_SIZE(first)))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
		if (strncmp(name, last[i], strlen(last[i])) == 0 ||
		    str_ends(str_of(name), str_of(last[i])))
			return 2;
	}
	return 1;
}

const char *java_main_choose(const struct strings *mains)
{
	const char *best = mains->n ? mains->v[0] : NULL;

	for (size_t i = 1; i < mains->n; i++) {
		if (java_main_rank(mains->v[i]) < java_main_rank(best))
			best = mains->v[i];
	}
	return best;
}

static bool java_read_folder(struct own_project *p, const char *folder, unsigned depth,
			     struct java_sources *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, folder, &names, e))
		return false;
	list_each(name, &names) {
		const char *path = folder[0] ? arena_printf(p->a, "%s/%s", folder, *name) : *name;
		AUTO_ARENA scratch = { 0 };
		struct str text;

		if (own_has(p, arena_printf(p->a, "%s/.", path))) {
			if (depth < JAVA_DEPTH_MAX && !java_is_left_out(*name, depth) &&
			    own_is_folder(p, path) && !java_read_folder(p, path, depth + 1, out, e))
				return false;
			continue;
		}
		if (!str_ends(str_of(*name), STR(".java"))) {
			out->others = out->others || !own_ignored(p, path);
			out->foreign = !out->foreign && java_foreign_language(path) ? path
										    : out->foreign;
			continue;
		}
		out->files++;
		if (!own_head(&scratch, p, path, &text, e))
			return false;
		if (java_has_main(text))
			*list_push(p->a, &out->mains) = java_class(p->a, path, text);
	}
	return true;
}

bool java_sources_read(struct own_project *p, const char *folder, struct java_sources *out,
		       struct error *e)
{
	/* a tree of Maven has tests and results elsewhere */
	if (!java_read_folder(p, folder, strchr(folder, '/') ? 1 : 0, out, e))
		return false;
	strings_sort(&out->mains);
	return true;
}

/* What follows a word up to the end of the line, or of the string: a class. */
static const char *java_class_after(struct arena *a, struct str text, const char *word)
{
	const char *at = memmem(text.p, text.n, word, strlen(word));
	struct str rest = at ? str_from(text, (size_t)(at - text.p) + strlen(word))
			     : (struct str){ "", 0 };
	size_t n = 0;

	while (rest.n && strchr(" \t", rest.p[0]))
		rest = str_from(rest, 1);
	if (str_starts(rest, STR("\""))) { /* name="Main-Class" value="a.B" */
		at = memmem(rest.p, rest.n, "value=", strlen("value="));
		rest = at ? str_from(rest, (size_t)(at - rest.p) + strlen("value=") + 1) : rest;
	}
	while (n < rest.n && !isspace((unsigned char)rest.p[n]) && !strchr("\"'<>/", rest.p[n]))
		n++;
	return n && !memchr(rest.p, '$', n) ? arena_strndup(a, rest.p, n) : NULL;
}

bool java_manifest_find(struct own_project *p, const char **class_name, const char **at,
			struct error *e)
{
	static const struct {
		const char *file, *word;
	} places[] = { { "META-INF/MANIFEST.MF", "Main-Class:" },
		       { "src/META-INF/MANIFEST.MF", "Main-Class:" },
		       { "manifest.mf", "Main-Class:" },
		       { "MANIFEST.MF", "Main-Class:" },
		       { "build.xml", "name=\"Main-Class" } };

	for (size_t i = 0; !*class_name && i < ARRAY_SIZE(places); i++) {
		struct str text;

		if (!own_has(p, places[i].file))
			continue;
		if (!own_text(p, places[i].file, &text, e))
			return false;
		*class_name = java_class_after(p->a, text, places[i].word);
		*at = own_path(p, places[i].file);
	}
	return true;
}
