/* SPDX-License-Identifier: Apache-2.0 */
/* Follows programs and keeps those that can open modules; then finds out in which of them each
 * module is to be judged, and which modules are judged as parts of others. */

#include "format/elf/process_set.h"

#include "base/path.h"
#include "format/elf/process_lookup.h"

/* All of these bound the work that hostile files can ask for. */
#define KEPT_OBJECTS_MAX 65536 /* of all programs that are kept */
#define KEPT_PLAIN_MAX 64      /* programs that open nothing: for modules of libc */
#define TRIES_MAX 100000       /* modules followed in vain */

/* A program that has started. */
struct host {
	struct arena arena; /* of the process */
	struct process p;
	const struct process_object *opener, *libc; /* who opens modules; or NULL */
	const char *stem;			    /* "python" of usr/bin/python3.13 */
};

/* Where a module is judged. */
struct seat {
	const struct host *host;
	const struct process_object *by;
};

struct seats LIST(struct seat);

struct process_module {
	struct process_file *file;   /* NULL: a program, or loaded by one */
	struct seats seats;	     /* none: it is followed alone */
	struct LIST(size_t) reaches; /* other modules, by index */
	bool inner;		     /* part of another one */
	bool seen;		     /* judged, with it or alone */
};

struct hosting {
	struct arena *a;
	const struct process_set *set;
	struct process_world *w;
	struct process_visit *visit;
	struct LIST(struct host *) hosts;
	struct process_module *modules; /* of each file of the set */
	size_t kept_objects, kept_plain, tries;
};

static bool file_counts(const struct process_file *f)
{
	return f->is_elf && !f->bad && f->elf->dynamic;
}

/* The module that a file is, or NULL. */
static struct process_module *hosting_module(const struct hosting *h, const struct process_file *f)
{
	size_t i = f->place - 1;

	return i < h->set->n && h->set->v[i] == f && h->modules[i].file ? &h->modules[i] : NULL;
}

static const char *process_stem(struct arena *a, const char *path)
{
	const char *base = path_base(path);
	size_t n = strlen(base);

	while (n && strchr("0123456789.-", base[n - 1]))
		n--;
	return arena_strndup(a, base, n);
}

/* Is a folder above the module named after a program: "python", "python3", "python3.13",
 * "perl-base"? */
static bool folder_has_stem(const char *path, const char *stem)
{
	struct str rest = str_of(path), one;
	size_t n = strlen(stem);

	while (str_cut(rest, '/', &one, &rest)) {
		if (n > 1 && str_starts(one, str_of(stem)) &&
		    (one.n == n || !((one.p[n] | 32) >= 'a' && (one.p[n] | 32) <= 'z')))
			return true;
	}
	return false;
}

static bool is_libc_module(const char *path)
{
	AUTO_ARENA a = { 0 };

	return str_starts(str_of(path_base(path)), STR("libnss_")) ||
	       strcmp(path_base(path_dir(&a, path)), "gconv") == 0;
}

static void host_look(struct host *host)
{
	const struct process *p = &host->p;

	for (size_t i = 0; i < p->objects.n; i++) {
		const struct process_object *o = p->objects.v[i];

		if (!host->opener && o->file->elf->opens)
			host->opener = o;
		if (!host->libc && o->file->elf->soname &&
		    strcmp(o->file->elf->soname, "libc.so.6") == 0)
			host->libc = o;
	}
	host->stem = process_stem(&host->arena, p->objects.v[0]->file->path);
}

static void seats_add(struct arena *a, struct seats *l, const struct host *host,
		      const struct process_object *by)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].host == host)
			return;
	*list_push(a, l) = (struct seat){ host, by };
}

/* Keeps a process for the modules, unless too much is kept already; what its notes name sits there.
 */
static bool hosting_keep(struct hosting *h, struct host *host)
{
	const struct process *p = &host->p;
	bool noted = false;

	host_look(host);
	for (size_t i = 0; i < p->edges.n; i++)
		noted |= process_edge_is_optional(&p->edges.v[i]) && p->edges.v[i].found;
	if (h->kept_objects + p->objects.n > KEPT_OBJECTS_MAX ||
	    (!host->opener && !host->libc && !noted))
		return false;
	if (!host->opener && !noted && ++h->kept_plain > KEPT_PLAIN_MAX)
		return false;
	h->kept_objects += p->objects.n;
	*list_push(h->a, &h->hosts) = host;
	for (size_t i = 0; i < p->edges.n; i++) {
		const struct process_edge *edge = &p->edges.v[i];
		struct process_module *m = edge->found ? hosting_module(h, edge->found) : NULL;

		if (m && process_edge_is_optional(edge) && process_suits(p, edge->found))
			seats_add(h->a, &m->seats, host, edge->by);
	}
	return true;
}

/* What a program loads is not a module. */
static bool hosting_start(struct hosting *h, struct process_file *program, struct error *e)
{
	struct host *host = arena_alloc(h->a, sizeof(*host));
	struct process *p = &host->p;
	bool ok;

	*host = (struct host){ .opener = NULL };
	ok = process_follow(&host->arena, h->w, program, p, e) && h->visit->process(h->visit, p, e);
	for (size_t i = 0; ok && i < p->objects.n; i++) {
		struct process_module *m = hosting_module(h, p->objects.v[i]->file);

		if (m)
			m->file = NULL;
	}
	if (!ok || !hosting_keep(h, host))
		arena_free(&host->arena);
	return ok || err_wrap(e, "/%s", program->path);
}

static void hosting_end(struct hosting *h)
{
	for (size_t i = 0; i < h->hosts.n; i++)
		arena_free(&h->hosts.v[i]->arena);
}
#define AUTO_HOSTING __attribute__((cleanup(hosting_end))) struct hosting

static bool module_follow(const struct hosting *h, const struct process_module *m,
			  const struct seat *seat, struct arena *a, struct process *p,
			  struct error *e)
{
	return (seat ? process_follow_module(a, &seat->host->p, seat->by, m->file, p, e)
		     : process_follow(a, h->w, m->file, p, e)) ||
	       err_wrap(e, "/%s", m->file->path);
}

/* The programs that its folders are named after. */
static void seat_by_name(struct hosting *h, struct process_module *m)
{
	for (size_t i = 0; i < h->hosts.n; i++) {
		const struct host *host = h->hosts.v[i];

		if (host->opener && folder_has_stem(m->file->path, host->stem) &&
		    process_suits(&host->p, m->file))
			seats_add(h->a, &m->seats, host, host->opener);
	}
}

static size_t process_missing(const struct process *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->edges.n; i++)
		n += !p->edges.v[i].found && !process_edge_is_optional(&p->edges.v[i]);
	return n;
}

/* The program with which the least is missing. */
static bool seat_by_trial(struct hosting *h, struct process_module *m, struct error *e)
{
	bool libc = is_libc_module(m->file->path);
	struct seat best = { NULL, NULL };
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < h->hosts.n && least; i++) {
		AUTO_ARENA scratch = { 0 };
		const struct host *host = h->hosts.v[i];
		const struct seat seat = { host, libc ? host->libc : host->opener };
		struct process p;

		if (!seat.by || !process_suits(&host->p, m->file))
			continue;
		if (best.host && h->tries++ >= TRIES_MAX)
			break;
		if (!module_follow(h, m, &seat, &scratch, &p, e))
			return false;
		if (process_missing(&p) < least) {
			least = process_missing(&p);
			best = seat;
		}
	}
	if (best.host)
		seats_add(h->a, &m->seats, best.host, best.by);
	return true;
}

static bool module_seat(struct hosting *h, struct process_module *m, struct error *e)
{
	if (!m->seats.n)
		seat_by_name(h, m);
	return m->seats.n || seat_by_trial(h, m, e);
}

/* What is done with each process of a module. */
typedef bool module_use(struct hosting *h, struct process_module *m, struct process *p,
			struct error *e);

static bool module_each(struct hosting *h, struct process_module *m, module_use *use,
			struct error *e)
{
	for (size_t i = 0; i < m->seats.n || i == 0; i++) {
		AUTO_ARENA scratch = { 0 };
		struct process p;

		if (!module_follow(h, m, m->seats.n ? &m->seats.v[i] : NULL, &scratch, &p, e) ||
		    !use(h, m, &p, e))
			return false;
	}
	return true;
}

static bool module_note(struct hosting *h, struct process_module *m, struct process *p,
			struct error *e)
{
	(void)e;
	for (size_t i = p->first + 1; i < p->objects.n; i++) {
		const struct process_module *other = hosting_module(h, p->objects.v[i]->file);

		if (other && other != m)
			*list_push(h->a, &m->reaches) = (size_t)(other - h->modules);
	}
	return true;
}

static bool module_judge(struct hosting *h, struct process_module *m, struct process *p,
			 struct error *e)
{
	for (size_t i = p->first; i < p->objects.n; i++) {
		struct process_module *part = hosting_module(h, p->objects.v[i]->file);

		if (part)
			part->seen = true;
	}
	return h->visit->process(h->visit, p, e) || err_wrap(e, "/%s", m->file->path);
}

static bool module_reaches(const struct hosting *h, size_t from, size_t to)
{
	const struct process_module *m = &h->modules[from];

	for (size_t i = 0; i < m->reaches.n; i++)
		if (m->reaches.v[i] == to)
			return true;
	return false;
}

/* Of modules that need each other the first stands for all. */
static void hosting_join(struct hosting *h)
{
	for (size_t i = 0; i < h->set->n; i++) {
		for (size_t k = 0; k < h->modules[i].reaches.n; k++) {
			size_t to = h->modules[i].reaches.v[k];

			if (to > i || !module_reaches(h, to, i))
				h->modules[to].inner = true;
		}
	}
}

static bool hosting_modules(struct hosting *h, struct error *e)
{
	for (size_t i = 0; i < h->set->n; i++) {
		struct process_module *m = &h->modules[i];

		if (m->file && (!module_seat(h, m, e) || !module_each(h, m, module_note, e)))
			return false;
	}
	hosting_join(h);
	for (int rest = 0; rest < 2; rest++) {
		for (size_t i = 0; i < h->set->n; i++) {
			struct process_module *m = &h->modules[i];

			if (m->file && !m->seen && (rest || !m->inner) &&
			    !module_each(h, m, module_judge, e))
				return false;
		}
	}
	return true;
}

bool process_set_each(const struct process_set *set, struct process_world *w,
		      struct process_visit *v, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	AUTO_HOSTING h = { .a = &scratch, .set = set, .w = w, .visit = v };

	h.modules = arena_array(&scratch, set->n, sizeof(*h.modules));
	for (size_t i = 0; i < set->n; i++) {
		set->v[i]->place = i + 1;
		if (file_counts(set->v[i]) && !elf_is_program(set->v[i]->elf))
			h.modules[i].file = set->v[i];
	}
	for (size_t i = 0; i < set->n; i++) {
		if (file_counts(set->v[i]) && elf_is_program(set->v[i]->elf) &&
		    !hosting_start(&h, set->v[i], e))
			return false;
	}
	return hosting_modules(&h, e);
}
