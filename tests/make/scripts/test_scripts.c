/* SPDX-License-Identifier: Apache-2.0 */
/* Maintainer scripts: which commands are in them, what those do, and who accounts for it. */

#include <criterion/criterion.h>
#include <fcntl.h>

#include "support/fixture_debscene.h"
#include "support/fixture_files.h"
#include "make/scripts/scripts.h"
#include "make/scripts/shell.h"

/* "cmd arg|cmd >file": the commands of a script. */
static const char *shell_commands(struct arena *a, const char *text, bool *ok)
{
	struct shell_script s;
	struct buf b = { .a = a };

	*ok = shell_read(a, str_of(text), &s);
	for (size_t i = 0; i < s.commands.n; i++) {
		const struct shell_command *c = &s.commands.v[i];

		buf_puts(&b, i ? "|" : "");
		for (size_t k = 0; k < c->words.n; k++)
			buf_printf(&b, "%s%s", k ? " " : "", c->words.v[k]);
		for (size_t k = 0; k < c->writes.n; k++)
			buf_printf(&b, " >%s", c->writes.v[k]);
	}
	return buf_cstr(&b);
}

Test(unpack, shell_finds_commands_wherever_they_stand)
{
	static const struct {
		const char *text, *commands;
	} cases[] = {
		{ "echo a", "echo a" },
		{ "#!/bin/sh\nset -e # comment\n# another\necho a;echo b", "set -e|echo a|echo b" },
		{ "a && b || c & d | e", "a|b|c|d|e" },
		{ "if ! a; then b; elif c; then d; else e; fi", "a|b|c|d|e" },
		{ "while a; do b; done", "a|b" },
		{ "for i in x y; do a $i; done", "for i in x y|a $i" },
		{ "case \"$1\" in\n  a|b) x ;;\n  \"c d\") y\n  ;;\n  (*) z\nesac\nend",
		  "x|y|z|end" },
		{ "case $1 in a) case $2 in b) x;; esac;; esac", "x" },
		{ "case `a` in esac; b", "a|b" },
		{ "f() { a; }\nf", "a|f" },
		{ "f ()\n{\n a\n}\n", "a" },
		{ "( a; b ) && { c; }", "a|b|c" },
		{ "x=$(a \"$(b)\") y=1 c", "b|a $(b)|c" },
		{ "echo \"`a`\" 'b; c'", "a|echo `a` b; c" },
		{ "echo $((1 + (2))) ${x:-$(a)} $# b", "a|echo $((1 + (2))) ${x:-$(a)} $# b" },
		{ "a >f 2>/dev/null <g >>h 2>&1 b", "a b >f >h" },
		{ "> f", " >f" },
		{ "cat <<EOF >f\nrm -rf /\nEOF\nb", "cat >f|b" },
		{ "cat <<-'X Y'; c\n\trm\n\tX Y\nb", "cat|c|b" },
		{ "a \\\n  b \"c\\\"d\" e\\ f", "a b c\"d e f" },
		{ "mkdir -p `dirname $X` 2>/dev/null", "dirname $X|mkdir -p `dirname $X`" },
		{ "a=b", "" },
		{ "until a; do :; done < in > out", "a|:| >out" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		bool ok;

		cr_expect_str_eq(shell_commands(&a, cases[i].text, &ok), cases[i].commands);
		cr_expect(ok, "%s", cases[i].text);
	}
}

Test(unpack, shell_says_when_it_cannot_follow)
{
	static const char *const texts[] = {
		"echo 'a", "echo \"a",	     "echo $(a",  "echo `a", "echo ${a", "( a",
		"a )",	   "case a in b) c", "echo $((1", "case",    "x <",
	};
	AUTO_ARENA a = { 0 };
	struct buf deep = { .a = &a };
	bool ok;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		shell_commands(&a, texts[i], &ok);
		cr_expect_not(ok, "%s", texts[i]);
	}
	for (int i = 0; i < 100000; i++)
		buf_puts(&deep, i % 2 ? "$(" : "\"${x:-");
	shell_commands(&a, buf_cstr(&deep), &ok);
	cr_expect_not(ok);
}

/* Every script of the host's own packages, as a check of the reader against real ones. */
Test(unpack, shell_follows_the_scripts_of_this_host)
{
	AUTO_ARENA a = { 0 };
	struct strings list = files_below(&a, "/var/lib/dpkg/info", ".postinst");
	size_t read = 0;

	for (size_t i = 0; i < list.n; i++) {
		struct error e = { 0 };
		struct str text;
		bool ok;

		cr_assert(io_read_file(&a, AT_FDCWD, list.v[i], 1u << 22, &text, &e), "%s",
			  e.cause);
		if (!str_starts(text, STR("#!/bin/sh")) && !str_starts(text, STR("#! /bin/sh")))
			continue;
		shell_commands(&a, str_dup(&a, text), &ok);
		cr_expect(ok, "%s", list.v[i]);
		read++;
	}
	if (read == 0)
		cr_skip_test("this host has no dpkg scripts");
}

static bool review_package_scripts(struct arena *a, const struct recipe *r, const struct deb *deb,
				   struct script_report *report, struct error *e)
{
	return scripts_review(a, r, NULL, &deb, 1, report, e);
}

static const struct script_effect *find_effect(const struct script_report *r, const char *text)
{
	for (size_t i = 0; i < r->v.n; i++) {
		if (strstr(r->v.v[i].effect, text))
			return &r->v.v[i];
	}
	return NULL;
}

Test(unpack, scripts_that_do_something_unaccounted_are_refused_by_name)
{
	static const struct {
		const char *member, *text, *effect;
	} cases[] = {
		{ "postinst", "#!/bin/sh\nadduser --system x\n", "users and groups (adduser)" },
		{ "preinst", "#! /bin/bash -e\nif true; then chown a b; fi\n", "owners, modes" },
		{ "postinst", "#!/bin/dash\nmkdir /x\n", "files (mkdir)" },
		{ "postinst", "#!/bin/sh\necho x > /etc/x\n", "files (> /etc/x)" },
		{ "postinst", "#!/bin/sh\nsed -i s/a/b/ /etc/x\n", "files (sed)" },
		{ "postinst", "#!/bin/sh\nfind / -name x -delete\n", "files (find)" },
		{ "postinst", "#!/bin/sh\nupdate-alternatives --install a b c 1\n",
		  "alternatives" },
		{ "postinst", "#!/bin/sh\ndpkg-divert --add /x\n", "diverts files" },
		{ "postinst", "#!/bin/sh\nupdate-ca-certificates\n", "the CA bundle" },
		{ "postinst", "#!/bin/sh\nucf a b\n", "configuration files (ucf)" },
		{ "postinst", "#!/bin/sh\n/usr/lib/x/setup\n",
		  "unknown effect (/usr/lib/x/setup)" },
		{ "postinst", "#!/bin/sh\n\"$tool\" x\n", "unknown effect ($tool)" },
		{ "postinst", "#!/bin/sh\n/bin/$x/true\n", "unknown effect (/bin/$x/true)" },
		{ "postinst", "#!/bin/sh\neval x\n", "unknown effect (eval)" },
		{ "postinst", "#!/bin/sh\n. /usr/share/x.sh\n", "unknown effect (.)" },
		{ "postinst", "#!/bin/sh\necho 'x\n", "a part that cannot be followed" },
		{ "postinst", "#!/usr/bin/perl\n", "a script for \"perl\"" },
		{ "postinst",
		  "\x7f"
		  "ELF",
		  "a script for \"\"" },
		{ "triggers", "activate update-icons\n", "triggers (update-icons)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct recipe r = { 0 };
		struct script_report report;
		struct error e = { 0 };
		struct deb deb;

		debscene_package(&a, &deb, "demo", "1");
		debscene_control(&a, &deb, cases[i].member, cases[i].text);
		cr_expect_not(review_package_scripts(&a, &r, &deb, &report, &e), "%s",
			      cases[i].text);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, "demo: ") && strstr(e.cause, cases[i].effect), "%s: %s",
			  cases[i].text, e.cause);
		cr_expect(strstr(e.cause, "{ \"package\": \"demo\", \"reason\": \"...\" }"), "%s",
			  e.cause);
		cr_assert_geq(report.v.n, 1);
		/* accepted with a reason, it is reported with the reason */
		*list_push(&a, &r.effects.accept) =
			(struct accepted_effect){ .package = "demo", .reason = "looked at" };
		err_clear(&e);
		cr_expect(review_package_scripts(&a, &r, &deb, &report, &e), "%s", e.cause);
		cr_expect(strstr(find_effect(&report, "")->treatment, "looked at"));
	}
}

Test(unpack, modules_that_are_compiled_here_need_no_acceptance)
{
	AUTO_ARENA a = { 0 };
	const struct source_recipe compiles = { .name = "python-bytecode" };
	struct recipe r = { 0 }, upper = { .base = &r };
	struct script_report report;
	struct error e = { 0 };
	struct deb deb;

	debscene_package(&a, &deb, "demo", "1");
	debscene_control(&a, &deb, "postinst",
			 "#!/bin/sh\nif which py3compile; then py3compile -p demo; fi\n"
			 "if which pypy3compile; then pypy3compile -p demo || true; fi\n");
	cr_expect_not(review_package_scripts(&a, &upper, &deb, &report, &e));
	cr_expect(strstr(e.cause, "demo: postinst compiles Python modules (py3compile, "
				  "pypy3compile)"),
		  "%s", e.cause);
	err_clear(&e);
	r.effects.bytecode = &compiles;
	cr_expect(review_package_scripts(&a, &upper, &deb, &report, &e), "%s", e.cause);
	cr_expect_str_eq(find_effect(&report, "Python modules")->treatment,
			 "Python's modules are compiled by imgbuild");
}

Test(unpack, scripts_without_meaning_in_an_image_are_reported_and_pass)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = { 0 };
	struct script_report report;
	struct error e = { 0 };
	struct deb deb;

	debscene_package(&a, &deb, "demo", "1");
	debscene_control(&a, &deb, "conffiles", "/etc/x\n");
	debscene_control(
		&a, &deb, "postinst",
		"#!/bin/sh\nset -e\n. /usr/share/debconf/confmodule\ndb_get x\n"
		"case \"$1\" in\n configure) invoke-rc.d x start || true;;\n triggered) ldconfig;;\nesac\n"
		"dpkg-maintscript-helper rm_conffile /x 1 -- \"$@\"\n"
		"dpkg --compare-versions \"$2\" lt 1 && echo old >&2\napparmor_parser -r x\nexit 0\n");
	debscene_control(&a, &deb, "postrm", "#!/bin/sh\nrm -rf /\n");
	debscene_control(&a, &deb, "triggers",
			 "# comment\ninterest-noawait x\nactivate-noawait ldconfig\n");
	cr_assert(review_package_scripts(&a, &r, &deb, &report, &e), "%s", e.cause);
	for (size_t i = 0; i < report.v.n; i++)
		cr_expect(report.v.v[i].treatment, "%s", report.v.v[i].effect);
	cr_expect(find_effect(&report, "services"));
	cr_expect(find_effect(&report, "debconf"));
	cr_expect(find_effect(&report, "older versions"));
	cr_expect(find_effect(&report, "running kernel"));
	cr_expect(find_effect(&report, "is removed"));
	cr_expect(find_effect(&report, "configuration files"));
	cr_expect(strstr(find_effect(&report, "ld.so.cache")->treatment, "no cache"));
	r.effects.ld_so_cache = true;
	cr_assert(review_package_scripts(&a, &r, &deb, &report, &e), "%s", e.cause);
	cr_expect(strstr(find_effect(&report, "ld.so.cache")->treatment, "written by imgbuild"));
	cr_expect_null(find_effect(&report, "files (rm"));
}

Test(unpack, scripts_done_by_the_recipe_are_accounted_for)
{
	AUTO_ARENA a = { 0 };
	struct recipe base = { .effects.ca_bundle.package = "ca-certificates" },
		      r = { .base = &base };
	struct component *c = list_push(&a, &r.components);
	struct provider *p = list_push(&a, &c->providers);
	struct script_report report;
	struct error e = { 0 };
	struct deb certificates, alternatives;

	debscene_package(&a, &certificates, "ca-certificates", "1");
	debscene_control(&a, &certificates, "postinst",
			 "#!/bin/sh\nmkdir x\nupdate-ca-certificates\n");
	cr_expect(review_package_scripts(&a, &r, &certificates, &report, &e), "%s", e.cause);
	debscene_package(&a, &alternatives, "demo", "1");
	debscene_control(&a, &alternatives, "postinst",
			 "#!/bin/sh\nupdate-alternatives --install a b c 1\n");
	*list_push(&a, &p->packages) = "demo";
	cr_expect_not(review_package_scripts(&a, &r, &alternatives, &report, &e));
	err_clear(&e);
	*list_push(&a, &p->alternatives) = (struct link_spec){ .path = "/usr/bin/a", .to = "c" };
	cr_expect(review_package_scripts(&a, &r, &alternatives, &report, &e), "%s", e.cause);
}

/* The table of known packages covers kinds of effects, not packages. */
Test(unpack, scripts_of_known_packages_may_not_start_doing_other_things)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = { 0 };
	struct script_report report;
	struct error e = { 0 };
	struct deb deb;

	debscene_package(&a, &deb, "netbase", "6.5");
	debscene_control(&a, &deb, "postinst", "#!/bin/sh\ncat > /etc/hosts <<E\nx\nE\n");
	cr_expect(review_package_scripts(&a, &r, &deb, &report, &e), "%s", e.cause);
	debscene_package(&a, &deb, "netbase", "6.6");
	debscene_control(&a, &deb, "postinst", "#!/bin/sh\ncat > /etc/hosts\nadduser net\n");
	cr_expect_not(review_package_scripts(&a, &r, &deb, &report, &e));
	cr_expect(strstr(e.cause, "netbase: postinst creates or changes users"), "%s", e.cause);
}

Test(unpack, scripts_review_refuses_malformed_triggers)
{
	static const char *const texts[] = { "activate\n", "Interest x\n", "interest-later x\n",
					     "x y\n" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO_ARENA a = { 0 };
		struct recipe r = { 0 };
		struct script_report report;
		struct error e = { 0 };
		struct deb deb;

		debscene_package(&a, &deb, "demo", "1");
		debscene_control(&a, &deb, "triggers", texts[i]);
		cr_expect_not(review_package_scripts(&a, &r, &deb, &report, &e), "%s", texts[i]);
		cr_expect(strstr(e.cause, "no directive"), "%s", e.cause);
	}
}

/* The table of commands is searched by bisection: its order must hold. */
Test(unpack, scripts_know_every_command_of_their_table)
{
	static const char *const first_and_last[] = { ":", "[", "aa-enabled", "which", "who" };

	for (size_t i = 0; i < ARRAY_SIZE(first_and_last); i++) {
		AUTO_ARENA a = { 0 };
		struct recipe r = { 0 };
		struct script_report report;
		struct error e = { 0 };
		struct deb deb;

		debscene_package(&a, &deb, "demo", "1");
		debscene_control(&a, &deb, "postinst",
				 arena_printf(&a, "#!/bin/sh\n%s x\n", first_and_last[i]));
		cr_expect(review_package_scripts(&a, &r, &deb, &report, &e), "%s", e.cause);
	}
}

Test(unpack, alternatives_are_read_from_what_postinst_scripts_register)
{
	AUTO_ARENA a = { 0 };
	struct script_alternatives links = { 0 };
	struct deb deb, none;

	debscene_package(&a, &deb, "libblas3", "1");
	debscene_control(
		&a, &deb, "postinst",
		"#!/bin/sh\nif [ \"$1\" = configure ]; then\n"
		"  update-alternatives --install /usr/lib/x/libblas.so.3 libblas.so.3-x \\\n"
		"    /usr/lib/x/blas/libblas.so.3 10 --slave /usr/share/man/b.1 b.1 /usr/share/man/b-blas.1\n"
		"fi\n"
		"/usr/bin/update-alternatives --quiet --install /usr/bin/b b /usr/bin/b-blas 5\n"
		"for i in a b; do update-alternatives --install /usr/bin/$i $i /opt/$i 1; done\n"
		"update-alternatives --install relative name /x 1\n"
		"update-alternatives --remove b /usr/bin/b-blas\n");
	debscene_package(&a, &none, "demo", "1");
	scripts_alternatives(&a, &none, &links);
	cr_expect_eq(links.n, 0);
	scripts_alternatives(&a, &deb, &links);
	cr_assert_eq(links.n, 3);
	cr_expect_str_eq(links.v[0].link, "/usr/lib/x/libblas.so.3");
	cr_expect_str_eq(links.v[0].target, "/usr/lib/x/blas/libblas.so.3");
	cr_expect_eq(links.v[0].priority, 10);
	cr_expect_str_eq(links.v[1].target, "/usr/share/man/b-blas.1");
	cr_expect(links.v[1].slave && !links.v[2].slave);
	cr_expect_str_eq(links.v[2].target, "/usr/bin/b-blas");
}
