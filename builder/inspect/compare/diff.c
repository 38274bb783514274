/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison of two sorted lists, five times. Knows nothing of how the result is shown. */

#include "inspect/compare/diff.h"
#include "inspect/compare/diff_products.h"

#include "base/size.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/model/model.h"
#include "inspect/model/packages.h"
#include "inspect/audit/rules.h"
#include "format/debian/debversion.h"

static void diff_add(struct arena *a, struct diff *out, enum diff_part part, char sign,
		     const char *subject, const char *detail)
{
	*list_push(a, &out->list) = (struct difference){
		.part = part, .sign = sign, .subject = subject, .detail = detail
	};
}

static void diff_versions(struct arena *a, const struct package *x, const struct package *y,
			  struct diff *out)
{
	int order = debversion_compare(str_of(x->version), str_of(y->version));

	if (strcmp(x->version, y->version) != 0)
		diff_add(a, out, DIFF_PACKAGES, '~', y->name,
			 arena_printf(a, "%s -> %s%s", x->version, y->version,
				      order < 0	  ? " (upgrade)"
				      : order > 0 ? " (downgrade)"
						  : ""));
}

static void diff_package_lists(struct arena *a, struct diff *out)
{
	const struct packages *x = &out->before->model->packages, *y = &out->after->model->packages;
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		int order = i == x->n ? 1 : k == y->n ? -1 : strcmp(x->v[i].name, y->v[k].name);

		if (order == 0)
			diff_versions(a, &x->v[i++], &y->v[k++], out);
		else if (order < 0)
			diff_add(a, out, DIFF_PACKAGES, '-', x->v[i].name, x->v[i].version), i++;
		else
			diff_add(a, out, DIFF_PACKAGES, '+', y->v[k].name, y->v[k].version), k++;
	}
}

static void diff_add_products(struct arena *a, struct diff *out)
{
	struct product_changes changes = { NULL, 0, 0 };

	diff_products(a, &out->before->components, &out->after->components, &changes);
	list_each(c, &changes)
		diff_add(a, out, DIFF_PACKAGES, c->sign, c->url, c->detail);
}

static void diff_setting(struct arena *a, struct diff *out, const char *name, const char *x,
			 const char *y)
{
	if (strcmp(x ? x : "", y ? y : "") == 0)
		return;
	diff_add(a, out, DIFF_CONFIG,
		 !x   ? '+'
		 : !y ? '-'
		      : '~',
		 name,
		 !x   ? y
		 : !y ? x
		      : arena_printf(a, "%s -> %s", x, y));
}

static const char *strings_joined(struct arena *a, const struct strings *l)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&out, "%s%s", i ? " " : "", l->v[i]);
	return out.n ? buf_cstr(&out) : NULL;
}

static const char *env_value(const struct env_var *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return v[i].value;
	return NULL;
}

/* Environment or labels: those of the first image in its order, then what is new. */
static void compare_variables(struct arena *a, struct diff *out, const char *what,
			      const struct env_var *const v[2], const size_t n[2])
{
	for (size_t i = 0; i < n[0]; i++)
		diff_setting(a, out, arena_printf(a, "%s %s", what, v[0][i].name), v[0][i].value,
			     env_value(v[1], n[1], v[0][i].name));
	for (size_t i = 0; i < n[1]; i++)
		if (!env_value(v[0], n[0], v[1][i].name))
			diff_setting(a, out, arena_printf(a, "%s %s", what, v[1][i].name), NULL,
				     v[1][i].value);
}

/* "interval 30 s, retries 3"; NULL: nothing is said. */
static const char *diff_pace(struct arena *a, const struct health_pace *p)
{
	const struct {
		const char *name;
		uint64_t ns;
	} times[] = { { "interval", p->interval_ns },
		      { "timeout", p->timeout_ns },
		      { "start period", p->start_period_ns } };
	struct buf out = { .a = a };

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		if (times[i].ns)
			buf_printf(&out, "%s%s %g s", out.n ? ", " : "", times[i].name,
				   (double)times[i].ns / 1e9);
	}
	if (p->retries)
		buf_printf(&out, "%sretries %llu", out.n ? ", " : "",
			   (unsigned long long)p->retries);
	return out.n ? buf_cstr(&out) : NULL;
}

void diff_settings(struct arena *a, const struct image_facts *x, const struct image_facts *y,
		   struct diff *out)
{
	const struct env_var *env[] = { x->env.v, y->env.v },
			     *labels[] = { x->labels.v, y->labels.v };

	diff_setting(a, out, "os", x->os, y->os);
	diff_setting(a, out, "architecture", x->architecture, y->architecture);
	diff_setting(a, out, "variant", x->variant, y->variant);
	diff_setting(a, out, "user", x->user, y->user);
	diff_setting(a, out, "entrypoint", strings_joined(a, &x->entrypoint),
		     strings_joined(a, &y->entrypoint));
	diff_setting(a, out, "cmd", strings_joined(a, &x->cmd), strings_joined(a, &y->cmd));
	diff_setting(a, out, "workdir", x->workdir, y->workdir);
	diff_setting(a, out, "stop signal", x->stop_signal, y->stop_signal);
	diff_setting(a, out, "exposed ports", strings_joined(a, &x->expose),
		     strings_joined(a, &y->expose));
	diff_setting(a, out, "volumes", strings_joined(a, &x->volumes),
		     strings_joined(a, &y->volumes));
	diff_setting(a, out, "healthcheck", strings_joined(a, &x->health),
		     strings_joined(a, &y->health));
	diff_setting(a, out, "healthcheck pace", diff_pace(a, &x->pace), diff_pace(a, &y->pace));
	compare_variables(a, out, "env", env, (const size_t[]){ x->env.n, y->env.n });
	compare_variables(a, out, "label", labels, (const size_t[]){ x->labels.n, y->labels.n });
}

static bool has_finding(const struct findings *l, const struct finding *f)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].rule == f->rule && !l->v[i].accepted == !f->accepted &&
		    strcmp(l->v[i].path ? l->v[i].path : "", f->path ? f->path : "") == 0 &&
		    strcmp(l->v[i].message, f->message) == 0)
			return true;
	return false;
}

static void compare_findings(struct arena *a, struct diff *out)
{
	const struct findings *l[] = { &out->before->findings, &out->after->findings };

	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < l[side]->n; i++) {
			const struct finding *f = &l[side]->v[i];

			if (f->severity > SEV_INFO && !has_finding(l[!side], f))
				diff_add(a, out, DIFF_FINDINGS, side ? '+' : '-', f->rule->id,
					 arena_printf(a, "%s%s: %s",
						      f->accepted ? "(accepted) " : "",
						      finding_subject(a, f), f->message));
		}
}

static void diff_note_change(struct buf *b, const char *fmt, const char *x, const char *y)
{
	if (b->n)
		buf_puts(b, ", ");
	buf_printf(b, "%s %s -> %s", fmt, x, y);
}

static size_t count_lost_symbols(const struct elf_facts *x, const struct elf_facts *y)
{
	size_t lost = 0;

	for (size_t i = 0, k = 0; i < x->n_defined; i++) {
		while (k < y->n_defined && y->defined[k] < x->defined[i])
			k++;
		lost += k == y->n_defined || y->defined[k] != x->defined[i];
	}
	return lost;
}

/* Did it lose symbols? */
static bool compare_elf(struct arena *a, const struct elf_facts *x, const struct elf_facts *y,
			struct buf *b)
{
	const char *needs[2];
	size_t lost;

	if (!x || !y || !x->readable || !y->readable)
		return false;
	needs[0] = strings_joined(a, &x->head.needed);
	needs[1] = strings_joined(a, &y->head.needed);
	if (strcmp(needs[0] ? needs[0] : "", needs[1] ? needs[1] : "") != 0)
		diff_note_change(b, "needs", needs[0] ? needs[0] : "nothing",
				 needs[1] ? needs[1] : "nothing");
	lost = count_lost_symbols(x, y);
	if (lost)
		buf_printf(b, "%slost %zu of %zu symbols", b->n ? ", " : "", lost, x->n_defined);
	return lost;
}

static const char *item_type_name(const struct item *i)
{
	static const char *const names[] = {
		"file", "folder", "link", "character device", "block device", "FIFO", "hard link"
	};

	return names[i->type];
}

static void diff_items(struct arena *a, const struct item *x, const struct item *y,
		       struct diff *out)
{
	struct buf b = { .a = a };
	bool lost = false;

	if (x->type != y->type)
		diff_note_change(&b, "kind", item_type_name(x), item_type_name(y));
	if (x->mode != y->mode)
		diff_note_change(&b, "mode", arena_printf(a, "%04o", x->mode),
				 arena_printf(a, "%04o", y->mode));
	if (x->uid != y->uid || x->gid != y->gid)
		diff_note_change(&b, "owner", arena_printf(a, "%u:%u", x->uid, x->gid),
				 arena_printf(a, "%u:%u", y->uid, y->gid));
	if (x->capabilities != y->capabilities)
		diff_note_change(&b, "capabilities", x->capabilities ? "some" : "none",
				 y->capabilities ? "some" : "none");
	if (x->type == ITEM_LINK && y->type == ITEM_LINK && strcmp(x->target, y->target) != 0)
		diff_note_change(&b, "target", x->target, y->target);
	if (x->type == ITEM_FILE && y->type == ITEM_FILE && !digest_eq(&x->sha256, &y->sha256)) {
		if (x->size == y->size)
			buf_printf(&b, "%scontent", b.n ? ", " : "");
		else
			diff_note_change(&b, "size", size_text(a, x->size), size_text(a, y->size));
		lost = compare_elf(a, x->elf, y->elf, &b);
	}
	if (b.n == 0)
		return;
	diff_add(a, out, DIFF_FILES, '~', arena_printf(a, "/%s", y->path), buf_cstr(&b));
	out->list.v[out->list.n - 1].symbols = lost;
}

static void one_sided(struct arena *a, char sign, const struct item *i, struct diff *out)
{
	diff_add(a, out, DIFF_FILES, sign, arena_printf(a, "/%s", i->path),
		 i->type == ITEM_FILE	? size_text(a, i->size)
		 : i->type == ITEM_LINK ? arena_printf(a, "link to %s", i->target)
					: item_type_name(i));
}

static void compare_files(struct arena *a, struct diff *out)
{
	const struct items *x = &out->before->model->items, *y = &out->after->model->items;
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		int order = i == x->n	? 1
			    : k == y->n ? -1
					: path_order(x->v[i]->path, y->v[k]->path);

		if (order == 0)
			diff_items(a, x->v[i++], y->v[k++], out);
		else if (order < 0)
			one_sided(a, '-', x->v[i++], out);
		else
			one_sided(a, '+', y->v[k++], out);
	}
}

void diff_make(struct arena *a, const struct audit_result *before, const struct audit_result *after,
	       struct diff *out)
{
	*out = (struct diff){ .before = before, .after = after };
	diff_package_lists(a, out);
	diff_add_products(a, out);
	diff_settings(a, before->model->image, after->model->image, out);
	compare_findings(a, out);
	compare_files(a, out);
}
