/* SPDX-License-Identifier: Apache-2.0 */
/* Packages decoded beside other work: in which order, how often, and what is told of failures. */

#include <criterion/criterion.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "make/deb/deb.h"
#include "make/deb/deb_decoder.h"
#include "support/fixture_depot.h"
#include "support/gen_deb.h"

#define PACKAGES 5

struct decoder_test {
	struct progress progress; /* first: tells what is decoded */
	struct depot depot;
	struct deb_decoder decoder;
	struct deb_package packages[PACKAGES];
	const struct deb_package *list[PACKAGES];
	char begun[PACKAGES * 2][8]; /* names, in the order in which they were begun */
	atomic_size_t n;
	void (*first)(struct decoder_test *t); /* called in the thread that begins */
};

static void decoder_note(struct progress *p, const char *name, const char *what)
{
	struct decoder_test *t = (struct decoder_test *)p;

	(void)name;
	cr_assert(t->n < ARRAY_SIZE(t->begun));
	snprintf(t->begun[t->n], sizeof(t->begun[0]), "%s", what);
	t->n++;
	if (t->n == 1 && t->first)
		t->first(t);
}

/* One processor, so that one is decoded at a time; and packages p0 to p4, each larger than the one
 * before. One of them is another than it says. */
static void decoder_test_open(struct decoder_test *t, size_t wrong)
{
	struct error e = { 0 };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	cr_assert_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	*t = (struct decoder_test){ .progress = { .work = decoder_note } };
	depot_open(&t->depot);
	for (size_t i = 0; i < PACKAGES; i++) {
		struct deb_package *p = &t->packages[i];
		struct arena *a = &t->depot.a;
		struct buf data = { .a = a };
		struct str bytes;

		*p = (struct deb_package){ .name = arena_printf(a, "p%zu", i),
					   .version = i == wrong ? "2" : "1",
					   .architecture = "all",
					   .file = { .name = arena_printf(a, "p%zu.deb", i) } };
		debgen_tar_entry(&data, &(struct debgen_entry){
						.name = "./x",
						.content = depot_noise(a, 1000 * (i + 1), 1) });
		debgen_tar_end(&data);
		bytes = debgen_deb(a,
				   &(struct debgen_deb){
					   .control = arena_printf(
						   a,
						   "Package: %s\nVersion: 1\nArchitecture: all\n",
						   p->name),
					   .data = buf_str(&data),
					   .suffix = "" });
		p->file.size = bytes.n;
		cr_assert(store_put_bytes(&t->depot.store, bytes, &p->file.sha256, &e), "%s",
			  e.cause);
		t->list[i] = p;
	}
	decoder_open(&t->decoder, &t->depot.store, &t->progress);
}

static void decoder_test_close(struct decoder_test *t)
{
	decoder_close(&t->decoder);
	depot_close(&t->depot);
}

/* SIZE_MAX: it was not begun. */
static size_t decoder_place(const struct decoder_test *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->begun[i], name) == 0)
			return i;
	}
	return SIZE_MAX;
}

Test(deb_decoder, decodes_each_package_once_however_often_it_is_asked_for)
{
	static struct decoder_test t;
	struct error e = { 0 };

	decoder_test_open(&t, PACKAGES);
	decoder_ask(&t.decoder, t.list, PACKAGES);
	decoder_ask(&t.decoder, t.list, PACKAGES);
	cr_expect(decoder_wait(&t.decoder, t.list, PACKAGES, &e), "%s", e.cause);
	cr_expect(decoder_wait(&t.decoder, t.list, PACKAGES, &e), "%s", e.cause);
	cr_expect_eq(t.n, PACKAGES);
	for (size_t i = 0; i < PACKAGES; i++) {
		struct deb deb;

		cr_assert(deb_open(&t.depot.a, &t.depot.store, t.list[i], &deb, &e), "%s", e.cause);
		cr_expect_eq(deb.entries.v[0].size, 1000 * (i + 1));
		deb_close(&deb);
	}
	cr_expect_eq(t.n, PACKAGES, "opening decoded one again");
	decoder_test_close(&t);
}

static void ask_for_more(struct decoder_test *t)
{
	decoder_ask(&t->decoder, t->list + 1, 1);
	decoder_ask(&t->decoder, t->list + 2, 3);
}

/* Whatever order they are asked for in: while one is decoded, all others are asked for. */
Test(deb_decoder, the_largest_comes_first)
{
	static struct decoder_test t;
	struct error e = { 0 };

	decoder_test_open(&t, PACKAGES);
	t.first = ask_for_more;
	decoder_ask(&t.decoder, t.list, 1);
	cr_expect(decoder_wait(&t.decoder, t.list, 1, &e), "%s", e.cause);
	while (t.decoder.started && t.n < PACKAGES)
		sched_yield();
	if (t.decoder.started) {
		cr_expect_eq(decoder_place(&t, "p4"), 1);
		cr_expect_eq(decoder_place(&t, "p3"), 2);
		cr_expect_eq(decoder_place(&t, "p2"), 3);
		cr_expect_eq(decoder_place(&t, "p1"), 4);
	}
	decoder_test_close(&t);
}

/* Returns when somebody waits for a package that nobody had asked for. */
static void until_waited_for(struct decoder_test *t)
{
	size_t n = 0;

	while (n < PACKAGES) {
		sched_yield();
		pthread_mutex_lock(&t->decoder.lock);
		n = t->decoder.all.n;
		pthread_mutex_unlock(&t->decoder.lock);
	}
}

Test(deb_decoder, what_somebody_waits_for_comes_before_all_else)
{
	static struct decoder_test t;
	struct error e = { 0 };

	decoder_test_open(&t, PACKAGES);
	t.first = until_waited_for;
	decoder_ask(&t.decoder, t.list + 1, PACKAGES - 1);
	cr_expect(decoder_wait(&t.decoder, t.list, 1, &e), "%s", e.cause);
	cr_expect(decoder_wait(&t.decoder, t.list, PACKAGES, &e), "%s", e.cause);
	cr_expect_leq(decoder_place(&t, "p0"), 1);
	decoder_test_close(&t);
}

Test(deb_decoder, names_the_first_package_that_cannot_be_decoded)
{
	static struct decoder_test t;
	struct error e = { 0 };

	decoder_test_open(&t, 3);
	decoder_ask(&t.decoder, t.list, PACKAGES);
	cr_expect(decoder_wait(&t.decoder, t.list, 3, &e), "%s", e.cause);
	cr_expect_not(decoder_wait(&t.decoder, t.list, PACKAGES, &e));
	cr_expect_eq(e.kind, ERR_VERIFY);
	cr_expect(strstr(e.context, "package p3 2 (all)"), "%s", e.context);
	decoder_test_close(&t);
}

Test(deb_decoder, begins_nothing_after_it_was_closed)
{
	static struct decoder_test t;
	struct error e = { 0 };

	decoder_test_open(&t, PACKAGES);
	cr_expect(decoder_wait(&t.decoder, t.list, 1, &e), "%s", e.cause);
	decoder_close(&t.decoder);
	cr_expect_eq(t.n, 1);
	depot_close(&t.depot);
}
