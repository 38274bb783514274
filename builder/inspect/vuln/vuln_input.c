/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs that are named on a command line. */

#include "inspect/vuln/vuln_input.h"

void vuln_input_add(struct arena *a, struct vuln_inputs *l, const char *path)
{
	*list_push(a, l) = (struct vuln_input){ .name = path, .fd = -1 };
}
