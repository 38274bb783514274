/* SPDX-License-Identifier: Apache-2.0 */
/* A name for each thread that has said one. */

#include "cli/progress_subjects.h"

void subjects_init(struct progress_subjects *s, struct arena *a)
{
	*s = (struct progress_subjects){ .a = a, .main = pthread_self(), .name = "" };
}

static struct subject_of_thread *subjects_find(const struct progress_subjects *s)
{
	pthread_t self = pthread_self();

	list_each(one, &s->others) {
		if (pthread_equal(one->thread, self))
			return one;
	}
	return NULL;
}

bool subjects_set(struct progress_subjects *s, const char *name)
{
	struct subject_of_thread *one;

	name = arena_strdup(s->a, name);
	if (pthread_equal(s->main, pthread_self())) {
		s->name = name;
		return true;
	}
	one = subjects_find(s);
	if (!one)
		one = list_push(s->a, &s->others);
	*one = (struct subject_of_thread){ pthread_self(), name };
	return false;
}

const char *subjects_get(const struct progress_subjects *s)
{
	const struct subject_of_thread *one = subjects_find(s);

	return one && one->name[0] ? one->name : s->name;
}
