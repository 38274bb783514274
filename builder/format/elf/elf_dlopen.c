/* SPDX-License-Identifier: Apache-2.0 */
/* .note.dlopen: JSON arrays of objects { feature, description, priority, soname[] }, one array a
 * note. Knows the form, not whether the libraries are there. */

#include "format/elf/elf_dlopen.h"

#include "format/json/json.h"

static const char *const priority_names[] = { "suggested", "recommended", "required" };

const char *elf_dlopen_priority_name(enum elf_dlopen_priority p)
{
	return priority_names[p];
}

static bool read_priority(struct arena *a, const struct json_node *object, struct elf_dlopen *d,
			  struct error *e)
{
	const char *priority = "recommended"; /* the default of the specification */
	struct json_node at;

	if (!json_opt_string(a, object, "priority", &priority, e))
		return false;
	for (int i = 0; i < 3; i++) {
		if (strcmp(priority, priority_names[i]) == 0) {
			d->priority = (enum elf_dlopen_priority)i;
			return true;
		}
	}
	return json_need(object, "priority", &at, e) &&
	       json_fail(&at, e, "unknown priority \"%s\"", priority);
}

static bool read_object(struct arena *a, const struct json_node *object, struct elf_dlopen *d,
			struct error *e)
{
	struct json_node sonames;

	return json_want_object(object, e) &&
	       json_opt_string(a, object, "feature", &d->feature, e) &&
	       json_opt_string(a, object, "description", &d->description, e) &&
	       read_priority(a, object, d, e) && json_need(object, "soname", &sonames, e) &&
	       json_as_strings(a, &sonames, &d->sonames, e);
}

static bool dlopen_read_note(struct arena *a, struct str text, struct elf_dlopens *out,
			     struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, item;

	/* the description's length counts its NUL, mostly */
	text.n = strnlen(text.p, text.n);
	if (!json_parse(".note.dlopen", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_array(&root, e))
		return false;
	for (size_t i = 0; json_item(&root, i, &item); i++) {
		struct elf_dlopen d = { .feature = NULL };

		if (!read_object(a, &item, &d, e))
			return false;
		*list_push(a, &out->v) = d;
	}
	return true;
}

bool elf_read_dlopens(struct arena *a, const struct elf *elf, struct elf_dlopens *out,
		      struct error *e)
{
	*out = (struct elf_dlopens){ 0 };
	for (size_t i = 0; i < elf->notes.n; i++) {
		const struct elf_note *note = &elf->notes.v[i];

		if (note->type == ELF_NOTE_DLOPEN && strcmp(note->owner, "FDO") == 0 &&
		    !dlopen_read_note(a, note->desc, out, e))
			return false;
	}
	return true;
}
