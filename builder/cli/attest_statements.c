/* SPDX-License-Identifier: Apache-2.0 */
/* From an image to statements about it. */

#include "cli/attest_statements.h"

#include <fcntl.h>
#include <time.h>

#include "base/path.h"
#include "cli/source_date.h"
#include "explain/image_accepts.h"
#include "format/json/jsonx.h"
#include "inspect/sbom/sbom.h"
#include "trust/attestation/predicate_types.h"
#include "trust/attestation/summary.h"
#include "trust/signature/statement.h"

#define STATEMENT_MAX (64u << 20)

struct statement_maker {
	struct arena *a;
	const struct attest_order *order;
	struct attest_statements *out;
	const struct document *root;
	struct layer_memo *layers; /* what is read of them, for facts */

	/* the manifest that is at hand */
	const char *digest;   /* "sha256:..." */
	const char *platform; /* "linux/arm64"; NULL: it is the only one */
	const char *suffix;   /* "-arm64"; "" */
};

/* The digest of a manifest: signatures know SHA-256 alone. */
static const char *maker_digest(struct arena *a, const struct document *d)
{
	struct digest sha256 = digest_of(d->text);

	return arena_printf(a, "sha256:%s", digest_hex_dup(a, &sha256));
}

/* The manifest that an index names. */
static const struct document *maker_document(const struct statement_maker *m,
					     const struct document_part *p)
{
	list_each(d, &m->order->plan->documents.v) {
		if (content_digest_eq(&d->digest, &p->digest))
			return d;
	}
	return NULL;
}

static bool maker_wants(const struct attest_order *o, const char *type)
{
	return o->types->n == 0 || strings_has(o->types, type);
}

/* They are of use beside an image in its registry alone. */
static bool maker_wants_facts(const struct attest_order *o)
{
	return o->repository && maker_wants(o, PREDICATE_FACTS);
}

static void maker_add(struct statement_maker *m, const char *type, const char *name,
		      struct str predicate)
{
	const struct strings subjects = { (const char *[]){ m->digest }, 1, 1 };

	*list_push(m->a, m->out) = (struct attest_statement){
		.of = { m->digest, type, statement_text(m->a, &subjects, type, predicate) },
		.file = arena_printf(m->a, "%s%s", name, m->suffix)
	};
}

static bool maker_add_bill(struct statement_maker *m, const struct sbom *sbom, const char *type,
			   bool (*form)(const struct sbom *s, struct sink *to, struct error *e),
			   struct error *e)
{
	struct buf text = { .a = m->a };
	struct buf_sink sink;

	if (!maker_wants(m->order, type))
		return true;
	buf_sink_init(&sink, &text, predicate_name(type));
	if (!form(sbom, &sink.base, e))
		return false;
	maker_add(m, type, predicate_name(type), buf_str(&text));
	return true;
}

static bool maker_add_bills(struct statement_maker *m, struct error *e)
{
	static const struct keep_rule keep = { .sha1 = true };
	const struct attest_order *o = m->order;
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct sbom sbom;
	int64_t fallback;

	if (!maker_wants(o, PREDICATE_SPDX) && !maker_wants(o, PREDICATE_CYCLONEDX))
		return true;
	return source_date(&fallback, e) &&
	       inspect_image(m->a,
			     &(struct inspect_request){ o->image, m->platform, &keep, NULL,
							o->opened, NULL },
			     &image, e) &&
	       sbom_make(m->a, &image, fallback, &sbom, e) &&
	       maker_add_bill(m, &sbom, PREDICATE_SPDX, sbom_spdx, e) &&
	       maker_add_bill(m, &sbom, PREDICATE_CYCLONEDX, sbom_cyclonedx, e);
}

/* A policy is imgbuild's own, or a file. */
static bool maker_name_policy(struct statement_maker *m, const char *policy, struct summary *s,
			      struct error *e)
{
	static const char *const own[] = { "strict", "base", "report-only" };
	struct str text;
	struct digest d;

	if (!policy || name_among(policy, own, ARRAY_SIZE(own))) {
		s->policy = arena_printf(m->a, "urn:imgbuild:policy:%s", policy ? policy : own[0]);
		return true;
	}
	if (!io_read_file(m->a, AT_FDCWD, policy, STATEMENT_MAX, &text, e))
		return false;
	d = digest_of(text);
	s->policy = arena_printf(m->a, "urn:imgbuild:policy-file:%s", path_base(policy));
	s->policy_sha256 = digest_hex_dup(m->a, &d);
	return true;
}

static void maker_add_summary(struct statement_maker *m, struct summary *s)
{
	const struct attest_order *o = m->order;
	const char *name = path_base(o->repository ? o->repository : o->image);

	s->when = (int64_t)time(NULL);
	s->resource = summary_resource(m->a, name, m->digest, o->repository);
	maker_add(m, PREDICATE_SUMMARY, "vsa", summary_text(m->a, s));
}

static bool maker_add_audit(struct statement_maker *m, struct error *e)
{
	const struct attest_order *o = m->order;
	struct audit_request req = {
		.image = o->image,
		.platform = m->platform,
		.opened = o->opened,
		.cve = o->cve,
		.memo = maker_wants_facts(o) ? m->layers : NULL,
	};
	struct summary s = { .verifier = VERIFIER_AUDIT };
	struct audit_result r;

	if (!maker_wants(o, PREDICATE_SUMMARY))
		return true;
	if (!image_accepts(m->a, o->recipe, o->opened, &req, e))
		return false;
	if (o->policy)
		req.policy = o->policy;
	if (!audit_image(m->a, &req, &r, e) || !maker_name_policy(m, req.policy, &s, e))
		return false;
	s.passed = !audit_failed(&r, r.fail_on);
	*list_push(m->a, &s.levels) = LEVEL_AUDIT;
	if (!s.passed)
		progress_warn(o->c->progress,
			      "%s%s%s: the audit's policy \"%s\" refuses it: its summary says "
			      "FAILED",
			      o->image, m->platform ? " " : "", m->platform ? m->platform : "",
			      r.policy);
	maker_add_summary(m, &s);
	return true;
}

void attest_warn_facts(struct progress *progress, const char *image, size_t missing)
{
	if (missing)
		progress_warn(progress,
			      "%s: the facts about %zu of its layers are too large and are left "
			      "out: imgbuild rebase reads these layers",
			      image, missing);
}

static bool maker_add_facts(struct statement_maker *m, struct error *e)
{
	const struct attest_order *o = m->order;
	const struct keep_rule keep = { .memo = m->layers };
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct layer_facts_texts texts;
	struct str predicate;
	size_t missing;

	if (!maker_wants_facts(o))
		return true;
	if (!inspect_image(m->a,
			   &(struct inspect_request){ o->image, m->platform, &keep, NULL, o->opened,
						      NULL },
			   &image, e) ||
	    !layer_facts_make(m->a, &image.facts, m->layers, NULL, &predicate, &texts, &missing, e))
		return false;
	attest_warn_facts(o->c->progress, o->image, missing);
	maker_add(m, PREDICATE_FACTS, "facts", predicate);
	m->out->v[m->out->n - 1].file = NULL;
	m->out->v[m->out->n - 1].facts = texts;
	return true;
}

/* One image of the index, or the only one. */
static bool maker_look_at(struct statement_maker *m, struct error *e)
{
	size_t before = m->out->n;

	progress_begin(m->order->c->progress, "attest", "looking at %s%s%s", m->order->image,
		       m->platform ? " " : "", m->platform ? m->platform : "");
	if (!maker_add_bills(m, e) || !maker_add_audit(m, e) || !maker_add_facts(m, e))
		return m->platform ? err_wrap(e, "%s", m->platform) : false;
	progress_end(m->order->c->progress, "attest", false, "%zu statements", m->out->n - before);
	return true;
}

/* Every image of an index has statements of its own. What is for no platform is none. */
static bool maker_look_at_all(struct statement_maker *m, struct error *e)
{
	for (size_t i = 0; i < m->root->parts.n; i++) {
		const struct document_part *p = &m->root->parts.v[i];
		const struct document *d = maker_document(m, p);

		if (!d || d->index || !p->os || !p->architecture || strcmp(p->os, "unknown") == 0)
			continue;
		m->digest = maker_digest(m->a, d);
		m->platform = arena_printf(m->a, "%s/%s%s%s", p->os, p->architecture,
					   p->variant ? "/" : "", p->variant ? p->variant : "");
		m->suffix = arena_printf(m->a, "-%s%s", p->architecture,
					 p->variant ? p->variant : "");
		if (!maker_look_at(m, e))
			return false;
	}
	return true;
}

/* The build's own words, about the image and all that it names. */
static bool maker_take_provenance(struct statement_maker *m, const char *root, struct str text,
				  struct error *e)
{
	const struct attest_order *o = m->order;
	struct statement s;

	if (!statement_read_from(m->a, o->provenance, text, &s, e))
		return false;
	if (strcmp(s.predicate_type, PREDICATE_PROVENANCE) != 0)
		return err_set(e, ERR_INPUT, "%s: its predicate has the type \"%.120s\", not %s",
			       o->provenance, s.predicate_type, PREDICATE_PROVENANCE);
	if (!strings_has(&s.subjects, root + strlen("sha256:")))
		return err_set(e, ERR_VERIFY,
			       "%s is about sha256:%.64s, but the image is %s; build it again, or "
			       "name its provenance with --provenance FILE",
			       o->provenance, s.subjects.n ? s.subjects.v[0] : "", root);
	for (size_t i = 0; i < s.subjects.n; i++) {
		const char *digest = arena_printf(m->a, "sha256:%s", s.subjects.v[i]);

		*list_push(m->a, m->out) =
			(struct attest_statement){ .of = { digest, PREDICATE_PROVENANCE, text },
						   .file = i == 0 ? "provenance" : NULL };
	}
	return true;
}

static bool maker_add_provenance(struct statement_maker *m, const char *root, struct error *e)
{
	const struct attest_order *o = m->order;
	bool wanted = o->provenance_named || strings_has(o->types, PREDICATE_PROVENANCE);
	struct error missing = { 0 };
	struct str text;

	if (!maker_wants(o, PREDICATE_PROVENANCE))
		return true;
	if (o->provenance &&
	    io_read_file(m->a, AT_FDCWD, o->provenance, STATEMENT_MAX, &text, &missing))
		return maker_take_provenance(m, root, text, e);
	if (wanted)
		return err_set(
			e, ERR_INPUT,
			"%s: there is no provenance%s%s; a build writes it beside its image, "
			"and --provenance FILE names it",
			o->image, o->provenance ? " at " : "", o->provenance ? o->provenance : "");
	progress_warn(o->c->progress,
		      "%s: no provenance%s%s: only its build can tell it; build it again, or name "
		      "it with --provenance FILE",
		      o->image, o->provenance ? " at " : "", o->provenance ? o->provenance : "");
	return true;
}

/* A file is signed under the name of a form: it has to be of that form. */
static bool maker_check_file(struct statement_maker *m, const char *type,
			     const struct json_doc *doc, struct error *e)
{
	static const struct {
		const char *type, *form, *key, *begins;
	} forms[] = {
		{ PREDICATE_OPENVEX, "an OpenVEX document", "@context", "https://openvex.dev/ns" },
		{ PREDICATE_SPDX, "an SPDX document", "spdxVersion", "SPDX-2." },
		{ PREDICATE_CYCLONEDX, "a CycloneDX document", "bomFormat", "CycloneDX" },
	};
	struct json_node root = json_root(doc);

	if (!json_node_is_object(&root))
		return json_fail(&root, e, "a predicate is an object");
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *value = jsonx_text(m->a, &root, forms[i].key);

		if (strcmp(forms[i].type, type) != 0 ||
		    (value && str_starts(str_of(value), str_of(forms[i].begins))))
			continue;
		return json_fail(&root, e, "this is not %s: \"%s\" does not begin with \"%s\"",
				 forms[i].form, forms[i].key, forms[i].begins);
	}
	return true;
}

/* What others wrote: JSON of whatever type. */
static bool maker_add_file(struct statement_maker *m, struct error *e)
{
	const struct attest_order *o = m->order;
	const char *type = o->types->v[0], *name = predicate_name(type);
	AUTO_JSON doc = { 0 };
	struct str text;

	if (!io_read_named(m->a, o->predicate, STATEMENT_MAX, &text, e) ||
	    !json_parse(o->predicate, text, &doc, e) || !maker_check_file(m, type, &doc, e))
		return false;
	maker_add(m, type, strchr(name, '/') ? "predicate" : name, text);
	return true;
}

bool attest_make(struct arena *a, const struct attest_order *o, struct attest_statements *out,
		 struct error *e)
{
	const struct documents *all = &o->plan->documents;
	AUTO_LAYER_MEMO layers = LAYER_MEMO_INIT;
	struct statement_maker m = { .a = a,
				     .order = o,
				     .out = out,
				     .root = &all->v.v[all->v.n - 1],
				     .layers = &layers,
				     .suffix = "" };
	const char *root = maker_digest(a, m.root);

	m.digest = root;
	layers.max = LAYER_FACTS_MEMORY;
	if (o->predicate)
		return maker_add_file(&m, e);
	if (!o->repository && strings_has(o->types, PREDICATE_FACTS))
		return err_set(e, ERR_USAGE,
			       "attest: facts are for imgbuild rebase, which finds them beside the "
			       "image in its registry: name it docker://REGISTRY/NAME");
	return maker_add_provenance(&m, root, e) &&
	       (m.root->index ? maker_look_at_all(&m, e) : maker_look_at(&m, e));
}
