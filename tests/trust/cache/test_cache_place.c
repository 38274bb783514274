/* SPDX-License-Identifier: Apache-2.0 */
/* Where a cache is, as people write it. */

#include <criterion/criterion.h>

#include "trust/cache/cache_place.h"

static const struct {
	const char *text, *shown, *address;
	enum cache_kind kind;
} good_places[] = {
	{ "type=local,dir=/var/cache/shared", "/var/cache/shared", "/var/cache/shared",
	  CACHE_LOCAL },
	{ "type=local,dir=shared", "repo/shared", "repo/shared", CACHE_LOCAL },
	{ "type=local,dir=a=b,c", "repo/a=b,c", "repo/a=b,c", CACHE_LOCAL },
	{ "type=local,dir=a,b,C=d", "repo/a,b,C=d", "repo/a,b,C=d", CACHE_LOCAL },
	{ "type=http,url=https://cache.example/imgbuild/", "https://cache.example/imgbuild",
	  "https://cache.example/imgbuild", CACHE_HTTP },
	{ "type=http,url=http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080",
	  CACHE_HTTP },
	{ "type=registry,ref=registry.example:5000/team/cache",
	  "docker://registry.example:5000/team/cache", NULL, CACHE_REGISTRY },
	{ "type=registry,ref=docker://registry.example/cache", "docker://registry.example/cache",
	  NULL, CACHE_REGISTRY },
};

Test(cache_place, each_kind_has_its_form)
{
	for (size_t i = 0; i < ARRAY_SIZE(good_places); i++) {
		AUTO_ARENA a = { 0 };
		struct cache_place p;
		struct error e = { 0 };

		cr_assert(cache_place_parse(&a, "--cache-from", good_places[i].text, "repo", &p,
					    &e),
			  "%s: %s", good_places[i].text, e.cause);
		cr_expect_eq(p.kind, good_places[i].kind);
		cr_expect_str_eq(p.shown, good_places[i].shown);
		if (good_places[i].address)
			cr_expect_str_eq(p.address, good_places[i].address);
		else
			cr_expect(p.ref.host && p.ref.name && !p.ref.tag);
	}
}

#define FORMS \
	"--cache-to takes type=registry,ref=HOST/NAME, type=http,url=URL or type=local,dir=DIR, not "

static const struct {
	const char *text, *says;
} bad_places[] = {
	{ "", FORMS "\"\"" },
	{ "/var/cache", FORMS "\"/var/cache\"" },
	{ "type=s3,bucket=x", FORMS "\"type=s3,bucket=x\"" },
	{ "local,dir=x", FORMS "\"local,dir=x\"" },
	{ "type=local", "--cache-to takes type=local,dir=DIR, not \"type=local\"" },
	{ "type=local,dir=", "--cache-to takes type=local,dir=DIR, not \"type=local,dir=\"" },
	{ "type=local,dir=/x,mode=max",
	  "--cache-to takes type=local,dir=DIR, not \"type=local,dir=/x,mode=max\"" },
	{ "type=http,url=http://x/y,dir=z",
	  "--cache-to takes type=http,url=URL, not \"type=http,url=http://x/y,dir=z\"" },
	{ "type=registry,ref=registry.example/cache,mode=max",
	  "takes type=registry,ref=HOST/NAME" },
	{ "type=local,src=/x", "--cache-to takes type=local,dir=DIR, not \"type=local,src=/x\"" },
	{ "type=http,url=ftp://x/", "--cache-to: url=ftp://x/ is not an http or https address" },
	{ "type=http,url=http://a:b@x/",
	  "--cache-to: an address holds no user and no password; write them into ~/.config/imgbuild/auth, or into a file that $IMGBUILD_NETRC names" },
	{ "type=http,url=http://x/?y",
	  "--cache-to: url=http://x/?y has a query; an address ends with its path" },
	{ "type=registry,ref=team/cache", "names no registry" },
	{ "type=registry,ref=registry.example/cache:1",
	  "--cache-to: ref=registry.example/cache:1 has a tag or a digest; a cache is a repository, which has a tag for each entry" },
};

Test(cache_place, what_cannot_be_one_is_a_mistake_of_the_command_line)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_places); i++) {
		AUTO_ARENA a = { 0 };
		struct cache_place p;
		struct error e = { 0 };

		cr_expect_not(cache_place_parse(&a, "--cache-to", bad_places[i].text, NULL, &p, &e),
			      "%s", bad_places[i].text);
		cr_expect_eq(e.kind, ERR_USAGE);
		cr_expect(strstr(e.cause, bad_places[i].says), "%s: %s", bad_places[i].text,
			  e.cause);
	}
}
