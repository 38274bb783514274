/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_TARLIST_H
#define SUPPORT_FIXTURE_TARLIST_H

/* A tar stream in memory as format/archive lists it, for tests. */

#include "base/buf.h"
#include "format/archive/tar.h"

/* Reads the stream, which messages call x.tar; `pax` allows extended headers. */
bool tarlist_read(struct arena *a, struct str bytes, bool pax, struct tar_list *out,
		  struct error *e);

/* The entry with this path, or NULL. */
const struct tar_entry *tarlist_find(const struct tar_list *l, const char *path);

/* A valid entry in the place of content: what smuggling would make visible. */
struct str tarlist_inner(struct buf *t);

#endif
