/* SPDX-License-Identifier: Apache-2.0 */
/* Values with ${...} are filled in from properties of the same file. */

#include "explain/code/maven_project.h"

#define MAVEN_ROUNDS 8 /* of ${a} that stands for ${b} */
#define JAVA_OLDEST 8  /* javac --release of OpenJDK 21 */
#define JAVA_NEWEST 21

struct pom_reading {
	struct own_project *p;
	struct maven_project *out;
};

static const char *pom_text(const struct pom_reading *r, const char *path)
{
	const struct xml_value *x = xml_value_at(&r->out->values, path);

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

/* The first value at one of these paths that can be told. */
static const char *pom_first(const struct pom_reading *r, const char *const *paths, unsigned *line)
{
	for (; *paths; paths++) {
		const struct xml_value *x = xml_value_at(&r->out->values, *paths);
		const char *text = x ? pom_resolve(r, x->text) : NULL;

		if (!text)
			continue;
		if (line)
			*line = x->line;
		return text;
	}
	return NULL;
}

#define POM_SETTINGS "project/build/plugins/plugin/configuration/"

static bool pom_read_release(const struct pom_reading *r, struct error *e)
{
	static const char *const paths[] = {
		"project/properties/maven.compiler.release", POM_SETTINGS "release",
		"project/properties/maven.compiler.source",  POM_SETTINGS "source",
		"project/properties/java.version",	     NULL
	};
	struct maven_project *m = r->out;
	const char *text = pom_first(r, paths, &m->release_line);
	uint64_t number;

	if (!text)
		return true;
	if (strncmp(text, "1.", 2) == 0)
		text += 2; /* 1.8 */
	if (str_u64(str_of(text), &number) && number >= JAVA_OLDEST && number <= JAVA_NEWEST) {
		m->release = text;
		return true;
	}
	err_set(e, ERR_INPUT, "Java %s is asked for; the toolchain java compiles for %d to %d",
		text, JAVA_OLDEST, JAVA_NEWEST);
	return err_at(e, own_path(r->p, MAVEN_POM), m->release_line, 1);
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

	r->out->main_class = pom_first(r, paths, &r->out->main_line);
}

/* Dependencies whose scope is not "test": values of one stand together. */
static void pom_count_dependencies(const struct pom_reading *r)
{
	static const struct str below = STR("project/dependencies/dependency/");
	unsigned parent = 0;
	bool test = true;

	list_each(x, &r->out->values) {
		if (!str_starts(str_of(x->path), below) ||
		    strlen(x->path) != below.n + strlen(x->name))
			continue;
		if (x->parent != parent) {
			r->out->dependencies |= !test;
			parent = x->parent;
			test = false;
		}
		test |= strcmp(x->name, "scope") == 0 && strcmp(x->text, "test") == 0;
	}
	r->out->dependencies |= !test;
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

static void pom_tell_plugins(const struct pom_reading *r)
{
	struct own_project *p = r->p;

	list_each(x, &r->out->values) {
		if (strcmp(x->path, "project/build/plugins/plugin/artifactId") == 0 &&
		    !pom_plugin_is_known(x->text))
			draft_leave(p->d,
				    "%s:%u: the plugin %s is not run, for Maven is not: write what "
				    "it does as a step",
				    own_path(p, MAVEN_POM), x->line, x->text);
		if (strcmp(x->path, "project/build/resources/resource/filtering") == 0 &&
		    strcmp(x->text, "true") == 0)
			draft_leave(p->d,
				    "%s:%u: resources are copied as they are: nothing is filled in "
				    "(filtering)",
				    own_path(p, MAVEN_POM), x->line);
	}
}

static bool pom_check_kind(const struct pom_reading *r, struct error *e)
{
	const char *packaging = pom_text(r, "project/packaging");
	struct own_project *p = r->p;

	if (r->out->values.n == 0 || !str_starts(str_of(r->out->values.v[0].path), STR("project/")))
		return err_set(e, ERR_INPUT, "%s is not a project of Maven",
			       own_path(p, MAVEN_POM));
	if (!maven_modules_check(p, &r->out->values, e))
		return false;
	if (packaging && strcmp(packaging, "jar") != 0)
		return err_set(e, ERR_INPUT,
			       "%s: the packaging is \"%s\", of which nothing can be started: it "
			       "has to be jar",
			       own_path(p, MAVEN_POM), packaging);
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

	*out = (struct maven_project){ .name = NULL };
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
	pom_count_dependencies(&r);
	pom_tell_plugins(&r);
	return true;
}
