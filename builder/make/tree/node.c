/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of nodes, wherever they are. */

#include "make/tree/node.h"

bool content_put_name(const struct content *c, struct buf *out)
{
	char hex[DIGEST_TEXT];
	struct digest here;

	if (c->blob && !c->blob->digest)
		return false;
	if (!c->blob)
		here = digest_of((struct str){ c->bytes, c->size });
	digest_hex(c->blob ? c->blob->digest : &here, hex);
	buf_printf(out, "%s %llu %llu\n", hex, (unsigned long long)c->offset,
		   (unsigned long long)c->size);
	return true;
}

bool node_map(const struct node *n, struct mapping *m, struct error *e)
{
	const struct content *c = &n->content;

	if (c->blob)
		return io_map(c->blob->fd, c->offset, c->size, c->blob->name, m, e);
	*m = (struct mapping){ { c->bytes ? c->bytes : "", c->size }, NULL, 0 };
	return true;
}

bool node_write(const struct node *n, int fd, struct error *e)
{
	const struct content *c = &n->content;

	if (c->blob)
		return io_copy_range(c->blob->fd, c->offset, c->size, fd, n->path, e);
	return fd_write(fd, (struct str){ c->bytes, c->size }, n->path, e);
}

bool node_digest(const struct node *n, struct digest *d, struct error *e)
{
	AUTO_MAPPING m = { 0 };

	if (!node_map(n, &m, e))
		return err_wrap(e, "/%s", n->path);
	*d = digest_of(m.bytes);
	return true;
}
