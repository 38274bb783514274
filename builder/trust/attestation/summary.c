/* SPDX-License-Identifier: Apache-2.0 */
/* The text of verification summaries. */

#include "trust/attestation/summary.h"

#include "base/rfc3339.h"
#include "base/version.h"
#include "format/debian/purl.h"
#include "format/json/jsonw.h"
#include "format/json/jsonx.h"

#define RESULT_PASSED "PASSED"
#define RESULT_FAILED "FAILED"

static void summary_write_policy(struct jsonw *w, const struct summary *s)
{
	jsonw_object(w, "policy");
	jsonw_cstr(w, "uri", s->policy);
	if (s->policy_sha256) {
		jsonw_object(w, "digest");
		jsonw_cstr(w, "sha256", s->policy_sha256);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void summary_write_input(struct jsonw *w, const struct summary *s)
{
	if (!s->input)
		return;
	jsonw_array(w, "inputAttestations");
	jsonw_object(w, NULL);
	jsonw_object(w, "digest");
	jsonw_cstr(w, "sha256", s->input);
	jsonw_object_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
}

struct str summary_text(struct arena *a, const struct summary *s)
{
	char when[RFC3339_SIZE];
	struct buf text = { .a = a };
	struct jsonw w;

	rfc3339_format(s->when, when);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "verifier");
	jsonw_cstr(&w, "id", s->verifier);
	jsonw_object(&w, "version");
	jsonw_cstr(&w, "imgbuild", IMGBUILD_VERSION);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_cstr(&w, "timeVerified", when);
	jsonw_cstr(&w, "resourceUri", s->resource);
	summary_write_policy(&w, s);
	summary_write_input(&w, s);
	jsonw_cstr(&w, "verificationResult", s->passed ? RESULT_PASSED : RESULT_FAILED);
	jsonw_array(&w, "verifiedLevels");
	if (!s->passed)
		jsonw_cstr(&w, NULL, "FAILED");
	for (size_t i = 0; s->passed && i < s->levels.n; i++)
		jsonw_cstr(&w, NULL, s->levels.v[i]);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "slsaVersion", "1.1");
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

static bool summary_read_result(struct arena *a, const struct json_node *root, struct summary *out,
				struct error *e)
{
	struct json_node n;
	const char *result, *when;

	if (!json_need(root, "timeVerified", &n, e) || !json_as_string(a, &n, &when, e))
		return false;
	if (!rfc3339_parse(when, &out->when))
		return json_fail(&n, e, "is no time as RFC 3339 has it");
	if (!json_need(root, "verificationResult", &n, e) || !json_as_string(a, &n, &result, e))
		return false;
	out->passed = strcmp(result, RESULT_PASSED) == 0;
	return out->passed || strcmp(result, RESULT_FAILED) == 0 ||
	       json_fail(&n, e, "must be " RESULT_PASSED " or " RESULT_FAILED);
}

bool summary_read(struct arena *a, struct str predicate, struct summary *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, verifier, n;

	*out = (struct summary){ .verifier = NULL };
	if (!json_parse("verification summary", predicate, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "verifier", &verifier, e) || !json_need(&verifier, "id", &n, e) ||
	    !json_as_string(a, &n, &out->verifier, e) || !summary_read_result(a, &root, out, e))
		return false;
	if (jsonx_get(&verifier, "version", &n))
		out->version = jsonx_text(a, &n, "imgbuild");
	out->resource = jsonx_text(a, &root, "resourceUri");
	if (jsonx_get(&root, "policy", &n))
		out->policy = jsonx_text(a, &n, "uri");
	return jsonx_strings(a, &root, "verifiedLevels", &out->levels, e);
}

const char *summary_resource(struct arena *a, const char *name, const char *digest,
			     const char *repository)
{
	struct purl p = { .type = "oci", .space = "", .name = name, .version = digest };

	if (repository)
		*list_push(a, &p.qualifiers) = (struct purl_qualifier){ "repository_url",
									repository };
	return purl_text(a, &p);
}
