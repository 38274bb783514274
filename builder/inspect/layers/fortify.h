/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_FORTIFY_H
#define INSPECT_LAYERS_FORTIFY_H

/* What a compiler can fortify (-D_FORTIFY_SOURCE). */

#include "base/str.h"

/* Would calls of this function be checked, if the compiler had been told to? */
bool fortify_has(struct str function);

#endif
