/* SPDX-License-Identifier: Apache-2.0 */
/* Which unit of several is meant, and what is to be said of the others. */

#include "base/path.h"
#include "explain/init/service.h"

#define UNITS "usr/lib/systemd/system/"

/* Weights of what a unit says of itself come before those of what others say of it. */
#define WEIGHT_OWN 4

const char *service_unit_name(struct collecting *c, const char *path)
{
	const char *base = path_base(path);

	return arena_strndup(c->a, base, strlen(base) - strlen(".service"));
}

/* "StandardInput=socket": systemd takes each connection, and starts it with that. */
static bool unit_is_per_connection(const struct unit *u)
{
	const struct unit_setting *input = unit_last(u, "Service", "StandardInput");

	return input && strcmp(input->value, "socket") == 0;
}

/* Can it be started as it stands? A template ("x@.service") can, unless its instance has a say. */
static bool unit_is_service(const struct unit *u, bool template)
{
	const struct unit_setting *start = unit_last(u, "Service", "ExecStart");
	const struct unit_setting *type = unit_last(u, "Service", "Type");

	return start && !(type && strcmp(type->value, "oneshot") == 0) &&
	       !unit_is_per_connection(u) &&
	       !(template && (strstr(start->value, "%i") || strstr(start->value, "%I")));
}

static bool unit_lists(const struct unit *u, const char *section, const char *key, const char *name)
{
	const struct unit_setting *x;

	for (size_t i = 0; (x = unit_next(u, section, key, &i));) {
		struct str rest = str_of(x->value), word;

		while (str_next(&rest, ' ', &word)) {
			if (str_eq(word, str_of(name)))
				return true;
		}
	}
	return false;
}

/* Does a unit want the other, or come after it? Under one of its names: smbd.service comes after
 * nmb.service, an alias of nmbd.service. */
static bool unit_needs(const struct unit *u, const struct unit *other, const char *file)
{
	static const char *const keys[] = { "Wants", "Requires", "BindsTo", "After" };
	const struct unit_setting *alias;

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		if (unit_lists(u, "Unit", keys[k], file))
			return true;
		for (size_t i = 0; (alias = unit_next(other, "Install", "Alias", &i));) {
			if (unit_lists(u, "Unit", keys[k], alias->value))
				return true;
		}
	}
	return false;
}

/* What a unit says of itself: 0: it does not start what was asked for; a dependency's service is
 * not that. */
static int unit_own_weight(struct collecting *c, const struct collect_text *t, const struct unit *u)
{
	const char *name = service_unit_name(c, t->path), *instance = strchr(name, '@');
	int weight = 0;

	if (!unit_is_service(u, instance && !instance[1]))
		return 0;
	name = instance ? arena_strndup(c->a, name, (size_t)(instance - name)) : name;
	weight += strings_has(&c->d->packages, t->deb->package->name) ? 4 : 0;
	weight += strings_has(&c->d->packages, name) ? 16 : 0;
	weight += strncmp(name, c->d->packages.v[0], strlen(name)) == 0 ? 8 : 0;
	for (size_t i = 0; i < u->n; i++)
		weight += strcmp(u->v[i].key, "Alias") == 0 &&
					  strncmp(u->v[i].value, c->d->packages.v[0],
						  strlen(c->d->packages.v[0])) == 0
				  ? 8
				  : 0;
	return weight ? weight + (unit_last(u, "Install", "WantedBy") ? 2 : 0) : 0;
}

/* Does another unit of the package, of no less weight, need this one? Then it helps that one. */
static bool unit_is_helper(struct collecting *c, const struct collect_texts *all,
			   const struct collect_text *t, const struct unit *u)
{
	int own = unit_own_weight(c, t, u);

	for (size_t i = 0; i < all->n; i++) {
		struct unit other = { 0 };

		if (&all->v[i] == t || all->v[i].deb != t->deb)
			continue;
		unit_read(c->a, all->v[i].text, &other);
		if (unit_own_weight(c, &all->v[i], &other) >= own &&
		    unit_needs(&other, u, path_base(t->path)))
			return true;
	}
	return false;
}

/* How likely a unit is the one that is meant: what starts the package's own service. 0: it is not.
 */
static int unit_weight(struct collecting *c, const struct collect_texts *all,
		       const struct collect_text *t)
{
	bool template = strstr(path_base(t->path), "@.") != NULL;
	struct unit u = { 0 };
	int weight;

	unit_read(c->a, t->text, &u);
	weight = unit_own_weight(c, t, &u);
	if (weight == 0)
		return 0;
	return weight * WEIGHT_OWN - (template ? 1 : 0) - (unit_is_helper(c, all, t, &u) ? 2 : 0);
}

static bool units_read(struct collecting *c, struct collect_texts *all, struct error *e)
{
	return collect_folder(c, UNITS, ".service", all, e);
}

bool service_unit_find(struct collecting *c, struct collect_text *out, bool *found, struct error *e)
{
	struct collect_texts all = { 0 };
	int most = 0;

	*found = false;
	if (!units_read(c, &all, e))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		int weight = unit_weight(c, &all, &all.v[i]);

		if (weight <= most)
			continue;
		most = weight;
		*out = all.v[i];
		*found = true;
	}
	return true;
}

/* Two services were asked for: a container runs one. */
static void unit_leave_other(struct collecting *c, const struct collect_text *other)
{
	const char *name = service_unit_name(c, other->path), *package = other->deb->package->name;

	package = strings_has(&c->d->packages, package) ? package : name;
	if (strings_has(&c->d->packages, package))
		draft_leave(c->d,
			    "%s.service is not started: a container runs one service; imgbuild "
			    "init %s in another folder makes an image of it",
			    name, package);
}

static void units_tell_others(struct collecting *c, const struct collect_texts *all,
			      const struct collect_text *best)
{
	struct buf others = { .a = c->a };

	for (size_t i = 0; i < all->n; i++) {
		const struct collect_text *t = &all->v[i];

		if (strcmp(t->path, best->path) == 0 || !unit_weight(c, all, t))
			continue;
		buf_printf(&others, "%s%s", others.n ? ", " : "", path_base(t->path));
		if (t->deb != best->deb)
			unit_leave_other(c, t);
	}
	if (others.n)
		draft_chose(c->d, "(unit)", path_base(best->path), "%s; also there: %s",
			    collect_place(c, best, 0), buf_cstr(&others));
}

/* What a unit of a package that was asked for starts for each connection. */
static void unit_tell_per_connection(struct collecting *c, const struct collect_text *t)
{
	const struct unit_setting *start;
	struct unit u = { 0 };

	if (!strings_has(&c->d->packages, t->deb->package->name))
		return;
	unit_read(c->a, t->text, &u);
	start = unit_last(&u, "Service", "ExecStart");
	if (start && unit_is_per_connection(&u))
		draft_leave(
			c->d,
			"%s: systemd listens, and starts %.*s for each connection; an image has no "
			"systemd: find an option that has it listen, or let a program listen that "
			"starts it, as socat does (TCP-LISTEN:PORT,fork EXEC:...)",
			collect_place(c, t, start->line), (int)strcspn(start->value, " \t"),
			start->value);
}

/* Requires=x.socket of x.service: systemd listens, and hands its socket over. */
static void unit_tell_socket(struct collecting *c, const struct collect_text *t)
{
	const char *socket = arena_printf(c->a, "%s.socket", service_unit_name(c, t->path));
	const struct unit_setting *x;
	struct unit u = { 0 };

	unit_read(c->a, t->text, &u);
	if (!unit_lists(&u, "Unit", "Requires", socket))
		return;
	x = unit_last(&u, "Unit", "Requires");
	draft_leave(
		c->d,
		"%s: systemd listens (%s) and hands its socket over, which no engine does: find "
		"an option that has the program listen by itself",
		collect_place(c, t, x ? x->line : 0), socket);
}

bool service_unit_tell(struct collecting *c, const struct collect_text *best, struct error *e)
{
	struct collect_texts all = { 0 };

	if (!units_read(c, &all, e))
		return false;
	for (size_t i = 0; !best && i < all.n; i++)
		unit_tell_per_connection(c, &all.v[i]);
	if (best) {
		units_tell_others(c, &all, best);
		unit_tell_socket(c, best);
	}
	return true;
}
