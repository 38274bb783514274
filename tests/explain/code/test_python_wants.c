/* SPDX-License-Identifier: Apache-2.0 */
/* What Python projects without a lock file need, as they say it, and packages of Debian for it. */

#include "explain/code/python_wants.h"

#include <criterion/criterion.h>

#include "explain/code/init_code_text.h"
#include "explain/code/distribution_packages.h"
#include "explain/code/library_packages.h"
#include "explain/init/init_lines.h"
#include "support/fixture_own_project.h"
#include "support/fixture_relock.h"
#include "support/gen_index.h"

static const struct {
	const char *name, *files[8], *asks;
} python_asking[] = {
	{ "[project]",
	  { "main.py", "", "pyproject.toml",
	    "[project]\ndependencies = [\n  \"Charset_Normalizer[x] >=3,<4\", \"tomli; "
	    "python_version < '3.11'\"]\n" },
	  "needed charset-normalizer app/pyproject.toml:2\n" },
	{ "Poetry",
	  { "main.py", "", "pyproject.toml",
	    "[tool.poetry.dependencies]\npython = \"^3.11\"\nidna = \"^3.1\"\n"
	    "rich = { version = \"*\", optional = true }\nyarl = { version = \">=1\", extras = "
	    "[\"x\"] }\n" },
	  "needed idna app/pyproject.toml:3\nneeded yarl app/pyproject.toml:5\n" },
	{ "setup.cfg",
	  { "main.py", "", "setup.cfg",
	    "[metadata]\nname = a\n[options]\ninstall_requires =\n  idna\n  yarl>=1\n" },
	  "needed idna app/setup.cfg:5\nneeded yarl app/setup.cfg:6\n" },
	{ "setup.py",
	  { "main.py", "", "setup.py", "setup(install_requires=['idna',\n 'yarl'])\n" },
	  "needed idna app/setup.py:1\nneeded yarl app/setup.py:2\n" },
	{ "setup.py that reads a requirements file",
	  { "main.py", "", "setup.py", "setup(install_requires=read('requirements.txt'))\n",
	    "requirements.txt", "# of it\nidna==3.7\n" },
	  "needed idna app/requirements.txt:2\n" },
	{ "what builds it",
	  { "pyproject.toml",
	    "[build-system]\nrequires = [\"setuptools>=61\", \"setuptools_scm[toml]>=6\"]\n"
	    "build-backend = \"setuptools.build_meta\"\n[project]\nname = \"shop\"\n"
	    "dynamic = [\"version\"]\n[project.scripts]\nshop = \"shop:main\"\n" },
	  "tool setuptools-scm app/pyproject.toml\n" },
	{ "a requirements file beside what is installed",
	  { "pyproject.toml",
	    "[project]\nname = \"shop\"\n[project.scripts]\nshop = \"shop:main\"\n",
	    "requirements.txt", "pytest\n" },
	  "" },
	{ "one that this reads",
	  { "pyproject.toml",
	    "[project]\nname = \"shop\"\ndynamic = [\"dependencies\"]\n[project.scripts]\n"
	    "shop = \"shop:main\"\n",
	    "requirements.txt", "idna\n" },
	  "needed idna app/requirements.txt:1\n" },
	{ "pbr",
	  { "setup.cfg",
	    "[metadata]\nname = shop\n[entry_points]\nconsole_scripts =\n  shop = a:b\n",
	    "setup.py", "setup(setup_requires=['pbr'], pbr=True)\n" },
	  "tool pbr app/setup.cfg\n" },
};

Test(python_wants, are_read_where_projects_say_them)
{
	for (size_t i = 0; i < ARRAY_SIZE(python_asking); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(own_project_libraries(&a, project_read_python,
						       python_asking[i].files),
				 python_asking[i].asks, "%s", python_asking[i].name);
	}
}

/* What only a program or an address knows asks for a lock file. */
Test(python_wants, what_is_not_known_asks_for_a_lock)
{
	static const char *const cases[][5] = {
		{ "main.py", "", "requirements.txt", "idna @ https://a.test/idna.whl\n", NULL },
		{ "main.py", "", "requirements.txt", "-e .\n", NULL },
		{ "main.py", "", "pyproject.toml",
		  "[tool.poetry.dependencies]\nidna = { git = \"https://a.test/idna\" }\n", NULL },
		{ "main.py", "", "setup.py", "setup(install_requires=needs())\n", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_python, cases[i]);

		cr_expect(strstr(text, "pip-compile") || strstr(text, "no lock file"), "%zu: %s", i,
			  text);
	}
}

/* git is not there: the source says which version it is. */
Test(python_wants, versions_of_git_are_variables)
{
	AUTO_ARENA a = { 0 };
	const char *text = own_project_texts(&a, project_read_python, python_asking[5].files);
	const char *left = own_project_left(&a, project_read_python, python_asking[5].files);

	cr_expect(strstr(text, "\"SETUPTOOLS_SCM_PRETEND_VERSION\": \"0\""), "%s", text);
	cr_expect(strstr(left, "setuptools-scm takes the version from git, which no build has: "
			       "\"env\" of the source says it is 0 in "
			       "SETUPTOOLS_SCM_PRETEND_VERSION"),
		  "%s", left);
}

/* An extra is packages of its own; who asks twice wants both; too much is a case for a lock file.
 */
Test(python_wants, extras_are_told_and_nothing_is_lost)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };
	struct own_project p = { .a = &a, .d = &d, .folder = ".", .unlocked = "lock it" };
	struct python_wants wants = { .v = { NULL, 0, 0 } };
	struct error e = { .kind = ERR_NONE };

	python_wants_add(&a, STR("uvicorn[standard] >=0.2"), "a:1", &wants);
	python_wants_add(&a, STR("idna"), "a:2", &wants);
	python_wants_add(&a, STR("uvicorn<1"), "a:3", &wants);
	cr_assert(python_wants_packages(&p, &wants, NULL, &e), "%s", e.cause);
	cr_assert_eq(p.libraries.n, 2);
	cr_expect_str_eq(p.libraries.v[0].specifiers, ">=0.2,<1");
	cr_expect_str_eq(p.libraries.v[1].specifiers, "");
	cr_expect_str_eq(strings_join(&a, &d.open, "|"),
			 "a:1 asks for uvicorn[standard]: which packages of Debian that needs "
			 "besides is not known; add them to \"packages\"");
	for (unsigned i = 0; i < 100; i++)
		python_wants_add(&a, str_of(arena_printf(&a, "p%u", i)), "a:4", &wants);
	cr_expect_not(python_wants_packages(&p, &wants, NULL, &e));
	cr_expect_str_eq(e.cause, "lock it");
}

static const char wants_contents[] =
	"usr/lib/python3/dist-packages/PyYAML-6.0.2.dist-info/METADATA python/pyaml\n"
	"usr/lib/python3/dist-packages/flit_scm-1.7.0.egg-info/PKG-INFO python/pflit\n"
	"usr/lib/python3/dist-packages/idna-3.7.dist-info/METADATA python/pidna\n"
	"usr/lib/python3/dist-packages/types_yarl-2.dist-info/METADATA python/pother\n";

struct wants_scene {
	struct relock_scene s;
	struct init_draft d;
	struct own_project p;
};

/* Asks an archive that has these. */
static void python_wants_open(struct wants_scene *n, const struct own_library *libraries,
			      size_t count)
{
	struct arena *a = &n->s.a;
	struct lock_order order;

	relock_open(&n->s);
	n->d = (struct init_draft){ .a = a, .name = "x" };
	n->p = (struct own_project){ .a = a, .d = &n->d, .unlocked = "lock it" };
	archivegen_add(&n->s.g,
		       &(struct archivegen_suite){
			       .codename = "trixie",
			       .date = relock_date(a, 2),
			       .packages = indexgen_packages(
				       a,
				       "pyaml 1:6.0.2+dfsg-1\npflit 1.7-1\npidna 3.7-2\npother 2"),
			       .contents = wants_contents });
	archivegen_serve(&n->s.g);
	mirrors_add(a, &n->s.mirrors, "debian", archivegen_mirror(&n->s.g), "test");
	for (size_t i = 0; i < count; i++)
		*list_push(a, &n->p.libraries) = libraries[i];
	order = relock_order(&n->s);
	cr_assert(library_packages_find(&n->p, &order, &n->s.e), "%s%s", n->s.e.context,
		  n->s.e.cause);
}

Test(python_wants, packages_are_those_of_what_is_installed)
{
	static const struct own_library asked[] = {
		{ LIBRARY_NEEDED, "pyyaml", "a:1", ">=5", NULL },
		{ LIBRARY_DISTRIBUTION, "flit-scm", "a:2", NULL, NULL },
		{ LIBRARY_NEEDED, "idna", "a:3", "", NULL },
	};
	struct wants_scene n;
	struct buf out;

	python_wants_open(&n, asked, ARRAY_SIZE(asked));
	cr_assert(distribution_packages_check(&n.p, true, &n.s.e), "%s", n.s.e.cause);
	cr_expect_str_eq(strings_join(&n.s.a, &n.d.packages, " "), "pyaml pidna");
	cr_expect_str_eq(strings_join(&n.s.a, &n.p.build_depends, " "), "pflit");
	cr_expect_str_eq(n.d.choices.v[0].from, "a:1 needs pyyaml>=5: it is 6.0.2");
	n.p.folder = "app";
	out = (struct buf){ .a = &n.s.a };
	*list_push(&n.s.a, &n.d.take) = "other";
	code_recipe_text(&n.p, &out);
	cr_expect(strstr(buf_cstr(&out), "\"packages\": [\"pyaml\", \"pidna\"]") &&
			  strstr(buf_cstr(&out), "\"take\": [\"other\"]"),
		  "%s", buf_cstr(&out));
	relock_close(&n.s);
}

Test(python_wants, what_debian_has_not_asks_for_a_lock)
{
	static const struct {
		struct own_library asked;
		const char *says;
	} cases[] = {
		{ { LIBRARY_NEEDED, "idna", "a:1", ">=4", NULL },
		  "lock it; Debian has idna in version 3.7, and >=4 is asked for" },
		{ { LIBRARY_NEEDED, "yarl", "a:1", "", NULL },
		  "lock it; Debian has no package of yarl" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wants_scene n;
		struct error e = { .kind = ERR_NONE };

		python_wants_open(&n, &cases[i].asked, 1);
		cr_expect_not(distribution_packages_check(&n.p, true, &e));
		cr_expect_str_eq(e.cause, cases[i].says);
		err_clear(&e);
		cr_expect_not(distribution_packages_check(&n.p, false, &e));
		cr_expect_str_eq(e.cause, "lock it");
		relock_close(&n.s);
	}
}

/* The base has Python and certificates, if not as these packages. */
Test(python_wants, what_the_base_has_is_not_taken)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a, .name = "x" };
	struct suggestions lines = { 0 };
	static const char *const names[] = { "python3", "openssl", "python3-idna" };

	*list_push(&a, &d.stood_for) = (struct draft_pair){ .name = "python3",
							    .text = "the base has it" };
	*list_push(&a, &d.stood_for) = (struct draft_pair){ .name = "openssl", .text = "" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct suggestion *s = list_push(&a, &lines.v);

		s->edit.keys[0] = "depends";
		s->edit.keys[1] = "take";
		s->edit.value = arena_printf(&a, "\"%s\"", names[i]);
		s->reason = "needed";
	}
	cr_expect(init_take_lines(&d, &lines));
	cr_expect_str_eq(strings_join(&a, &d.take, " "), "python3-idna");
	cr_expect_eq(d.without.n, 1);
	cr_expect_str_eq(d.without.v[0].text, "the base has it");
}
