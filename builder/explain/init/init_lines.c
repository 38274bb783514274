/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions into a draft. */

#include "explain/init/init_lines.h"

#include "explain/init/dependency.h"

/* The text of the first JSON string behind `from`: names of packages and paths need no escapes. */
static const char *first_string(struct arena *a, const char *json)
{
	const char *from = strchr(json, '"');

	return from ? arena_strndup(a, from + 1, strcspn(from + 1, "\"")) : "";
}

/* The value of "package" in an object. */
static const char *package_of(struct arena *a, const char *json)
{
	const char *key = strstr(json, "\"package\": ");

	return key ? first_string(a, key + strlen("\"package\": ")) : "";
}

static bool line_string(struct init_draft *d, struct strings *l, const char *key,
			const struct suggestion *s)
{
	const char *value = first_string(d->a, s->edit.value);

	if (strings_has(l, value))
		return false;
	*list_push(d->a, l) = value;
	draft_chose(d, key, value, "%s", s->reason);
	return true;
}

static bool line_pair(struct init_draft *d, struct draft_pair **v, size_t *n, size_t *cap,
		      struct draft_pair pair, const char *key)
{
	struct LIST(struct draft_pair) l = { *v, *n, *cap };

	for (size_t i = 0; i < l.n; i++) {
		if (strcmp(l.v[i].name, pair.name) == 0)
			return false;
	}
	*list_push(d->a, &l) = pair;
	*v = l.v;
	*n = l.n;
	*cap = l.cap;
	draft_chose(d, key, pair.name, "%s", pair.text);
	return true;
}

#define LINE_PAIR(d, list, pair, key) \
	line_pair((d), &(list)->v, &(list)->n, &(list)->cap, (pair), (key))

static bool is_emptied(const struct init_draft *d, const char *package)
{
	return strings_has(&d->emptied, package);
}

/* How the base has what a package has; "": only such a package asks for it; NULL: it has not. */
static const char *line_stood_for(const struct init_draft *d, const char *package)
{
	list_each(x, &d->stood_for) {
		if (strcmp(x->name, package) == 0)
			return x->text;
	}
	return NULL;
}

/* What is not taken needs nothing else. */
static bool line_take_stood_for(struct init_draft *d, const char *package)
{
	struct draft_pair pair = { .name = package, .text = line_stood_for(d, package) };

	return pair.text[0] && LINE_PAIR(d, &d->without, pair, "depends.accept");
}

static bool init_take_line(struct init_draft *d, const struct suggestion *s)
{
	const struct edit *x = &s->edit;
	const char *second = x->keys[1] ? x->keys[1] : "";
	struct draft_pair pair = { .text = s->reason };
	bool depends = strcmp(x->keys[0], "depends") == 0;

	if (d->unsettled &&
	    (strcmp(x->keys[0], "alternatives") == 0 || strcmp(x->keys[0], "effects") == 0 ||
	     (depends && strcmp(second, "accept") == 0)))
		return false; /* they are worked out anew */
	if (depends &&
	    strings_has(&d->packages, strcmp(second, "take") == 0 ? first_string(d->a, x->value)
								  : package_of(d->a, x->value)))
		return false; /* it was found to be of the image itself */

	if (strcmp(x->keys[0], "libraries") == 0)
		return line_string(d, &d->libraries, "libraries", s);
	if (strcmp(x->keys[0], "packages") == 0)
		return line_string(d, &d->packages, "packages", s);
	if (strcmp(x->keys[0], "alternatives") == 0) {
		pair.name = x->member;
		pair.text = first_string(d->a, x->value);
		return LINE_PAIR(d, &d->alternatives, pair, "alternatives");
	}
	if (strcmp(second, "take") == 0 && line_stood_for(d, first_string(d->a, x->value)))
		return line_take_stood_for(d, first_string(d->a, x->value));
	if (strcmp(second, "take") == 0 && is_emptied(d, first_string(d->a, x->value))) {
		pair.name = first_string(d->a, x->value);
		pair.text = arena_printf(d->a, "%s; all of its files are only for a whole machine",
					 s->reason);
		return LINE_PAIR(d, &d->without, pair, "depends.accept");
	}
	if (strcmp(second, "take") == 0)
		return line_string(d, &d->take, "depends.take", s);
	pair.name = package_of(d->a, x->value);
	if (depends && strcmp(pair.text, DEPENDENCY_EMPTIED) == 0)
		return false;
	if (depends)
		return LINE_PAIR(d, &d->without, pair, "depends.accept");
	if (strcmp(x->keys[0], "effects") != 0)
		return false; /* "keep": a draft keeps everything */
	if (is_emptied(d, pair.name) || line_stood_for(d, pair.name))
		return false;
	pair.text = arena_printf(
		d->a,
		"%s; what the image needs of that stands in users, dirs, links and files of this "
		"recipe",
		s->reason);
	return LINE_PAIR(d, &d->effects, pair, "effects.accept");
}

bool init_take_lines(struct init_draft *d, const struct suggestions *s)
{
	bool any = false;

	for (size_t i = 0; i < s->v.n; i++)
		any = init_take_line(d, &s->v.v[i]) || any;
	return any;
}

static bool init_drop_lacking(struct init_draft *d, const struct suggestion_unknown *u)
{
	if (strings_has(&d->entrypoint, u->file))
		return false;
	if (!draft_drop(d, u->file)) /* a file that needs it brings it back */
		return !strings_has(&d->unwanted, u->file) &&
		       (*list_push(d->a, &d->unwanted) = u->file, true);
	draft_chose(d, "drop", u->file, "it needs %s, and nothing was found that has it",
		    u->library);
	draft_leave(
		d,
		"%s is left out, for nothing was found that has %s: if the image needs it, name the "
		"library's package in \"libraries\" and take the file out of \"drop\"",
		u->file, u->library);
	return true;
}

bool init_drop_unknown(struct init_draft *d, const struct suggestions *s)
{
	bool any = false;

	list_each(u, &s->unknown)
		any = init_drop_lacking(d, u) || any;
	return any;
}
