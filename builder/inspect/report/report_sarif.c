/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF 2.1.0. Code-scanning sites want a place in the repository: findings point at the recipe
 * (or at where they were accepted), and name the path in the image as a logical location. */

#include "inspect/report/report.h"
#include "inspect/audit/rules.h"
#include "base/digest.h"
#include "format/json/jsonw.h"

#define RESULTS_MAX 5000 /* GitHub keeps as many, and refuses a file with 25,000 */

static const char *sarif_level(enum severity s)
{
	return s >= SEV_HIGH ? "error" : s == SEV_MEDIUM ? "warning" : "note";
}

/* The number GitHub sorts by. */
static const char *sarif_score(enum severity s)
{
	static const char *const scores[] = { "0.0", "3.0", "5.5", "8.0", "9.5", "0.0" };

	return scores[s];
}

static void text_member(struct jsonw *w, const char *key, const char *text)
{
	jsonw_object(w, key);
	jsonw_cstr(w, "text", text);
	jsonw_object_end(w);
}

static void add_rules(struct jsonw *w)
{
	jsonw_array(w, "rules");
	for (size_t i = 0; i < rules_count; i++) {
		jsonw_object(w, NULL);
		jsonw_cstr(w, "id", rules[i].id);
		text_member(w, "shortDescription", rules[i].title);
		text_member(w, "fullDescription", rules[i].explanation);
		text_member(w, "help", rules[i].explanation);
		jsonw_object(w, "defaultConfiguration");
		jsonw_cstr(w, "level", sarif_level(rules[i].severity));
		jsonw_object_end(w);
		jsonw_object(w, "properties");
		jsonw_cstr(w, "security-severity", sarif_score(rules[i].severity));
		jsonw_cstr(w, "precision", "high");
		jsonw_object_end(w);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* A relative reference of RFC 3986: everything else than these bytes is percent-encoded. */
static const char *sarif_uri(struct arena *a, const char *path)
{
	struct buf out = { .a = a };

	for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
		if ((*p >= '0' && *p <= '9') || ((*p | 32) >= 'a' && (*p | 32) <= 'z') ||
		    strchr("-._~/+", *p))
			buf_putc(&out, (char)*p);
		else
			buf_printf(&out, "%%%02X", *p);
	}
	return buf_cstr(&out);
}

static void add_location(struct jsonw *w, struct arena *a, const struct audit_result *r,
			 const struct finding *f)
{
	jsonw_array(w, "locations");
	jsonw_object(w, NULL);
	jsonw_object(w, "physicalLocation");
	jsonw_object(w, "artifactLocation");
	jsonw_cstr(w, "uri", sarif_uri(a, r->recipe ? r->recipe : r->image));
	jsonw_object_end(w);
	jsonw_object(w, "region");
	jsonw_u64(w, "startLine", 1);
	jsonw_object_end(w);
	jsonw_object_end(w);
	if (f->path) {
		jsonw_array(w, "logicalLocations");
		jsonw_object(w, NULL);
		jsonw_printf(w, "fullyQualifiedName", "/%s", f->path);
		jsonw_cstr(w, "kind", "resource");
		jsonw_object_end(w);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
	jsonw_array_end(w);
}

/* Stable from run to run: rule and path, not the message. */
static void add_fingerprint(struct jsonw *w, struct arena *a, const struct finding *f)
{
	struct digest d = digest_of(str_of(
		arena_printf(a, "%s %s %s", f->rule->id, f->path ? f->path : "", f->message)));

	jsonw_object(w, "partialFingerprints");
	jsonw_cstr(w, "imgbuild/v1", digest_hex_dup(a, &d));
	jsonw_object_end(w);
}

static void add_result(struct jsonw *w, const struct audit_result *r, const struct finding *f)
{
	AUTO_ARENA a = { 0 };

	jsonw_object(w, NULL);
	jsonw_cstr(w, "ruleId", f->rule->id);
	jsonw_u64(w, "ruleIndex", (uint64_t)(f->rule - rules));
	jsonw_cstr(w, "level", sarif_level(f->severity));
	jsonw_object(w, "message");
	jsonw_printf(w, "text", "%s: %s", finding_subject(&a, f), f->message);
	jsonw_object_end(w);
	add_location(w, &a, r, f);
	add_fingerprint(w, &a, f);
	if (f->accepted) {
		jsonw_array(w, "suppressions");
		jsonw_object(w, NULL);
		jsonw_cstr(w, "kind", "external");
		jsonw_cstr(w, "justification", f->accepted->reason);
		jsonw_object_end(w);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

static void add_invocation(struct jsonw *w, const struct audit_result *r)
{
	jsonw_array(w, "invocations");
	jsonw_object(w, NULL);
	jsonw_bool(w, "executionSuccessful", true);
	if (!r->vulns) {
		jsonw_array(w, "toolExecutionNotifications");
		jsonw_object(w, NULL);
		jsonw_cstr(w, "level", "note");
		jsonw_object(w, "message");
		jsonw_cstr(w, "text", "vulnerabilities were " NOT_LOOKED_AT);
		jsonw_object_end(w);
		jsonw_object_end(w);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
	jsonw_array_end(w);
}

void report_sarif(const struct report *r, struct buf *out)
{
	const struct findings *l = &r->result->findings;
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	jsonw_cstr(&w, "version", "2.1.0");
	jsonw_array(&w, "runs");
	jsonw_object(&w, NULL);
	jsonw_object(&w, "tool");
	jsonw_object(&w, "driver");
	jsonw_cstr(&w, "name", "imgbuild");
	jsonw_cstr(&w, "version", r->tool_version);
	add_rules(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	add_invocation(&w, r->result);
	jsonw_array(&w, "results");
	for (size_t i = 0; i < l->n && i < RESULTS_MAX; i++)
		add_result(&w, r->result, &l->v[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
