/* SPDX-License-Identifier: Apache-2.0 */
#include "input/recipe/source_steps.h"

#include "base/strmap.h"

static bool read_step(struct reader *rd, const struct json_node *n, void *context, struct error *e)
{
	static const char *const keys[] = { "name", "run", "dir", "until", NULL };
	struct source_recipe *s = context;
	struct step *step = list_push(rd->a, &s->steps);
	struct json_node name, run, dir, until;

	step->at = read_place(n);
	if (!json_no_other_keys(n, keys, e) || !json_need(n, "name", &name, e) ||
	    !read_name(rd, &name, &step->name, e) || !json_need(n, "run", &run, e) ||
	    !json_as_strings(rd->a, &run, &step->run, e))
		return false;
	if (step->run.n == 0)
		return json_fail(&run, e, "must hold a program and its arguments");
	if (json_get(n, "until", &until)) {
		step->until_at = read_place(&until);
		if (!json_as_string(rd->a, &until, &step->until, e))
			return false;
	}
	if (!json_get(n, "dir", &dir))
		return true;
	if (!json_as_string(rd->a, &dir, &step->dir, e))
		return false;
	return (step->dir[0] != '/' && !strstr(step->dir, "..")) ||
	       json_fail(&dir, e, "must be a folder below the source folder");
}

/* The first that goes on until a step that does not come; NULL: there is none. */
static const struct step *find_endless_step(const struct source_recipe *s)
{
	AUTO_ARENA a = { 0 };
	struct strmap behind = { 0 };
	const struct step *found = NULL;

	for (size_t i = s->steps.n; i-- > 0;) {
		const struct step *step = &s->steps.v[i];

		if (step->until && !strmap_get(&behind, str_of(step->until)))
			found = step;
		strmap_add(&a, &behind, str_of(step->name));
	}
	return found;
}

static bool check_steps(const struct source_recipe *s, struct error *e)
{
	const struct step *step = find_endless_step(s);

	if (!step)
		return true;
	err_set(e, ERR_INPUT, "steps[%td].until: no step behind \"%s\" is called \"%s\"",
		step - s->steps.v, step->name, step->until);
	return err_at(e, step->until_at.file, step->until_at.line, step->until_at.col);
}

bool source_read_steps(struct reader *rd, const struct json_node *root, struct source_recipe *s,
		       struct error *e)
{
	if (!read_each(rd, root, "steps", read_step, s, e))
		return false;
	if (s->steps.n == 0)
		return json_fail(root, e, "a source needs \"steps\"");
	return check_steps(s, e);
}
