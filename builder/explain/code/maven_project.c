/* SPDX-License-Identifier: Apache-2.0 */
/* Values with ${...} are filled in from properties of the same file. */

#include "explain/code/maven_project.h"

#define MAVEN_ROUNDS 8 /* of ${a} that stands for ${b} */
#define JAVA_OLDEST_TEXT "8"
#define JAVA_OLDEST 8 /* javac --release of OpenJDK 21 and 25 */
#define JAVA_NEWEST 25

struct pom_reading {
	struct own_project *p;
	struct maven_project *out;
};

struct pom_place {
	const char *file;
	unsigned line;
};

#define POM_PROPERTIES "project/properties/"
#define POM_SETTINGS "project/build/plugins/plugin/configuration/"

/* What a module inherits of its tree. */
static const struct xml_value *pom_inherited(const struct pom_reading *r, const char *path)
{
	struct str s = str_of(path);

	return str_starts(s, STR(POM_PROPERTIES)) || str_starts(s, STR(POM_SETTINGS))
		       ? xml_value_at(&r->out->parent, path)
		       : NULL;
}

static const char *pom_text(const struct pom_reading *r, const char *path)
{
	const struct xml_value *x = xml_value_at(&r->out->values, path);

	if (!x)
		x = pom_inherited(r, path);
	return x ? x->text : NULL;
}

/* What ${name} stands for, or NULL. */
static const char *pom_property(const struct pom_reading *r, struct str name)
{
	struct arena *a = r->p->a;
	const char *text = pom_text(r,
				    arena_printf(a, "project/properties/" STR_FMT, STR_ARG(name)));

	if (!text && str_starts(name, STR("project.")))
		text = pom_text(r, arena_printf(a, "project/" STR_FMT,
						STR_ARG(str_from(name, strlen("project.")))));
	return text;
}

/* NULL: something that it stands for is not in this file. */
static const char *pom_resolve(const struct pom_reading *r, const char *text)
{
	for (unsigned i = 0; text && strstr(text, "${") && i < MAVEN_ROUNDS; i++) {
		const char *at = strstr(text, "${"), *end = strchr(at, '}'), *value;

		if (!end)
			return NULL;
		value = pom_property(r, (struct str){ at + 2, (size_t)(end - at - 2) });
		text = value ? arena_printf(r->p->a, "%.*s%s%s", (int)(at - text), text, value,
					    end + 1)
			     : NULL;
	}
	return text && text[0] && !strstr(text, "${") ? text : NULL;
}

/* The first value at one of these paths that can be told, and where it stands. */
static const char *pom_first(const struct pom_reading *r, const char *const *paths,
			     struct pom_place *at)
{
	struct own_project *p = r->p;

	for (; *paths; paths++) {
		const struct xml_value *own = xml_value_at(&r->out->values, *paths);
		const struct xml_value *x = own ? own : pom_inherited(r, *paths);
		const char *text = x ? pom_resolve(r, x->text) : NULL;

		if (!text)
			continue;
		if (at)
			*at = (struct pom_place){
				.file = own_path(p, own ? r->out->file : MAVEN_POM), .line = x->line
			};
		return text;
	}
	return NULL;
}

static const char *pom_place_text(const struct pom_reading *r, const struct pom_place *at)
{
	return arena_printf(r->p->a, "%s:%u", at->file, at->line);
}

static bool pom_read_release(const struct pom_reading *r, struct error *e)
{
	static const char *const paths[] = {
		"project/properties/maven.compiler.release", POM_SETTINGS "release",
		"project/properties/maven.compiler.source",  POM_SETTINGS "source",
		"project/properties/java.version",	     NULL
	};
	struct maven_project *m = r->out;
	struct pom_place at = { .line = 0 };
	const char *text = pom_first(r, paths, &at);
	uint64_t number;

	if (!text)
		return true;
	if (strncmp(text, "1.", 2) == 0)
		text += 2; /* 1.8 */
	if (str_u64(str_of(text), &number) && number <= JAVA_NEWEST) {
		m->release = number < JAVA_OLDEST ? JAVA_OLDEST_TEXT : text;
		m->release_at = pom_place_text(r, &at);
		if (number < JAVA_OLDEST)
			draft_leave(
				r->p->d,
				"%s asks for Java %s, which no compiler of Debian compiles for: "
				"it is compiled for Java " JAVA_OLDEST_TEXT,
				m->release_at, text);
		return true;
	}
	err_set(e, ERR_INPUT,
		"Java %s is asked for; the toolchains java and java25 compile for %d to %d", text,
		JAVA_OLDEST, JAVA_NEWEST);
	return err_at(e, at.file, at.line, 1);
}

static void pom_find_main(const struct pom_reading *r)
{
	static const char *const paths[] = { POM_SETTINGS "archive/manifest/mainClass",
					     POM_SETTINGS "mainClass",
					     POM_SETTINGS "transformers/transformer/mainClass",
					     "project/properties/exec.mainClass",
					     "project/properties/start-class",
					     "project/properties/main.class",
					     NULL };

	struct pom_place at = { .line = 0 };

	r->out->main_class = pom_first(r, paths, &at);
	if (r->out->main_class)
		r->out->main_at = pom_place_text(r, &at);
}

/* Plugins whose work is done by steps, or belongs to no image. */
static bool pom_plugin_is_known(const char *name)
{
	static const char *const known[] = {
		"maven-assembly-plugin",    "maven-clean-plugin",     "maven-compiler-plugin",
		"maven-dependency-plugin",  "maven-deploy-plugin",    "maven-enforcer-plugin",
		"maven-install-plugin",	    "maven-jar-plugin",	      "maven-javadoc-plugin",
		"maven-lockfile",	    "maven-resources-plugin", "maven-shade-plugin",
		"maven-site-plugin",	    "maven-source-plugin",    "maven-surefire-plugin",
		"maven-failsafe-plugin",    "exec-maven-plugin",      "jacoco-maven-plugin",
		"spring-boot-maven-plugin",
	};

	return name_among(name, known, ARRAY_SIZE(known));
}

static void pom_tell_plugins(struct own_project *p, const char *file, const struct xml_values *pom)
{
	list_each(x, pom) {
		if (strcmp(x->path, "project/build/plugins/plugin/artifactId") == 0 &&
		    !pom_plugin_is_known(x->text))
			draft_leave(p->d,
				    "%s:%u: the plugin %s is not run, for Maven is not: write what "
				    "it does as a step",
				    own_path(p, file), x->line, x->text);
		if (strcmp(x->path, "project/build/resources/resource/filtering") == 0 &&
		    strcmp(x->text, "true") == 0)
			draft_leave(p->d,
				    "%s:%u: resources are copied as they are: nothing is filled in "
				    "(filtering)",
				    own_path(p, file), x->line);
	}
}

/* Of all that is compiled. */
static void pom_read_others(const struct pom_reading *r)
{
	struct maven_project *m = r->out;
	struct own_project *p = r->p;

	if (m->tree.v.n == 0) {
		m->dependencies = maven_has_dependencies(&m->values, &m->tree);
		pom_tell_plugins(p, m->file, &m->values);
		return;
	}
	pom_tell_plugins(p, MAVEN_POM, &m->parent);
	m->dependencies = maven_has_dependencies(&m->parent, &m->tree);
	list_each(one, &m->tree.needed) {
		m->dependencies |= maven_has_dependencies(&(*one)->pom, &m->tree);
		pom_tell_plugins(p, arena_printf(p->a, "%s/" MAVEN_POM, (*one)->folder),
				 &(*one)->pom);
	}
}

/* The module with the program stands for the tree. */
static void pom_enter_module(const struct pom_reading *r)
{
	struct maven_project *m = r->out;
	const struct maven_module *program;

	if (m->tree.needed.n == 0)
		return;
	program = m->tree.needed.v[m->tree.needed.n - 1];
	m->parent = m->values;
	m->values = program->pom;
	m->file = arena_printf(r->p->a, "%s/" MAVEN_POM, program->folder);
}

static bool pom_check_kind(const struct pom_reading *r, struct error *e)
{
	struct maven_project *m = r->out;
	struct own_project *p = r->p;
	const char *packaging;

	if (m->values.n == 0 || !str_starts(str_of(m->values.v[0].path), STR("project/")))
		return err_set(e, ERR_INPUT, "%s is not a project of Maven",
			       own_path(p, MAVEN_POM));
	if (!maven_tree_read(p, &m->values, &m->tree, e) ||
	    (m->tree.v.n == 0 && !maven_module_check(p, &m->values, e)))
		return false;
	pom_enter_module(r);
	packaging = pom_text(r, "project/packaging");
	if (packaging && strcmp(packaging, "jar") != 0)
		return err_set(e, ERR_INPUT,
			       "%s: the packaging is \"%s\", of which nothing can be started: it "
			       "has to be jar",
			       own_path(p, m->file), packaging);
	return true;
}

bool maven_project_read(struct own_project *p, struct maven_project *out, struct error *e)
{
	static const char *const versions[] = { "project/version", "project/parent/version", NULL };
	static const char *const encodings[] = { "project/properties/project.build.sourceEncoding",
						 NULL };
	static const char *const parameters[] = { "project/properties/maven.compiler.parameters",
						  POM_SETTINGS "parameters", NULL };
	static const char *const names[] = { "project/artifactId", NULL };
	struct pom_reading r = { p, out };
	const char *text;
	struct str pom;

	*out = (struct maven_project){ .file = MAVEN_POM };
	if (!own_text(p, MAVEN_POM, &pom, e) ||
	    !xml_values_read(p->a, pom, own_path(p, MAVEN_POM), &out->values, e) ||
	    !pom_check_kind(&r, e) || !pom_read_release(&r, e))
		return false;
	out->name = pom_first(&r, names, NULL);
	out->version = pom_first(&r, versions, NULL);
	text = pom_first(&r, encodings, NULL);
	out->encoding = text && strcasecmp(text, "UTF-8") != 0 ? text : NULL;
	text = pom_first(&r, parameters, NULL);
	out->parameters = text && strcmp(text, "true") == 0;
	pom_find_main(&r);
	pom_read_others(&r);
	return true;
}
