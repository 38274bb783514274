/* SPDX-License-Identifier: Apache-2.0 */
/* A Maven tree, or sources of Java with or without jars. Neither Maven nor Gradle is run: javac and
 * jar are. */

#include <assert.h>

#include "explain/code/gradle_project.h"
#include "explain/code/java_main.h"
#include "explain/code/maven_project.h"

#define JAVA_USUAL 21 /* of the toolchain java */
#define JAVA_JAR "${destdir}/app/app.jar"
#define JAVA_CLASSES "/build/classes"
#define JAVA_LIST "/build/sources" /* the names of all sources, for javac */

struct java_project {
	struct own_project *p;
	struct maven_project maven;
	struct gradle_project gradle;
	bool has_pom;
	struct strings folders; /* of sources; "." is the project's */
	struct strings jars;	/* of the project itself: "lib/a.jar" */
	const char *main_class;
	bool others;	/* files beside the sources */
	bool is_module; /* module-info.java */
};

/* A list of sums; lockfile.json goes before it, unless it is of a module, whose has other modules
 * in it that nobody serves. */
static bool java_find_lock_in(struct java_project *j, const char *folder, bool module,
			      struct error *e)
{
	struct own_project *p = j->p;
	struct strings names = { NULL, 0, 0 };
	const char *before = folder[0] ? arena_printf(p->a, "%s/", folder) : "";

	if (!own_names(p, folder, &names, e))
		return false;
	if (!module && own_has(p, "lockfile.json"))
		p->lock = "lockfile.json";
	for (size_t i = 0; i < names.n && !p->lock; i++) {
		if (str_ends(str_of(names.v[i]), STR(".sha256")))
			p->lock = arena_printf(p->a, "%s%s", before, names.v[i]);
	}
	return true;
}

static bool java_find_lock(struct java_project *j, struct error *e)
{
	const struct maven_tree *tree = &j->maven.tree;
	struct own_project *p = j->p;

	if (!java_find_lock_in(j, "", tree->v.n > 0, e) ||
	    (!p->lock && tree->v.n &&
	     !java_find_lock_in(j, tree->needed.v[tree->needed.n - 1]->folder, true, e)))
		return false;
	if (p->lock)
		draft_chose(p->d, "dependencies", p->lock,
			    "%s is there; servers: what it names, \"from\" of the recipe, or "
			    "settings.xml of Maven",
			    own_path(p, p->lock));
	else if (j->maven.dependencies && tree->v.n)
		return err_set(
			e, ERR_INPUT,
			"%s is not there, and modules have dependencies: it is a list of the "
			"sums of their jars, without the modules themselves "
			"(docs/how-to/compile.md, \"Java\")",
			own_path(p, "jars.sha256"));
	else if (j->has_pom && j->maven.dependencies)
		return err_set(e, ERR_INPUT,
			       "%s is not there, and %s has dependencies: mvn "
			       "io.github.chains-project:maven-lockfile:generate writes it, and it "
			       "belongs into the repository",
			       own_path(p, "lockfile.json"), own_path(p, MAVEN_POM));
	return true;
}

/* Jars that the repository has itself. */
static bool java_find_jars(struct java_project *j, struct error *e)
{
	static const char *const folders[] = { "lib", "libs" };
	struct own_project *p = j->p;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && j->jars.n == 0; i++) {
		struct strings names = { NULL, 0, 0 };

		if (!own_names(p, folders[i], &names, e))
			return false;
		list_each(name, &names) {
			if (str_ends(str_of(*name), STR(".jar")))
				*list_push(p->a, &j->jars) = arena_printf(p->a, "%s/%s", folders[i],
									  *name);
		}
	}
	if (j->jars.n && p->lock)
		draft_leave(p->d,
			    "%s is not used, for %s names the jars: add a step and a class path if "
			    "it is needed",
			    own_path(p, j->jars.v[0]), own_path(p, p->lock));
	if (p->lock)
		j->jars.n = 0;
	return true;
}

/* What is known of a Gradle build; what it asks others for is not. */
static bool java_read_gradle(struct java_project *j, struct error *e)
{
	const struct gradle_module *program;
	struct own_project *p = j->p;

	if (j->has_pom)
		return true;
	if (!gradle_project_read(p, &j->gradle, e))
		return false;
	if (!j->gradle.needed.n)
		return true;
	program = j->gradle.needed.v[j->gradle.needed.n - 1];
	j->maven.main_class = program->main_class;
	j->maven.main_at = program->file ? own_path(p, program->file) : "";
	j->maven.release = program->release;
	j->maven.release_at = j->maven.main_at;
	j->maven.version = program->version;
	j->maven.name = j->gradle.name;
	j->maven.file = j->gradle.settings;
	return true;
}

static bool java_choose_main(struct java_project *j, const struct java_sources *found,
			     struct error *e)
{
	struct own_project *p = j->p;

	j->main_class = j->maven.main_class;
	if (j->main_class) {
		draft_chose(p->d, "entrypoint", j->main_class, "%s", j->maven.main_at);
		return true;
	}
	if (found->mains.n == 0)
		return err_set(e, ERR_INPUT,
			       "%s has nothing that starts: no class with \"public static void "
			       "main(\"",
			       p->folder);
	j->main_class = java_main_choose(&found->mains);
	draft_chose(p->d, "entrypoint", j->main_class, "it has a main method");
	list_each(other, &found->mains) {
		if (*other != j->main_class)
			draft_leave(p->d, "%s has a main method, too: the recipe starts %s", *other,
				    j->main_class);
	}
	return true;
}

/* Of the modules that are compiled; a module may have resources alone. */
static bool java_take_modules(struct java_project *j, struct error *e)
{
	const struct maven_tree *tree = &j->maven.tree;
	struct own_project *p = j->p;

	list_each(m, &tree->needed) {
		if ((*m)->sources.files)
			*list_push(p->a, &j->folders) = arena_printf(p->a, "%s/" MAVEN_SOURCES,
								     (*m)->folder);
	}
	return java_choose_main(j, &tree->needed.v[tree->needed.n - 1]->sources, e);
}

/* The projects of a Gradle build that the program is made of. */
static bool java_take_gradle(struct java_project *j, struct error *e)
{
	const struct gradle_project *g = &j->gradle;
	struct own_project *p = j->p;
	struct strings names = { NULL, 0, 0 };

	list_each(m, &g->needed) {
		const char *before = (*m)->folder[0] ? arena_printf(p->a, "%s/", (*m)->folder) : "";

		if ((*m)->sources.files)
			*list_push(p->a, &j->folders) = arena_printf(p->a, "%s" MAVEN_SOURCES,
								     before);
		*list_push(p->a, &names) = (*m)->folder[0] ? (*m)->folder : ".";
		if ((*m)->asks && !p->lock && !j->jars.n)
			return err_set(
				e, ERR_INPUT,
				"%s asks for %s, and Gradle is not run: write a list of the sums of "
				"all jars, jars.sha256, with lines like \"SHA256  "
				"com/example/a/1.0/a-1.0.jar\" (docs/how-to/compile.md, \"Java\"), or "
				"put them into lib/",
				(*m)->asks_at, (*m)->asks);
	}
	assert(names.v); /* who calls this has looked */
	draft_chose(p->d, "modules", strings_join(p->a, &names, ", "),
		    "%s has the program, and needs the others", names.v[names.n - 1]);
	return java_choose_main(j, &g->needed.v[g->needed.n - 1]->sources, e);
}

static bool java_find_sources(struct java_project *j, struct error *e)
{
	static const char *const folders[] = { MAVEN_SOURCES, "src", "" };
	struct own_project *p = j->p;
	struct java_sources found = { 0 };
	size_t i = 0;

	if (j->maven.tree.v.n)
		return java_take_modules(j, e);
	if (!java_read_gradle(j, e))
		return false;
	if (j->gradle.needed.n)
		return java_take_gradle(j, e);
	for (; i < ARRAY_SIZE(folders) && found.files == 0; i++) {
		if (!java_sources_read(p, folders[i], &found, e))
			return false;
	}
	if (found.foreign && found.files == 0)
		return err_set(e, ERR_INPUT,
			       "%s is %s, and only Java is compiled here: have the project's own "
			       "build make the jar, and name that in \"files\" of a recipe on the "
			       "base java21",
			       own_path(p, found.foreign), java_foreign_language(found.foreign));
	if (found.files == 0)
		return err_set(e, ERR_INPUT, "%s has no source of Java (*.java)", p->folder);
	*list_push(p->a, &j->folders) = folders[i - 1][0] ? folders[i - 1] : ".";
	j->others = found.others;
	return (j->maven.main_class ||
		java_manifest_find(p, &j->maven.main_class, &j->maven.main_at, e)) &&
	       java_choose_main(j, &found, e);
}

/* The words of one step; they live in the project. */
static void java_add_words(struct own_project *p, const char *name, struct strings *words)
{
	*list_push(p->a, words) = NULL;
	own_add_step(p, name, words->v);
}

/* The jars are the class path when it starts; what only modules know is not done then. */
static bool java_read_module(struct java_project *j, struct error *e)
{
	struct own_project *p = j->p;
	const char *file = arena_printf(p->a, "%s/module-info.java", j->folders.v[0]);
	const char *at;
	struct str text;

	if (!own_has(p, file))
		return true;
	j->is_module = true;
	if (!own_text(p, file, &text, e))
		return false;
	if (own_word(p->a, text, "provides ", &at))
		draft_leave(p->d,
			    "%s: what a module provides is found on the module path alone: make "
			    "\"entrypoint\" [\"/usr/bin/java\", \"--module-path\", "
			    "\"/app/app.jar:/app/lib\", \"--module\", \"MODULE/%s\"]",
			    own_place(p, file, text, at), j->main_class);
	return true;
}

static void java_add_compile(struct java_project *j)
{
	struct own_project *p = j->p;
	struct strings words = { NULL, 0, 0 };

	*list_push(p->a, &words) = "javac";
	*list_push(p->a, &words) = "-d";
	*list_push(p->a, &words) = JAVA_CLASSES;
	if (j->maven.release) {
		*list_push(p->a, &words) = "--release";
		*list_push(p->a, &words) = j->maven.release;
	}
	if (j->maven.encoding) {
		*list_push(p->a, &words) = "-encoding";
		*list_push(p->a, &words) = j->maven.encoding;
	}
	if (j->maven.parameters)
		*list_push(p->a, &words) = "-parameters";
	if (j->jars.n) {
		*list_push(p->a, &words) = j->is_module ? "--module-path" : "-classpath";
		*list_push(p->a, &words) = strings_join(p->a, &j->jars, ":");
	}
	if (p->lock && j->is_module) {
		*list_push(p->a, &words) = "--module-path";
		*list_push(p->a, &words) = "${destdir}/app/lib";
	}
	*list_push(p->a, &words) = "@" JAVA_LIST;
	java_add_words(p, "compile", &words);
}

static void java_add_jar(struct java_project *j)
{
	struct own_project *p = j->p;
	struct strings words = { NULL, 0, 0 };

	*list_push(p->a, &words) = "jar";
	*list_push(p->a, &words) = "--create";
	*list_push(p->a, &words) = "--file=" JAVA_JAR;
	*list_push(p->a, &words) = "--date=1980-01-01T00:00:02Z"; /* the earliest that jar takes */
	if (p->lock)
		*list_push(p->a, &words) = "--manifest=/build/manifest";
	*list_push(p->a, &words) = arena_printf(p->a, "--main-class=%s", j->main_class);
	*list_push(p->a, &words) = "-C";
	*list_push(p->a, &words) = JAVA_CLASSES;
	*list_push(p->a, &words) = ".";
	java_add_words(p, "jar", &words);
}

static void java_add_own_jars(struct java_project *j)
{
	struct own_project *p = j->p;
	struct strings words = { NULL, 0, 0 };

	*list_push(p->a, &words) = "cp";
	list_append(p->a, &words, &j->jars);
	*list_push(p->a, &words) = "${destdir}/app/lib";
	java_add_words(p, "jars", &words);
}

/* Tests and examples need jars that the program does not; a Maven tree has them elsewhere. */
static void java_ignore_tests(struct java_project *j)
{
	static const char *const names[] = { "test", "tests", "example", "examples", "samples" };
	const char *folder = j->folders.v[0];
	struct own_project *p = j->p;

	for (size_t i = 0; !str_ends(str_of(folder), STR(MAVEN_SOURCES)) && i < ARRAY_SIZE(names);
	     i++) {
		const char *path = strcmp(folder, ".") == 0
					   ? names[i]
					   : arena_printf(p->a, "%s/%s", folder, names[i]);

		if (own_has(p, path))
			*list_push(p->a, &p->ignore) = arena_printf(p->a, "/%s/", path);
	}
}

static void java_add_find(struct java_project *j)
{
	struct own_project *p = j->p;
	struct strings words = { NULL, 0, 0 };
	const char *const end[] = { "-name", "*.java", "-fprintf", JAVA_LIST, "\"%p\"\\n" };

	*list_push(p->a, &words) = "find";
	list_append(p->a, &words, &j->folders);
	for (size_t i = 0; i < ARRAY_SIZE(end); i++)
		*list_push(p->a, &words) = end[i];
	java_add_words(p, "sources", &words);
}

static bool java_add_folder(struct own_project *p, const char *folder, struct error *e)
{
	bool has;

	if (!own_has_files(p, folder, &has, e))
		return false;
	if (has)
		PROJECT_STEP(p, "resources", "cp", "-R", arena_printf(p->a, "%s/.", folder),
			     JAVA_CLASSES);
	return true;
}

/* Where no build system says otherwise, files stand beside the sources, or in folders of their own.
 */
static bool java_add_plain_resources(struct java_project *j, struct error *e)
{
	static const char *const folders[] = { "resources", "META-INF" };
	struct own_project *p = j->p;
	bool meta;

	if (j->others && strcmp(j->folders.v[0], ".") != 0) {
		PROJECT_STEP(p, "resources", "cp", "-R",
			     arena_printf(p->a, "%s/.", j->folders.v[0]), JAVA_CLASSES);
		PROJECT_STEP(p, "sources-out", "find", JAVA_CLASSES, "-name", "*.java", "-delete");
	}
	if (!java_add_folder(p, folders[0], e) || !own_has_files(p, folders[1], &meta, e))
		return false;
	if (meta)
		PROJECT_STEP(p, "resources", "cp", "-R", folders[1], JAVA_CLASSES);
	return true;
}

/* What a module needs goes before it, so that of two files of one name its own stays. */
static bool java_add_resources(struct java_project *j, struct error *e)
{
	struct own_project *p = j->p;

	list_each(m, &j->gradle.needed) {
		const char *before = (*m)->folder[0] ? arena_printf(p->a, "%s/", (*m)->folder) : "";

		if (!java_add_folder(p, arena_printf(p->a, "%s" MAVEN_RESOURCES, before), e))
			return false;
	}
	if (j->gradle.needed.n)
		return true;
	if (j->maven.tree.v.n == 0 && strcmp(j->folders.v[0], MAVEN_SOURCES) == 0)
		return java_add_folder(p, MAVEN_RESOURCES, e);
	if (j->maven.tree.v.n == 0)
		return java_add_plain_resources(j, e);
	list_each(m, &j->maven.tree.needed) {
		if (!java_add_folder(p, arena_printf(p->a, "%s/" MAVEN_RESOURCES, (*m)->folder), e))
			return false;
	}
	return true;
}

static bool java_add_steps(struct java_project *j, struct error *e)
{
	struct own_project *p = j->p;

	PROJECT_STEP(p, "folder", "mkdir", "-p", "${destdir}/app/lib");
	java_add_find(j);
	PROJECT_STEP(p, "order", "sort", "-o", JAVA_LIST, JAVA_LIST);
	java_add_compile(j);
	if (!java_add_resources(j, e))
		return false;
	java_add_jar(j);
	if (j->jars.n)
		java_add_own_jars(j);
	*list_push(p->a, &p->keep) = "/app/**";
	draft_chose(p->d, "steps", "javac, jar", "%s",
		    own_path(p, j->has_pom			    ? j->maven.file
				: strcmp(j->folders.v[0], ".") != 0 ? j->folders.v[0]
								    : "*.java"));
	return true;
}

/* Jars of the repository stand on the command line: the project's own jar does not name them. */
static void java_add_entrypoint(struct java_project *j)
{
	struct own_project *p = j->p;
	struct strings paths = { NULL, 0, 0 };

	*list_push(p->a, &p->entrypoint) = "/usr/bin/java";
	if (j->jars.n == 0) {
		*list_push(p->a, &p->entrypoint) = "-jar";
		*list_push(p->a, &p->entrypoint) = "/app/app.jar";
		return;
	}
	*list_push(p->a, &paths) = "/app/app.jar";
	list_each(jar, &j->jars)
		*list_push(p->a, &paths) = arena_printf(p->a, "/app/lib/%s",
							strrchr(*jar, '/') + 1);
	*list_push(p->a, &p->entrypoint) = "-cp";
	*list_push(p->a, &p->entrypoint) = strings_join(p->a, &paths, ":");
	*list_push(p->a, &p->entrypoint) = j->main_class;
}

/* The older of the two that Debian 13 has is enough for most. */
static void java_choose_toolchain(const struct java_project *j)
{
	const char *release = j->maven.release;
	uint64_t number;
	bool newer = release && str_u64(str_of(release), &number) && number > JAVA_USUAL;

	j->p->base = newer ? "java25" : "java21";
	j->p->toolchain = newer ? "java25" : "java";
}

bool project_read_java(struct own_project *p, struct error *e)
{
	struct java_project j = { .p = p, .has_pom = own_has(p, MAVEN_POM) };

	if (j.has_pom && !maven_project_read(p, &j.maven, e))
		return false;
	if (!java_find_lock(&j, e) || !java_find_jars(&j, e) || !java_find_sources(&j, e))
		return false;
	java_foreign_tell(p, &j.folders);
	p->name = j.maven.name;
	p->version = j.maven.version;
	java_choose_toolchain(&j);
	if (p->name)
		draft_chose(p->d, "name", p->name, "%s", own_path(p, j.maven.file));
	if (j.maven.release)
		draft_chose(p->d, "release", j.maven.release, "%s", j.maven.release_at);
	java_ignore_tests(&j);
	if (!java_read_module(&j, e) || !java_add_steps(&j, e))
		return false;
	java_add_entrypoint(&j);
	return true;
}
