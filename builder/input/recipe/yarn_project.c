/* SPDX-License-Identifier: Apache-2.0 */
/* Packages are found by "NAME@RANGE", word for word, as yarn finds them. */

#include "input/recipe/yarn_project.h"

#include "base/path.h"
#include "base/strmap.h"
#include "format/json/jsonx.h"
#include "format/text/npm_words.h"
#include "format/text/yarn_lock.h"
#include "format/version/semver_range.h"
#include "input/recipe/package_json.h"
#include "input/recipe/yarn_workspaces.h"

#define YARN_ANEW "yarn install --ignore-scripts writes it anew"

struct yarn_project {
	struct arena *a;
	const struct dependencies *l;
	struct npm_graph *g;
	struct buf *texts;
	struct yarn_entries entries;	   /* those of the graph, in this order */
	struct strmap patterns;		   /* "b@^1": the number of the entry, plus one */
	struct strmap names;		   /* of the entries */
	struct strmap asked;		   /* FOLDER/NAME: the number of the edge, plus one */
	struct yarn_workspaces workspaces; /* the project itself first */
};

static bool yarn_fail_entry(const struct yarn_project *p, const struct yarn_entry *x,
			    struct error *e, const char *text)
{
	err_set(e, ERR_INPUT, "%s%s%s%s", x->name, x->version ? " " : "",
		x->version ? x->version : "", text);
	return err_at(e, p->l->file, x->line, 1);
}

/* "https://.../b-1.0.0.tgz#SHA-1", or the name of a file that a folder of archives has. */
static bool yarn_take_source(const struct yarn_project *p, const struct yarn_entry *x,
			     struct npm_entry *out, struct error *e)
{
	const char *from = x->resolved ? x->resolved : "";

	if (strncmp(from, "git", 3) == 0 || strstr(from, "//codeload.") || strstr(from, ".git#"))
		return yarn_fail_entry(
			p, x, e,
			" comes from git, of which no SHA-512 is known; take it into "
			"the folder as a workspace, or from a registry");
	if (strstr(x->patterns.v[0], "@file:") || strncmp(from, "file:", 5) == 0)
		return yarn_fail_entry(p, x, e,
				       " comes from a folder or file that yarn copies; make it a "
				       "workspace, or take it from a registry");
	if (strncmp(from, "https://", 8) == 0 || strncmp(from, "http://", 7) == 0)
		out->resolved = arena_strndup(p->a, from, strcspn(from, "#"));
	out->by_name = true;
	return true;
}

static bool yarn_add_package(struct yarn_project *p, const struct yarn_entry *x, struct error *e)
{
	struct npm_entry out = { .name = x->name,
				 .version = x->version ? x->version : "",
				 .bare = true,
				 .line = x->line };
	const char *wrong;

	if (!npm_is_version(out.version))
		return yarn_fail_entry(p, x, e, ": this is not a version");
	out.file = npm_file_name(p->a, out.name, out.version);
	if (!yarn_take_source(p, x, &out, e))
		return false;
	wrong = npm_sha512_of(p->a, x->integrity, "let yarn (yarn upgrade --ignore-scripts)",
			      &out.sha512);
	if (wrong)
		return yarn_fail_entry(p, x, e, wrong);
	*list_push(p->a, &p->g->packages) = (struct npm_package){ .key = x->patterns.v[0],
								  .entry = out };
	return true;
}

/* Links have entries, too, which say nothing. */
static bool yarn_is_link(const char *pattern)
{
	return strstr(pattern, "@link:") != NULL;
}

static bool yarn_add_packages(struct yarn_project *p, struct str text, struct error *e)
{
	struct yarn_entries all = { NULL, 0, 0 };

	if (!yarn_lock_read(p->a, text, p->l->file, &all, e))
		return false;
	list_each(x, &all) {
		if (yarn_is_link(x->patterns.v[0]))
			continue;
		if (!yarn_add_package(p, x, e))
			return false;
		*list_push(p->a, &p->entries) = *x;
		*strmap_slot(p->a, &p->names, str_of(x->name)) = (void *)x->name;
		list_each(pattern, &x->patterns)
			*strmap_slot(p->a, &p->patterns,
				     str_of(*pattern)) = (void *)p->g->packages.n;
	}
	return true;
}

static bool yarn_find(const struct yarn_project *p, const char *name, const char *range,
		      size_t *out)
{
	const char *pattern = arena_printf(p->a, "%s@%s", name, range);
	uintptr_t found = (uintptr_t)strmap_get(&p->patterns, str_of(pattern));

	*out = found - 1;
	return found != 0;
}

/* Of what is needed twice the word that it is optional counts. */
static void yarn_add_edge(struct yarn_project *p, const struct npm_edge *x,
			  struct npm_importer *out)
{
	const char *key = arena_printf(p->a, "%s/%s", out->folder, x->name);
	void **slot = strmap_slot(p->a, &p->asked, str_of(key));
	struct npm_edge *before = *slot ? &out->edges.v[(uintptr_t)*slot - 1] : NULL;

	if (before) {
		before->optional = before->optional || x->optional;
		return;
	}
	*list_push(p->a, &out->edges) = *x;
	*slot = (void *)out->edges.n;
}

static bool yarn_connect(struct yarn_project *p, struct error *e)
{
	for (size_t i = 0; i < p->entries.n; i++) {
		const struct yarn_entry *x = &p->entries.v[i];

		list_each(need, &x->needs) {
			struct npm_edge edge = { .name = need->name, .optional = need->optional };

			if (!yarn_find(p, need->name, need->range, &edge.to))
				return yarn_fail_entry(
					p, x, e,
					arena_printf(p->a,
						     " needs %s@%s, which is not there: " YARN_ANEW,
						     need->name, need->range));
			*list_push(p->a, &p->g->packages.v[i].edges) = edge;
		}
	}
	return true;
}

/* A workspace of that name whose version fits. */
static bool yarn_is_workspace(const struct yarn_project *p, const char *name, const char *range)
{
	list_each(x, &p->workspaces) {
		if (x->folder[0] && x->name && strcmp(x->name, name) == 0)
			return x->version && semver_range_has(str_of(range), str_of(x->version));
	}
	return false;
}

static bool yarn_ask_one(struct yarn_project *p, const struct yarn_workspace *from,
			 const struct json_node *list, const char *section, const char *name,
			 struct npm_importer *out, struct error *e)
{
	struct npm_edge edge = { .name = name,
				 .to = NPM_OF_PROJECT,
				 .optional = strcmp(section, "optionalDependencies") == 0,
				 .dev = strcmp(section, "devDependencies") == 0 };
	const char *range = jsonx_text(p->a, list, name);

	if (!npm_is_name(name))
		return json_fail_key(list, name, e, "\"%s\" is not the name of a package", name);
	range = range ? range : "";
	buf_printf(p->texts, "%s %s %s %s\n", from->folder, section, name, range);
	if (yarn_is_workspace(p, name, range)) /* a link of the project */
		return true;
	if (strncmp(range, "link:", 5) == 0) {
		edge.link = path_in_folder(p->a, from->folder, str_of(range + 5));
		if (!edge.link || !edge.link[0])
			return json_fail_key(
				list, name, e,
				"leads to \"%s\", which is not a folder of the project", range + 5);
	} else if (!yarn_find(p, name, range, &edge.to)) {
		return json_fail_key(list, name, e, "%s@%s is not in yarn.lock: " YARN_ANEW, name,
				     range);
	}
	yarn_add_edge(p, &edge, out);
	return true;
}

static bool yarn_ask(struct yarn_project *p, const struct yarn_workspace *from,
		     struct npm_importer *out, struct error *e)
{
	static const char *const sections[] = { "dependencies", "optionalDependencies",
						"devDependencies" };
	struct json_node root = json_root(&from->doc), list;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		struct strings names = { NULL, 0, 0 };

		if (!jsonx_keys(&root, sections[i], p->a, &names, e))
			return false;
		if (!names.n || !jsonx_get(&root, sections[i], &list))
			continue;
		list_each(name, &names) {
			if (!yarn_ask_one(p, from, &list, sections[i], *name, out, e))
				return false;
		}
	}
	return true;
}

/* "resolutions" decide for who needs it; the lock file has been written with them. The last name of
 * "a/b", "**" and the like counts. */
static bool yarn_check_resolutions(struct yarn_project *p, struct error *e)
{
	struct json_node root = json_root(&p->workspaces.v[0].doc), list;
	struct strings keys = { NULL, 0, 0 };

	if (!jsonx_keys(&root, "resolutions", p->a, &keys, e))
		return false;
	if (!keys.n || !jsonx_get(&root, "resolutions", &list))
		return true;
	list_each(key, &keys) {
		const char *base = path_base(*key), *dir = path_base(path_dir(p->a, *key));
		const char *name = dir[0] == '@' ? arena_printf(p->a, "%s/%s", dir, base) : base;
		const char *range = jsonx_text(p->a, &list, *key);
		bool used = strmap_get(&p->names, str_of(name)) != NULL;
		size_t found;

		buf_printf(p->texts, "resolution %s %s\n", *key, range ? range : "");
		if (used && range && !yarn_find(p, name, range, &found))
			return json_fail_key(&list, *key, e,
					     "%s@%s is not in yarn.lock: " YARN_ANEW, name, range);
	}
	return true;
}

/* All workspaces have a link in node_modules of the project. */
static void yarn_add_links(struct yarn_project *p, struct npm_importer *project)
{
	list_each(x, &p->workspaces) {
		const struct npm_edge link = { .name = x->name,
					       .to = NPM_OF_PROJECT,
					       .link = x->folder };

		if (x->folder[0] && x->name)
			yarn_add_edge(p, &link, project);
	}
}

static bool yarn_add_importers(struct yarn_project *p, struct error *e)
{
	list_each(x, &p->workspaces) {
		struct json_node root = json_root(&x->doc);
		struct npm_importer importer = { .folder = x->folder,
						 .engine = package_json_engine(p->a, &root),
						 .line = 1 };

		if (!x->folder[0])
			yarn_add_links(p, &importer);
		if (!yarn_ask(p, x, &importer, e))
			return false;
		*list_push(p->a, &p->g->importers) = importer;
	}
	return yarn_check_resolutions(p, e);
}

bool yarn_project_make(struct arena *a, struct str text, const struct dependencies *l,
		       struct npm_graph *out, struct strings *inputs, struct buf *texts,
		       struct error *e)
{
	struct yarn_project p = { .a = a, .l = l, .g = out, .texts = texts };
	bool ok = yarn_add_packages(&p, text, e) && yarn_connect(&p, e) &&
		  yarn_workspaces_load(a, l, inputs, &p.workspaces, e) && yarn_add_importers(&p, e);

	yarn_workspaces_drop(&p.workspaces);
	if (ok)
		npm_graph_mark(out);
	return ok;
}
