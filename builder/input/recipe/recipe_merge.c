/* SPDX-License-Identifier: Apache-2.0 */
/* The table of merges. Knows which keys are lists and what makes two entries the same one; values
 * that are wrong are left for their readers, which say so at the place. */

#include "input/recipe/recipe_merge.h"

#include "base/path.h"

/* How two texts are compared. */
enum merge_form {
	FORM_TEXT,
	FORM_PATH,    /* of the image: "/a//b" is "/a/b" */
	FORM_FILE,    /* of the repository: relative to the file that it stands in */
	FORM_PORT,    /* "80" is "80/tcp" */
	FORM_PROGRAM, /* the last part of "/usr/bin/hello" */
};

/* What a list consists of. */
enum merge_kind { OF_ENTRIES, OF_VALUES, OF_KEYS };

struct merge_rule {
	const char *section; /* "config"; NULL: the recipe itself */
	const char *key;
	const char *noun; /* one of its entries */
	enum merge_kind kind;
	enum merge_form form; /* of the identity */
	const char *ids[2];   /* members of an entry that make its identity */
};

static const struct merge_rule merge_rules[] = {
	{ NULL, "components", "component", OF_ENTRIES, FORM_TEXT, { "name", NULL } },
	{ NULL, "programs", "program", OF_ENTRIES, FORM_PROGRAM, { "to", NULL } },
	{ NULL, "files", "file", OF_ENTRIES, FORM_FILE, { "from", "to" } },
	{ NULL, "dirs", "directory", OF_ENTRIES, FORM_PATH, { "path", NULL } },
	{ NULL, "links", "link", OF_ENTRIES, FORM_PATH, { "path", NULL } },
	{ NULL, "users", "user", OF_ENTRIES, FORM_TEXT, { "name", NULL } },
	{ NULL, "groups", "group", OF_ENTRIES, FORM_TEXT, { "name", NULL } },
	{ NULL, "libraries", "library package", OF_VALUES, FORM_TEXT, { NULL, NULL } },
	{ NULL, "tests", "test file", OF_VALUES, FORM_FILE, { NULL, NULL } },
	{ NULL, "variants", "variant", OF_KEYS, FORM_TEXT, { NULL, NULL } },
	{ "config", "env", "variable", OF_KEYS, FORM_TEXT, { NULL, NULL } },
	{ "config", "labels", "label", OF_KEYS, FORM_TEXT, { NULL, NULL } },
	{ "config", "annotations", "annotation", OF_KEYS, FORM_TEXT, { NULL, NULL } },
	{ "config", "expose", "port", OF_VALUES, FORM_PORT, { NULL, NULL } },
	{ "config", "volumes", "volume", OF_VALUES, FORM_PATH, { NULL, NULL } },
	{ "effects", "locales", "locale", OF_VALUES, FORM_TEXT, { NULL, NULL } },
	{ "effects", "accept", "accepted package", OF_ENTRIES, FORM_TEXT, { "package", NULL } },
	{ "audit", "accept", "accepted finding", OF_ENTRIES, FORM_TEXT, { "rule", "path" } },
};

/* Objects whose members are merged one by one. */
static const char *const merge_sections[] = { "config", "effects", "audit", "layers", "budget" };

#define RULES_END (merge_rules + ARRAY_SIZE(merge_rules))
#define SECTIONS (ARRAY_SIZE(merge_sections))

static bool merge_rule_is_of(const struct merge_rule *r, const char *section)
{
	return r->section && section ? strcmp(r->section, section) == 0 : r->section == section;
}

static const struct merge_rule *merge_rule_find(const char *section, const char *key)
{
	for (const struct merge_rule *r = merge_rules; r < RULES_END; r++) {
		if (merge_rule_is_of(r, section) && strcmp(r->key, key) == 0)
			return r;
	}
	return NULL;
}

static const struct json_node *merged_keep(struct reader *rd, const struct json_node *n)
{
	struct json_node *out = arena_alloc(rd->a, sizeof(*out));

	*out = *n;
	return out;
}

/* Cursors link upward: the object has to stay where it is. */
static const struct json_node *merged_keep_member(struct reader *rd, const struct json_node *object,
						  const char *key)
{
	struct json_node n;

	return object && json_node_is_object(object) && json_get(object, key, &n)
		       ? merged_keep(rd, &n)
		       : NULL;
}

static const char *merge_identity_text(struct reader *rd, const struct json_node *n,
				       enum merge_form form)
{
	struct error ignored = { 0 };
	const char *text, *clean;

	if (!json_node_is_string(n) || !json_as_string(rd->a, n, &text, &ignored))
		return NULL;
	if (form == FORM_PROGRAM)
		return path_base(text);
	if (form == FORM_PORT)
		return strchr(text, '/') ? text : arena_printf(rd->a, "%s/tcp", text);
	if (form == FORM_FILE)
		clean = reader_resolve(rd, n, text);
	else if (form != FORM_PATH || text[0] != '/' ||
		 !path_normalise(rd->a, str_of(text), &clean, &ignored))
		clean = NULL;
	else
		clean = arena_printf(rd->a, "/%s", clean);
	return clean ? clean : text;
}

/* What an entry is known by; NULL: it has nothing of the kind, as its reader will say. */
static const char *merge_identity(struct reader *rd, const struct merge_rule *r,
				  const struct json_node *entry)
{
	const char *first, *second = "";
	struct json_node n;

	if (r->kind == OF_KEYS)
		return entry->key;
	if (!r->ids[0] || !json_node_is_object(entry))
		return merge_identity_text(rd, entry, r->form);
	if (!json_get(entry, r->ids[0], &n))
		return NULL;
	first = merge_identity_text(rd, &n, r->form);
	if (r->ids[1] && json_get(entry, r->ids[1], &n))
		second = merge_identity_text(rd, &n, FORM_TEXT);
	return first && second ? arena_printf(rd->a, "%s\n%s", first, second) : NULL;
}

/* The same for one element of a list in "remove": an object where it takes two members to say
 * which. */
static bool merge_identity_wanted(struct reader *rd, const struct merge_rule *r,
				  const struct json_node *n, const char **out, struct error *e)
{
	const char *const keys[] = { r->ids[0], r->ids[1], NULL };
	struct json_node first;
	const char *text;

	if (r->ids[1]) {
		if (!json_want_object(n, e) || !json_no_other_keys(n, keys, e) ||
		    !json_need(n, keys[0], &first, e))
			return false;
		*out = merge_identity(rd, r, n);
		return *out || json_fail(n, e, "\"%s\" and \"%s\" are strings", keys[0], keys[1]);
	}
	if (!json_as_string(rd->a, n, &text, e))
		return false;
	*out = r->kind == OF_KEYS ? text : merge_identity_text(rd, n, r->form);
	if (r->ids[0])
		*out = arena_printf(rd->a, "%s\n", *out);
	return true;
}

/* The entries of a list, with what each is known by. */
struct merge_list {
	struct json_parts parts;
	struct strings ids; /* "" where there is none */
	bool *gone;	    /* of the parent's: removed, or replaced */
};

static bool merged_each(const struct json_node *list, size_t i, struct json_node *out)
{
	return json_node_is_array(list) ? json_item(list, i, out) : json_member(list, i, out);
}

static bool merged_open(struct reader *rd, const struct merge_rule *r, const struct json_node *list,
			struct merge_list *out, struct error *e)
{
	struct json_node one;

	*out = (struct merge_list){ .gone = NULL };
	if (!list)
		return true;
	if (!(r->kind == OF_KEYS ? json_want_object(list, e) : json_want_array(list, e)))
		return false;
	for (size_t i = 0; merged_each(list, i, &one); i++) {
		const char *id = merge_identity(rd, r, &one);

		*list_push(rd->a, &out->parts) = one;
		*list_push(rd->a, &out->ids) = id ? id : "";
	}
	out->gone = arena_array(rd->a, out->ids.n + 1, sizeof(*out->gone));
	return true;
}

/* "component \"pyton\"", "file \"../rootfs/x\", \"/etc/x\"": as it stands in "remove". */
static const char *merge_identity_shown(struct reader *rd, const struct merge_rule *r,
					const struct json_node *n)
{
	struct error ignored = { 0 };
	struct json_node one;
	const char *text;
	struct buf out = { .a = rd->a };

	if (!r->ids[1])
		return json_as_string(rd->a, n, &text, &ignored)
			       ? arena_printf(rd->a, "\"%s\"", text)
			       : "";
	for (size_t i = 0; i < 2; i++) {
		if (json_get(n, r->ids[i], &one) && json_as_string(rd->a, &one, &text, &ignored))
			buf_printf(&out, "%s\"%s\"", i ? ", " : "", text);
	}
	return buf_cstr(&out);
}

static bool merge_fail_missing(struct reader *rd, const struct merge_rule *r,
			       const struct merge_list *l, const struct json_node *n,
			       const char *id, const char *parent, struct error *e)
{
	const char *near = str_nearest(str_of(id), l->ids.v, l->ids.n);
	struct str name, rest;

	str_cut(str_of(near ? near : ""), '\n', &name, &rest);
	return json_fail(n, e, "%s has no %s %s%s" STR_FMT "%s", parent, r->noun,
			 merge_identity_shown(rd, r, n),
			 near && !r->ids[1] ? "; did you mean \"" : "",
			 STR_ARG(near && !r->ids[1] ? name : STR("")),
			 near && !r->ids[1] ? "\"?" : "");
}

static bool merged_remove(struct reader *rd, const struct merge_rule *r, struct merge_list *l,
			  const struct json_node *remove, const char *parent, struct error *e)
{
	struct json_node n;
	const char *id;

	if (!remove)
		return true;
	if (!json_want_array(remove, e))
		return false;
	for (size_t i = 0; json_item(remove, i, &n); i++) {
		bool found = false;

		if (!merge_identity_wanted(rd, r, &n, &id, e))
			return false;
		for (size_t k = 0; k < l->ids.n; k++) {
			if (strcmp(l->ids.v[k], id) == 0)
				found = l->gone[k] = true;
		}
		if (!found)
			return merge_fail_missing(rd, r, l, &n, id, parent, e);
	}
	return true;
}

/* Puts an entry into the place of the parent's of the same identity, or behind all. Where it began
 * is kept. */
static void merged_put(struct reader *rd, const struct merge_rule *r, struct merge_list *l,
		       size_t parents, bool *taken, const struct json_node *entry, const char *id)
{
	for (size_t i = 0; i < parents && id[0]; i++) {
		struct json_node *old = &l->parts.v[i];
		struct json_spot *spot;

		if (l->gone[i] || taken[i] || strcmp(l->ids.v[i], id) != 0)
			continue;
		taken[i] = true;
		if (r->kind == OF_VALUES)
			return;
		spot = arena_alloc(rd->a, sizeof(*spot));
		*spot = old->first ? *old->first : (struct json_spot){ .file = old->doc->file };
		if (!old->first)
			json_place(old, &spot->line, &spot->col);
		*old = *entry;
		old->first = spot;
		return;
	}
	*list_push(rd->a, &l->parts) = *entry;
}

static bool merged_list(struct reader *rd, const struct merge_rule *r,
			const struct json_node *const from[3], const char *parent,
			struct json_node *out, struct error *e)
{
	struct json_parts *parts = arena_alloc(rd->a, sizeof(*parts));
	struct merge_list l, added;
	size_t parents;
	bool *taken;

	if (!merged_open(rd, r, from[0], &l, e) || !merged_remove(rd, r, &l, from[2], parent, e) ||
	    !merged_open(rd, r, from[1], &added, e))
		return false;
	parents = l.parts.n;
	taken = arena_array(rd->a, parents + 1, sizeof(*taken));
	for (size_t i = 0; i < added.parts.n; i++)
		merged_put(rd, r, &l, parents, taken, &added.parts.v[i], added.ids.v[i]);
	for (size_t i = 0; i < l.parts.n; i++) {
		if (i >= parents || !l.gone[i])
			*list_push(rd->a, parts) = l.parts.v[i];
	}
	*out = json_join(from[1] ? from[1] : from[0] ? from[0] : from[2], parts);
	return true;
}

static bool merged_object(struct reader *rd, const char *section,
			  const struct json_node *const from[3], const char *parent,
			  struct json_node *out, struct error *e);

static bool is_merge_section(const char *key)
{
	for (size_t i = 0; i < SECTIONS; i++) {
		if (strcmp(key, merge_sections[i]) == 0)
			return true;
	}
	return false;
}

/* Keys that say how a recipe comes about, and are not inherited. */
static bool is_about_merging(const char *key)
{
	return strcmp(key, "extends") == 0 || strcmp(key, "remove") == 0;
}

static bool merged_member(struct reader *rd, const char *section, const char *key,
			  const struct json_node *const object[3], const char *parent,
			  struct json_parts *parts, struct error *e)
{
	const struct json_node *from[3];
	const struct merge_rule *r = merge_rule_find(section, key);
	struct json_node out;

	for (size_t i = 0; i < 3; i++)
		from[i] = merged_keep_member(rd, object[i], key);
	if (!from[0] && !from[1] && !from[2])
		return true;
	if (r && (from[2] || (from[0] && from[1]))) {
		if (!merged_list(rd, r, from, parent, &out, e))
			return false;
	} else if (!section && is_merge_section(key) && (from[2] || (from[0] && from[1]))) {
		if (!merged_object(rd, key, from, parent, &out, e))
			return false;
	} else {
		out = from[1] ? *from[1] : *from[0];
	}
	out.key = key;
	if (from[0] || from[1])
		*list_push(rd->a, parts) = out;
	return true;
}

/* from: the parent's, the child's, what is removed; each may be NULL. Members come in the parent's
 * order, then in the child's. */
static bool merged_object(struct reader *rd, const char *section,
			  const struct json_node *const from[3], const char *parent,
			  struct json_node *out, struct error *e)
{
	struct json_parts *parts = arena_alloc(rd->a, sizeof(*parts));
	struct strings keys = { 0 };
	struct json_node one;

	for (size_t k = 0; k < 3; k++) {
		if (from[k] && !json_want_object(from[k], e))
			return false;
		for (size_t i = 0; from[k] && json_member(from[k], i, &one); i++) {
			if (!strings_has(&keys, one.key) &&
			    !(!section && is_about_merging(one.key)))
				*list_push(rd->a, &keys) = one.key;
		}
	}
	for (size_t i = 0; i < keys.n; i++) {
		if (!merged_member(rd, section, keys.v[i], from, parent, parts, e))
			return false;
	}
	*out = json_join(from[1] ? from[1] : from[0] ? from[0] : from[2], parts);
	return true;
}

bool merge_check_remove(struct reader *rd, const struct json_node *remove, struct error *e)
{
	struct strings keys = { 0 };
	struct json_node section;

	for (const struct merge_rule *r = merge_rules; r < RULES_END; r++) {
		if (!strings_has(&keys, r->section ? r->section : r->key))
			*list_push(rd->a, &keys) = r->section ? r->section : r->key;
	}
	*list_push(rd->a, &keys) = NULL;
	if (!json_want_object(remove, e) || !json_no_other_keys(remove, keys.v, e))
		return false;
	for (size_t i = 0; i < SECTIONS; i++) {
		struct strings members = { 0 };

		if (!json_get(remove, merge_sections[i], &section))
			continue;
		for (const struct merge_rule *r = merge_rules; r < RULES_END; r++) {
			if (merge_rule_is_of(r, merge_sections[i]))
				*list_push(rd->a, &members) = r->key;
		}
		*list_push(rd->a, &members) = NULL;
		if (!json_want_object(&section, e) || !json_no_other_keys(&section, members.v, e))
			return false;
	}
	return true;
}

bool merge_recipes(struct reader *rd, const struct json_node *parent, const struct json_node *child,
		   struct json_node *out, struct error *e)
{
	const struct json_node *from[3] = { merged_keep(rd, parent), merged_keep(rd, child), NULL };

	from[2] = merged_keep_member(rd, from[1], "remove");
	return merged_object(rd, NULL, from, parent->doc->file, out, e);
}

struct json_node merge_without(struct reader *rd, const struct json_node *recipe,
			       const char *const *keys)
{
	struct json_parts *parts = arena_alloc(rd->a, sizeof(*parts));
	const struct json_node *kept = merged_keep(rd, recipe);
	struct json_node one;

	for (size_t i = 0; json_member(kept, i, &one); i++) {
		const char *const *key = keys;

		while (*key && strcmp(*key, one.key) != 0)
			key++;
		if (!*key)
			*list_push(rd->a, parts) = one;
	}
	return json_join(recipe, parts);
}
