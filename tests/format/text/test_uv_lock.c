/* SPDX-License-Identifier: Apache-2.0 */
/* uv.lock of version 1 beside Python's own reader of TOML and packaging's markers. */

#include <criterion/criterion.h>

#include "format/text/uv_lock.h"
#include "support/fixture_python_lock.h"

#define UV_HEAD "version = 1\nrevision = 3\nrequires-python = \">=3.12\"\n\n"
#define UV_INDEX "source = { registry = \"https://a.test/simple\" }\n"
#define UV_FILES(file)                                                                \
	"sdist = { url = \"https://a.test/" file ".tar.gz\", hash = \"sha256:SUM\", " \
	"size = 1, upload-time = \"2024-04-11T03:34:43Z\" }\nwheels = [\n"            \
	"    { url = \"https://a.test/" file                                          \
	"-py3-none-any.whl\", hash = \"sha256:SUM\" },\n]\n\n"
#define UV_PACKAGE(name, version)                                                          \
	"[[package]]\nname = \"" name "\"\nversion = \"" version "\"\n" UV_INDEX UV_FILES( \
		name "-" version)

/* Markers on the way, extras that an edge asks for, forks of one name, a circle, a group. */
static const char uv_project[] = UV_HEAD
	"resolution-markers = [\n    \"platform_machine == 'aarch64'\",\n]\n\n"
	"[[package]]\nname = \"shop\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\n"
	"dependencies = [\n"
	"    { name = \"requests\", extra = [\"socks\"] },\n"
	"    { name = \"numpy\", version = \"1.0\", source = { registry = \"https://a.test/simple\" }, "
	"marker = \"platform_machine == 'aarch64'\" },\n"
	"    { name = \"numpy\", version = \"2.0\", source = { registry = \"https://a.test/simple\" }, "
	"marker = \"platform_machine != 'aarch64'\" },\n"
	"    { name = \"colorama\", marker = \"sys_platform == 'win32'\" },\n]\n\n"
	"[package.optional-dependencies]\nfast = [\n    { name = \"uvloop\" },\n]\n\n"
	"[package.dev-dependencies]\ndev = [\n    { name = \"ruff\" },\n]\n\n"
	"[package.metadata]\nrequires-dist = [\n    { name = \"requests\", specifier = \">=2\" },\n]\n\n" UV_PACKAGE(
		"colorama", "0.4") UV_PACKAGE("idna", "3.7") UV_PACKAGE("numpy", "1.0")
		UV_PACKAGE(
			"numpy",
			"2.0") "[[package]]\nname = \"requests\"\nversion = \"2.32\"\n" UV_INDEX
			       "dependencies = [\n    { name = \"idna\" },\n    { name = \"urllib3\" },\n]\n" UV_FILES(
				       "requests-2.32") "[package.optional-dependencies]\nsocks = [\n    { name = \"pysocks\" },\n    { name = "
							"\"win-inet\", marker = \"sys_platform == 'win32'\" },\n]\nall = [\n { name = \"uvloop\" },\n]\n\n" UV_PACKAGE(
								"pysocks", "1.7")
								UV_PACKAGE(
									"ruff",
									"1") "[[package]]\nname = \"urllib3\"\nversion = \"2.2\"\n" UV_INDEX
									     "dependencies = [\n    { name = \"requests\", marker = \"platform_machine == 'x86_64'\" },\n]\n" UV_FILES(
										     "urllib3-2.2")
										     UV_PACKAGE(
											     "uvloop",
											     "0.1") "[[package]]\nname = \"win-inet\"\nversion = \"1\"\nsource = { git = \"https://a.test/x\" }\n";

/* A workspace whose root is no project: all members. */
static const char uv_workspace[] = UV_HEAD
	"[manifest]\nmembers = [\n    \"lib\",\n    \"web\",\n]\n\n" UV_PACKAGE(
		"idna",
		"3.7") "[[package]]\nname = \"lib\"\nversion = \"0.1\"\nsource = { editable = \"packages/lib\" }\n"
		       "dependencies = [\n    { name = \"idna\" },\n]\n\n" UV_PACKAGE(
			       "six",
			       "1.16") "[[package]]\nname = \"web\"\nversion = \"0.1\"\nsource = { editable = \"packages/web\" }\n"
				       "dependencies = [\n    { name = \"lib\" },\n    { name = \"six\", marker = "
				       "\"python_full_version < '3.13'\" },\n]\n";

/* As uv walks it, written by recursion: from the project, or all members, over the edges. */
static const char uv_script[] =
	"packages, need = lock['package'], {}\n"
	"def own(p): return [p['source'][k] for k in ('editable', 'virtual') if k in p['source']]\n"
	"def follow(edges, m):\n"
	"    for e in edges:\n"
	"        if not holds(e.get('marker'), m): continue\n"
	"        for i, p in enumerate(packages):\n"
	"            if p['name'] == e['name'] and e.get('version', p['version']) == p['version']:\n"
	"                visit(i, m, None)\n"
	"                for x in e.get('extra', []): visit(i, m, x)\n"
	"def visit(i, m, extra):\n"
	"    p = packages[i]\n"
	"    if (i, m, extra) in need: return\n"
	"    need[i, m, extra] = 1\n"
	"    follow(p.get('optional-dependencies', {}).get(extra, []) if extra\n"
	"           else p.get('dependencies', []), m)\n"
	"roots = [i for i, p in enumerate(packages) if own(p) == ['.']]\n"
	"roots = roots or [i for i, p in enumerate(packages) if own(p)]\n"
	"for m in machines:\n"
	"    for i in roots: visit(i, m, None)\n"
	"found = []\n"
	"for i, p in enumerate(packages):\n"
	"    on = [m for m in machines if (i, m, None) in need]\n"
	"    if on and not own(p):\n"
	"        files = [f['url'].split('/')[-1] for f in p['wheels'] + [p['sdist']]]\n"
	"        found.append((p['name'], p['version'], on, files))\n"
	"tell(found)\n";

Test(uv_lock, what_the_project_needs_is_found)
{
	AUTO_ARENA a = { 0 };
	struct python_lock lock;
	const char *told = python_lock_told(&a, uv_lock_read, "uv.lock", uv_project, &lock);

	cr_expect_str_eq(told, python_lock_asked(&a, uv_script, uv_project));
	cr_expect(strstr(told,
			 "numpy 1.0 aarch64: numpy-1.0-py3-none-any.whl numpy-1.0.tar.gz\n") &&
			  strstr(told, "pysocks 1.7 x86_64 aarch64: ") && !strstr(told, "ruff") &&
			  !strstr(told, "uvloop"),
		  "%s", told);
	cr_expect_str_eq(strings_join(&a, &lock.own, " "), "shop");
	cr_expect_str_eq(strings_join(&a, &lock.folders, " "), ".");
	cr_expect_str_eq(lock.again, "uv lock");
}

Test(uv_lock, a_workspace_without_a_project_has_all_members)
{
	AUTO_ARENA a = { 0 };
	struct python_lock lock;
	const char *told = python_lock_told(&a, uv_lock_read, "uv.lock", uv_workspace, &lock);

	cr_expect_str_eq(told, python_lock_asked(&a, uv_script, uv_workspace));
	cr_expect_str_eq(strings_join(&a, &lock.folders, " "), "packages/lib packages/web");
}

Test(uv_lock, addresses_and_platforms)
{
	AUTO_ARENA a = { 0 };
	struct python_lock lock;

	cr_expect_str_eq(
		python_lock_told(&a, uv_lock_read, "uv.lock",
				 UV_HEAD
				 "supported-markers = [\n \"platform_machine == 'x86_64'\",\n]\n"
				 "[[package]]\nname = \"shop\"\nversion = \"1\"\n"
				 "source = { editable = \".\" }\n"
				 "dependencies = [{ name = \"direct\" }, { name = \"zipped\" }]\n"
				 "[[package]]\nname = \"direct\"\nversion = \"1\"\n"
				 "source = { url = \"https://a.test/direct-1-py3-none-any.whl\" }\n"
				 "wheels = [{ url = \"https://a.test/direct-1-py3-none-any.whl\", "
				 "hash = \"sha256:SUM\" }]\n"
				 "[[package]]\nname = \"zipped\"\nversion = \"2\"\n"
				 "source = { url = \"https://a.test/main.zip\" }\n"
				 "sdist = { hash = \"sha256:SUM\" }\n",
				 &lock),
		"direct 1 x86_64: direct-1-py3-none-any.whl\nzipped 2 x86_64: zipped-2.zip\n");
	cr_expect_str_eq(lock.v.v[1].files.v[0].url, "https://a.test/main.zip");
	cr_expect(lock.machines == 1u && lock.machines_line == 5, "%u", lock.machines_line);
}

#define UV_SHOP \
	UV_HEAD "[[package]]\nname = \"shop\"\nversion = \"1\"\nsource = { virtual = \".\" }\n"
#define UV_NEEDS UV_SHOP "dependencies = [\n    { name = \"idna\" },\n]\n"
#define UV_IDNA UV_NEEDS "[[package]]\nname = \"idna\"\nversion = \"3.7\"\n"

static const struct {
	const char *text, *says;
} uv_faults[] = {
	{ "",
	  "1: version (none) of uv.lock is not known; 1 is: take a uv that writes it, and run uv "
	  "lock" },
	{ "version = 2\n", "1: version 2 of uv.lock is not known" },
	{ "version = 1\nrequires-python = \">=3.14\"\n",
	  "2: the lock is for Python >=3.14, and Debian 13 has Python 3.13.5; lock it for that one, "
	  "with uv lock" },
	{ UV_HEAD,
	  "1: no package of the lock is the project itself (source = { virtual = \".\" } or "
	  "the like); uv lock writes it anew" },
	{ UV_NEEDS, "10: shop needs idna, which the lock does not have; uv lock writes it anew" },
	{ UV_SHOP "dependencies = [ { name = \"idna\", marker = \"x\" } ]\n",
	  "9: the marker \"x\" is malformed" },
	{ UV_SHOP "dependencies = [ \"idna\" ]\n",
	  "9: shop needs what has no name, which the lock" },
	{ UV_HEAD "[[package]]\nversion = \"1\"\n",
	  "5: a package has no name; uv lock writes the lock anew" },
	{ UV_IDNA "source = { git = \"https://a.test/idna?rev=1#2\" }\n",
	  "15: idna comes from git, of which no hash of a file is known: put a wheel of it on a "
	  "server that is an index, or take a release, and run uv lock" },
	{ UV_IDNA "source = { path = \"idna.whl\" }\n",
	  "15: idna comes from idna.whl, and only what an index or an address has can be fetched "
	  "anywhere: put it on a server, and run uv lock" },
	{ UV_IDNA UV_INDEX, "12: idna 3.7 has neither wheels nor an sdist; uv lock writes them" },
	{ UV_IDNA UV_INDEX "wheels = [\n { url = \"https://a.test/idna.whl\" },\n]\n",
	  "17: idna 3.7: idna.whl has no SHA-256, so nothing says which bytes it is; uv lock writes "
	  "it where the index has one" },
	{ UV_IDNA UV_INDEX "wheels = [\n { path = \"idna.whl\", hash = \"sha256:SUM\" },\n]\n",
	  "17: idna 3.7: idna.whl has a path and no url" },
};

Test(uv_lock, packages_of_one_name_are_not_too_many)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct python_lock lock;
	const char *got;

	buf_puts(&text, UV_NEEDS);
	for (int i = 0; i <= 100; i++)
		buf_printf(&text, "[[package]]\nname = \"idna\"\nversion = \"%d\"\n", i);
	got = python_lock_told(&a, uv_lock_read, "uv.lock", buf_cstr(&text), &lock);
	cr_expect(strstr(got, ": idna is there more than 100 times; uv lock writes the lock anew"),
		  "%s", got);
}

Test(uv_lock, what_is_wrong_is_told_with_its_line)
{
	for (size_t i = 0; i < ARRAY_SIZE(uv_faults); i++) {
		AUTO_ARENA a = { 0 };
		struct python_lock lock;
		const char *got = python_lock_told(&a, uv_lock_read, "uv.lock", uv_faults[i].text,
						   &lock);

		cr_expect(str_starts(str_of(got), str_of(uv_faults[i].says)), "%s\n%s\n%s",
			  uv_faults[i].text, uv_faults[i].says, got);
	}
}
