/* SPDX-License-Identifier: Apache-2.0 */
/* What registries and their servers say. */

#include "growth/growth.h"

#include "format/text/base64.h"
#include "transfer/http/http_url.h"
#include "transfer/registry/auth.h"
#include "transfer/registry/manifest_document.h"
#include "transfer/registry/push.h"
#include "transfer/registry/referrers.h"
#include "transfer/registry/registry_problem.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
#define DIGEST "\"digest\":\"sha256:" HEX "#\""
#define LAYER "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\"," DIGEST ",\"size\":1#},"
#define SUB "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"," DIGEST ",\"size\":2},"
#define MANIFEST                                                                                         \
	"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{" \
	"\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:" HEX            \
	"abcdef\",\"size\":2}"
#define INDEX "{\"schemaVersion\":2,\"mediaType\":\"" DOCUMENT_OCI_INDEX "\""

static bool registry_document(struct arena *a, struct str input, struct error *e)
{
	struct document d = { 0 };
	struct document_parts parts = { .bytes = 0 };
	const char *type = NULL;

	return document_type(a, "growth", NULL, input, &type, e) &&
	       document_read(a, "growth", type, input, &d, e) &&
	       (d.index || document_parts_add(a, &parts, &d, e));
}

/* Each line is a manifest's only layer: documents of an image one by one. */
static bool registry_documents(struct arena *a, struct str input, struct error *e)
{
	struct documents l = { { NULL, 0, 0 }, 0 };
	struct document_parts parts = { .bytes = 0 };
	struct str line;

	while (str_next(&input, '\n', &line)) {
		struct document d = { 0 };
		struct document_part p = { .size = line.n };
		const char *type = "application/vnd.oci.image.manifest.v1+json";

		p.media_type = type;
		p.digest = content_digest_of(line, false);
		document_part_name(&p, "manifest");
		if (!document_read(a, "growth", type, line, &d, e) ||
		    documents_have(&l, &p, e) != 0)
			return false;
		documents_add(a, &l, &d);
		if (!document_parts_add(a, &parts, &d, e))
			return false;
	}
	return true;
}

static bool registry_nothing(void *of, const struct content_digest *d, struct push_part *out,
			     struct error *e)
{
	(void)of;
	(void)d;
	(void)out;
	return err_set(e, ERR_INPUT, "it is not there");
}

static bool registry_push(struct arena *a, struct str input, struct error *e)
{
	const struct push_source from = { NULL, registry_nothing };
	struct push_plan plan = { 0 };

	return push_prepare(a, &from, input, "none", &plan, e);
}

static bool registry_challenge(struct arena *a, struct str input, struct error *e)
{
	struct challenge c = { .kind = CHALLENGE_NONE };

	(void)e;
	challenge_read(a, input, &c);
	return true;
}

static bool registry_answer(struct arena *a, struct str input, struct error *e)
{
	uint64_t seconds;

	(void)e;
	auth_token_read(a, input, &seconds);
	problem_text(a, input);
	problem_title(a, input);
	return true;
}

static bool registry_credentials(struct arena *a, struct str input, struct error *e)
{
	static const struct reference ref = { .host = "r.example", .name = "team/app" };
	struct credentials c = { .user = NULL };

	return credentials_read(a, "config.json", input, &ref, &c, e);
}

static bool registry_reference(struct arena *a, struct str input, struct error *e)
{
	struct reference ref;

	return reference_parse(a, str_dup(a, input), &ref, e);
}

static bool registry_url(struct arena *a, struct str input, struct error *e)
{
	char out[HTTP_URL_MAX];
	struct http_url u;

	(void)e;
	http_url_redirect("https://a.example/x", str_dup(a, input), out);
	http_url_join("https://a.example/x", str_dup(a, input), out);
	return http_url_split(input, &u);
}

static bool registry_base64(struct arena *a, struct str input, struct error *e)
{
	struct str out;

	return base64_decode(a, input, &out) || err_set(e, ERR_INPUT, "not base64");
}

/* The list of referrers with one entry more. */
static bool registry_referrers(struct arena *a, struct str input, struct error *e)
{
	struct document old = { 0 }, d = { .text = STR("{}"), .media_type = "x" };
	struct str out;

	return document_read(a, "growth", DOCUMENT_OCI_INDEX, input, &old, e) &&
	       referrers_add(a, &old, &d, &out, e);
}

static const struct growth_case registry_table[] = {
	{ "document_type document_read document_parts_add", "a manifest of many layers", 800,
	  MANIFEST ",\"layers\":[", LAYER, "]}", .run = registry_document },
	{ "document_read", "a manifest of many annotations", 500,
	  MANIFEST ",\"layers\":[],\"annotations\":{", "\"a#\":\"x\",", "}}",
	  .run = registry_document },
	{ "document_read", "an index of many manifests", 200, INDEX ",\"manifests\":[", SUB, "]}",
	  .run = registry_document },
	{ "base64_decode", "a long text", 10000, "", "QUJD", "", .run = registry_base64 },
	{ "referrers_add", "many referrers", 200, INDEX ",\"manifests\":[", SUB, "]}",
	  .run = registry_referrers },
	{ "document_parts_add document_read", "many manifests", 400, "",
	  MANIFEST ",\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\"," DIGEST
		   ",\"size\":1#}]}\n",
	  "", .run = registry_documents },
	{ "push_prepare", "an index of many manifests", 200, INDEX ",\"manifests\":[", SUB, "]}",
	  .run = registry_push, .refused = true },
	{ "challenge_read", "many parameters", 1250, "Bearer realm=\"https://a.example/\"",
	  ",p#=\"x\"", "", .run = registry_challenge },
	{ "challenge_read", "many challenges", 1250, "", "S# a=b, ", "Basic realm=x",
	  .run = registry_challenge },
	{ "challenge_read", "one long quoted text", 5000, "Bearer realm=\"", "\\a", "\"",
	  .run = registry_challenge },
	{ "auth_token_read problem_text", "an answer of many members", 1000, "{", "\"k#\":\"v\",",
	  "}", .run = registry_answer },
	{ "problem_text", "many errors", 375, "{\"errors\":[",
	  "{\"code\":\"C#\",\"message\":\"m\"},", "]}", .run = registry_answer },
	{ "problem_text problem_title", "a long page", 7500, "<html><title>", "<title>", "",
	  .run = registry_answer },
	{ "problem_title", "a long title", 12500, "<html><title>", " &lt;", "</title>",
	  .run = registry_answer },
	{ "credentials_read", "many registries", 375, "{\"auths\":{",
	  "\"r#.example\":{\"auth\":\"YTpi\"},", "}}", .run = registry_credentials },
	{ "credentials_read", "one registry by many names", 375, "{\"auths\":{",
	  "\"https://r.example/team/#\":{\"auth\":\"YTpi\"},", "}}", .run = registry_credentials },
	{ "reference_parse", "a long name", 5000, "docker://r.example/a", "/b", "",
	  .run = registry_reference, .refused = true },
	{ "http_url_split", "a long URL", 12500, "https://a.example/", "a", "", .run = registry_url,
	  .refused = true },
};
const struct growth_cases growth_registry_cases = { registry_table, ARRAY_SIZE(registry_table) };
