/* SPDX-License-Identifier: Apache-2.0 */
/* Resolution against apt and the order of versions against dpkg, on the real archive (T25). Names
 * are drawn with a fixed seed; IMGBUILD_APT_NAMES says how many. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/debian/deb822.h"
#include "format/debian/debversion.h"
#include "input/resolve/archive_state.h"
#include "input/resolve/constraint.h"
#include "input/resolve/package_choices.h"
#include "input/resolve/resolve.h"
#include "input/resolve/stanza.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define NAMES 8
#define SEED 20260912

struct comparison {
	struct arena a;
	const char *dir;
	struct store store;
	struct recipe recipe;
	struct mirrors mirrors;
	struct archive_state state;
	struct strings apt; /* "apt-get" and its options */
	unsigned same, both_refuse, tie;
};

/* The root folder of an apt that knows the recipe's suites and has nothing installed. */
static void make_apt(struct comparison *c)
{
	static const char *const folders[] = {
		"etc/apt/apt.conf.d",	 "etc/apt/trusted.gpg.d",
		"etc/apt/preferences.d", "var/lib/apt/lists/partial",
		"var/lib/dpkg",		 "var/cache/apt/archives/partial"
	};
	const struct archive *archive = c->recipe.archive;
	const struct strings *keyrings = &archive->suites.v[0].keyrings;
	const char *root = arena_printf(&c->a, "%s/apt", c->dir);
	struct buf sources = { .a = &c->a };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		cr_assert(
			file_mkdirs(AT_FDCWD, arena_printf(&c->a, "%s/%s", root, folders[i]), &e));
	for (size_t i = 0; i < keyrings->n; i++) {
		if (access(keyrings->v[i], R_OK) == 0)
			ORACLE(&c->a, "cp", keyrings->v[i],
			       arena_printf(&c->a, "%s/etc/apt/trusted.gpg.d/%zu.gpg", root, i));
	}
	for (size_t i = 0; i < archive->suites.n; i++) {
		struct strings urls = { 0 };

		mirrors_urls(&c->a, &c->mirrors, archive->suites.v[i].archive, "", NULL, &urls);
		if (urls.n == 0)
			cr_skip_test("this machine's apt knows no mirror of %s",
				     archive->suites.v[i].archive);
		buf_printf(&sources, "deb %s %s main\n", urls.v[0], archive->suites.v[i].codename);
	}
	files_put(arena_printf(&c->a, "%s/etc/apt/sources.list", root), buf_cstr(&sources));
	files_put(arena_printf(&c->a, "%s/var/lib/dpkg/status", root), "");
	*list_push(&c->a, &c->apt) = "apt-get";
	*list_push(&c->a, &c->apt) = arena_printf(&c->a, "-oDir=%s", root);
	*list_push(&c->a, &c->apt) =
		arena_printf(&c->a, "-oDir::State::status=%s/var/lib/dpkg/status", root);
	*list_push(&c->a, &c->apt) = "-oAPT::Architecture=amd64";
	*list_push(&c->a, &c->apt) = "-oAPT::Architectures::=amd64";
	*list_push(&c->a, &c->apt) = "-oAPT::Sandbox::User=root";
	*list_push(&c->a, &c->apt) = "-oAcquire::Languages=none";
	/* reading the lists anew for each name would take seconds; some machines forbid the cache
	 */
	*list_push(&c->a, &c->apt) = "-oDir::Cache::pkgcache=pkgcache.bin";
	*list_push(&c->a, &c->apt) = "-oAcquire::GzipIndexes=false";
}

static struct oracle_run run_apt(struct comparison *c, const char *const *words)
{
	struct strings argv = { 0 };

	for (size_t i = 0; i < c->apt.n; i++)
		*list_push(&c->a, &argv) = c->apt.v[i];
	while (*words)
		*list_push(&c->a, &argv) = *words++;
	*list_push(&c->a, &argv) = NULL;
	return oracle_run(&c->a, argv.v);
}
#define APT(c, ...) run_apt((c), (const char *const[]){ __VA_ARGS__, NULL })

/* Reads the archive's state; the recipe and the mirrors are known. */
static void comparison_read_archive(struct comparison *c)
{
	static const struct strings no_sources;
	struct lock_order order = { .store = &c->store,
				    .mirrors = &c->mirrors,
				    .recipe = &c->recipe,
				    .platform = platform_of_compilers() };
	struct error e = { 0 };

	cr_assert(store_open(&c->a, arena_printf(&c->a, "%s/store", c->dir), &c->store, &e));
	cr_assert(state_open(&c->a, &order, &no_sources, &c->state, &e), "%s%s", e.context,
		  e.cause);
}

/* What `suite` says is added to the recipe's suites. */
static void comparison_add_suite(struct comparison *c, const char *codename)
{
	struct archive *archive = arena_alloc(&c->a, sizeof(*archive));
	struct suite *s;

	*archive = (struct archive){ .name = c->recipe.archive->name,
				     .mirrors = c->recipe.archive->mirrors };
	for (size_t i = 0; i < c->recipe.archive->suites.n; i++)
		*list_push(&c->a, &archive->suites) = c->recipe.archive->suites.v[i];
	s = list_push(&c->a, &archive->suites);
	*s = archive->suites.v[0];
	s->codename = codename;
	c->recipe.archive = archive;
}

static void comparison_open_with(struct comparison *c, const char *suite)
{
	struct error e = { 0 };

	*c = (struct comparison){ .store = STORE_INIT };
	c->dir = files_temporary(&c->a);
	cr_assert(recipe_load(&c->a, "recipes/cephalo.json", &c->recipe, &e), "%s", e.cause);
	if (suite)
		comparison_add_suite(c, suite);
	cr_assert(mirrors_find(&c->a, NULL, getenv("IMGBUILD_MIRROR"), c->recipe.archive, "/",
			       &c->mirrors, &e));
	comparison_read_archive(c);
}

static void comparison_open(struct comparison *c)
{
	comparison_open_with(c, NULL);
}

static void comparison_close(struct comparison *c)
{
	state_close(&c->state);
	store_close(&c->store);
	files_remove(c->dir);
	arena_free(&c->a);
}

/* "name version" of every package that apt would install, sorted. false: it refuses. */
static bool apt_says(struct comparison *c, const char *name, struct strings *out)
{
	struct oracle_run r = APT(c, "install", "--simulate", "--no-install-recommends", name);
	struct str line, word, version;

	while (str_next(&r.out, '\n', &line)) {
		if (!str_starts(line, STR("Inst ")))
			continue;
		line = str_from(line, 5);
		cr_assert(str_next(&line, ' ', &word) && str_next(&line, ' ', &version), "%s",
			  name);
		*list_push(&c->a, out) = arena_printf(&c->a, "%.*s %.*s", STR_ARG(word),
						      STR_ARG(str_from(version, 1)));
	}
	strings_sort(out);
	return r.status == 0;
}

static bool we_say(struct comparison *c, const char *name, struct strings *out)
{
	struct request request = { name, "asked for by the test" };
	struct picks picks = { 0 };
	struct error e = { 0 };

	if (!resolve_pinned(&c->a, &c->state.index, &request, 1, &picks, &(struct strings){ 0 },
			    &e))
		return false;
	for (size_t i = 0; i < picks.n; i++)
		*list_push(&c->a, out) = arena_printf(&c->a, "%.*s %.*s",
						      STR_ARG(picks.v[i].package->name),
						      STR_ARG(picks.v[i].package->version));
	strings_sort(out);
	return true;
}

/* "a b" for what x has and y has not. */
static const char *only_in(struct arena *a, const struct strings *x, const struct strings *y)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < x->n; i++) {
		if (!strings_has(y, x->v[i]))
			buf_printf(&text, " %s", x->v[i]);
	}
	return text.n ? buf_cstr(&text) : "";
}

static bool has_package(const struct strings *l, const struct index_package *p)
{
	AUTO_ARENA a = { 0 };

	return strings_has(l, arena_printf(&a, "%.*s %.*s", STR_ARG(p->name), STR_ARG(p->version)));
}

/* Whether apt has taken another package that provides `name` as well as `p` does. */
static bool is_provided_alike(const struct index *x, struct str name, const struct index_package *p,
			      const struct strings *theirs, const struct strings *ours)
{
	size_t n;
	const struct index_provide *others = index_providers(x, name, &n);

	for (size_t k = 0; k < n; k++) {
		const struct index_package *q = others[k].by;

		if (q->essential == p->essential && q->rank == p->rank && has_package(theirs, q) &&
		    !has_package(ours, q))
			return true;
	}
	return false;
}

/* The one documented difference (input/resolve/package_index.c): a name is provided by packages
 * that are equal in all that counts; we took one of them and apt another. */
static bool is_tie(const struct index *x, const struct strings *theirs, const struct strings *ours)
{
	list_each(text, ours) {
		const struct index_package *p;
		struct str name, rest, version;
		struct error e = { 0 };

		str_cut(str_of(*text), ' ', &name, &version);
		p = index_candidate(x, name);
		rest = p->provides;
		while (!has_package(theirs, p) &&
		       stanza_next_provided(&rest, p->name, &name, &version, &e) > 0) {
			if (is_provided_alike(x, name, p, theirs, ours))
				return true;
		}
	}
	return false;
}

static void comparison_compare(struct comparison *c, const char *name)
{
	struct strings theirs = { 0 }, ours = { 0 };
	bool they = apt_says(c, name, &theirs), we = we_say(c, name, &ours);
	const char *more = only_in(&c->a, &theirs, &ours), *less = only_in(&c->a, &ours, &theirs);

	cr_expect_eq(they, we, "%s: apt %s, imgbuild %s", name, they ? "installs it" : "refuses",
		     we ? "installs it" : "refuses");
	if (!they && !we)
		c->both_refuse++;
	else if (!more[0] && !less[0])
		c->same++;
	else if (is_tie(&c->state.index, &theirs, &ours))
		c->tie++;
	else
		cr_expect(false, "%s: only apt:%s; only imgbuild:%s", name, more, less);
}

Test(apt, T25_resolution_gives_the_set_that_apt_gives, .timeout = 3600)
{
	const char *count = getenv("IMGBUILD_APT_NAMES");
	unsigned seed = SEED, n = count ? (unsigned)atoi(count) : NAMES;
	struct strings names = { 0 };
	struct comparison c;
	struct oracle_run r;

	oracle_need("apt-get");
	comparison_open(&c);
	make_apt(&c);
	r = APT(&c, "update");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	index_names(&c.a, &c.state.index, STR(""), &names);
	for (unsigned i = 0; i < n; i++)
		comparison_compare(&c, names.v[(size_t)rand_r(&seed) % names.n]);
	cr_log_info("%u names: %u sets equal, %u refused by both, %u choices between equals differ",
		    n, c.same, c.both_refuse, c.tie);
	cr_expect_leq(c.tie, n / 20, "more than chance");
	cr_expect_geq(c.same, n * 3 / 4, "too few names were compared");
	comparison_close(&c);
}

#define BACKPORTS "trixie-backports"

/* As we_say, for "NAME/SUITE". */
static bool we_say_of_suite(struct comparison *c, const char *name, struct strings *out)
{
	struct component component = { .name = name, .suite = BACKPORTS };
	struct choices choices = { .a = &c->a, .x = &c->state.index };
	struct provider provider = { 0 };
	struct error e = { 0 };
	const char *lost = "";
	bool ok;

	*list_push(&c->a, &provider.packages) = name;
	cr_assert_eq(choices_take(&choices, &component, &provider, &lost, &e), 1, "%s: %s", name,
		     lost);
	ok = we_say(c, name, out);
	choices_undo(&choices, 0);
	return ok;
}

/* The names of both lists in the same order: only versions differ. */
static bool same_names(const char *x, const char *y)
{
	struct str a = str_of(x), b = str_of(y), name, other;
	bool is_version = false;

	while (deb822_word(&a, &name)) {
		if (!deb822_word(&b, &other) || (!is_version && !str_eq(name, other)))
			return false;
		is_version = !is_version;
	}
	return str_trim(b).n == 0;
}

/* How often NAME/SUITE differs from apt where nothing is installed: apt gives up where what comes
 * from the suite needs more of it, and exchanges a candidate that would do when that has
 * dependencies itself. */
struct differences {
	unsigned only_we, exchanged;
};

static void compare_of_suite(struct comparison *c, const char *name, struct differences *d)
{
	struct strings theirs = { 0 }, ours = { 0 };
	bool they = apt_says(c, arena_printf(&c->a, "%s/" BACKPORTS, name), &theirs);
	bool we = we_say_of_suite(c, name, &ours);
	const char *more = only_in(&c->a, &theirs, &ours), *less = only_in(&c->a, &ours, &theirs);

	cr_expect(we || !they, "%s: apt installs it, imgbuild refuses", name);
	d->only_we += we && !they;
	c->both_refuse += !we && !they;
	if (!we || !they)
		return;
	if (!more[0] && !less[0])
		c->same++;
	else if (same_names(more, less) && strstr(more, "~bpo") && !strstr(less, "~bpo"))
		d->exchanged++;
	else if (is_tie(&c->state.index, &theirs, &ours))
		c->tie++;
	else
		cr_expect(false, "%s: only apt:%s; only imgbuild:%s", name, more, less);
}

/* Every package of the archive, by name. */
static void list_whole_archive(struct comparison *c, struct index_packages *out)
{
	struct strings names = { 0 };

	index_names(&c->a, &c->state.index, STR(""), &names);
	list_each(name, &names) {
		size_t n;
		struct index_package *const *v = index_versions(&c->state.index, str_of(*name), &n);

		for (size_t i = 0; i < n; i++)
			*list_push(&c->a, out) = v[i];
	}
}

static void list_all_versions(struct comparison *c, struct strings *out)
{
	struct index_packages all = { 0 };

	list_whole_archive(c, &all);
	list_each(p, &all)
		*list_push(&c->a, out) = str_dup(&c->a, (*p)->version);
	strings_unique(out);
}

/* Names that backports has, drawn with the seed. */
static void draw_backports(struct comparison *c, unsigned n, struct strings *out)
{
	struct index_packages all = { 0 };
	struct strings names = { 0 };
	unsigned seed = SEED;

	list_whole_archive(c, &all);
	list_each(p, &all) {
		if (strcmp((*p)->suite->codename, BACKPORTS) == 0)
			*list_push(&c->a, &names) = str_dup(&c->a, (*p)->name);
	}
	cr_assert_gt(names.n, 100);
	while (out->n < n)
		*list_push(&c->a, out) = names.v[(size_t)rand_r(&seed) % names.n];
}

Test(apt, T25_a_suite_with_a_lower_priority_is_taken_when_apt_takes_it, .timeout = 3600)
{
	const char *count = getenv("IMGBUILD_APT_NAMES");
	unsigned n = count ? (unsigned)atoi(count) : NAMES;
	struct differences d = { 0 };
	struct strings names = { 0 };
	struct comparison c;
	struct oracle_run r;

	oracle_need("apt-get");
	comparison_open_with(&c, BACKPORTS);
	make_apt(&c);
	r = APT(&c, "update");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	draw_backports(&c, n, &names);
	for (unsigned i = 0; i < n; i++)
		comparison_compare(&c, names.v[i]);
	cr_log_info("%u names of " BACKPORTS
		    ": %u sets equal, %u refused by both, %u choices between equals "
		    "differ",
		    n, c.same, c.both_refuse, c.tie);
	c.same = c.both_refuse = c.tie = 0;
	for (unsigned i = 0; i < n; i++)
		compare_of_suite(&c, names.v[i], &d);
	cr_log_info("%u times NAME/" BACKPORTS
		    ": %u sets equal, %u refused by both, %u refused by apt alone, %u with "
		    "more of the suite in apt, %u choices between equals differ",
		    n, c.same, c.both_refuse, d.only_we, d.exchanged, c.tie);
	cr_expect_geq(c.same, n / 3, "too few names were compared");
	comparison_close(&c);
}

static int by_version(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;
	int order = debversion_compare(str_of(*a), str_of(*b));

	return order ? order : strcmp(*a, *b);
}

/* "A B -1": what we think of a pair. */
static void comparison_add_pair(struct buf *out, const char *x, const char *y)
{
	int order = debversion_compare(str_of(x), str_of(y));

	buf_printf(out, "%s %s %d\n", x, y, (order > 0) - (order < 0));
}

/* All adjacent ones, and as many drawn pairs: judged by dpkg's own library in Perl, some of them by
 * dpkg. */
static void compare_with_dpkg(struct comparison *c, const struct strings *versions)
{
	static const char program[] =
		"while (<>) { my ($x, $y, $o) = split; $n++; print \"$x $y\\n\" "
		"if version_compare($x, $y) != $o } print \"$n pairs\\n\"";
	const char *path = arena_printf(&c->a, "%s/pairs", c->dir);
	struct buf pairs = { .a = &c->a };
	unsigned seed = SEED;
	struct str said;

	for (size_t i = 1; i < versions->n; i++) {
		const char *drawn = versions->v[(size_t)rand_r(&seed) % versions->n];

		comparison_add_pair(&pairs, versions->v[i - 1], versions->v[i]);
		comparison_add_pair(&pairs, versions->v[i], drawn);
		if (i % 499 == 0) {
			int order = debversion_compare(str_of(versions->v[i]), str_of(drawn));

			ORACLE(&c->a, "dpkg", "--compare-versions", versions->v[i],
			       order < 0 ? "lt"
			       : order	 ? "gt"
					 : "eq",
			       drawn);
		}
	}
	files_put(path, buf_cstr(&pairs));
	said = ORACLE(&c->a, "perl", "-MDpkg::Version", "-e", program, path);
	cr_expect_str_eq(said.p, arena_printf(&c->a, "%zu pairs\n", 2 * (versions->n - 1)));
	cr_log_info("%zu distinct versions, %zu pairs", versions->n, 2 * (versions->n - 1));
}

Test(apt, T25_versions_of_the_whole_archive_are_in_the_order_of_dpkg, .timeout = 600)
{
	struct strings versions = { 0 };
	struct comparison c;

	oracle_need("perl");
	comparison_open(&c);
	list_all_versions(&c, &versions);
	cr_assert_gt(versions.n, 1000);
	qsort(versions.v, versions.n, sizeof(*versions.v), by_version);
	compare_with_dpkg(&c, &versions);
	comparison_close(&c);
}

#define PAIRS 10000

/* "VERSION<tab>TERM<tab>0 or 1": whether we think that the version meets the term. */
static void add_term(struct buf *out, const char *version, const char *term)
{
	struct error e = { 0 };
	int holds = constraint_holds(term, str_of(version), &e);

	cr_assert_geq(holds, 0, "%s: %s", term, e.cause);
	buf_printf(out, "%s\t%s\t%d\n", version, term, holds);
}

/* The parts of a version that a term is to have: with all of them it means the same to dpkg. */
static const char *term_of(struct arena *a, const char *version, bool epoch, bool revision)
{
	struct debversion v = debversion_split(str_of(version));

	return arena_printf(a, "%.*s%s%.*s%s%.*s", epoch ? (int)(v.epoch.n ? v.epoch.n : 1) : 0,
			    v.epoch.n ? v.epoch.p : "0", epoch ? ":" : "", STR_ARG(v.upstream),
			    revision ? "-" : "",
			    revision ? (int)(v.revision.n ? v.revision.n : 1) : 0,
			    v.revision.n ? v.revision.p : "0");
}

/* The first `dots` numbers of a version, or NULL when it has not so many. */
static const char *head_of(struct arena *a, const char *version, unsigned dots)
{
	struct str upstream = debversion_split(str_of(version)).upstream;

	for (size_t i = 1; i < upstream.n; i++) {
		if (upstream.p[i] == '-') /* would begin a revision */
			break;
		if (upstream.p[i] != '.' || dots-- > 0)
			continue;
		return upstream.p[i - 1] >= '0' && upstream.p[i - 1] <= '9'
			       ? arena_printf(a, "%.*s.*", (int)i, upstream.p)
			       : NULL;
	}
	return NULL;
}

/* dpkg's own order of whole versions where the term is a whole one; else input/resolve/constraint.h
 * in its words, with dpkg's order of the parts. */
static const char terms_program[] =
	"use Dpkg::Version; my %holds = ('<<' => sub { $_[0] < 0 }, '<=' => sub { $_[0] <= 0 },"
	" '=' => sub { $_[0] == 0 }, '>=' => sub { $_[0] >= 0 }, '>>' => sub { $_[0] > 0 });"
	"sub native { my $u = shift; $u =~ s/\\+b\\d+$//; $u =~ s/([+~]deb\\d+u|~bpo\\d+\\+)\\d+$//; $u }"
	"sub plain { my $u = shift; $u =~ s/(?<!\\d)0+(?=\\d)//g; $u }"
	"sub parts { my ($e, $u, $r) = $_[0] =~ /^(?:(\\d+):)?(.*?)(?:-([^-]*))?$/; ($e, $u, $r) }"
	"while (<>) { chomp; my ($v, $term, $ours) = split /\\t/; my $want; my ($ve, $vu, $vr) = parts($v); $n++;"
	" if ($term =~ /^(.*)\\.\\*$/) { my $h = plain($1); $want = plain($vu) =~ /^\\Q$h\\E(?![\\d~])/ }"
	" else { my ($op, $t) = split / /, $term; my ($e, $u, $r) = parts($t); my $o = 0;"
	"  if (defined $e && defined $r) { $o = version_compare($v, $t) } else {"
	"   $vu = native($vu) if !defined $r && !defined $vr && native($u) eq $u;"
	"   $o = ($ve // 0) <=> $e if defined $e; $o = version_compare_part($vu, $u) if !$o;"
	"   $o = version_compare_part($vr // '0', $r) if !$o && defined $r }"
	"  $want = $holds{$op}->($o) }"
	" $yes++ if $want; print \"$v $term: $ours\\n\" if !!$want != !!$ours }"
	"print \"$n terms\\n\"; die if $yes < $n / 8";

static void add_terms(struct comparison *c, const struct strings *versions, struct buf *out,
		      size_t *n)
{
	static const char *const ops[] = { "<<", "<=", "=", ">=", ">>" };
	unsigned seed = SEED;

	for (size_t i = 0; i < PAIRS; i++) {
		size_t at = (size_t)rand_r(&seed) % versions->n;
		const char *v = versions->v[at], *head = head_of(&c->a, v, (unsigned)i % 3);
		/* near ones, so that all operators have something to say; and far ones */
		const char *t = versions->v[i % 3 == 0 ? (size_t)rand_r(&seed) % versions->n
						       : (at + i % 5) % versions->n];

		for (size_t k = 0; k < ARRAY_SIZE(ops); k++) {
			for (unsigned form = 0; form < 4; form++, ++*n)
				add_term(out, v,
					 arena_printf(&c->a, "%s %s", ops[k],
						      term_of(&c->a, t, form & 1, form & 2)));
		}
		if (head && ++*n)
			add_term(out, i % 2 ? v : t, head);
	}
}

Test(apt, T25_version_terms_hold_as_dpkg_compares, .timeout = 1200)
{
	struct strings versions = { 0 };
	struct comparison c;
	struct buf terms = { 0 };
	const char *path;
	size_t n = 0;

	oracle_need("perl");
	comparison_open(&c);
	terms.a = &c.a;
	list_all_versions(&c, &versions);
	qsort(versions.v, versions.n, sizeof(*versions.v), by_version);
	add_terms(&c, &versions, &terms, &n);
	path = arena_printf(&c.a, "%s/terms", c.dir);
	files_put(path, buf_cstr(&terms));
	cr_expect_str_eq(ORACLE(&c.a, "perl", "-e", terms_program, path).p,
			 arena_printf(&c.a, "%zu terms\n", n));
	cr_log_info("%zu distinct versions, %zu terms", versions.n, n);
	comparison_close(&c);
}
