/* SPDX-License-Identifier: Apache-2.0 */
/* The header of METADATA is read line by line; what has an extra in its marker is nobody's need
 * here. */

#include "make/compile/python_needs.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "format/text/python_marker.h"
#include "format/text/requirements.h"

#define METADATA_MAX ((size_t)4 << 20)

struct needs_check {
	struct arena *a;
	const struct compile_request *rq;
	struct strings named; /* by the requirements file, sorted */
	struct strings told;
};

static void needs_tell(struct needs_check *k, const char *who, struct str need)
{
	const char *name = requirement_name(k->a, need);
	const char *lock = path_base(k->rq->source->dependencies.file);

	if (strings_sorted_has(&k->named, name) || strings_has(&k->told, name))
		return;
	*list_push(k->a, &k->told) = name;
	progress_warn(
		k->rq->progress,
		"%s needs %s, which %s does not name: %s adds it (if no Debian package of the "
		"image has it)",
		who, name, lock, k->rq->source->dependencies.again);
}

/* "speed (>=2) ; python_version < '3.9'" */
static void needs_check_one(struct needs_check *k, const char *who, struct str text)
{
	const char *machine = compile_platform(k->rq->lock)->machine->uname[0];
	struct error ignored = { .kind = ERR_NONE };
	struct str need, marker;

	str_cut(str_trim(text), ';', &need, &marker);
	marker = str_trim(marker);
	if (marker.n && python_marker_holds(marker, machine, &ignored) <= 0)
		return;
	for (size_t n = 0; n < need.n; n++) {
		if (strchr(" \t([<>=!~@", need.p[n]))
			need.n = n;
	}
	if (need.n)
		needs_tell(k, who, need);
}

/* pip refuses what is for another Python. */
static bool needs_check_python(const struct needs_check *k, const char *who, struct str text,
			       struct error *e)
{
	const struct dependencies *l = &k->rq->source->dependencies;
	const struct dependency none = { .line = 1 }, *of = &none;

	text = str_trim(text);
	if (python_release_fits(text))
		return true;
	list_each(d, &l->v) {
		if (str_starts(str_of(requirement_name(k->a, str_of(who))),
			       str_of(arena_printf(k->a, "%s-", d->name))))
			of = d;
	}
	err_set(e, ERR_INPUT,
		"%s is for Python " STR_FMT
		" (Requires-Python), and Debian 13 has another; name a version that is for it",
		who, STR_ARG(text));
	return dependency_fail_at(l, of, e);
}

static bool needs_check_wheel(struct needs_check *k, int modules, const char *info, struct error *e)
{
	static const struct str field = STR("Requires-Dist:"), python = STR("Requires-Python:");
	const char *path = arena_printf(k->a, "%s/METADATA", info);
	const char *who = arena_strndup(k->a, info, strlen(info) - strlen(".dist-info"));
	struct str text, line;

	if (faccessat(modules, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return true;
	if (!io_read_file(k->a, modules, path, METADATA_MAX, &text, e))
		return false;
	while (str_next(&text, '\n', &line) && str_trim(line).n) {
		if (line.n >= field.n && strncasecmp(line.p, field.p, field.n) == 0)
			needs_check_one(k, who, str_from(line, field.n));
		else if (line.n >= python.n && strncasecmp(line.p, python.p, python.n) == 0 &&
			 !needs_check_python(k, who, str_from(line, python.n), e))
			return false;
	}
	return true;
}

bool python_tell_needs(const struct compile_request *rq, int modules, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct needs_check k = { .a = &a, .rq = rq };
	struct strings names = { NULL, 0, 0 };

	list_each(d, &rq->source->dependencies.v)
		*list_push(&a, &k.named) = requirement_name(&a, str_of(d->name));
	strings_unique(&k.named);
	if (!file_names(&a, modules, "dist-packages", &names, e))
		return false;
	list_each(x, &names) {
		if (str_ends(str_of(*x), STR(".dist-info")) &&
		    !needs_check_wheel(&k, modules, *x, e))
			return false;
	}
	return true;
}
