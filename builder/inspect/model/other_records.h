/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_OTHER_RECORDS_H
#define INSPECT_MODEL_OTHER_RECORDS_H

/* Records of package managers other than dpkg: that they are there, not what they say. Who did not
 * look for them would take an image of Alpine or Fedora for one without packages. */

#include "inspect/model/model.h"

/* Adds one problem for each such package manager. */
void other_records_find(struct arena *a, const struct model *m, struct remarks *out);

#endif
