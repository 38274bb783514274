/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison tells beyond facts: which symbols were lost, by name, and what the changelogs
 * of upgraded packages say. Both need contents, so the two images are read once more, and only the
 * files that matter are kept; a child in a jail reads them. */

#include "inspect/compare/diff.h"

#include "format/debian/changelog.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/image/expand.h"
#include "inspect/model/inspect.h"
#include "base/frames.h"
#include "base/jail.h"
#include "base/wire.h"

#define SYMBOLS_SHOWN 20
#define CHANGELOG_MAX (8u << 20)
#define MESSAGE_MAX ((size_t)64 << 20)

struct contents_wanted {
	struct keep_rule rule;
	struct strings paths; /* sorted */
};

static bool more_is_wanted(const struct keep_rule *rule, const char *path)
{
	const struct contents_wanted *w = (const struct contents_wanted *)(const void *)rule;

	return strings_has(&w->paths, path);
}

static const struct item *file_at(const struct audit_result *r, const char *subject)
{
	const struct item *i = model_at(r->model, subject + 1);

	return i && i->type == ITEM_FILE && i->elf && i->elf->readable ? i : NULL;
}

/* "lost: a, b and 3 more" */
static void name_lost(struct arena *a, struct difference *d, struct str elf,
		      const struct elf_facts *before, const struct elf_facts *after)
{
	AUTO_ARENA scratch = { 0 };
	struct error ignored = { 0 };
	struct elf_symbols list = { { NULL, 0, 0 } };
	struct strings names = { NULL, 0, 0 };
	struct buf text = { .a = a };

	if (!elf_read_symbols(&scratch, elf, &list, &ignored))
		return;
	for (size_t i = 0; i < list.v.n; i++) {
		uint32_t hash = symbol_hash(list.v.v[i].name);

		if (list.v.v[i].defined && elf_facts_define(before, hash) &&
		    !elf_facts_define(after, hash))
			*list_push(&scratch, &names) = str_dup(a, list.v.v[i].name);
	}
	strings_sort(&names);
	strings_unique(&names);
	for (size_t i = 0; i < names.n && i < SYMBOLS_SHOWN; i++)
		buf_printf(&text, "%s%s", i ? ", " : "lost: ", names.v[i]);
	if (names.n > SYMBOLS_SHOWN)
		buf_printf(&text, " and %zu more", names.n - SYMBOLS_SHOWN);
	if (names.n)
		*list_push(a, &d->more) = buf_cstr(&text);
}

static bool more_lost_symbols(struct arena *a, struct diff *d, const struct inspection *in,
			      struct error *e)
{
	for (size_t i = 0; i < d->list.n; i++) {
		struct difference *x = &d->list.v[i];
		AUTO_ARENA scratch = { 0 };
		const struct item *before, *after;
		struct str elf;

		if (x->part != DIFF_FILES || !x->symbols)
			continue;
		before = file_at(d->before, x->subject);
		after = file_at(d->after, x->subject);
		if (!model_text(&scratch, &in->model, model_at(&in->model, x->subject + 1), &elf,
				e))
			return false;
		if (elf.p && before && after)
			name_lost(a, x, elf, before->elf, after->elf);
	}
	return true;
}

/* The kinds of names a changelog has in a package's folder of documents. */
static const char *const changelogs[] = { "changelog.Debian.gz", "changelog.gz" };

static void unpack_changelog(struct arena *a, struct str packed, struct buf *out)
{
	AUTO_EXPAND x = { .state = NULL };
	struct error ignored = { 0 };
	struct str_source from;
	struct str chunk;

	str_source_init(&from, packed, "a changelog");
	if (!expand_open(&x, &from.base, LAYER_GZIP, CHANGELOG_MAX, &ignored))
		return;
	*out = (struct buf){ .a = a };
	while (x.base.next(&x.base, &chunk, &ignored) == 1)
		buf_add(out, chunk);
}

static const struct item *changelog_of(const struct model *m, const char *package)
{
	AUTO_ARENA scratch = { 0 };

	for (size_t k = 0; k < ARRAY_SIZE(changelogs); k++) {
		const char *path = arena_printf(&scratch, "/usr/share/doc/%s/%s", package,
						changelogs[k]);
		const struct item *i = model_resolve(m, "", path, NULL);

		if (i && i->type == ITEM_FILE)
			return i;
	}
	return NULL;
}

/* Packages of one source have one changelog: it is told once. */
static bool more_upgrades(struct arena *a, struct diff *d, const struct inspection *in,
			  struct error *e)
{
	struct strings told = { NULL, 0, 0 };

	for (size_t i = 0; i < d->list.n; i++) {
		struct difference *x = &d->list.v[i];
		AUTO_ARENA scratch = { 0 };
		const struct package *before = packages_find(&d->before->model->packages,
							     x->subject);
		const struct package *after = packages_find(&d->after->model->packages, x->subject);
		struct buf text = { .a = &scratch };
		struct str packed;
		bool known = false;

		if (x->part != DIFF_PACKAGES || x->sign != '~' || !before || !after)
			continue;
		for (size_t k = 0; k < told.n; k++)
			known = known || strcmp(told.v[k], after->source) == 0;
		if (known)
			continue;
		if (!model_text(&scratch, &in->model, changelog_of(&in->model, x->subject), &packed,
				e))
			return false;
		if (packed.p)
			unpack_changelog(&scratch, packed, &text);
		changelog_between(a, buf_str(&text), before->source_version, after->source_version,
				  &x->more);
		if (x->more.n)
			*list_push(a, &told) = after->source;
	}
	return true;
}

static void more_want(struct arena *a, const struct diff *d, struct contents_wanted *lost,
		      struct contents_wanted *upgraded)
{
	for (size_t i = 0; i < d->list.n; i++) {
		const struct difference *x = &d->list.v[i];

		if (x->part == DIFF_FILES && x->symbols)
			*list_push(a, &lost->paths) = x->subject + 1;
		if (x->part == DIFF_PACKAGES && x->sign == '~') {
			const struct item *log = changelog_of(d->after->model, x->subject);

			if (log)
				*list_push(a, &upgraded->paths) = log->path;
		}
	}
	strings_sort(&lost->paths);
	strings_sort(&upgraded->paths);
}

/* Finds more to tell in the contents kept of an image. */
typedef bool teller(struct arena *a, struct diff *d, const struct inspection *in, struct error *e);

struct round {
	struct arena *a;
	struct diff *d;
	const struct inspection *in;
	teller *tell;
};

/* In the jail: the difference is its own copy, of which it sends what was found. */
static bool find_more(void *ctx, struct sink *out, struct error *e)
{
	const struct round *r = ctx;

	if (!r->tell(r->a, r->d, r->in, e))
		return false;
	for (size_t i = 0; i < r->d->list.n; i++) {
		AUTO_ARENA scratch = { 0 };
		struct buf message = { .a = &scratch };

		if (!r->d->list.v[i].more.n)
			continue;
		wire_put(&message, i);
		wire_put_texts(&message, &r->d->list.v[i].more);
		if (!frame_put(out, 'M', buf_str(&message), e))
			return false;
	}
	return true;
}

struct text_taker {
	struct arena *a;
	struct diff *d;
};

static bool take_more(void *to, char kind, struct str message, struct error *e)
{
	const struct text_taker *t = to;
	struct wire w = { .a = t->a, .rest = message };
	struct difference *x = &t->d->list.v[wire_get(&w, t->d->list.n - 1)];

	(void)kind;
	x->more = (struct strings){ NULL, 0, 0 };
	wire_texts(&w, &x->more);
	return wire_end(&w) || frame_nonsense(e);
}

static bool run_round(struct arena *a, struct round *r, struct error *e)
{
	static const struct jail_limits limits = { (uint64_t)1 << 30, 300, 900 };
	const struct jail_files files = { { r->in->model.kept, -1 }, -1, 0 };
	AUTO_JAIL jail = { .base.next = NULL };
	struct text_taker t = { a, r->d };

	return jail_start(&jail, "the files that differ", &limits, &files, find_more, r, e) &&
	       frames_each(&jail.base, "M", MESSAGE_MAX, take_more, &t, e);
}

bool diff_more(struct arena *a, struct diff *d, const char *platform, struct error *e)
{
	struct contents_wanted lost = { { .want = more_is_wanted }, { NULL, 0, 0 } },
			       upgraded = lost;
	const struct {
		const struct audit_result *of;
		struct contents_wanted *what;
		teller *tell;
	} rounds[] = {
		{ d->before, &lost, more_lost_symbols },
		{ d->after, &upgraded, more_upgrades },
	};

	more_want(a, d, &lost, &upgraded);
	for (size_t i = 0; i < 2; i++) {
		AUTO_ARENA scratch = { 0 };
		AUTO_INSPECTION in = INSPECTION_INIT;
		const struct inspect_request req = { rounds[i].of->image,   platform,
						     &rounds[i].what->rule, NULL,
						     rounds[i].of->opened,  NULL };
		struct round round = { &scratch, d, &in, rounds[i].tell };

		if (rounds[i].what->paths.n &&
		    (!inspect_image(&scratch, &req, &in, e) || !run_round(a, &round, e)))
			return err_wrap(e, "image %s", req.image);
	}
	return true;
}
