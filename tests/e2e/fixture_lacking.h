/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_LACKING_H
#define E2E_FIXTURE_LACKING_H

/* Programs that a machine may lack: tests of them are skipped, and the run says so at its end. */

/* In a test, which the caller skips: `what` could not be had. */
void lacking_note(const char *what, const char *why);

#endif
