/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a lock. Small things that change together stand on one line, so that a security
 * update of a package shows as three changed lines in a diff. */

#include "format/jsonw.h"
#include "lock/lock.h"

static void write_digest(struct jsonw *w, const char *key, const struct digest *d)
{
	char hex[DIGEST_HEX + 1];

	digest_hex(d, hex);
	jsonw_cstr(w, key, hex);
}

static void write_file(struct jsonw *w, const char *key, const struct locked_file *f)
{
	jsonw_object_inline(w, key);
	jsonw_cstr(w, "path", f->path);
	if (f->size != UINT64_MAX)
		jsonw_u64(w, "size", f->size);
	write_digest(w, "sha256", &f->sha256);
	jsonw_object_end(w);
}

static void write_inline_strings(struct jsonw *w, const char *key, const struct strings *l)
{
	jsonw_array_inline(w, key);
	for (size_t i = 0; i < l->n; i++)
		jsonw_cstr(w, NULL, l->v[i]);
	jsonw_array_end(w);
}

static void write_suite(struct jsonw *w, const struct locked_suite *s)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "archive", s->archive);
	jsonw_cstr(w, "codename", s->codename);
	jsonw_cstr(w, "date", s->date);
	if (s->valid_until)
		jsonw_cstr(w, "valid-until", s->valid_until);
	write_digest(w, "inrelease", &s->inrelease);
	jsonw_strings(w, "signers", &s->signers);
	jsonw_object_end(w);
}

static void write_component(struct jsonw *w, const struct locked_component *c)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", c->name);
	jsonw_u64(w, "provider", c->provider);
	jsonw_cstr(w, "version", c->version);
	jsonw_cstr(w, "reason", c->reason);
	if (c->lost.n)
		jsonw_strings(w, "lost", &c->lost);
	jsonw_object_end(w);
}

static void write_package(struct jsonw *w, const struct locked_package *p)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", p->name);
	jsonw_cstr(w, "version", p->version);
	jsonw_cstr(w, "architecture", p->architecture);
	if (strcmp(p->source, p->name) != 0 || strcmp(p->source_version, p->version) != 0) {
		jsonw_object_inline(w, "source");
		jsonw_cstr(w, "name", p->source);
		jsonw_cstr(w, "version", p->source_version);
		jsonw_object_end(w);
	}
	jsonw_object_inline(w, "from");
	jsonw_cstr(w, "archive", p->archive);
	jsonw_cstr(w, "suite", p->suite);
	jsonw_object_end(w);
	write_file(w, "file", &p->file);
	if (p->installed_size)
		jsonw_u64(w, "installed-size", p->installed_size);
	if (p->depends[0])
		jsonw_cstr(w, "depends", p->depends);
	write_inline_strings(w, "roles", &p->roles);
	jsonw_cstr(w, "why", p->why);
	jsonw_object_end(w);
}

static void write_source(struct jsonw *w, const struct locked_source *s)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", s->name);
	jsonw_cstr(w, "package", s->package);
	jsonw_cstr(w, "version", s->version);
	if (s->archive) {
		jsonw_object_inline(w, "from");
		jsonw_cstr(w, "archive", s->archive);
		jsonw_cstr(w, "suite", s->suite);
		jsonw_object_end(w);
	}
	if (s->as_of)
		jsonw_cstr(w, "as-of", s->as_of);
	jsonw_cstr(w, "format", s->format);
	if (s->warning)
		jsonw_cstr(w, "warning", s->warning);
	jsonw_array(w, "files");
	for (size_t i = 0; i < s->files.n; i++)
		write_file(w, NULL, &s->files.v[i]);
	jsonw_array_end(w);
	if (s->urls.n)
		jsonw_strings(w, "urls", &s->urls);
	jsonw_object_end(w);
}

void lock_format(const struct lock *lock, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "lock", LOCK_VERSION);
	write_digest(&w, "answers", &lock->answers);
	jsonw_cstr(&w, "architecture", lock->architecture);
	if (lock->compilers)
		jsonw_cstr(&w, "compilers", lock->compilers);
	jsonw_array(&w, "suites");
	for (size_t i = 0; i < lock->suites.n; i++)
		write_suite(&w, &lock->suites.v[i]);
	jsonw_array_end(&w);
	jsonw_array(&w, "components");
	for (size_t i = 0; i < lock->components.n; i++)
		write_component(&w, &lock->components.v[i]);
	jsonw_array_end(&w);
	jsonw_array(&w, "packages");
	for (size_t i = 0; i < lock->packages.n; i++)
		write_package(&w, &lock->packages.v[i]);
	jsonw_array_end(&w);
	jsonw_array(&w, "sources");
	for (size_t i = 0; i < lock->sources.n; i++)
		write_source(&w, &lock->sources.v[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
