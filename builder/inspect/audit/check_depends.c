/* SPDX-License-Identifier: Apache-2.0 */
/* Do the packages of the image have what they depend on? By their records alone: a library that is there without
 * the record of its package meets nothing. */

#include "format/debian/relations.h"
#include "inspect/audit/check.h"

/* Packages that Debian 13 marks as essential: no package names them, and images without a shell lack most. */
static const char *const essential[] = {
	"base-files", "base-passwd", "bash", "bsdutils", "coreutils", "dash", "debianutils", "diffutils", "dpkg",
	"findutils", "grep", "gzip", "hostname", "init-system-helpers", "libc-bin", "ncurses-base", "ncurses-bin",
	"perl-base", "sed", "sysvinit-utils", "tar", "util-linux",
};

/* Whether a Provides field offers what the relation asks for (deb-control(5): only "(= VERSION)" has a version). */
static bool is_provided(const char *provides, const struct relation *want)
{
	struct str rest = str_of(provides ? provides : ""), group;

	while (relation_group(&rest, &group)) {
		struct error ignored = { 0 };
		struct relation r;

		if (relation_next(&group, &r, &ignored) > 0 && str_eq(r.name, want->name) &&
		    (want->op == DEBVERSION_ANY || (r.version.n && debversion_holds(r.version, want->op, want->version))))
			return true;
	}
	return false;
}

static bool is_met(const struct packages *l, const struct relation *want)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct package *p = &l->v[i];

		if ((str_eq(str_of(p->name), want->name) && debversion_holds(str_of(p->version), want->op, want->version)) ||
		    is_provided(p->provides, want))
			return true;
	}
	return false;
}

static bool is_essential(struct arena *a, struct str name)
{
	return name_among(str_dup(a, name), essential, ARRAY_SIZE(essential));
}

/* 1: met, or nothing to ask for; 0: no alternative is met. */
static bool is_group_met(struct arena *a, const struct packages *l, struct str group)
{
	struct error ignored = { 0 };
	struct relation r;
	int got;

	while ((got = relation_next(&group, &r, &ignored)) > 0) {
		if (is_met(l, &r) || is_essential(a, r.name))
			return true;
	}
	return got < 0;		/* a field that cannot be read says nothing */
}

void check_depends(struct audit_run *r)
{
	const struct packages *l = &r->m->packages;

	for (size_t i = 0; i < l->n; i++) {
		struct str rest = str_of(l->v[i].depends ? l->v[i].depends : ""), group;
		AUTO_ARENA scratch = { 0 };

		while (relation_group(&rest, &group)) {
			if (!is_group_met(&scratch, l, group))
				found(r, "package.depends-missing", l->v[i].record, "%s depends on " STR_FMT, l->v[i].name,
				      STR_ARG(group));
		}
	}
}
