/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_python_lock.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>

#include "base/buf.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* What all scripts begin with. Markers are worth what packaging says. */
static const char script_head[] =
	"import sys; sys.path.insert(0, sys.argv[1])\n"
	"from pip._vendor.packaging.markers import Marker\n"
	"from pip._vendor.packaging.utils import canonicalize_name\n"
	"try: import tomllib\n"
	"except ImportError: import tomli as tomllib\n"
	"lock = tomllib.load(open(sys.argv[2], 'rb'))\n"
	"machines = ['x86_64', 'aarch64']\n"
	"def holds(marker, machine, extra=''):\n"
	"    return not marker or Marker(marker).evaluate({\n"
	"        'os_name': 'posix', 'sys_platform': 'linux', 'platform_machine': machine,\n"
	"        'platform_python_implementation': 'CPython', 'platform_system': 'Linux',\n"
	"        'python_version': '3.13', 'python_full_version': '3.13.5',\n"
	"        'implementation_name': 'cpython', 'extra': extra })\n"
	"def tell(found):\n"
	"    for line in sorted('%s %s %s: %s' % (canonicalize_name(n), v, ' '.join(m), ' '.join(f))\n"
	"                       for n, v, m, f in found): print(line)\n";

const char *python_lock_with_sums(struct arena *a, const char *text)
{
	struct buf out = { .a = a };
	const char *at;

	for (; (at = strstr(text, "SUM")); text = at + 3) {
		buf_add(&out, (struct str){ text, (size_t)(at - text) });
		buf_add(&out, STR(LOCK_SUM));
	}
	buf_add(&out, str_of(text));
	return buf_cstr(&out);
}

static int compare_told(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static const char *lock_package_line(struct arena *a, const struct python_lock_package *p,
				     const struct strings *machines)
{
	struct strings files = { NULL, 0, 0 }, on = { NULL, 0, 0 };

	for (size_t i = 0; i < machines->n; i++) {
		if (p->machines & 1u << i)
			*list_push(a, &on) = machines->v[i];
	}
	list_each(f, &p->files)
		*list_push(a, &files) = f->name;
	return arena_printf(a, "%s %s %s: %s\n", p->name, p->version, strings_join(a, &on, " "),
			    strings_join(a, &files, " "));
}

const char *python_lock_told(struct arena *a, python_lock_reader *read, const char *name,
			     const char *text, struct python_lock *out)
{
	struct strings machines = { NULL, 0, 0 }, lines = { NULL, 0, 0 };
	struct python_lock_reading r = { .a = a, .file = name, .machines = &machines, .out = out };
	struct error e = { 0 };

	*list_push(a, &machines) = "x86_64";
	*list_push(a, &machines) = "aarch64";
	*out = (struct python_lock){ .again = "" };
	if (!read(&r, str_of(python_lock_with_sums(a, text)), &e)) {
		cr_expect_eq(e.kind, ERR_INPUT);
		return arena_printf(a, "%u: %s", e.at.line, e.cause);
	}
	list_each(p, &out->v)
		*list_push(a, &lines) = lock_package_line(a, p, &machines);
	if (lines.n)
		qsort(lines.v, lines.n, sizeof(*lines.v), compare_told);
	return strings_join(a, &lines, "");
}

const char *python_lock_asked(struct arena *a, const char *script, const char *text)
{
	const char *dir, *path, *pip = NULL;
	struct str answer;
	glob_t found;

	oracle_need("python3");
	if (glob("/usr/share/python-wheels/pip-*.whl", 0, NULL, &found) == 0)
		pip = arena_strdup(a, found.gl_pathv[0]);
	globfree(&found);
	if (!pip)
		cr_skip_test("python3-pip-whl is not installed");
	dir = files_temporary(a);
	path = arena_printf(a, "%s/lock", dir);
	files_put(path, python_lock_with_sums(a, text));
	answer = ORACLE(a, "python3", "-c", arena_printf(a, "%s%s", script_head, script), pip,
			path);
	files_remove(dir);
	return str_dup(a, answer);
}
