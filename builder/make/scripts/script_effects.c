/* SPDX-License-Identifier: Apache-2.0 */
/* Effects of maintainer scripts, as nodes of the tree. It runs nothing and reads nothing but the
 * package and the files of the recipe that it is given. */

#include "make/scripts/script_effects.h"

#include <fcntl.h>

#include "make/scripts/java_store.h"

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

/* What the base has with the same bytes stays its own: no layer has it twice. */
static bool effects_is_there(const struct tree *t, const struct node *n, bool *same,
			     struct error *e)
{
	const struct node *old = tree_find(t, n->path);
	AUTO_MAPPING m = { 0 };

	*same = false;
	if (!old || old->type != NODE_FILE || old->mode != n->mode || old->uid || old->gid ||
	    old->content.size != n->content.size)
		return true;
	if (!node_map(old, &m, e))
		return err_wrap(e, "/%s", n->path);
	*same = memcmp(m.bytes.p, n->content.bytes, m.bytes.n) == 0;
	return true;
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
	bool same;

	return effects_is_there(to->t, &n, &same, e) && (same || tree_replace(to->t, &n, e));
}

/* What the bundle and Java's store are made of. */
struct effects_certificates {
	struct buf text;
	struct authorities one_by_one; /* only if `java` */
	bool java;
};

/* A text with certificates; a last line without an end gets one, or two certificates would run
 * into each other. */
static bool add_certificate(struct effects_certificates *c, const char *path, struct str text,
			    struct error *e)
{
	if (c->java && !authorities_add(&c->one_by_one, path, text, e))
		return false;
	/* Go looks for PEM at the beginning of a line: a mark there hides the certificate */
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	if (!memmem(text.p, text.n, PEM_BEGIN, strlen(PEM_BEGIN)))
		return err_set(e, ERR_INPUT, "it is not a certificate in PEM form");
	buf_add(&c->text, text);
	if (text.p[text.n - 1] != '\n')
		buf_putc(&c->text, '\n');
	return !c->text.overflow ||
	       err_set(e, ERR_INPUT, "the certificates have more than %u bytes", BUNDLE_MAX);
}

static bool effects_add_node(struct effects_certificates *c, const struct node *n, struct error *e)
{
	AUTO_MAPPING m = { 0 };

	return (node_map(n, &m, e) && add_certificate(c, n->path, m.bytes, e)) ||
	       err_wrap(e, "/%s", n->path);
}

static bool effects_add_package(struct effects_certificates *c, const struct deb *ca,
				struct error *e)
{
	list_each(entry, &ca->entries) {
		struct node n = deb_node(ca, entry, NULL);

		if (entry->type == NODE_FILE &&
		    str_starts(str_of(entry->path), STR(CERTIFICATES)) &&
		    !effects_add_node(c, &n, e))
			return false;
	}
	return c->text.n || err_set(e, ERR_INPUT, "it has no certificates below /%s", CERTIFICATES);
}

/* A private key, or half a certificate, is found out here, with Java or without. */
static bool effects_add_own(struct arena *a, struct effects_certificates *c,
			    const struct ca_bundle *want, struct error *e)
{
	list_each(file, &want->files) {
		struct authorities alone = { .a = a };
		struct str text;

		if (io_read_file(a, AT_FDCWD, *file, BUNDLE_MAX, &text, e) &&
		    (c->java || authorities_add(&alone, *file, text, e)) &&
		    add_certificate(c, *file, text, e))
			continue;
		err_at(e, want->at.file, want->at.line, want->at.col);
		return err_wrap(e, "ca-bundle: %s", *file);
	}
	return true;
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

static bool effects_put_java(struct arena *a, const struct effects_certificates *c,
			     enum java_store_form form, const struct owner *owner,
			     const struct effects_to *to, struct error *e)
{
	struct buf text = { .a = a };

	java_store_put(&c->one_by_one, form, to->epoch, &text);
	return effects_put_text(to, EFFECTS_JAVA_STORE, buf_str(&text), owner, e);
}

bool effects_ca_bundle(struct arena *a, const struct ca_bundle *want, const struct deb *ca,
		       const struct effects_to *to, struct error *e)
{
	struct effects_certificates c = { .text = { .a = a, .max = BUNDLE_MAX },
					  .one_by_one = { .a = a },
					  .java = want->java != JAVA_STORE_NONE };
	const struct node *present = tree_find(to->t, EFFECTS_CA_BUNDLE);
	const struct owner *owner = effects_owner(a, to,
						  ca ? arena_printf(a, "the certificates of %s",
								    ca->package->name)
						     : "the certificates of the recipe",
						  ca ? ca->package->version : NULL);

	if (ca && !effects_add_package(&c, ca, e))
		return err_wrap(e, "package %s", ca->package->name);
	if (!ca && present && !effects_add_node(&c, present, e))
		return false;
	if (!effects_add_own(a, &c, want, e))
		return false;
	if (c.text.n == 0) {
		err_set(e, ERR_INPUT, "ca-bundle: the base has no certificates, name \"package\"");
		return err_at(e, want->at.file, want->at.line, want->at.col);
	}
	return effects_put_text(to, EFFECTS_CA_BUNDLE, buf_str(&c.text), owner, e) &&
	       (!c.java || effects_put_java(a, &c, want->java, owner, to, e)) &&
	       (!ca || put_copyright(a, ca, to, e));
}

bool effects_is_of_bundle(const char *path)
{
	return strcmp(path, EFFECTS_CA_BUNDLE) == 0 || strcmp(path, EFFECTS_JAVA_STORE) == 0;
}

bool effects_ld_so_cache(struct arena *a, struct str text, const struct effects_to *to,
			 struct error *e)
{
	return effects_put_text(to, EFFECTS_LD_SO_CACHE, text,
				effects_owner(a, to, "the library cache", NULL), e);
}
