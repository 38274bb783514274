/* SPDX-License-Identifier: Apache-2.0 */
/* --timing and --trace: what stages tell, counted by hand. */

#include <criterion/criterion.h>
#include <jansson.h>
#include <pthread.h>

#include "cli/trace.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* Two threads decode from 10 to 30 and from 20 to 50 ms: 40 ms at least one of them, 50 of both. */
static const struct trace_span overlapping[] = {
	{ .name = "imgbuild", .what = "", .subject = "", .ended_us = 100000, .ended = true },
	{ .name = "decode",
	  .what = "libc6",
	  .subject = "app linux/amd64",
	  .thread = 1,
	  .begun_us = 10000,
	  .ended_us = 30000,
	  .bytes = 3000000,
	  .ended = true },
	{ .name = "decode",
	  .what = "zlib1g",
	  .subject = "",
	  .thread = 2,
	  .begun_us = 20000,
	  .ended_us = 50000,
	  .bytes = 1000000,
	  .ended = true },
	{ .name = "decode",
	  .what = "",
	  .subject = "",
	  .thread = 1,
	  .begun_us = 60000,
	  .ended_us = 60000,
	  .ended = true },
};

static const char *trace_table_text(struct arena *a, const struct trace_spans *l)
{
	char *text;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	const char *copy;

	trace_print(l, f);
	fclose(f);
	copy = arena_strdup(a, text);
	free(text);
	return copy;
}

Test(trace, table_counts_time_in_which_any_thread_worked)
{
	AUTO_ARENA a = { 0 };
	struct trace_spans l = { 0 };
	const char *text;

	for (size_t i = 0; i < ARRAY_SIZE(overlapping); i++)
		*list_push(&a, &l) = overlapping[i];
	text = trace_table_text(&a, &l);
	cr_expect(strstr(text, "\nimgbuild             0.100       1.0    100 %       1"), "%s",
		  text);
	cr_expect(strstr(text, "\ndecode               0.040       1.2     40 %       3"), "%s",
		  text);
	cr_expect(strstr(text, "4.0 MB\n"), "%s", text);
}

Test(trace, file_is_in_the_trace_event_format)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/t.json", dir);
	struct trace_spans l = { 0 };
	struct error e = { 0 };
	json_t *root, *one;

	for (size_t i = 0; i < ARRAY_SIZE(overlapping); i++)
		*list_push(&a, &l) = overlapping[i];
	cr_assert(trace_write(&l, path, &e), "%s", e.cause);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	files_remove(dir);
	cr_assert(json_array_size(json_object_get(root, "traceEvents")) == 6);
	one = json_array_get(json_object_get(root, "traceEvents"), 4);
	cr_expect_str_eq(json_string_value(json_object_get(one, "name")), "decode");
	cr_expect_str_eq(json_string_value(json_object_get(one, "ph")), "X");
	cr_expect_eq(json_integer_value(json_object_get(one, "ts")), 20000);
	cr_expect_eq(json_integer_value(json_object_get(one, "dur")), 30000);
	cr_expect_eq(json_integer_value(json_object_get(one, "tid")), 2);
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(one, "args"), "what")),
			 "zlib1g");
	json_decref(root);
}

/* A recipe named by mistake stays as it is: what may be replaced is told before the work. */
Test(trace, replaces_no_file_but_a_trace)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/app.json", dir);
	struct trace_spans l = { 0 };
	struct error e = { 0 };

	cr_expect(trace_check(&a, path, &e), "%s", e.cause);
	cr_expect(trace_check(&a, "/dev/null", &e), "%s", e.cause);
	cr_assert(trace_write(&l, path, &e), "%s", e.cause);
	cr_expect(trace_check(&a, path, &e), "%s", e.cause);
	files_put(path, "");
	cr_expect(trace_check(&a, path, &e), "%s", e.cause);
	files_put(path, "{ \"name\": \"app\", \"base\": \"static\" }");
	cr_expect_not(trace_check(&a, path, &e));
	cr_expect_eq(e.kind, ERR_USAGE);
	cr_expect_str_eq(e.cause,
			 arena_printf(&a,
				      "--trace %s: the file is there and is not a trace; it is not "
				      "replaced: --trace takes the file to write to, then comes "
				      "what to build",
				      path));
	err_clear(&e);
	cr_expect_not(trace_check(&a, dir, &e));
	cr_expect(strstr(e.cause, "it is a folder; name a file to write to"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(trace_check(&a, arena_printf(&a, "%s/none/t.json", dir), &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	files_remove(dir);
}

static void *trace_work_there(void *p)
{
	progress_work_begin(p, "layers", "beside");
	return p; /* it never ends */
}

Test(trace, records_threads_subjects_and_what_did_not_end)
{
	AUTO_ARENA a = { 0 };
	struct trace *t = trace_open(&a, NULL);
	struct progress *p = trace_progress(t);
	const struct trace_spans *l;
	pthread_t thread;

	progress_subject(p, "app linux/amd64");
	progress_begin(p, "fetch", "3 files");
	progress_work_begin(p, "decode", "libc6");
	cr_assert_eq(pthread_create(&thread, NULL, trace_work_there, p), 0);
	pthread_join(thread, NULL);
	progress_work_end(p, 7);
	progress_end(p, "fetch", false, "3 files");
	l = trace_finish(t);

	cr_assert_eq(l->n, 4u);
	cr_expect_str_eq(l->v[0].name, "imgbuild");
	cr_expect_str_eq(l->v[1].subject, "app linux/amd64");
	cr_expect_str_eq(l->v[1].what, "3 files");
	cr_expect(l->v[1].begun_us <= l->v[2].begun_us && l->v[2].ended_us <= l->v[1].ended_us);
	cr_expect_eq(l->v[2].bytes, 7u);
	cr_expect(l->v[2].thread == 0 && l->v[3].thread == 1);
	cr_expect(l->v[3].ended && l->v[3].ended_us == l->v[0].ended_us);
	trace_close(t);
}

static void *trace_speak_there(void *p)
{
	progress_work_begin(p, "one", NULL);
	progress_subject(p, "lib linux/amd64");
	progress_work_begin(p, "two", NULL);
	progress_subject(p, "%s", "");
	progress_work_begin(p, "three", NULL);
	return p;
}

Test(trace, a_thread_speaks_for_itself)
{
	AUTO_ARENA a = { 0 };
	struct trace *t = trace_open(&a, NULL);
	struct progress *p = trace_progress(t);
	const struct trace_spans *l;
	pthread_t thread;

	progress_subject(p, "app linux/amd64");
	cr_assert_eq(pthread_create(&thread, NULL, trace_speak_there, p), 0);
	pthread_join(thread, NULL);
	progress_work_begin(p, "four", NULL);
	l = trace_finish(t);

	cr_assert_eq(l->n, 5u);
	cr_expect_str_eq(l->v[1].subject, "app linux/amd64");
	cr_expect_str_eq(l->v[2].subject, "lib linux/amd64");
	cr_expect_str_eq(l->v[3].subject, "app linux/amd64");
	cr_expect_str_eq(l->v[4].subject, "app linux/amd64");
	trace_close(t);
}

/* Children end in any order; one that begins later takes a place that is free. */
Test(trace, children_have_places_of_their_own)
{
	AUTO_ARENA a = { 0 };
	struct trace *t = trace_open(&a, NULL);
	struct progress *p = trace_progress(t);
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/t.json", dir);
	const struct trace_spans *l;
	struct error e = { 0 };
	json_t *root, *events;

	progress_child_begin(p, 4711, "audit layer", "sha256:1");
	progress_child_begin(p, 4712, "audit layer", "sha256:2");
	progress_work_begin(p, "merge", NULL);
	progress_child_end(p, 4711, 11);
	progress_child_end(p, 4799, 1); /* nobody */
	progress_child_begin(p, 4713, "audit layer", "sha256:3");
	progress_work_end(p, 5);
	progress_child_end(p, 4712, 12);
	l = trace_finish(t);

	cr_assert_eq(l->n, 5u);
	cr_expect(l->v[1].thread == 0 && l->v[1].bytes == 11 && l->v[1].child == 4711);
	cr_expect(l->v[2].thread == 1 && l->v[2].bytes == 12);
	cr_expect(l->v[3].thread == 0 && l->v[3].bytes == 5 && !l->v[3].child);
	cr_expect(l->v[4].thread == 0 && l->v[4].begun_us >= l->v[1].ended_us);
	cr_assert(trace_write(l, path, &e), "%s", e.cause);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	files_remove(dir);
	events = json_object_get(root, "traceEvents");
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(events, 3), "pid")), 2);
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(events, 5), "pid")), 1);
	json_decref(root);
	trace_close(t);
}

Test(trace, program_says_where_its_time_went)
{
	static const char *const table[] = { "./imgbuild", "version", "--timing", NULL };
	static const char *const nowhere[] = { "./imgbuild", "version", "--trace", "/nowhere/t",
					       NULL };
	AUTO_ARENA a = { 0 };
	struct oracle_run r = oracle_run(&a, table);

	cr_expect(r.status == 0 && strstr(r.err.p, "\nimgbuild ") && strstr(r.err.p, "most memory"),
		  "%d %s", r.status, r.err.p);
	r = oracle_run(&a, nowhere);
	cr_expect(r.status == 6 &&
			  strstr(r.err.p, "imgbuild: error: cannot write the trace /nowhere/t: "),
		  "%d %s", r.status, r.err.p);
}
