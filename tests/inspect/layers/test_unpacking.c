/* SPDX-License-Identifier: Apache-2.0 */
/* Odd layers, and what runtimes make of them. What is right was seen with podman 4.3.1 (storage
 * drivers overlay and vfs) and umoci 0.4.7: `podman load` of a layer below with opt/d/sh, opt/f and
 * usr/lib/os-release, the layer of the case above it, and the files that `podman image mount` and
 * `umoci unpack` then showed. Where they differ, all that any of them shows is expected, and a
 * finding. */

#include <criterion/criterion.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "inspect/model/model.h"
#include "support/gen_image.h"

#define MADE_MAX 5

struct sight {
	const char *what;
	struct imagegen_entry made[MADE_MAX]; /* path NULL: no more */
	const char *there[4];		      /* "path=content", "path/", "path@target" */
	const char *gone[3];
	const char *rule, *at; /* the finding; NULL: none of rules layer.* */
};

#define PATCH(where, text) { .at = (where), .bytes = { (text), sizeof(text) - 1 } }
#define AT(p, text) .path = (p), .content = { (text), sizeof(text) - 1 }
#define FILE_(p, text) { AT(p, text) }
#define LONG_NAME(p) { AT("././@LongLink", p "\0"), .type = 'L' }
#define LONG_LINK(p) { AT("././@LongLink", p "\0"), .type = 'K' }
#define PAX(text) { AT("pax", text), .type = 'x' }
#define HARD(p, to) { .path = (p), .type = '1', .link = (to) }
#define SOFT(p, to) { .path = (p), .type = '2', .link = (to) }
#define FOLDER(p) { .path = (p) }
#define WHITEOUT(p) { .path = (p) }
#define ODD "layer.odd-entry"
#define TWICE "layer.duplicate-entry"
#define ELSEWHERE "usr/lib/os-release=evil"

static const struct sight sights[] = {
	/* names */
	{ .what = "a GNU name, then a pax path",
	  .made = { LONG_NAME("usr/lib/os-release"), PAX("19 path=srv/readme\n"),
		    FILE_("x", "evil") },
	  .there = { ELSEWHERE },
	  .gone = { "x", "srv/readme" } },
	{ .what = "a pax path, then a GNU name",
	  .made = { PAX("19 path=srv/readme\n"), LONG_NAME("usr/lib/os-release"),
		    FILE_("x", "evil") },
	  .there = { ELSEWHERE },
	  .gone = { "x", "srv/readme" } },
	{ .what = "a GNU link target, then linkpath",
	  .made = { LONG_LINK("opt/f"), PAX("20 linkpath=opt/zzz\n"), SOFT("opt/l", "x") },
	  .there = { "opt/l@opt/f" } },
	{ .what = "the second pax header replaces the first",
	  .made = { PAX("19 path=srv/readme\n"), PAX("11 mtime=1\n"),
		    FILE_("usr/lib/os-release", "evil") },
	  .there = { ELSEWHERE },
	  .gone = { "srv/readme" } },
	{ .what = "an empty GNU name is none",
	  .made = { LONG_NAME(""), FILE_("opt/n", "1") },
	  .there = { "opt/n=1" } },
	{ .what = "a GNU name ends with its NUL",
	  .made = { LONG_NAME("opt/a\0opt/b"), FILE_("x", "1") },
	  .there = { "opt/a=1" },
	  .gone = { "opt/b", "x" } },
	{ .what = "GNU magic, text in the place of a prefix",
	  .made = { { AT("os-release", "evil"),
		      .patch = { PATCH(257, "ustar  \0"), PATCH(345, "usr/lib") } } },
	  .there = { ELSEWHERE },
	  .gone = { "os-release" } },
	{ .what = "GNU magic, a time in the place of a prefix",
	  .made = { { AT("os-release", "evil"),
		      .patch = { PATCH(257, "ustar  \0"), PATCH(345, "00000000000\0") } } },
	  .there = { "os-release=evil", "usr/lib/os-release=ID=debian" } },
	{ .what = "GNU magic of another version has no prefix",
	  .made = { { AT("os-release", "evil"),
		      .patch = { PATCH(257, "ustar xx"), PATCH(345, "usr/lib") } } },
	  .there = { "os-release=evil", "usr/lib/os-release=ID=debian" } },
	{ .what = "any version of ustar has a prefix",
	  .made = { { AT("os-release", "evil"), .patch = { PATCH(257, "ustar\0"
								      "33"),
							   PATCH(345, "usr/lib") } } },
	  .there = { ELSEWHERE },
	  .gone = { "os-release" } },
	{ .what = "star has a shorter prefix, and times",
	  .made = { { AT("os-release", "evil"),
		      .patch = { PATCH(345, "usr/lib"),
				 PATCH(476, "00000000001 00000000001 \0\0\0\0\0\0\0\0tar\0") } } },
	  .there = { ELSEWHERE },
	  .gone = { "os-release" } },
	/* types and sizes */
	{ .what = "type NUL with a slash is a folder",
	  .made = { { .path = "opt/n/", .patch = { PATCH(156, "\0") } } },
	  .there = { "opt/n/" } },
	{ .what = "type 0 with a slash is a file",
	  .made = { { AT("opt/n/", "data"), .type = '0' } },
	  .there = { "opt/n=data" } },
	{ .what = "type 0 with a slash, over a folder",
	  .made = { { .path = "opt/d/", .type = '0' } },
	  .there = { "opt/d=" },
	  .gone = { "opt/d/sh" } },
	{ .what = "a number ends with a NUL",
	  .made = { { AT("opt/n", "evil\n"), .patch = { PATCH(124, "5\0"
								   "77        \0") } } },
	  .there = { "opt/n=evil\n" } },
	/* one after the other */
	{ .what = "a file over a folder of the layer",
	  .made = { FOLDER("opt/e/"), FILE_("opt/e/x", "1"), FILE_("opt/e", "2") },
	  .there = { "opt/e=2" },
	  .gone = { "opt/e/x" },
	  .rule = TWICE,
	  .at = "opt/e" },
	{ .what = "a link over a folder of the layer",
	  .made = { FILE_("opt/e/x", "1"), SOFT("opt/e", "d") },
	  .there = { "opt/e@d" },
	  .gone = { "opt/e/x" },
	  .rule = TWICE,
	  .at = "opt/e/x" },
	{ .what = "a folder over a folder",
	  .made = { FOLDER("opt/d/"), FILE_("opt/d/x", "1"), FOLDER("opt/d/") },
	  .there = { "opt/d/x=1", "opt/d/sh=old" } },
	{ .what = "a file over a lower folder",
	  .made = { FILE_("opt/d", "2") },
	  .there = { "opt/d=2" },
	  .gone = { "opt/d/sh" } },
	{ .what = "a file twice",
	  .made = { FILE_("opt/t", "1"), FILE_("opt/t", "2") },
	  .there = { "opt/t=2" },
	  .rule = TWICE,
	  .at = "opt/t" },
	/* hard links */
	{ .what = "what a link named is replaced afterwards",
	  .made = { FILE_("opt/t", "1"), HARD("opt/h", "opt/t"), FILE_("opt/t", "2") },
	  .there = { "opt/h=1", "opt/t=2" },
	  .rule = TWICE,
	  .at = "opt/t" },
	{ .what = "a link before its target",
	  .made = { HARD("opt/h", "opt/t"), FILE_("opt/t", "1") },
	  .there = { "opt/h=1", "opt/t=1" },
	  .rule = ODD,
	  .at = "opt/h" },
	{ .what = "a link before its target, which is below, too",
	  .made = { HARD("opt/h", "opt/f"), FILE_("opt/f", "new") },
	  .there = { "opt/h=oldf", "opt/f=new" },
	  .rule = ODD,
	  .at = "opt/h" },
	{ .what = "a link to a lower file",
	  .made = { HARD("opt/h", "opt/f") },
	  .there = { "opt/h=oldf" },
	  .rule = ODD,
	  .at = "opt/h" },
	{ .what = "a link through a symbolic link",
	  .made = { FILE_("opt/r/t", "1"), SOFT("opt/s", "r"), HARD("opt/h", "opt/s/t") },
	  .there = { "opt/h=1" } },
	{ .what = "a link through links that lead in circles",
	  .made = { SOFT("opt/a", "b"), SOFT("opt/b", "a"), HARD("opt/h", "opt/a/t") } },
	{ .what = "a link with an owner of its own",
	  .made = { FILE_("opt/t", "1"),
		    { .path = "opt/h", .type = '1', .link = "opt/t", .uid = 7 } },
	  .there = { "opt/h=1" },
	  .rule = ODD,
	  .at = "opt/h" },
	/* whiteouts */
	{ .what = "a whiteout, then a folder",
	  .made = { WHITEOUT("opt/.wh.d"), FOLDER("opt/d/") },
	  .there = { "opt/d/sh=old" },
	  .rule = ODD,
	  .at = "opt/d" },
	{ .what = "a folder, then a whiteout",
	  .made = { FOLDER("opt/d/"), WHITEOUT("opt/.wh.d") },
	  .there = { "opt/d/sh=old" },
	  .rule = ODD,
	  .at = "opt/d" },
	{ .what = "a whiteout, then what is below",
	  .made = { WHITEOUT("opt/.wh.d"), FILE_("opt/d/x", "1") },
	  .there = { "opt/d/sh=old", "opt/d/x=1" },
	  .rule = ODD,
	  .at = "opt/d" },
	{ .what = "a whiteout, a folder and its opaque marker",
	  .made = { WHITEOUT("opt/.wh.d"), FOLDER("opt/d/"), WHITEOUT("opt/d/.wh..wh..opq"),
		    FILE_("opt/d/x", "1") },
	  .there = { "opt/d/x=1" },
	  .gone = { "opt/d/sh" } },
	{ .what = "a whiteout, then a link",
	  .made = { WHITEOUT("opt/.wh.d"), SOFT("opt/d", "f") },
	  .there = { "opt/d@f" },
	  .gone = { "opt/d/sh" } },
	{ .what = "a whiteout, then a file",
	  .made = { WHITEOUT("opt/.wh.f"), FILE_("opt/f", "new") },
	  .there = { "opt/f=new" } },
	{ .what = "a file, then a whiteout",
	  .made = { FILE_("opt/f", "new"), WHITEOUT("opt/.wh.f") },
	  .there = { "opt/f=new" },
	  .rule = ODD,
	  .at = "opt/f" },
	{ .what = "an opaque marker before and after",
	  .made = { FILE_("opt/m", "1"), WHITEOUT("opt/.wh..wh..opq"), FILE_("opt/n", "2") },
	  .there = { "opt/m=1", "opt/n=2" },
	  .gone = { "opt/d", "opt/f" } },
	{ .what = "an opaque marker behind a folder that is not an entry",
	  .made = { FILE_("opt/k/n", "1"), WHITEOUT("opt/.wh..wh..opq") },
	  .there = { "opt/k/n=1" },
	  .gone = { "opt/d", "opt/f" },
	  .rule = ODD,
	  .at = "opt/k/n" },
	{ .what = "an opaque root",
	  .made = { WHITEOUT(".wh..wh..opq"), FILE_("n", "1") },
	  .there = { "n=1", "opt/d/sh=old" },
	  .rule = ODD },
	{ .what = "an opaque marker and a whiteout of its folder",
	  .made = { WHITEOUT("opt/.wh.d"), WHITEOUT("opt/d/.wh..wh..opq") },
	  .gone = { "opt/d/sh" } },
	{ .what = "leftovers of aufs",
	  .made = { WHITEOUT(".wh..wh.aufs"), FOLDER(".wh..wh.orph/"), FOLDER(".wh..wh.plnk/"),
		    FILE_(".wh..wh.plnk/12.3", "1"), HARD("opt/p", ".wh..wh.plnk/12.3") },
	  .there = { ".wh..wh.plnk/12.3=1", "opt/p=1" },
	  .rule = ODD,
	  .at = ".wh..wh.plnk/12.3" },
	{ .what = "a marker of aufs alone",
	  .made = { WHITEOUT(".wh..wh.aufs") },
	  .rule = "layer.untidy-entry",
	  .at = ".wh..wh.aufs" },
	{ .what = "a device that is a whiteout for overlayfs",
	  .made = { { .path = "opt/f", .type = '3' } },
	  .rule = ODD,
	  .at = "opt/f" },
	{ .what = "a global header",
	  .made = { { AT("pax_global_header", "14 comment=hi\n"), .type = 'g' },
		    FILE_("opt/n", "1") },
	  .there = { "opt/n=1" },
	  .rule = ODD },
	{ .what = "an attribute of fuse-overlayfs",
	  .made = { { AT("opt/n", "1"),
		      .pax = "55 SCHILY.xattr.user.containers.override_stat=0:0:4755\n" } },
	  .there = { "opt/n=1" },
	  .rule = ODD,
	  .at = "opt/n" },
};

static void check_item_there(const struct audit_result *r, const char *what, const char *want)
{
	size_t n = strcspn(want, "=@");
	AUTO_ARENA a = { 0 };
	const char *path = arena_strndup(&a, want, n - (want[n - 1] == '/'));
	const struct item *i = model_at(r->model, path);
	struct digest content = digest_of(str_of(want[n] ? want + n + 1 : ""));

	cr_expect(i, "%s: %s is not there", what, path);
	if (i && want[n] == '=')
		cr_expect(i->type == ITEM_FILE && digest_eq(&i->sha256, &content), "%s: %s", what,
			  want);
	else if (i && want[n] == '@')
		cr_expect(i->type == ITEM_LINK && strcmp(i->target, want + n + 1) == 0, "%s: %s",
			  what, want);
	else if (i)
		cr_expect(i->type == ITEM_DIR, "%s: %s", what, want);
}

static void check_findings(const struct audit_result *r, const struct sight *s)
{
	bool seen = false, other = false;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (strncmp(f->rule->id, "layer.", 6) != 0)
			continue;
		if (s->rule && strcmp(f->rule->id, s->rule) == 0 &&
		    (s->at ? f->path && strcmp(f->path, s->at) == 0 : !f->path))
			seen = true;
		else if (!s->rule)
			other = true;
	}
	cr_expect(seen == (s->rule != NULL), "%s: no finding %s", s->what, s->rule);
	cr_expect(!other, "%s: a finding about the layer", s->what);
}

/* The layer of the case, over one that has something to lose. */
static void make_sight(struct imagegen *g, const struct sight *s)
{
	imagegen_add(g, &(struct imagegen_entry){ .path = "opt/" });
	imagegen_add(g, &(struct imagegen_entry){ .path = "opt/d/" });
	imagegen_file(g, "opt/d/sh", 0755, STR("old"));
	imagegen_file(g, "opt/f", 0644, STR("oldf"));
	imagegen_file(g, "usr/lib/os-release", 0644, STR("ID=debian"));
	imagegen_layer(g);
	for (size_t i = 0; i < MADE_MAX && s->made[i].path; i++)
		imagegen_add(g, &s->made[i]);
	imagegen_write(g);
}

Test(audit, T8_odd_layers_are_read_as_runtimes_unpack_them)
{
	for (size_t i = 0; i < ARRAY_SIZE(sights); i++) {
		const struct sight *s = &sights[i];
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };
		char text[4096];

		imagegen_begin(&g, &a);
		make_sight(&g, s);
		if (!audit_image(&a, &(struct audit_request){ .image = g.path, .now = 1790000000 },
				 &r, &e)) {
			err_format(&e, text, sizeof(text));
			cr_expect_fail("%s: %s", s->what, text);
			continue;
		}
		for (size_t k = 0; k < 4 && s->there[k]; k++)
			check_item_there(&r, s->what, s->there[k]);
		for (size_t k = 0; k < 3 && s->gone[k]; k++)
			cr_expect(!model_at(r.model, s->gone[k]), "%s: %s is there", s->what,
				  s->gone[k]);
		check_findings(&r, s);
	}
}

static bool sight_has(const struct audit_result *r, const char *rule, const char *path)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (strcmp(r->findings.v[i].rule->id, rule) == 0 && r->findings.v[i].path &&
		    strcmp(r->findings.v[i].path, path) == 0)
			return true;
	return false;
}

/* Overlayfs shows the setuid program; for umoci the link leads nowhere. */
Test(audit, where_runtimes_differ_both_readings_are_judged)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	size_t unowned = 0;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "opt/d/su", 04755, STR("1"));
	imagegen_file(&g, "opt/other", 0644, STR("1"));
	imagegen_add(&g, &(struct imagegen_entry)SOFT("opt/l", "d/su"));
	imagegen_layer(&g);
	imagegen_file(&g, "opt/.wh.d", 0644, STR(""));
	imagegen_add(&g, &(struct imagegen_entry){ .path = "opt/d/" });
	imagegen_write(&g);
	cr_assert(audit_image(&a, &(struct audit_request){ .image = g.path, .now = 1790000000 }, &r,
			      &e));
	cr_expect(sight_has(&r, "file.setuid", "opt/d/su"));
	cr_expect(sight_has(&r, "link.dangling", "opt/l"));
	cr_expect(sight_has(&r, ODD, "opt/d"));
	for (size_t i = 0; i < r.findings.n; i++)
		unowned += strcmp(r.findings.v[i].rule->id, "file.unowned") == 0 &&
			   strcmp(r.findings.v[i].path, "opt/other") == 0;
	cr_expect_eq(unowned, 1, "what both readings have is told once");
}
