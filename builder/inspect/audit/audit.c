/* SPDX-License-Identifier: Apache-2.0 */
/* The audit as a whole: image -> model -> findings -> verdict. Each line of audit_judge() turns
 * what is known into findings; policy and exceptions are applied last, to all of them alike. */

#include "inspect/audit/audit.h"

#include <stdlib.h>
#include <time.h>

#include "inspect/audit/check.h"
#include "format/text/glob.h"
#include "inspect/model/components.h"
#include "inspect/model/inspect.h"
#include "inspect/audit/audit_policy.h"
#include "inspect/audit/pem_memo.h"
#include "inspect/vuln/vuln.h"

/* What files and settings say without a look at packages and layers. */
static bool audit_judge_files(struct audit_run *r, struct error *e)
{
	check_scripts(r);
	check_files(r);
	check_links(r);
	check_hardening(r);
	return check_config(r, e) && check_accounts(r, e) && check_preload(r, e);
}

static bool audit_judge(struct audit_run *r, struct error *e)
{
	check_programs(r);
	check_packages(r);
	check_depends(r);
	check_layers(r);
	check_secrets(r);
	return audit_judge_files(r, e) && check_loading(r, e) && check_certificates(r, e);
}

bool audit_inspected(struct arena *a, const struct inspection *in, enum audit_part part,
		     bool (*wanted)(const char *rule), struct findings *out, struct error *e)
{
	static const struct audit_expected nothing = { .where = NULL };
	AUTO_PEM_MEMO certificates = PEM_MEMO_INIT;
	struct audit_run run = { .a = a,
				 .m = &in->model,
				 .records = &in->records,
				 .expected = &nothing,
				 .certificates = &certificates,
				 .now = (int64_t)time(NULL),
				 .out = out,
				 .wanted = wanted };

	*out = (struct findings){ NULL, 0, 0 };
	switch (part) {
	case AUDIT_FILES:
		return audit_judge_files(&run, e);
	case AUDIT_LOADING:
		return check_loading(&run, e);
	default:
		return audit_judge(&run, e);
	}
}

static int finding_by_text(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = strcmp(x->rule->id, y->rule->id);

	if (!order)
		order = strcmp(x->path ? x->path : "", y->path ? y->path : "");
	return order ? order : strcmp(x->message, y->message);
}

/* Leaves out those behind the first `known` that are among these. */
static void drop_known(struct findings *l, size_t known)
{
	size_t n = known;

	if (known)
		qsort(l->v, known, sizeof(*l->v), finding_by_text);
	for (size_t i = known; i < l->n; i++)
		if (!known || !bsearch(&l->v[i], l->v, known, sizeof(*l->v), finding_by_text))
			l->v[n++] = l->v[i];
	l->n = n;
}

/* Where runtimes differ about what is in the image, what is wrong with the part that all of them
 * see counts, too: a library may be missing for some. */
static bool judge_smaller(const struct audit_request *req, const struct bundle *opened,
			  struct audit_run *run, struct error *e)
{
	const struct keep_rule smaller = { .smaller = true,
					   .expand_max = req->expand_max,
					   .memo = req->memo };
	const struct inspect_request what = { req->image,  req->platform, &smaller,
					      &req->owned, opened,	  NULL };
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct audit_run other = *run;
	size_t known = run->out->n;

	other.m = &in.model;
	other.records = &in.records;
	if (!inspect_image(run->a, &what, &in, e) || !audit_judge(&other, e))
		return false;
	drop_known(run->out, known);
	return true;
}

static bool accept_covers(const struct audit_accept *x, const struct finding *f, int64_t now)
{
	int64_t after;

	if (!rule_matches(x->rule, f->rule->id))
		return false;
	if (x->path && (!f->path || !path_glob(x->path, f->path)))
		return false;
	return !x->until || (day_parse(x->until, &after) && now < after);
}

static const struct audit_accept *accept_for_finding(const struct audit_accepts *list,
						     const struct finding *f, int64_t now,
						     bool *used)
{
	for (size_t i = 0; i < list->n; i++)
		if (accept_covers(&list->v[i], f, now)) {
			used[i] = true;
			return &list->v[i];
		}
	return NULL;
}

static int by_weight(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = (x->severity < y->severity) - (x->severity > y->severity);

	return order ? order : finding_by_text(x, y);
}

/* By what findings are weighed. */
struct audit_scale {
	const struct policy *policy;
	const struct audit_accepts *accept;
	bool *used; /* of `accept` */
	int64_t now;
};

/* Severities and exceptions of the findings from the `first`th on. */
static void audit_weigh(const struct audit_scale *by, struct findings *l, size_t first)
{
	for (size_t i = first; i < l->n; i++) {
		struct finding *f = &l->v[i];

		f->severity = policy_weight(by->policy, f->rule);
		if (f->severity == SEV_NEVER)
			continue;
		if (!f->accepted)
			f->accepted = accept_for_finding(by->accept, f, by->now, by->used);
		if (!f->accepted)
			f->accepted = f->expected;
	}
}

/* Order and counts; what the policy has switched off is left out. */
static void audit_count(struct arena *a, const struct audit_scale *by, struct audit_result *out)
{
	size_t n = 0;

	for (size_t i = 0; i < out->findings.n; i++) {
		const struct finding *f = &out->findings.v[i];

		if (f->severity == SEV_NEVER)
			continue;
		if (f->accepted)
			out->accepted++;
		else
			out->counts[f->severity]++;
		out->over_budget |= !f->accepted && finding_exceeds_budget(f);
		out->findings.v[n++] = *f;
	}
	out->findings.n = n;
	if (n)
		qsort(out->findings.v, n, sizeof(*out->findings.v), by_weight);
	for (size_t i = 0; i < by->accept->n; i++)
		if (!by->used[i])
			*list_push(a, &out->unused) = by->accept->v[i];
}

/* Vulnerabilities are counted against the budget when it is known which of them are accepted. */
static void audit_settle(struct audit_run *r, const struct audit_request *req,
			 struct audit_scale *by, struct audit_result *out)
{
	size_t n;

	by->used = arena_array(r->a, by->accept->n, sizeof(*by->used));
	check_budget(r, &req->budget);
	audit_weigh(by, &out->findings, 0);
	n = out->findings.n;
	check_budget_cve(r, &req->budget, req->cve.n > 0);
	audit_weigh(by, &out->findings, n);
	audit_count(r->a, by, out);
}

static void join_accepts(struct arena *a, const struct audit_accepts *x,
			 const struct audit_accepts *y, struct audit_accepts *out)
{
	list_append(a, out, x);
	list_append(a, out, y);
}

/* Everything that needs the image at hand. */
static bool audit_look(struct arena *a, const struct audit_request *req, struct inspection *in,
		       struct audit_run *run, struct vulns *vulns, struct error *e)
{
	const struct keep_rule keep = { .expand_max = req->expand_max,
					.memo = req->memo,
					.progress = req->progress };
	const struct inspect_request what = { req->image,  req->platform, &keep,
					      &req->owned, req->opened,	  NULL };

	if (!inspect_image(a, &what, in, e) || !audit_judge(run, e) ||
	    (in->model.ambiguous && !judge_smaller(req, &in->bundle, run, e)))
		return false;
	for (size_t i = 0; i < req->outdated.n; i++)
		finding_add(run, "source.outdated", NULL, "%s", req->outdated.v[i]);
	return !req->cve.n || check_vulnerabilities(run, &req->cve, vulns, e);
}

bool audit_image(struct arena *a, const struct audit_request *req, struct audit_result *out,
		 struct error *e)
{
	struct inspection *in = arena_alloc(a, sizeof(*in));
	AUTO_PEM_MEMO certificates = PEM_MEMO_INIT;
	struct audit_run run = { .a = a,
				 .m = &in->model,
				 .records = &in->records,
				 .expected = &req->expected,
				 .certificates = req->certificates ? req->certificates
								   : &certificates,
				 .out = &out->findings,
				 .wanted = req->wanted };
	struct audit_accepts accept = { NULL, 0, 0 };
	struct vulns *vulns = arena_alloc(a, sizeof(*vulns));
	struct policy policy;
	struct audit_scale by = { .policy = &policy, .accept = &accept };
	struct remarks ignored = { NULL, 0, 0 };
	bool ok;

	*in = (struct inspection)INSPECTION_INIT;
	*out = (struct audit_result){ .image = req->image,
				      .opened = req->opened,
				      .recipe = req->recipe,
				      .model = &in->model,
				      .cve = req->cve,
				      .accepts_of = req->accepts_of,
				      .no_accepts = req->no_accepts,
				      .accepts = req->accept.n };
	run.now = req->now ? req->now : (int64_t)time(NULL);
	if (!policy_load(a, req->policy, &policy, e))
		return false;
	out->policy = policy.name;
	out->fail_on = policy.fail_on;
	out->vulns = req->cve.n ? vulns : NULL;
	ok = audit_look(a, req, in, &run, vulns, e) &&
	     (!req->components || image_components(a, &in->model, &out->components, &ignored, e));
	inspect_close(in);
	if (!ok)
		return err_wrap(e, "image %s", req->image);
	join_accepts(a, &req->accept, &policy.accept, &accept);
	by.now = run.now;
	audit_settle(&run, req, &by, out);
	return true;
}

bool audit_failed(const struct audit_result *r, enum severity level)
{
	for (size_t s = level; s < SEV_NEVER; s++)
		if (r->counts[s])
			return true;
	return false;
}
