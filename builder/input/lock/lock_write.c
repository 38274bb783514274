/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a lock. Small things that change together stand on one line, so that a security
 * update of a package shows as three changed lines in a diff. */

#include "format/json/jsonw.h"
#include "input/lock/lock_builtin.h"
#include "input/lock/lock_values.h"
#include "input/lock/lock_variants.h"
#include "input/lock/locked_base.h"
#include "input/lock/state_names.h"

static void lock_write_digest(struct jsonw *w, const char *key, const struct digest *d)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	jsonw_cstr(w, key, hex);
}

static void lock_write_file(struct jsonw *w, const char *key, const struct locked_file *f)
{
	jsonw_object_inline(w, key);
	jsonw_cstr(w, "path", f->path);
	if (f->size != UINT64_MAX)
		jsonw_u64(w, "size", f->size);
	lock_write_digest(w, "sha256", &f->sha256);
	if (f->url)
		jsonw_cstr(w, "url", f->url);
	jsonw_object_end(w);
}

static void write_inline_strings(struct jsonw *w, const char *key, const struct strings *l)
{
	jsonw_array_inline(w, key);
	for (size_t i = 0; i < l->n; i++)
		jsonw_cstr(w, NULL, l->v[i]);
	jsonw_array_end(w);
}

static void write_state(struct jsonw *w, const struct locked_state *s)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "archive", s->archive);
	jsonw_cstr(w, "codename", s->codename);
	jsonw_cstr(w, "date", s->date);
	if (s->valid_until)
		jsonw_cstr(w, "valid-until", s->valid_until);
	if (!s->unproven)
		lock_write_digest(w, "inrelease", &s->inrelease);
	jsonw_strings(w, "signers", &s->signers);
	jsonw_object_end(w);
}

static void write_from(struct jsonw *w, const struct state_names *names,
		       const struct locked_state *s)
{
	if (s)
		jsonw_cstr(w, "from", state_names_id(w->out->a, names, s));
}

static void write_component(struct jsonw *w, const struct locked_component *c)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", c->name);
	jsonw_u64(w, "provider", c->provider);
	jsonw_cstr(w, "version", c->version);
	lock_put_text(w, "suite", c->suite);
	lock_put_text(w, "question", c->question);
	jsonw_cstr(w, "reason", c->reason);
	if (c->lost.n)
		jsonw_strings(w, "lost", &c->lost);
	if (c->variants.n)
		write_inline_strings(w, "variants", &c->variants);
	jsonw_object_end(w);
}

static void write_package(struct jsonw *w, const struct state_names *names,
			  const struct locked_package *p)
{
	jsonw_object(w, NULL);
	lock_put_package(w, p);
	write_from(w, names, p->state);
	lock_write_file(w, "file", &p->file);
	if (p->installed_size)
		jsonw_u64(w, "installed-size", p->installed_size);
	lock_put_text(w, "depends", p->depends);
	lock_put_text(w, "provides", p->provides);
	lock_put_text(w, "conflicts", p->conflicts);
	lock_put_text(w, "breaks", p->breaks);
	if (p->depends_only)
		jsonw_cstr(w, "relations", "depends");
	if (p->any)
		jsonw_cstr(w, "multi-arch", "allowed");
	if (p->notes.known)
		write_inline_strings(w, "libraries", &p->notes.libraries);
	if (p->notes.opened_by.n)
		write_inline_strings(w, "opened-by", &p->notes.opened_by);
	if (p->variants.n)
		write_inline_strings(w, "variants", &p->variants);
	write_inline_strings(w, "roles", &p->roles);
	variant_roles_write(w, &p->roles_of);
	jsonw_cstr(w, "why", p->why);
	jsonw_object_end(w);
}

static void write_source(struct jsonw *w, const struct state_names *names,
			 const struct locked_source *s)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", s->name);
	jsonw_cstr(w, "package", s->package);
	jsonw_cstr(w, "version", s->version);
	write_from(w, names, s->state);
	jsonw_cstr(w, "format", s->format);
	if (s->warning)
		jsonw_cstr(w, "warning", s->warning);
	jsonw_array(w, "files");
	for (size_t i = 0; i < s->files.n; i++)
		lock_write_file(w, NULL, &s->files.v[i]);
	jsonw_array_end(w);
	if (s->urls.n)
		jsonw_strings(w, "urls", &s->urls);
	if (s->variants.n)
		write_inline_strings(w, "variants", &s->variants);
	jsonw_object_end(w);
}

static void write_download(struct jsonw *w, const struct locked_download *d)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", d->name);
	lock_write_file(w, "file", &d->file);
	jsonw_strings(w, "urls", &d->urls);
	jsonw_object_end(w);
}

static void write_heading(struct jsonw *w, const struct lock *lock)
{
	jsonw_u64(w, "lock", LOCK_FORMAT);
	jsonw_cstr(w, "imgbuild", LOCK_NEEDS);
	if (!lock->architecture)
		return; /* a lock of tools alone */
	lock_write_digest(w, "answers", &lock->answers);
	jsonw_cstr(w, "architecture", lock->architecture);
	if (lock->compilers)
		jsonw_cstr(w, "compilers", lock->compilers);
	lock_variants_write(w, lock);
	lock_builtin_write(w, lock);
	locked_base_write(w, lock);
}

static void write_states(struct jsonw *w, const struct lock *lock)
{
	jsonw_array(w, "states");
	for (size_t i = 0; i < lock->states.n; i++)
		write_state(w, lock->states.v[i]);
	jsonw_array_end(w);
}

static void write_packages(struct jsonw *w, const char *key, const struct state_names *names,
			   const struct locked_package *v, size_t n)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < n; i++)
		write_package(w, names, &v[i]);
	jsonw_array_end(w);
}

/* What a recipe stands on. */
static void write_contents(struct jsonw *w, const struct state_names *names,
			   const struct lock *lock)
{
	jsonw_array(w, "components");
	for (size_t i = 0; i < lock->components.n; i++)
		write_component(w, &lock->components.v[i]);
	jsonw_array_end(w);
	write_packages(w, "packages", names, lock->packages.v, lock->packages.n);
	jsonw_array(w, "sources");
	for (size_t i = 0; i < lock->sources.n; i++)
		write_source(w, names, &lock->sources.v[i]);
	jsonw_array_end(w);
	if (lock->downloads.n == 0)
		return;
	jsonw_array(w, "downloads");
	for (size_t i = 0; i < lock->downloads.n; i++)
		write_download(w, &lock->downloads.v[i]);
	jsonw_array_end(w);
}

void lock_format(const struct lock *lock, struct buf *out)
{
	struct state_names names;
	struct jsonw w;

	state_names_init(out->a, &names, lock);
	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	write_heading(&w, lock);
	write_states(&w, lock);
	if (lock->architecture)
		write_contents(&w, &names, lock);
	if (lock->tools.n)
		write_packages(&w, "tools", &names, lock->tools.v, lock->tools.n);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
