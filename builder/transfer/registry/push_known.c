/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/registry/push_known.h"

void push_known_close(struct push_known *k)
{
	arena_free(&k->a);
	*k = (struct push_known)PUSH_KNOWN_INIT;
}

static struct str known_name(struct arena *a, const struct reference *in, const char *digest)
{
	return str_of(arena_printf(a, "%s/%s@%s", in->host, in->name, digest));
}

void push_known_add(struct push_known *k, const struct reference *in, const char *digest)
{
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	strmap_add(&k->a, &k->v, known_name(&k->a, in, digest));
	pthread_mutex_unlock(&k->lock);
}

bool push_known_has(struct push_known *k, const struct reference *in, const char *digest)
{
	AUTO_ARENA a = { 0 };
	bool has;

	if (!k)
		return false;
	pthread_mutex_lock(&k->lock);
	has = strmap_get(&k->v, known_name(&a, in, digest)) != NULL;
	pthread_mutex_unlock(&k->lock);
	return has;
}
