/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a history: "result VALUE", then "NAME TAB VERSION TAB VALUE" for each input, sorted
 * by name. */

#include "transfer/store/history.h"

#include <stdlib.h>

#include "base/buf.h"

#define FORMAT_NUMBER 1
#define TOLD 4	     /* changes that are named; the others are counted */
#define VALUE_MAX 16 /* longer ones are shortened to so many digits of their digest */

void history_add(struct arena *a, struct history_inputs *in, const char *name, const char *value)
{
	*list_push(a, in) = (struct history_input){ .name = name, .version = "", .value = value };
}

static struct digest step_key(const struct history_step *s)
{
	AUTO_ARENA a = { 0 };
	struct error unknown = { 0 };
	const char *file = s->file;

	/* two repositories may have recipes of one name */
	if (!file_real_path(&a, s->file, &file, &unknown))
		err_clear(&unknown);
	return digest_of(str_of(arena_printf(&a, "imgbuild history %d\n%s\n%s\n%s\n%s\n",
					     FORMAT_NUMBER, s->kind, file, s->platform, s->name)));
}

static void add_field(struct buf *out, const char *text, char end)
{
	for (; *text; text++)
		buf_putc(out, (unsigned char)*text < ' ' ? '?' : *text);
	buf_putc(out, end);
}

/* As it is remembered. */
static struct history_input shortened_input(struct arena *a, const struct history_input *in)
{
	struct history_input out = *in;
	struct buf name = { .a = a }, version = { .a = a };

	add_field(&name, in->name, '\0');
	add_field(&version, in->version, '\0');
	out.name = buf_cstr(&name);
	out.version = buf_cstr(&version);
	if (strlen(in->value) > VALUE_MAX || strpbrk(in->value, "\t\n")) {
		struct digest d = digest_of(str_of(in->value));

		out.value = arena_printf(a, "%.*s", VALUE_MAX, digest_hex_dup(a, &d));
	}
	return out;
}

static int input_by_name(const void *a, const void *b)
{
	return strcmp(((const struct history_input *)a)->name,
		      ((const struct history_input *)b)->name);
}

static struct history_inputs shorten_all(struct arena *a, const struct history_inputs *in)
{
	struct history_inputs out = { 0 };

	for (size_t i = 0; i < in->n; i++)
		*list_push(a, &out) = shortened_input(a, &in->v[i]);
	return out;
}

static bool is_same_state(const struct history_input *x, const struct history_input *y)
{
	return strcmp(x->version, y->version) == 0 && strcmp(x->value, y->value) == 0;
}

static int input_by_all(const void *a, const void *b)
{
	const struct history_input *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	order = order ? order : strcmp(x->version, y->version);
	return order ? order : strcmp(x->value, y->value);
}

static void history_sort(struct history_inputs *in)
{
	if (in->n > 1)
		qsort(in->v, in->n, sizeof(*in->v), input_by_all);
}

/* The one of this name; where there are several, the one in the same state. */
static const struct history_input *find_input(const struct history_inputs *sorted,
					      const struct history_input *x)
{
	const struct history_input *end = sorted->v + sorted->n, *at, *same;

	at = sorted->n ? bsearch(x, sorted->v, sorted->n, sizeof(*sorted->v), input_by_name) : NULL;
	while (at && at > sorted->v && strcmp(at[-1].name, x->name) == 0)
		at--;
	for (same = at; same && same < end && strcmp(same->name, x->name) == 0; same++) {
		if (is_same_state(same, x))
			return same;
	}
	return at;
}

static void history_format(const struct history_inputs *now, const char *result, struct buf *out)
{
	struct history_inputs sorted = shorten_all(out->a, now);

	history_sort(&sorted);
	buf_puts(out, "result ");
	add_field(out, result ? result : "", '\n');
	for (size_t i = 0; i < sorted.n; i++)
		buf_printf(out, "%s\t%s\t%s\n", sorted.v[i].name, sorted.v[i].version,
			   sorted.v[i].value);
}

/* What does not look like an input is none: the text is ours, or another format's. */
static void history_parse(struct arena *a, struct str text, struct history_inputs *out,
			  const char **result)
{
	struct str line, name, rest, version, value;

	*result = "";
	if (str_next(&text, '\n', &line) && str_starts(line, STR("result ")))
		*result = str_dup(a, str_from(line, strlen("result ")));
	while (str_next(&text, '\n', &line)) {
		if (str_cut(line, '\t', &name, &rest) && str_cut(rest, '\t', &version, &value))
			*list_push(a, out) = (struct history_input){ .name = str_dup(a, name),
								     .version = str_dup(a, version),
								     .value = str_dup(a, value) };
	}
}

/* The changes in words, in the order in which the inputs were given. */
struct history_telling {
	struct buf text;
	size_t n;
};

static struct buf *telling_next(struct history_telling *t)
{
	if (t->n++ < TOLD && t->text.n)
		buf_puts(&t->text, ", ");
	return &t->text;
}

static void tell_input(struct history_telling *t, const struct history_input *now,
		       const struct history_input *was)
{
	bool same_version = was && strcmp(was->version, now->version) == 0;
	struct buf *out;

	if (was && is_same_state(was, now))
		return;
	out = telling_next(t);
	if (t->n > TOLD)
		return;
	buf_puts(out, same_version && now->part ? now->part : now->name);
	if (!was)
		buf_puts(out, " is new");
	else if (same_version)
		buf_puts(out, " changed");
	else
		buf_printf(out, " changed from %s to %s", was->version, now->version);
	if (now->place)
		buf_printf(out, " (%s)", now->place);
}

static void tell_changes(struct history_telling *t, const struct history_inputs *before,
			 const struct history_inputs *now)
{
	struct history_inputs sorted = { 0 };

	for (size_t i = 0; i < now->n; i++) {
		tell_input(t, &now->v[i], find_input(before, &now->v[i]));
		*list_push(t->text.a, &sorted) = now->v[i];
	}
	history_sort(&sorted);
	for (size_t i = 0; i < before->n; i++) {
		if (find_input(&sorted, &before->v[i]))
			continue;
		if (telling_next(t) && t->n <= TOLD)
			buf_printf(&t->text, "%s is gone", before->v[i].name);
	}
	if (t->n > TOLD)
		buf_printf(&t->text, " and %zu more", t->n - TOLD);
}

static int history_read(struct arena *a, const struct history *h, const struct history_step *s,
			struct str *text, struct error *e)
{
	struct digest key = step_key(s);

	return store_get_action(a, h->store, &key, text, e);
}

bool history_tell(const struct history *h, const struct history_step *s,
		  const struct history_inputs *now, const char *result, bool reused,
		  struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct history_inputs before = { 0 }, is = shorten_all(&a, now);
	struct history_telling t = { .text = { .a = &a } };
	const char *last = "";
	struct str text;
	int got;

	if (!h->explain || h->aside)
		return true;
	if (reused) {
		progress_note(h->progress, "%s %s (%s): reused", s->kind, s->name, s->platform);
		return true;
	}
	got = history_read(&a, h, s, &text, e);
	if (got < 0)
		return false;
	if (got > 0) {
		history_parse(&a, text, &before, &last);
		tell_changes(&t, &before, &is);
	}
	if (got == 0)
		buf_puts(&t.text, "first build of this on this machine");
	else if (t.n == 0 && result && strcmp(last, result) != 0)
		buf_puts(&t.text, "what it holds changed");
	else if (t.n == 0)
		buf_puts(&t.text,
			 h->otherwise ? h->otherwise : "its result was not there any more");
	progress_note(h->progress, "%s %s (%s): made: %s", s->kind, s->name, s->platform,
		      buf_cstr(&t.text));
	return true;
}

bool history_same(const struct history *h, const struct history_step *s,
		  const struct history_inputs *now, bool *same, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct str old;
	int got = history_read(&a, h, s, &old, e);

	history_format(now, NULL, &text);
	*same = got > 0 && str_eq(old, buf_str(&text));
	return got >= 0;
}

bool history_note(const struct history *h, const struct history_step *s,
		  const struct history_inputs *now, const char *result, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct digest key = step_key(s);
	struct buf text = { .a = &a };
	struct str old;
	int got;

	if (h->aside)
		return true;
	got = history_read(&a, h, s, &old, e);
	history_format(now, result, &text);
	if (got > 0 && str_eq(old, buf_str(&text)))
		return true; /* most often: no write, no fsync */
	return got >= 0 && store_note_action(h->store, &key, buf_str(&text), e);
}
