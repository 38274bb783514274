/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled results in a repository of a registry: given by one machine, taken by another. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "support/fixture_cache_exchange.h"
#include "support/fixture_hub.h"

/* `a` gives to the registry, `b` takes from it. */
struct shared_hub {
	struct cache_exchange x;
	struct hub h;
	const char *place, *tag;
};

static void shared_open(struct shared_hub *s)
{
	exchange_open(&s->x);
	setenv("HOME", s->x.dir, 1);
	setenv("XDG_RUNTIME_DIR", s->x.dir, 1);
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	hub_open(&s->h, true);
	remote_cache_close(&s->x.a.cache);
	s->x.a.order.to.n = 0;
	s->place = arena_printf(&s->x.a.d.a, "type=registry,ref=127.0.0.1:%u/team/cache",
				s->h.port);
	s->tag = arena_printf(&s->x.a.d.a, "team/cache:compiled-%s", s->x.hex);
	machine_add(&s->x.a, &s->x.a.order.to, s->place);
	machine_connect(&s->x.a);
	machine_add(&s->x.b, &s->x.b.order.from, s->place);
	machine_connect(&s->x.b);
}

static void shared_close(struct shared_hub *s)
{
	exchange_close(&s->x);
	hub_close(&s->h);
}

static void shared_give(struct shared_hub *s)
{
	machine_compile(&s->x, &s->x.a, &s->x.key);
	remote_cache_give(&s->x.a.cache);
}

Test(cache_registry, second_machine_takes_what_the_first_gave)
{
	struct shared_hub s;
	struct str text;

	shared_open(&s);
	cr_expect_null(remote_cache_take(&s.x.b.cache, &s.x.other_key, "thing"));
	cr_expect_str_eq(machine_warning(&s.x.b), "");
	shared_give(&s);
	cr_expect_str_eq(machine_warning(&s.x.a), "");
	text = hub_get(&s.h, s.tag);
	cr_assert(text.p);
	cr_expect(memmem(text.p, text.n, "\"org.opencontainers.image.title\":\"thing\"", 40));
	cr_expect(remote_cache_take(&s.x.b.cache, &s.x.key, "thing"));
	cr_expect_str_eq(machine_warning(&s.x.b), "");
	cr_expect(machine_has(&s.x, &s.x.b));
	/* it is there, and is not given again */
	s.h.put = 0;
	machine_compile(&s.x, &s.x.a, &s.x.key);
	remote_cache_give(&s.x.a.cache);
	cr_expect_eq(s.h.put, 0);
	cr_expect_eq(s.x.a.says.notes.n, 1);
	shared_close(&s);
}

Test(cache_registry, what_was_changed_there_costs_a_warning)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{ "\"payload\":\"", "\"payload\":\"!", "other bytes came" },
		{ "a list of files", "a list_of files", "expected SHA-256 " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct shared_hub s;

		shared_open(&s);
		shared_give(&s);
		hub_spoil(&s.h, cases[i].from, cases[i].to);
		cr_expect_null(remote_cache_take(&s.x.b.cache, &s.x.key, "thing"));
		cr_expect(strstr(machine_warning(&s.x.b), cases[i].says) &&
				  strstr(machine_warning(&s.x.b), "; not taken from it"),
			  "%zu: %s", i, machine_warning(&s.x.b));
		cr_expect_not(machine_has(&s.x, &s.x.b));
		shared_close(&s);
	}
}

Test(cache_registry, an_image_under_the_tag_is_no_entry_and_is_written_over)
{
	struct shared_hub s;

	shared_open(&s);
	hub_put_image(&s.h, "team/cache", arena_printf(&s.x.a.d.a, "compiled-%s", s.x.hex), "{}",
		      "");
	cr_expect_null(remote_cache_take(&s.x.b.cache, &s.x.key, "thing"));
	cr_expect(strstr(machine_warning(&s.x.b), "what stands there is not an entry of a cache"),
		  "%s", machine_warning(&s.x.b));
	shared_give(&s);
	cr_expect_str_eq(machine_warning(&s.x.a), "");
	cr_expect_eq(s.x.a.says.notes.n, 1);
	shared_close(&s);
}

Test(cache_registry, what_it_refuses_costs_a_warning)
{
	static const char *const refused[] = { "GET /v2/team/cache/manifests/",
					       "POST /v2/team/cache/blobs/uploads/",
					       "PUT /v2/team/cache/manifests/" };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct shared_hub s;

		shared_open(&s);
		s.h.refuses = refused[i];
		shared_give(&s);
		cr_expect(strstr(machine_warning(&s.x.a), "HTTP 403") &&
				  strstr(machine_warning(&s.x.a), "; not given to it"),
			  "%s: %s", refused[i], machine_warning(&s.x.a));
		cr_expect_null(hub_get(&s.h, s.tag).p);
		shared_close(&s);
	}
}

Test(cache_registry, what_left_the_store_costs_a_warning)
{
	struct shared_hub s;

	shared_open(&s);
	machine_compile(&s.x, &s.x.a, &s.x.key);
	cr_assert_eq(remove(depot_blob_path(&s.x.a.d, &s.x.blob.digest)), 0);
	remote_cache_give(&s.x.a.cache);
	cr_expect(strstr(machine_warning(&s.x.a), "it vanished from the store; not given to it"),
		  "%s", machine_warning(&s.x.a));
	/* and a result of which the store knows nothing */
	s.x.a.says.warnings.n = 0;
	remote_cache_note(&s.x.a.cache, &s.x.other_key, "other", &s.x.blob);
	remote_cache_give(&s.x.a.cache);
	cr_expect(strstr(machine_warning(&s.x.a), "it vanished from the store"), "%s",
		  machine_warning(&s.x.a));
	cr_expect_eq(s.h.put, 0);
	shared_close(&s);
}
