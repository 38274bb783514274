/* SPDX-License-Identifier: Apache-2.0 */
/* What is proven of an uppermost layer alone is what a look at the whole image proves; whatever
 * could be otherwise is left to that. */

#include <criterion/criterion.h>

#include "cli/rebase_stems.h"
#include "inspect/audit/audit.h"
#include "inspect/image/manifest.h"
#include "inspect/audit/rules.h"
#include "support/fixture_files.h"
#include "support/fixture_hub.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

#define LIB "usr/lib/x86_64-linux-gnu/"

struct stem_image {
	struct imagegen g;
	struct inspection in;
};

struct stem_world {
	struct arena a;
	const char *dir;
	struct str libraries[2],
		programs[2]; /* libx.so.1 of the bases; takers of one, and of both */
	struct stem_image old, now, image, result;
	struct layer_memo memo;
	struct rebase_stems stems;
};

/* ---- programs ---- */

static struct str stem_compile(struct stem_world *w, const char *name, const char *source,
			       const char *const *flags)
{
	const char *from = arena_printf(&w->a, "%s/%s.c", w->dir, name);
	const char *to = arena_printf(&w->a, "%s/%s", w->dir, name);
	struct strings argv = { 0 };
	struct error e = { 0 };
	struct str bytes;

	files_put(from, source);
	for (const char *const *f =
		     (const char *const[]){ "gcc", "-fPIC", "-nostdlib", "-O1",
					    "-Wl,-z,noexecstack,-z,now", "-o", to, from, NULL };
	     *f; f++)
		*list_push(&w->a, &argv) = *f;
	for (; *flags; flags++)
		*list_push(&w->a, &argv) = *flags;
	*list_push(&w->a, &argv) = NULL;
	oracle_ask(&w->a, argv.v);
	cr_assert(io_read_named(&w->a, to, 1u << 20, &bytes, &e));
	return bytes;
}

static void stem_programs(struct stem_world *w)
{
	const char *const library[] = { "-shared", "-Wl,-soname,libx.so.1", NULL };
	const char *folder = arena_printf(&w->a, "-L%s", w->dir);
	const char *const program[] = { "-pie", "-nostartfiles", folder, "-l:both.so", NULL };

	w->libraries[0] = stem_compile(w, "both.so",
				       "int one(void) { return 1; }\n"
				       "int two(void) { return 2; }\n",
				       library);
	w->libraries[1] = stem_compile(w, "less.so", "int one(void) { return 1; }\n", library);
	w->programs[0] = stem_compile(w, "takes-one",
				      "int one(void);\n"
				      "void _start(void) { one(); for (;;) ; }\n",
				      program);
	w->programs[1] = stem_compile(w, "takes-two",
				      "int two(void);\n"
				      "void _start(void) { two(); for (;;) ; }\n",
				      program);
}

/* ---- layers ---- */

static void stem_folder(struct imagegen *g, const char *path)
{
	imagegen_add(g, &(struct imagegen_entry){ .path = path });
}

static void stem_link(struct imagegen *g, const char *path, char type, const char *target)
{
	imagegen_add(g, &(struct imagegen_entry){ .path = path, .type = type, .link = target });
}

static void stem_base(struct stem_world *w, struct imagegen *g, size_t which)
{
	imagegen_good(g);
	imagegen_file(g, LIB "libx.so.1", 0644, w->libraries[which]);
	imagegen_file(g, which ? "etc/new" : "etc/gone", 0755, STR("text\n"));
	imagegen_layer(g);
}

/* The record lists a file that is not in the image. */
static void stem_shared(struct imagegen *g)
{
	stem_folder(g, "opt/");
	stem_folder(g, "opt/stem/");
	imagegen_file(g, "opt/stem/file", 0644, STR("shared\n"));
	stem_link(g, "opt/way", '2', "stem");
	imagegen_file(g, "var/lib/dpkg/status.d/absent", 0644,
		      STR("Package: absent\nVersion: 1\nArchitecture: amd64\n"));
	imagegen_file(g, "var/lib/dpkg/status.d/absent.md5sums", 0644,
		      STR("00000000000000000000000000000000  opt/way/absent\n"));
	imagegen_layer(g);
}

typedef void stem_layer(struct stem_world *w, struct imagegen *g);

#define STEM_LAYER(name, what)                                     \
	static void name(struct stem_world *w, struct imagegen *g) \
	{                                                          \
		(void)w;                                           \
		what;                                              \
	}
STEM_LAYER(own_file, imagegen_file(g, "opt/own/x", 0644, STR("1")))
STEM_LAYER(own_folders, (stem_folder(g, "opt/"), stem_folder(g, "opt/stem/"),
			 imagegen_file(g, "opt/stem/x", 0644, STR("1"))))
STEM_LAYER(own_program, imagegen_file(g, "usr/bin/own", 0755, w->programs[0]))
STEM_LAYER(own_link, stem_link(g, "opt/own/l", '2', "/opt/stem/file"))
STEM_LAYER(own_certificate, imagegen_file(g, "opt/own/x.pem", 0644, STR("text")))
STEM_LAYER(own_script, imagegen_file(g, "opt/own/s", 0755, STR("#!/opt/stem/file\n")))
STEM_LAYER(replaces, imagegen_file(g, "opt/stem/file", 0644, STR("own\n")))
STEM_LAYER(removes, imagegen_file(g, "opt/stem/.wh.file", 0644, STR("")))
STEM_LAYER(empties, imagegen_file(g, "opt/stem/.wh..wh..opq", 0644, STR("")))
STEM_LAYER(closes, imagegen_add(g, &(struct imagegen_entry){ .path = "opt/stem/", .mode = 0700 }))
STEM_LAYER(over_link, imagegen_file(g, "opt/way/x", 0644, STR("1")))
STEM_LAYER(brings_absent, imagegen_file(g, "opt/stem/absent", 0644, STR("1")))
STEM_LAYER(brings_record, imagegen_file(g, "var/lib/dpkg/status.d/x", 0644,
					STR("Package: x\nVersion: 1\nDepends: nothing\n")))
STEM_LAYER(brings_preload, imagegen_file(g, "etc/ld.so.preload", 0644, STR("/opt/own/x.so\n")))
STEM_LAYER(brings_shadow, imagegen_file(g, "etc/shadow", 0644, STR("x::1::::::\n")))
STEM_LAYER(brings_new, imagegen_file(g, "etc/new", 0644, STR("1")))
STEM_LAYER(hard_link, stem_link(g, "opt/own/h", '1', "opt/stem/file"))
STEM_LAYER(twice, (imagegen_file(g, "opt/own/x", 0644, STR("1")),
		   imagegen_file(g, "opt/own/x", 0644, STR("2"))))
STEM_LAYER(link_to_gone, stem_link(g, "opt/own/l", '2', "/etc/gone"))
STEM_LAYER(script_of_gone, imagegen_file(g, "opt/own/s", 0755, STR("#!/etc/gone\n")))
STEM_LAYER(program_of_both, imagegen_file(g, "usr/bin/own", 0755, w->programs[1]))

/* ---- images ---- */

static void stem_image_open(struct stem_world *w, struct stem_image *x, size_t base,
			    stem_layer *layer)
{
	struct inspect_request what = { 0 };
	struct error e = { 0 };

	imagegen_begin(&x->g, &w->a);
	stem_base(w, &x->g, base);
	if (layer) {
		stem_shared(&x->g);
		layer(w, &x->g);
	}
	imagegen_write(&x->g);
	x->in = (struct inspection)INSPECTION_INIT;
	what.image = x->g.path;
	cr_assert(inspect_image(&w->a, &what, &x->in, &e), "%s%s", e.context, e.cause);
}

static void stem_image_close(struct stem_image *x)
{
	inspect_close(&x->in);
	imagegen_end(&x->g);
}

static void stem_world_open(struct stem_world *w)
{
	oracle_need("gcc");
	*w = (struct stem_world){ .memo = LAYER_MEMO_INIT, .stems = REBASE_STEMS_INIT };
	w->dir = files_temporary(&w->a);
	stem_programs(w);
	stem_image_open(w, &w->old, 0, NULL);
	stem_image_open(w, &w->now, 1, NULL);
}

static void stem_world_close(struct stem_world *w)
{
	rebase_stems_close(&w->stems);
	layer_memo_close(&w->memo);
	stem_image_close(&w->old);
	stem_image_close(&w->now);
	files_remove(w->dir);
	arena_free(&w->a);
}

static int stem_ask(struct stem_world *w, struct rebase_proof *proof)
{
	const struct rebase_whole whole = { .image = &w->image.in.facts,
					    .result = &w->result.in.facts,
					    .image_bundle = &w->image.in.bundle,
					    .result_bundle = &w->result.in.bundle,
					    .old = &w->old.in.model,
					    .now = &w->now.in.model,
					    .old_facts = &w->old.in.facts,
					    .now_facts = &w->now.in.facts,
					    .memo = &w->memo };
	struct error e = { 0 };
	int got;

	got = rebase_stems_prove(&w->stems, &w->a, &whole, proof, &e);
	cr_assert_geq(got, 0, "%s%s", e.context, e.cause);
	return got;
}

/* Obstacles that a look at the whole finds. */
static size_t stem_look(struct stem_world *w, struct rebase_proof *proof)
{
	const struct rebase_case c = { .image = &w->image.in.model,
				       .old = &w->old.in.model,
				       .now = &w->now.in.model,
				       .result = &w->result.in.model,
				       .old_layers = w->old.in.facts.layers.n };
	struct rebase_obstacles found = { NULL, 0, 0 };
	struct findings before, after;
	struct error e = { 0 };

	*proof = (struct rebase_proof){ 0 };
	cr_assert(audit_inspected(&w->a, &w->image.in, AUDIT_WHOLE, NULL, &before, &e));
	cr_assert(audit_inspected(&w->a, &w->result.in, AUDIT_WHOLE, NULL, &after, &e));
	rebase_check_files(&w->a, &c, proof, &found);
	rebase_check_libraries(&w->a, &c, proof, &found);
	rebase_check_records(&w->a, &c, &found);
	rebase_check_findings(&w->a, &before, &after, &found);
	return found.n;
}

Test(rebase_stems, what_an_added_layer_proves_is_what_the_whole_does, .timeout = 120)
{
	static const struct {
		const char *name;
		stem_layer *layer;
		int proven;
		bool refused; /* by who looks at the whole */
	} cases[] = {
		{ "a file", own_file, 1, false },
		{ "folders that are there", own_folders, 1, false },
		{ "a program", own_program, 1, false },
		{ "a link", own_link, 1, false },
		{ "a text of no matter", own_certificate, 1, false },
		{ "a script", own_script, 1, false },
		{ "it replaces a file", replaces, 0, false },
		{ "it removes a file", removes, 0, false },
		{ "it empties a folder", empties, 0, false },
		{ "it changes a folder", closes, 0, false },
		{ "it makes a folder of a link", over_link, 0, false },
		{ "it brings what a record lists", brings_absent, 0, false },
		{ "it brings a record", brings_record, 0, false },
		{ "it brings a preload", brings_preload, 0, false },
		{ "it brings an account", brings_shadow, 0, false },
		{ "it has a hard link to a file below", hard_link, 0, false },
		{ "a file twice", twice, 0, false },
		{ "what the new base brings", brings_new, 0, true },
		{ "a link to what is gone", link_to_gone, 0, true },
		{ "a script of what is gone", script_of_gone, 0, true },
		{ "a program whose symbol is gone", program_of_both, 0, true },
	};
	struct stem_world w;

	stem_world_open(&w);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rebase_proof alone = { 0 }, whole;
		size_t obstacles;
		int got;

		stem_image_open(&w, &w.image, 0, cases[i].layer);
		stem_image_open(&w, &w.result, 1, cases[i].layer);
		got = stem_ask(&w, &alone);
		if (i == 0) {
			cr_expect_eq(got, 0, "the first of its kind");
			got = stem_ask(&w, &alone);
		}
		obstacles = stem_look(&w, &whole);
		cr_expect_eq(got, cases[i].proven, "%s", cases[i].name);
		cr_expect_eq(obstacles > 0, cases[i].refused, "%s: %zu", cases[i].name, obstacles);
		if (got) {
			cr_expect_eq(alone.files, whole.files, "%s", cases[i].name);
			cr_expect_eq(alone.programs, whole.programs, "%s", cases[i].name);
			cr_expect_eq(alone.libraries, whole.libraries, "%s", cases[i].name);
			cr_expect_eq(alone.symbols, whole.symbols, "%s", cases[i].name);
		}
		stem_image_close(&w.image);
		stem_image_close(&w.result);
	}
	stem_world_close(&w);
}

/* Settings are the image's own: a stem knows none. */
Test(rebase_stems, settings_are_looked_at_for_each_image, .timeout = 120)
{
	struct rebase_proof proof = { 0 };
	struct stem_world w;

	stem_world_open(&w);
	stem_image_open(&w, &w.image, 0, own_file);
	stem_image_open(&w, &w.result, 1, own_file);
	cr_expect_eq(stem_ask(&w, &proof), 0);
	cr_expect_eq(stem_ask(&w, &proof), 1);
	w.image.in.facts.entrypoint = w.result.in.facts.entrypoint =
		(struct strings){ (const char *[]){ "/etc/gone" }, 1, 1 };
	cr_expect_eq(stem_ask(&w, &proof), 0, "the program is gone");
	stem_image_close(&w.image);
	stem_image_close(&w.result);
	stem_world_close(&w);
}

Test(rebase_stems, the_audit_finds_what_counts_alone, .timeout = 120)
{
	struct findings all, some;
	struct stem_world w;
	struct error e = { 0 };
	size_t counting = 0;

	stem_world_open(&w);
	stem_image_open(&w, &w.image, 0, brings_record);
	cr_assert(audit_inspected(&w.a, &w.image.in, AUDIT_WHOLE, NULL, &all, &e));
	cr_assert(audit_inspected(&w.a, &w.image.in, AUDIT_WHOLE, rebase_rule_counts, &some, &e));
	list_each(f, &all)
		counting += rebase_rule_counts(f->rule->id);
	cr_expect_eq(some.n, counting);
	cr_expect_gt(some.n, 0u);
	cr_expect_lt(some.n, all.n);
	stem_image_close(&w.image);
	stem_world_close(&w);
}

/* ---- in a registry ---- */

static void stem_push(struct stem_world *w, struct hub *h, const struct stem_image *x,
		      const char *name)
{
	ORACLE(&w->a, "env", arena_printf(&w->a, "IMGBUILD_CACHE_DIR=%s/store", w->dir),
	       "./imgbuild", "push", x->g.path, hub_image(h, name));
}

/* The images of a repository that have these numbers as tags. */
static struct oracle_run stem_rebase(struct stem_world *w, struct hub *h, const char *repository,
				     size_t first, size_t n)
{
	const char *list = arena_printf(&w->a, "%s/list", w->dir);
	struct buf text = { .a = &w->a };

	for (size_t i = first; i < first + n; i++)
		buf_printf(&text, "%s:%zu\n", hub_image(h, repository), i);
	files_put(list, buf_cstr(&text));
	return oracle_run(&w->a,
			  (const char *const[]){
				  "env", arena_printf(&w->a, "IMGBUILD_CACHE_DIR=%s/store", w->dir),
				  "./imgbuild", "-j", "1", "rebase", "--list", list, "--base",
				  hub_image(h, "base:new"), "--from", hub_image(h, "base:old"),
				  NULL });
}

/* What comes of an image does not depend on those that are rebased with it. */
Test(rebase_stems, images_of_one_run_become_what_each_becomes_alone, .timeout = 300)
{
	static stem_layer *const layers[] = { own_file, own_program, program_of_both, own_folders,
					      own_script };
	struct oracle_run run, alone;
	struct stem_world w;
	struct hub h;

	stem_world_open(&w);
	hub_open(&h, true);
	stem_push(&w, &h, &w.old, "base:old");
	stem_push(&w, &h, &w.now, "base:new");
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		stem_image_open(&w, &w.image, 0, layers[i]);
		stem_push(&w, &h, &w.image, arena_printf(&w.a, "run:%zu", i));
		stem_push(&w, &h, &w.image, arena_printf(&w.a, "alone:%zu", i));
		stem_image_close(&w.image);
	}
	run = stem_rebase(&w, &h, "run", 0, ARRAY_SIZE(layers));
	cr_expect_eq(run.status, 1, "%s%s", run.out.p, run.err.p);
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		const bool refused = layers[i] == program_of_both;
		struct str one, other;

		alone = stem_rebase(&w, &h, "alone", i, 1);
		cr_expect_eq(alone.status, refused, "%zu: %s%s", i, alone.out.p, alone.err.p);
		one = hub_get(&h, arena_printf(&w.a, "run:%zu", i));
		other = hub_get(&h, arena_printf(&w.a, "alone:%zu", i));
		cr_expect(one.n && str_eq(one, other), "%zu", i);
		/* it says the same about them */
		if (!refused)
			cr_expect(strstr(run.out.p, strchr(alone.out.p, '\n')), "%zu: %s", i,
				  alone.out.p);
	}
	cr_expect(strstr(run.out.p, "usr/bin/own: it takes the symbol two from libx.so.1"), "%s",
		  run.out.p);
	hub_close(&h);
	stem_world_close(&w);
}
