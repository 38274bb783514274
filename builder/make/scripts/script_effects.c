/* SPDX-License-Identifier: Apache-2.0 */
/* Effects of maintainer scripts, as nodes of the tree. It runs nothing and reads nothing but the
 * package it is given. */

#include "make/scripts/script_effects.h"

#define CERTIFICATES "usr/share/ca-certificates/"
#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define BUNDLE_MAX (16u << 20)

static const struct owner *effects_owner(struct arena *a, const struct effects_to *to,
					 const char *name, const char *version)
{
	struct owner *o = arena_alloc(a, sizeof(*o));

	*o = (struct owner){ .kind = OWNER_GENERATED,
			     .name = name,
			     .version = version,
			     .layer = to->layer,
			     .why = to->why };
	return o;
}

static bool effects_put_text(const struct effects_to *to, const char *path, struct str text,
			     const struct owner *owner, struct error *e)
{
	struct node n = {
		.path = path,
		.type = NODE_FILE,
		.mode = 0644,
		.mtime = (int64_t)to->epoch,
		.content = { .bytes = text.p, .size = text.n },
		.owner = owner,
	};

	return tree_replace(to->t, &n, e);
}

/* One file of certificates; a last line without an end gets one, or two certificates would run
 * into each other. */
static bool add_certificate(const struct deb *ca, const struct deb_entry *entry, struct buf *out,
			    struct error *e)
{
	struct node n = deb_node(ca, entry, NULL);
	AUTO_MAPPING m = { 0 };

	if (!node_map(&n, &m, e))
		return err_wrap(e, "/%s", entry->path);
	if (!memmem(m.bytes.p, m.bytes.n, PEM_BEGIN, strlen(PEM_BEGIN)))
		return err_set(e, ERR_INPUT, "/%s is not a certificate in PEM form", entry->path);
	buf_add(out, m.bytes);
	if (m.bytes.p[m.bytes.n - 1] != '\n')
		buf_putc(out, '\n');
	return !out->overflow ||
	       err_set(e, ERR_INPUT, "the certificates have more than %u bytes", BUNDLE_MAX);
}

static bool put_copyright(struct arena *a, const struct deb *ca, const struct effects_to *to,
			  struct error *e)
{
	const struct deb_package *p = ca->package;
	const char *path = arena_printf(a, "usr/share/doc/%s/copyright", p->name);
	const struct deb_entry *entry = deb_find(ca, path);
	struct owner *o = arena_alloc(a, sizeof(*o));
	struct node n;

	if (!entry)
		return true;
	*o = (struct owner){ .kind = OWNER_PACKAGE,
			     .name = p->name,
			     .version = p->version,
			     .layer = to->layer,
			     .why = to->why };
	n = deb_node(ca, entry, o);
	return tree_add(to->t, &n, e);
}

bool effects_ca_bundle(struct arena *a, const struct deb *ca, const struct effects_to *to,
		       struct error *e)
{
	const struct deb_package *p = ca->package;
	struct buf text = { .a = a, .max = BUNDLE_MAX };

	for (size_t i = 0; i < ca->entries.n; i++) {
		const struct deb_entry *entry = &ca->entries.v[i];

		if (entry->type == NODE_FILE &&
		    str_starts(str_of(entry->path), STR(CERTIFICATES)) &&
		    !add_certificate(ca, entry, &text, e))
			return false;
	}
	if (text.n == 0)
		return err_set(e, ERR_INPUT, "it has no certificates below /%s", CERTIFICATES);
	return effects_put_text(to, EFFECTS_CA_BUNDLE, buf_str(&text),
				effects_owner(a, to,
					      arena_printf(a, "the certificates of %s", p->name),
					      p->version),
				e) &&
	       put_copyright(a, ca, to, e);
}

bool effects_ld_so_cache(struct arena *a, struct str text, const struct effects_to *to,
			 struct error *e)
{
	return effects_put_text(to, EFFECTS_LD_SO_CACHE, text,
				effects_owner(a, to, "the library cache", NULL), e);
}
