/* SPDX-License-Identifier: Apache-2.0 */
/* An archive for the toolchain, a server for the dependency. */

#include "support/fixture_one_dependency.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"

void one_dependency_open(struct one_dependency *t, enum dependency_form form, const char *name,
			 const char *url, const struct dependency *d)
{
	size_t n = 0;

	relock_open(&t->s);
	relock_publish(&t->s, 2, "gcc 14\n libcap-dev 1\n python3-build 1", NULL);
	archivegen_serve(&t->s.g);
	while (n < ARRAY_SIZE(t->script) && t->script[n].path)
		n++;
	cr_assert_lt(n, ARRAY_SIZE(t->script));
	t->script[n].status = 404;
	faultd_start(&t->server, t->script, n + 1);
	t->url = faultd_url(&t->s.a, &t->server, url);
	t->s.source.debian_source = NULL;
	t->s.source.folder = arena_printf(&t->s.a, "%s/repo/code", t->s.d.dir);
	t->s.source.repository = arena_printf(&t->s.a, "%s/repo", t->s.d.dir);
	one_dependency_put(t, "repo/code/main", "");
	t->s.source.dependencies = (struct dependencies){ .form = form,
							  .file = arena_printf(&t->s.a, "code/%s",
									       name),
							  .at = { "app.json", 4, 3 } };
	t->d = list_push(&t->s.a, &t->s.source.dependencies.v);
	*t->d = *d;
	t->d->line = 7;
	relock_add_provider(&t->s, relock_add_component(&t->s, "app", NULL), NULL);
}

void one_dependency_close(struct one_dependency *t)
{
	faultd_stop(&t->server);
	relock_close(&t->s);
}

void one_dependency_from(struct one_dependency *t)
{
	*list_push(&t->s.a, &t->s.source.dependencies.from) = t->url;
}

void one_dependency_put(struct one_dependency *t, const char *file, const char *text)
{
	files_put(arena_printf(&t->s.a, "%s/%s", t->s.d.dir, file), text);
}

const char *one_dependency_failure(struct one_dependency *t, enum err_kind kind)
{
	char *text = arena_alloc(&t->s.a, sizeof(t->s.e) * 4);

	cr_assert(!relock_make(&t->s, false));
	err_format(&t->s.e, text, sizeof(t->s.e) * 4);
	cr_expect_eq(t->s.e.kind, kind, "%s", text);
	err_clear(&t->s.e);
	return text;
}

void one_dependency_expect(struct one_dependency *t, const char *format, const char *path,
			   struct str bytes, const char *address)
{
	struct digest d = digest_of(bytes);

	cr_assert(relock_make(&t->s, false), "%s%s", t->s.e.context, t->s.e.cause);
	cr_expect(strstr(relock_text(&t->s),
			 arena_printf(&t->s.a,
				      "{ \"path\": \"%s\", \"size\": %zu, \"sha256\": \"%s\", "
				      "\"url\": \"%s\" }",
				      path, bytes.n, digest_hex_dup(&t->s.a, &d),
				      faultd_url(&t->s.a, &t->server, address))),
		  "%s", relock_text(&t->s));
	cr_expect(strstr(relock_text(&t->s), arena_printf(&t->s.a, "\"format\": \"%s\"", format)));
}

void one_dependency_expect_kept(struct one_dependency *t)
{
	struct lock again = t->s.lock;

	t->s.old = &again;
	t->s.source.dependencies.from.n = 0;
	cr_expect(relock_make(&t->s, true), "what is locked is asked of nobody: %s", t->s.e.cause);
	t->s.old = NULL;
}
