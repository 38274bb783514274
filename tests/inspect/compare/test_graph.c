/* SPDX-License-Identifier: Apache-2.0 */
/* Who needs what, and the pictures of it, read by the programs they are for. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "inspect/compare/graph.h"
#include "inspect/model/inspect.h"
#include "cli/commands.h"
#include "support/gen_elf.h"
#include "support/fixture_files.h"
#include "support/gen_image.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"

#define LIB "usr/lib/x86_64-linux-gnu/"

static void put_graph_elf(struct imagegen *g, const char *path, const struct elfgen *e)
{
	imagegen_file(g, path, 0755, elfgen_make(g->a, e));
}

/* A program with an RPATH that its library inherits, modules, a script, and something missing. */
static void make_graph_image(struct imagegen *g)
{
	imagegen_good(g);
	put_graph_elf(g, "opt/app/run",
		      &(struct elfgen){ .program = true,
					.needed = { "libfirst.so" },
					.rpath = "$ORIGIN/lib" });
	put_graph_elf(g, "opt/app/lib/libfirst.so",
		      &(struct elfgen){ .soname = "libfirst.so", .needed = { "libsecond.so" } });
	put_graph_elf(g, "opt/app/lib/libsecond.so",
		      &(struct elfgen){ .soname = "libsecond.so",
					.needed = { "libgone\"<x>.so" } });
	for (int i = 0; i < 5; i++)
		put_graph_elf(g, arena_printf(g->a, "opt/modules/m%d.so", i),
			      &(struct elfgen){ .needed = { "libdemo.so.1" } });
	imagegen_file(g, "opt/script", 0755, STR("#!/usr/bin/env python3\n"));
	imagegen_file(g, "opt/other", 0755, STR("#! /usr/bin/hello -x\n"));
	imagegen_write(g);
}

static void graph_read_needs(struct arena *a, struct imagegen *g, struct inspection *in,
			     struct needs *out)
{
	struct error e = { 0 };

	cr_assert(inspect_image(a, &(struct inspect_request){ .image = g->path }, in, &e), "%s",
		  e.cause);
	cr_assert(needs_read(a, &in->model, out, &e), "%s", e.cause);
}

static bool needs_have(const struct needs *l, const char *by, const char *on, enum need_kind kind)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].by->path, by) == 0 && l->v[i].kind == kind &&
		    strcmp(l->v[i].on ? l->v[i].on->path : l->v[i].name, on) == 0)
			return true;
	return false;
}

Test(needs, are_those_the_loader_would_meet)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct needs l;
	size_t n;

	imagegen_begin(&g, &a);
	make_graph_image(&g);
	graph_read_needs(&a, &g, &in, &l);
	cr_expect(needs_have(&l, "usr/bin/hello", LIB "libdemo.so.1", NEED_LIBRARY));
	cr_expect(needs_have(&l, "usr/bin/hello", "usr/lib64/ld-linux-x86-64.so.2", NEED_LOADER));
	cr_expect(needs_have(&l, "opt/app/run", "opt/app/lib/libfirst.so", NEED_LIBRARY));
	cr_expect(needs_have(&l, "opt/app/lib/libfirst.so", "opt/app/lib/libsecond.so",
			     NEED_LIBRARY),
		  "the RPATH of the program counts for its libraries");
	cr_expect(needs_have(&l, "opt/app/lib/libsecond.so", "libgone\"<x>.so", NEED_LIBRARY));
	cr_expect(needs_have(&l, "opt/script", "/usr/bin/env", NEED_SCRIPT));
	cr_expect(needs_have(&l, "opt/other", "usr/bin/hello", NEED_SCRIPT));
	cr_expect(needs_any(&l, model_at(&in.model, "opt/app/lib/libsecond.so")));
	cr_expect(!needs_any(&l, model_at(&in.model, "opt/app/run")));
	cr_expect_str_eq(needs_of(&l, model_at(&in.model, "opt/app/run"), &n)->by->path,
			 "opt/app/run");
	cr_expect_eq(n, 2);
	needs_of(&l, model_at(&in.model, "usr/lib/os-release"), &n);
	cr_expect_eq(n, 0);
}

static bool is_named_program(const void *context, const struct item *i)
{
	return strcmp(i->path, context) == 0;
}

Test(needs, the_way_to_a_program_is_found_and_none_where_there_is_none)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct need_way way;
	struct needs l;

	imagegen_begin(&g, &a);
	make_graph_image(&g);
	graph_read_needs(&a, &g, &in, &l);
	needs_way(&a, &l, model_at(&in.model, "opt/app/lib/libsecond.so"), is_named_program,
		  "opt/app/run", &way);
	cr_assert_eq(way.n, 3);
	cr_expect_str_eq(way.v[0]->path, "opt/app/run");
	cr_expect_str_eq(way.v[2]->path, "opt/app/lib/libsecond.so");
	needs_way(&a, &l, model_at(&in.model, "opt/app/run"), is_named_program, "usr/bin/hello",
		  &way);
	cr_expect_eq(way.n, 0);
}

static struct verb_run graph_of_image(struct imagegen *g, const char *format, const char *option)
{
	struct verb_run r = VERB(g->a, cmd_graph, "graph", g->path, "--format", format, option);

	cr_assert(r.ok, "%s", r.message);
	files_put(arena_printf(g->a, "%s/graph", g->dir), r.out);
	return r;
}

Test(graph, graphviz_draws_it)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct str drawn;

	oracle_need("dot");
	imagegen_begin(&g, &a);
	make_graph_image(&g);
	graph_of_image(&g, "dot", NULL);
	drawn = ORACLE(&a, "dot", "-Tplain", arena_printf(&a, "%s/graph", g.dir));
	cr_expect(strstr(drawn.p, "\"5 files in /opt/modules\""), "%s", drawn.p);
	cr_expect(strstr(drawn.p, "\"libgone\\\"<x>.so\""), "%s", drawn.p);
	cr_expect(strstr(drawn.p, "\nedge n"), "%s", drawn.p);
	graph_of_image(&g, "dot", "--all");
	drawn = ORACLE(&a, "dot", "-Tplain", arena_printf(&a, "%s/graph", g.dir));
	cr_expect(strstr(drawn.p, " /opt/modules/m4.so ") ||
			  strstr(drawn.p, "\"/opt/modules/m4.so\""),
		  "%s", drawn.p);
}

Test(graph, json_names_nodes_by_number_and_every_edge_joins_two)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	oracle_need("python3");
	imagegen_begin(&g, &a);
	make_graph_image(&g);
	graph_of_image(&g, "json", "--by=package");
	cr_expect_str_eq(
		ORACLE(&a, "python3", "-c",
		       "import json, sys\nd = json.load(open(sys.argv[1]))\nn = d['nodes']\n"
		       "assert [x['id'] for x in n] == list(range(len(n)))\n"
		       "for e in d['edges']: print(n[e['from']]['label'], e['kind'], n[e['to']]['label'])\n"
		       "print([x['label'] for x in n if x['missing']])",
		       arena_printf(&a, "%s/graph", g.dir))
			.p,
		"/opt/app/lib/libfirst.so library /opt/app/lib/libsecond.so\n"
		"/opt/app/lib/libsecond.so library libgone\"<x>.so\n"
		"/opt/app/run library /opt/app/lib/libfirst.so\n"
		"/opt/app/run loader hello\n"
		"/opt/modules/m0.so library hello\n/opt/modules/m1.so library hello\n"
		"/opt/modules/m2.so library hello\n/opt/modules/m3.so library hello\n"
		"/opt/modules/m4.so library hello\n"
		"/opt/other interpreter hello\n"
		"/opt/script interpreter /usr/bin/env\n"
		"['/usr/bin/env', 'libgone\"<x>.so']\n");
}

/* flowchart, subgraph ID ["..."], end, NODE, NODE ARROW NODE: nothing else stands on a line. */
Test(graph, mermaid_has_lines_of_its_grammar_only)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct str rest, line;
	size_t open = 0, edges = 0;
	struct verb_run r;

	imagegen_begin(&g, &a);
	make_graph_image(&g);
	r = graph_of_image(&g, "mermaid", NULL);
	rest = str_of(r.out);
	cr_assert(str_next(&rest, '\n', &line) && str_eq(line, STR("flowchart LR")));
	while (str_next(&rest, '\n', &line)) {
		const char *text = str_dup(&a, str_trim(line));
		char label[512], end[16] = "";
		unsigned from, to;

		if (strncmp(text, "classDef ", 9) == 0)
			continue;
		if (strcmp(text, "end") == 0) {
			cr_assert_gt(open--, 0);
		} else if (sscanf(text, "subgraph c%u [\"%511[^\"]\"%15s", &from, label, end) ==
			   3) {
			cr_expect_str_eq(end, "]", "%s", text);
			open++;
		} else if (sscanf(text, "n%u --> n%u%15s", &from, &to, end) == 2 ||
			   sscanf(text, "n%u -.-> n%u%15s", &from, &to, end) == 2) {
			edges++;
		} else {
			cr_assert(sscanf(text, "n%u[\"%511[^\"]\"%15s", &from, label, end) == 3 ||
					  sscanf(text, "n%u([\"%511[^\"]\"%15s", &from, label,
						 end) == 3,
				  "%s", text);
			cr_expect(strcmp(end, "]") == 0 || strcmp(end, "])") == 0 ||
					  strcmp(end, "]:::missing") == 0,
				  "%s", text);
		}
	}
	cr_expect_eq(open, 0);
	cr_expect_gt(edges, 5);
	cr_expect(strstr(r.out, "[\"libgone#34;#60;x#62;.so\"]:::missing"), "%s", r.out);
}

Test(graph, wrong_words_are_refused)
{
	AUTO_ARENA a = { 0 };
	static const struct {
		const char *option, *text;
	} cases[] = {
		{ "--format=svg", "--format is dot, mermaid or json, not \"svg\"" },
		{ "--by=layer", "--by is file or package, not \"layer\"" },
		{ "--al", "graph: unknown option \"--al\"; did you mean \"--all\"?" },
		{ "--all", "graph: name an image" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verb_run r = VERB(&a, cmd_graph, "graph", cases[i].option);

		cr_expect(!r.ok && r.e.kind == ERR_USAGE);
		cr_expect(strstr(r.message, cases[i].text), "%s", r.message);
	}
}

Test(needs, circles_end)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct need_way way;
	struct needs l;
	size_t n;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	put_graph_elf(&g, LIB "liba.so",
		      &(struct elfgen){ .soname = "liba.so", .needed = { "libb.so", "liba.so" } });
	put_graph_elf(&g, LIB "libb.so",
		      &(struct elfgen){ .soname = "libb.so", .needed = { "liba.so" } });
	imagegen_file(&g, "opt/empty", 0755, STR("#!\n"));
	imagegen_file(&g, "opt/itself", 0755, STR("#!/opt/itself\n"));
	imagegen_add(&g,
		     &(struct imagegen_entry){ .path = "opt/loop", .type = '2', .link = "loop" });
	imagegen_file(&g, "opt/lost", 0755, STR("#!/opt/loop\n"));
	imagegen_write(&g);
	graph_read_needs(&a, &g, &in, &l);
	cr_expect(needs_have(&l, LIB "liba.so", LIB "libb.so", NEED_LIBRARY));
	cr_expect(needs_have(&l, LIB "liba.so", LIB "liba.so", NEED_LIBRARY));
	cr_expect(needs_have(&l, "opt/itself", "opt/itself", NEED_SCRIPT));
	cr_expect(needs_have(&l, "opt/lost", "/opt/loop", NEED_SCRIPT));
	needs_of(&l, model_at(&in.model, "opt/empty"), &n);
	cr_expect_eq(n, 0);
	needs_way(&a, &l, model_at(&in.model, LIB "libb.so"), is_named_program, "usr/bin/hello",
		  &way);
	cr_expect_eq(way.n, 0);
	cr_expect(VERB(&a, cmd_why, "why", g.path, "libb.so").ok);
	cr_expect(graph_of_image(&g, "dot", "--all").ok);
}
