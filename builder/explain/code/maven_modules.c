/* SPDX-License-Identifier: Apache-2.0 */
/* Modules know each other by their artifactId. The parent of one is looked for where Maven has it
 * unless told otherwise: in the folder above. */

#include "explain/code/maven_modules.h"

#define MODULES_DEPTH_MAX 8
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
		"the dependency %s is the module ../%s of the same tree: --java names the folder of the "
		"tree, so that both are compiled",
		needed->text, name);
	return err_at(e, own_path(p, MAVEN_POM), needed->line, 1);
}

bool maven_module_check(struct own_project *p, const struct xml_values *pom, struct error *e)
{
	struct xml_values parent = { NULL, 0, 0 };
	struct strings modules;

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

static const char *module_file(const struct own_project *p, const struct maven_module *m,
			       const char *name)
{
	return arena_printf(p->a, "%s/%s", m->folder, name);
}

static bool tree_has(const struct maven_tree *t, const char *name)
{
	list_each(m, &t->v) {
		if (strcmp(m->name, name) == 0)
			return true;
	}
	return false;
}

bool maven_has_dependencies(const struct xml_values *pom, const struct maven_tree *tree)
{
	list_each(x, pom) {
		if (strcmp(x->path, "project/dependencies/dependency/artifactId") == 0 &&
		    !tree_has(tree, x->text) && !module_is_for_tests(pom, x->parent))
			return true;
	}
	return false;
}

/* A module of a module has its path from the former. */
static bool tree_add_modules(struct own_project *p, const char *above, const struct xml_values *pom,
			     unsigned depth, struct maven_tree *t, struct error *e)
{
	struct strings modules = modules_of(p, pom);

	list_each(name, &modules) {
		const char *folder = arena_printf(p->a, "%s%s%s", above, above[0] ? "/" : "",
						  *name);
		struct maven_module m = { .folder = folder, .name = "" };
		const char *file = module_file(p, &m, MAVEN_POM);
		const struct xml_value *is;

		if (strstr(folder, "..") || folder[0] == '/' || depth == MODULES_DEPTH_MAX)
			return err_set(e, ERR_INPUT,
				       "%s: the module %s does not stand below the project, or too "
				       "deep",
				       own_path(p, MAVEN_POM), folder);
		if (!own_has(p, file))
			return err_set(e, ERR_INPUT,
				       "%s is not there, and the tree names the module %s",
				       own_path(p, file), folder);
		if (!module_read(p, file, &m.pom, e) ||
		    !java_sources_read(p, module_file(p, &m, MAVEN_SOURCES), &m.sources, e) ||
		    !tree_add_modules(p, folder, &m.pom, depth + 1, t, e))
			return false;
		is = xml_value_at(&m.pom, "project/artifactId");
		m.name = is ? is->text : "";
		*list_push(p->a, &t->v) = m;
	}
	return true;
}

static bool module_check(struct own_project *p, const struct maven_module *m, struct error *e)
{
	const struct xml_value *packaging = xml_value_at(&m->pom, "project/packaging");
	const char *own_modules = module_file(p, m, MAVEN_SOURCES "/module-info.java");

	if (packaging && strcmp(packaging->text, "jar") != 0) {
		err_set(e, ERR_INPUT,
			"the packaging is \"%s\": a module that the program needs has to be a jar",
			packaging->text);
		return err_at(e, own_path(p, module_file(p, m, MAVEN_POM)), packaging->line, 1);
	}
	return !own_has(p, own_modules) ||
	       err_set(e, ERR_INPUT,
		       "%s: modules of Java's own are not compiled together; write a source with a "
		       "step for each: docs/how-to/compile.md, \"Several modules\"",
		       own_path(p, own_modules));
}

/* What a module needs goes before it. */
static bool tree_take(struct own_project *p, struct maven_tree *t, struct maven_module *m,
		      struct error *e)
{
	if (m->taken)
		return true;
	if (m->begun)
		return err_set(e, ERR_INPUT, "%s: the module %s needs itself, by others",
			       own_path(p, MAVEN_POM), m->folder);
	m->begun = true;
	if (!module_check(p, m, e))
		return false;
	list_each(other, &t->v) {
		if (other->name[0] && module_dependency(&m->pom, other->name) &&
		    !tree_take(p, t, other, e))
			return false;
	}
	m->taken = true;
	*list_push(p->a, &t->needed) = m;
	return true;
}

static bool module_is_needed(const struct maven_tree *t, const struct maven_module *m)
{
	list_each(other, &t->v) {
		if (other != m && other->sources.mains.n && m->name[0] &&
		    module_dependency(&other->pom, m->name))
			return true;
	}
	return false;
}

/* The first with a main method that no other such module needs; modules in a circle have none. */
static struct maven_module *tree_find_program(const struct own_project *p,
					      const struct maven_tree *t)
{
	struct maven_module *program = NULL;

	list_each(m, &t->v) {
		if (m->sources.mains.n == 0)
			continue;
		if (!program || (module_is_needed(t, program) && !module_is_needed(t, m)))
			program = m;
	}
	if (!program)
		return NULL;
	list_each(m, &t->v) {
		if (m->sources.mains.n && m != program && !module_is_needed(t, m))
			draft_leave(p->d,
				    "the module %s has a main method (%s), too: the recipe starts "
				    "that of %s",
				    m->folder, m->sources.mains.v[0], program->folder);
	}
	return program;
}

/* In one jar there is one file of each name: that of the later module. */
static bool tree_tell_services(struct own_project *p, const struct maven_tree *t, struct error *e)
{
	struct strings seen = { NULL, 0, 0 };

	list_each(m, &t->needed) {
		struct strings names = { NULL, 0, 0 };

		if (!own_names(p, module_file(p, *m, MAVEN_RESOURCES "/META-INF/services"), &names,
			       e))
			return false;
		list_each(name, &names) {
			if (strings_has(&seen, *name))
				draft_leave(p->d,
					    "META-INF/services/%s is in more than one module: that "
					    "of %s is in the jar; write a step that joins them",
					    *name, (*m)->folder);
			*list_push(p->a, &seen) = *name;
		}
	}
	return true;
}

bool maven_tree_read(struct own_project *p, const struct xml_values *pom, struct maven_tree *out,
		     struct error *e)
{
	struct maven_module *program;
	struct strings folders = { NULL, 0, 0 };

	if (!tree_add_modules(p, "", pom, 0, out, e))
		return false;
	if (out->v.n == 0)
		return true;
	program = tree_find_program(p, out);
	list_each(m, &out->v)
		*list_push(p->a, &folders) = m->folder;
	if (!program)
		return err_set(e, ERR_INPUT,
			       "no module of %s has something that starts, a class with \"public "
			       "static void main(\": %s",
			       own_path(p, MAVEN_POM), strings_join(p->a, &folders, ", "));
	if (!tree_take(p, out, program, e) || !tree_tell_services(p, out, e))
		return false;
	folders.n = 0;
	list_each(m, &out->needed)
		*list_push(p->a, &folders) = (*m)->folder;
	draft_chose(p->d, "modules", strings_join(p->a, &folders, ", "),
		    "%s has %s, and needs the others", program->folder,
		    program->sources.mains.v[0]);
	return true;
}
