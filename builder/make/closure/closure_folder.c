/* SPDX-License-Identifier: Apache-2.0 */
/* Hands the closure's questions on to a folder. */

#include "make/closure/closure_folder.h"

static bool reach_folder(struct closure_candidates *base, struct tree *t, const char *path,
			 struct error *e)
{
	return folder_reach(((struct closure_folder *)base)->folder, t, path, e);
}

struct closure_folder closure_folder_of(struct folder *f)
{
	return (struct closure_folder){ { .reach = reach_folder }, f };
}
