/* SPDX-License-Identifier: Apache-2.0 */
/* The parent is looked for where Maven has it unless told otherwise: in the folder above. */

#include "explain/code/maven_modules.h"

#include "explain/code/java_main.h"

#define MODULE_SOURCES "/src/main/java"
#define PARENT_POM "../" MAVEN_POM

static struct strings modules_of(struct own_project *p, const struct xml_values *pom)
{
	struct strings out = { NULL, 0, 0 };

	list_each(x, pom) {
		if (strcmp(x->path, "project/modules/module") == 0)
			*list_push(p->a, &out) = x->text;
	}
	return out;
}

/* Says which of them starts something. */
static bool modules_refuse_parent(struct own_project *p, const struct strings *modules,
				  struct error *e)
{
	struct strings options = { NULL, 0, 0 };

	list_each(module, modules) {
		struct java_sources found = { 0 };

		if (!java_sources_read(p, arena_printf(p->a, "%s" MODULE_SOURCES, *module), &found,
				       e))
			return false;
		*list_push(p->a, &options) = found.mains.n
						     ? arena_printf(p->a,
								    "%s (%s has a main method)",
								    *module, found.mains.v[0])
						     : *module;
	}
	return err_set(e, ERR_INPUT,
		       "%s is the parent of modules; --java names the folder of one, that with the "
		       "program: %s",
		       own_path(p, MAVEN_POM), strings_join(p->a, &options, ", "));
}

static bool module_is_for_tests(const struct xml_values *pom, unsigned dependency)
{
	list_each(x, pom) {
		if (x->parent == dependency && strcmp(x->name, "scope") == 0)
			return strcmp(x->text, "test") == 0;
	}
	return false;
}

/* The dependency of this name that the program needs, or NULL. */
static const struct xml_value *module_dependency(const struct xml_values *pom, const char *name)
{
	list_each(x, pom) {
		if (strcmp(x->path, "project/dependencies/dependency/artifactId") == 0 &&
		    strcmp(x->text, name) == 0 && !module_is_for_tests(pom, x->parent))
			return x;
	}
	return NULL;
}

static bool module_read(struct own_project *p, const char *file, struct xml_values *out,
			struct error *e)
{
	struct str text;

	return own_text(p, file, &text, e) &&
	       xml_values_read(p->a, text, own_path(p, file), out, e);
}

/* Whether the project needs the module `name` of the tree that it is a part of. */
static bool module_check_sibling(struct own_project *p, const struct xml_values *pom,
				 const char *name, struct error *e)
{
	const char *file = arena_printf(p->a, "../%s/" MAVEN_POM, name);
	struct xml_values sibling = { NULL, 0, 0 };
	const struct xml_value *is, *needed;

	if (!own_has(p, file))
		return true;
	if (!module_read(p, file, &sibling, e))
		return false;
	is = xml_value_at(&sibling, "project/artifactId");
	needed = is ? module_dependency(pom, is->text) : NULL;
	if (!needed)
		return true;
	err_set(e, ERR_INPUT,
		"the dependency %s is the module ../%s of the same tree, and init compiles one module; "
		"write a source that compiles both: docs/how-to/compile.md, \"Several modules\"",
		needed->text, name);
	return err_at(e, own_path(p, MAVEN_POM), needed->line, 1);
}

bool maven_modules_check(struct own_project *p, const struct xml_values *pom, struct error *e)
{
	struct strings modules = modules_of(p, pom);
	struct xml_values parent = { NULL, 0, 0 };

	if (modules.n)
		return modules_refuse_parent(p, &modules, e);
	if (!xml_value_at(pom, "project/parent/artifactId") || !own_has(p, PARENT_POM))
		return true;
	if (!module_read(p, PARENT_POM, &parent, e))
		return false;
	modules = modules_of(p, &parent);
	list_each(module, &modules) {
		if (!module_check_sibling(p, pom, *module, e))
			return false;
	}
	return true;
}
