/* SPDX-License-Identifier: Apache-2.0 */
/* Locks as others left them: of an older format, edited, of a format of the future, in conflict. */

#include <criterion/criterion.h>

#include "e2e/fixture_locks_world.h"
#include "support/fixture_files.h"

static const struct locks_world_state first = { "1", "1", "1", NULL, NULL },
				      second = { "2", "2", "2", NULL, NULL };

/* The text of a lock of format 1 with the same contents: one state a suite, named by archive and
 * suite. */
static const char *old_format(struct locks_world *w, const char *text)
{
	struct buf out = { .a = &w->a };
	struct str rest = str_of(text), line;

	while (str_next(&rest, '\n', &line)) {
		if (str_starts(line, STR("  \"lock\": 2")))
			buf_puts(&out, "  \"lock\": 1,\n");
		else if (str_starts(line, STR("  \"states\"")))
			buf_puts(&out, "  \"suites\": [\n");
		else if (str_starts(line, STR("      \"from\"")))
			buf_puts(
				&out,
				"      \"from\": { \"archive\": \"debian\", \"suite\": \"trixie\" },\n");
		else if (!str_starts(line, STR("  \"imgbuild\"")) &&
			 !str_starts(line, STR("      \"question\"")))
			buf_printf(&out, STR_FMT "\n", STR_ARG(line));
	}
	return buf_cstr(&out);
}

static const char *layers_of(struct locks_world *w)
{
	return ORACLE(&w->a, "skopeo", "inspect", "--format", "{{.Layers}}",
		      arena_printf(&w->a, "oci:%s", w->m.out))
		.p;
}

/* A lock as ba45cc0 wrote it: the same image comes of it, and `lock` keeps every pin. */
Test(lock_texts, format_1_is_read_kept_and_gives_the_same_image, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;
	const char *alone, *lock, *image, *text, *recipe, *at;

	oracle_need("skopeo");
	locks_world_open(&w);
	locks_world_publish(&w, &first, 9);
	alone = locks_world_file(&w, "mini.json");
	lock = locks_world_file(&w, "mini.lock.json");
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", alone).status, 0);
	text = old_format(&w, files_get(&w.a, lock));
	files_put(lock, text);
	r = MINIREPO_RUN(&w.m, "--locked", alone, "-o", w.m.out);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	image = layers_of(&w);
	/* a question with the same answer is another question all the same: --locked refuses it,
	 * too */
	recipe = files_get(&w.a, alone);
	at = strstr(recipe, "] } ]");
	cr_assert(at);
	files_put(alone, arena_printf(&w.a, "%.*s] }, { \"packages\": [\"libmore\"] } ]%s",
				      (int)(at - recipe), recipe, at + strlen("] } ]")));
	r = MINIREPO_RUN(&w.m, "lock", "--check", alone);
	cr_expect(r.status == 1 && locks_world_says(r.err, "mini.lock.json was made for an older "),
		  "%d %s", r.status, r.err.p);
	files_put(alone, recipe);
	locks_world_publish(&w, &second, 5);
	r = MINIREPO_RUN(&w.m, "lock", alone);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect(locks_world_says(r.out, "the same pins, now in format 2"), "%s", r.out.p);
	cr_expect_str_eq(locks_world_version(&w, lock, "libcap"), "1");
	cr_expect(strstr(files_get(&w.a, lock), "\"lock\": 2"));
	cr_expect(strstr(files_get(&w.a, lock), "\"relations\": \"depends\""),
		  "format 1 knows no others");
	cr_assert_eq(MINIREPO_RUN(&w.m, "--locked", alone, "-o", w.m.out).status, 0);
	cr_expect_str_eq(layers_of(&w), image);
	locks_world_close(&w);
}

/* What was edited in a lock is told with its line; a lock of the future, with what it takes. */
Test(lock_texts, an_edited_lock_and_one_of_another_format_are_told, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;
	const char *alone, *lock, *text, *at;

	locks_world_open(&w);
	locks_world_publish(&w, &first, 9);
	alone = locks_world_file(&w, "mini.json");
	lock = locks_world_file(&w, "mini.lock.json");
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", alone).status, 0);
	text = files_get(&w.a, lock);
	at = strstr(text, "\"name\": \"libcap\",\n      \"version\": \"1\"");
	cr_assert(at);
	files_put(lock,
		  arena_printf(&w.a, "%.*s\"name\": \"libcap\",\n      \"version\": \"7\"%s",
			       (int)(at - text), text,
			       at + strlen("\"name\": \"libcap\",\n      \"version\": \"1\"")));
	r = MINIREPO_RUN(&w.m, "--locked", alone, "-o", w.m.out);
	cr_expect(r.status == 5 && locks_world_says(r.err, "mini.lock.json:") &&
			  locks_world_says(r.err, "package libcap") &&
			  locks_world_says(r.err, "says Version \"1\" where the lock says \"7\""),
		  "%d %s", r.status, r.err.p);
	files_put(lock, arena_printf(&w.a, "{\n  \"lock\": 7,\n  \"imgbuild\": \">= 9.1.0\",%s",
				     strstr(text, "\n  \"answers\"")));
	r = MINIREPO_RUN(&w.m, "lock", alone);
	cr_expect(r.status == 3 &&
			  locks_world_says(r.err, "mini.lock.json:2:11: lock: lock format 7 is "
						  "not known to this imgbuild, ") &&
			  locks_world_says(r.err, "it needs imgbuild >= 9.1.0"),
		  "%d %s", r.status, r.err.p);
	cr_expect(strstr(files_get(&w.a, lock), "\"lock\": 7"), "it is not overwritten");
	files_put(lock, "{ \"lock\": 2,\n<<<<<<< ours\n");
	r = MINIREPO_RUN(&w.m, "lock", alone);
	cr_expect(r.status == 3 && locks_world_says(r.err, "mini.lock.json:2:") &&
			  locks_world_says(r.err, "mend it, or remove it to lock anew"),
		  "%d %s", r.status, r.err.p);
	r = MINIREPO_RUN(&w.m, "lock", "--check", alone);
	cr_expect(r.status == 3 && locks_world_says(r.err, "mini.lock.json:2:"),
		  "it is there: %d %s", r.status, r.err.p);
	locks_world_close(&w);
}
