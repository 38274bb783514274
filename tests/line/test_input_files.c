/* SPDX-License-Identifier: Apache-2.0 */
/* What a build reads: a second look reads only what may have changed. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "line/input_files.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"

#define CONF "rootfs/etc/app.conf"

static void inputs_look(struct homestead *h, const struct input_files *last,
			struct input_files *out)
{
	struct arena *a = &h->depot.a;
	struct build_order o = { .recipe = "recipes/app.json" };
	struct recipe *r = arena_alloc(a, sizeof(*r));
	struct strmap known = { NULL };
	struct error e = { 0 };

	*out = (struct input_files){ .v = NULL };
	*list_push(a, &o.platforms) = platform_of_compilers();
	if (last)
		input_files_index(a, last, &known);
	cr_assert(recipe_load(a, o.recipe, r, &e) &&
			  input_files_list(a, &o, r, last ? &known : NULL, out, &e),
		  "%s%s", e.context, e.cause);
}

static struct input_file *inputs_pick(struct input_files *l, const char *name)
{
	list_each(f, l) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	cr_assert_fail("%s is not among what is read", name);
	return NULL;
}

static bool is_digest_of(const struct input_file *f, const char *text)
{
	struct digest d = digest_of(str_of(text));

	return digest_eq(&f->sha256, &d);
}

Test(input_files, file_whose_times_are_as_they_were_is_not_read_again, .timeout = 60)
{
	const struct timespec second = { .tv_sec = 1, .tv_nsec = 200000000 };
	struct timespec times[2] = { 0 };
	struct input_files first, again;
	struct homestead h;
	struct stat st;

	homestead_open(&h);
	cr_assert_eq(chdir(h.dir), 0);
	nanosleep(&second, NULL);
	inputs_look(&h, NULL, &first);
	cr_assert(is_digest_of(inputs_pick(&first, CONF), "colour = blue\n"));
	cr_assert_eq(stat(CONF, &st), 0);
	/* what was noted is believed */
	inputs_pick(&first, CONF)->sha256 = digest_of(STR("noted"));
	inputs_look(&h, &first, &again);
	cr_expect(is_digest_of(inputs_pick(&again, CONF), "noted"));
	/* other bytes, as many of them, and the time of the old ones */
	files_put(CONF, "colour = pink\n");
	times[0] = times[1] = st.st_mtim;
	cr_assert_eq(utimensat(AT_FDCWD, CONF, times, 0), 0);
	inputs_look(&h, &again, &first);
	cr_expect(is_digest_of(inputs_pick(&first, CONF), "colour = pink\n"));
	/* a file that was young when it was read is read again */
	inputs_pick(&first, CONF)->sha256 = digest_of(STR("noted"));
	inputs_look(&h, &first, &again);
	cr_expect(is_digest_of(inputs_pick(&again, CONF), "colour = pink\n"));
	homestead_close(&h);
}
