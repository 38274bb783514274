/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes, an archive and locks for tests. */

#include "support/fixture_relock.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "support/gen_index.h"

const char *relock_date(struct arena *a, int hours)
{
	char text[DATE_TEXT];

	date_text((int64_t)time(NULL) - hours * 3600, text);
	return arena_strdup(a, text);
}

void relock_open(struct relock_scene *s)
{
	*s = (struct relock_scene){ .platform = platform_of_compilers() };
	archivegen_open(&s->g, &s->a);
	depot_open(&s->d);
	/* snapshot.debian.org is the last resort of every file: here it is unreachable */
	setenv("https_proxy", "http://127.0.0.1:9", 1);
	s->suite = (struct suite){ .entry = "test",
				   .archive = "debian",
				   .codename = "trixie",
				   .keyrings = s->g.keyrings,
				   .signers = s->g.signers };
	*list_push(&s->a, &s->suite.components) = "main";
	s->archive = (struct archive){ .name = "test" };
	*list_push(&s->a, &s->archive.suites) = s->suite;
	s->toolchain = (struct toolchain){ .name = "c" };
	*list_push(&s->a, &s->toolchain.packages) = "gcc";
	s->source = (struct source_recipe){ .name = "app",
					    .file = "app.json",
					    .debian_source = "app",
					    .toolchain = &s->toolchain };
	*list_push(&s->a, &s->source.build_depends) = "libcap-dev";
	s->recipe = (struct recipe){ .name = "x", .file = "x.json", .archive = &s->archive };
}

void relock_close(struct relock_scene *s)
{
	depot_close(&s->d);
	archivegen_close(&s->g);
	arena_free(&s->a);
}

void relock_publish(struct relock_scene *s, int hours, const char *packages, const char *sources)
{
	archivegen_add(&s->g, &(struct archivegen_suite){
				      .codename = "trixie",
				      .date = relock_date(&s->a, hours),
				      .sources = sources,
				      .packages = indexgen_packages(&s->a, packages) });
}

struct component *relock_add_component(struct relock_scene *s, const char *name,
				       const char *version)
{
	struct component *c = list_push(&s->a, &s->recipe.components);

	*c = (struct component){ .name = name,
				 .version = version,
				 .at = { "x.json", 3, 5 },
				 .version_at = { "x.json", 3, 30 } };
	return c;
}

void relock_add_provider(struct relock_scene *s, struct component *c, const char *package)
{
	struct provider *p = list_push(&s->a, &c->providers);

	*p = (struct provider){ .at = { "x.json", 4, 7 } };
	if (package)
		*list_push(&s->a, &p->packages) = package;
	else
		p->source = &s->source;
}

struct lock_order relock_order(struct relock_scene *s)
{
	return (struct lock_order){ .store = &s->d.store,
				    .mirrors = &s->mirrors,
				    .recipe = &s->recipe,
				    .platform = s->platform,
				    .old = s->old,
				    .first = s->first,
				    .update = s->update,
				    .bases = s->bases,
				    .progress = s->progress };
}

bool relock_make(struct relock_scene *s, bool offline)
{
	struct lock_order o = relock_order(s);

	o.offline = offline;
	s->mirrors.v.n = 0;
	if (s->g.running)
		mirrors_add(&s->a, &s->mirrors, "debian", archivegen_mirror(&s->g), "the test");
	s->e = (struct error){ 0 };
	return lock_make(&s->a, &o, &s->lock, &s->e);
}

const char *relock_text(struct relock_scene *s)
{
	struct buf text = { .a = &s->a };

	lock_format(&s->lock, &text);
	return buf_cstr(&text);
}

#define SOURCE(version, name, hex)                                                          \
	"Package: app\nVersion: " version "\nFormat: 3.0 (quilt)\nDirectory: pool/main/a\n" \
	"Checksums-Sha256:\n " hex " 3 " name "\n\n"
#define DSC SOURCE("2.0-1", "old.dsc", "%s") SOURCE("2.0-2", "new.dsc", "%s")

const char *relock_sources(struct relock_scene *s)
{
	struct digest old = digest_of(STR("old")), new = digest_of(STR("new"));

	return arena_printf(&s->a, DSC, digest_hex_dup(&s->a, &old), digest_hex_dup(&s->a, &new));
}
