/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files of Python's tools: names become names of files, addresses are asked. */

#include <stdlib.h>

#include "format/text/pipfile_lock.h"
#include "format/text/poetry_lock.h"
#include "format/text/pylock.h"
#include "format/text/uv_lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lock_check(const struct python_lock *lock)
{
	list_each(p, &lock->v) {
		if (!p->machines || !p->files.n || strchr(p->name, '/') || strchr(p->version, '/'))
			abort();
		list_each(f, &p->files) {
			if (strchr(f->name, '/') || f->name[0] == '.')
				abort();
		}
	}
}

static void lock_of_pipenv(struct str text)
{
	struct requirements found = { .v = { NULL, 0, 0 } };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };

	if (pipfile_lock_read(&a, text, "lock", &found, &e) != (e.kind == ERR_NONE))
		abort();
	list_each(r, &found.v) {
		if (e.kind == ERR_NONE && (!r->hashes.n || strchr(r->version, '/')))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool (*const readers[])(struct python_lock_reading *, struct str,
				       struct error *) = { pylock_read, uv_lock_read,
							   poetry_lock_read };

	lock_of_pipenv((struct str){ (const char *)data, size });
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		AUTO_ARENA a = { 0 };
		struct strings machines = { NULL, 0, 0 };
		struct python_lock lock = { .again = "" };
		const struct str text = { (const char *)data, size };
		struct python_lock_reading r = { .a = &a,
						 .file = "lock",
						 .machines = &machines,
						 .project_file = "project",
						 .project = text,
						 .out = &lock };
		struct error e = { 0 };
		bool ok;

		*list_push(&a, &machines) = "x86_64";
		*list_push(&a, &machines) = "aarch64";
		ok = readers[i](&r, text, &e);
		if (ok != (e.kind == ERR_NONE) || (!ok && e.kind != ERR_INPUT))
			abort();
		if (ok)
			lock_check(&lock);
	}
	return 0;
}
