/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_INIT_PROJECT_H
#define E2E_FIXTURE_INIT_PROJECT_H

/* Writes a project's files ("NAME", text, ..., NULL), runs "imgbuild init WORDS" beside them, and
 * the image of that name with the argument "you"; what it says. The audit of the image alone passes
 * as that of the build did. */
void init_project_run(const char *words, const char *name, const char *const *files,
		      const char *says);

#endif
