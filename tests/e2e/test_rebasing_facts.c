/* SPDX-License-Identifier: Apache-2.0 */
/* Rebased by what a key signed of its layers, without them; and by somebody who holds the registry,
 * but not the key. */

#include <criterion/criterion.h>

#include "e2e/fixture_rebase_world.h"
#include "support/fixture_files.h"
#include "support/fixture_keypair.h"

struct facts_scene {
	struct rebase_world x;
	struct arena *a;
	const char *digest;   /* of the image */
	struct strings upper; /* its layers above the base */
	unsigned stores;
};

static const char *facts_key(struct facts_scene *s, const char *name)
{
	return rebase_world_path(&s->x, name);
}

/* docker://HOST/team/NAME */
static const char *facts_ref(struct facts_scene *s, const char *name)
{
	return registry_ref(&s->x.r, arena_printf(s->a, "team/%s", name));
}

static void facts_find_upper(struct facts_scene *s)
{
	const char *base = rebase_layers(&s->x, s->x.base);
	struct str rest = str_of(rebase_layers(&s->x, s->x.image)), one;

	while (str_next(&rest, '\n', &one)) {
		const char *digest = str_dup(s->a, one);

		if (one.n && !strstr(base, digest))
			*list_push(s->a, &s->upper) = digest;
	}
	cr_assert(s->upper.n);
}

/* The base has moved; the image has not. */
static void facts_open(struct facts_scene *s, const char *platforms)
{
	oracle_need("skopeo");
	*s = (struct facts_scene){ .stores = 0 };
	rebase_world_open(&s->x, platforms);
	s->a = &s->x.w.a;
	keypair_make(s->a, rebase_world_path(&s->x, ""), "ann", false);
	keypair_make(s->a, rebase_world_path(&s->x, ""), "eve", true);
	facts_find_upper(s);
	s->digest = str_dup(s->a, str_trim(ORACLE(s->a, "skopeo", "inspect", "--tls-verify=false",
						  "--format", "{{.Digest}}", s->x.image)));
	rebase_world_move(&s->x);
}

static void facts_close(struct facts_scene *s)
{
	rebase_world_close(&s->x);
}

/* As somebody who has nothing of it yet: with a store of its own. */
static struct oracle_run facts_rebase(struct facts_scene *s, const char *image, const char *to,
				      const char *key)
{
	const char *store = rebase_world_path(&s->x, arena_printf(s->a, "store%u", ++s->stores));
	struct strings argv = { 0 };

	*list_push(s->a, &argv) = "--cache-dir";
	*list_push(s->a, &argv) = store;
	*list_push(s->a, &argv) = "--progress=plain";
	*list_push(s->a, &argv) = "rebase";
	*list_push(s->a, &argv) = image;
	*list_push(s->a, &argv) = "--base";
	*list_push(s->a, &argv) = s->x.base;
	*list_push(s->a, &argv) = to ? "--to" : "--check";
	if (to)
		*list_push(s->a, &argv) = to;
	if (key) {
		*list_push(s->a, &argv) = "--facts-key";
		*list_push(s->a, &argv) = facts_key(s, key);
	}
	*list_push(s->a, &argv) = NULL;
	return minirepo_run(&s->x.w.m, argv.v);
}

/* How often layers above the base were asked for in a repository. */
static size_t facts_asked(struct facts_scene *s, const char *method, const char *repository)
{
	size_t n = 0;

	list_each(digest, &s->upper)
		n += registry_logged(&s->x.r, arena_printf(s->a, "\"%s /v2/team/%s/blobs/%s HTTP",
							   method, repository, *digest));
	return n;
}

static size_t facts_fetched(struct facts_scene *s, const char *repository)
{
	return facts_asked(s, "GET", repository);
}

static const char *facts_raw(struct facts_scene *s, const char *image)
{
	return str_dup(s->a,
		       ORACLE(s->a, "skopeo", "inspect", "--raw", "--tls-verify=false", image));
}

/* Pushes the image of before once more, into a repository of its own, with facts that ann signed.
 */
static const char *facts_put(struct facts_scene *s, const char *repository)
{
	const char *image = facts_ref(s, arena_printf(s->a, "%s:1", repository));

	rebase_must(MINIREPO_RUN(&s->x.w.m, "push", rebase_world_path(&s->x, "one-first"), image),
		    "push");
	rebase_must(MINIREPO_RUN(&s->x.w.m, "attest", image, "--type", "facts", "--key",
				 facts_key(s, "ann.pem")),
		    "attest");
	return image;
}

/* What somebody does who may write there: "payload" and "signature" change one bit of the envelope,
 * "replay" puts it beside another image, "forget" takes away every place where facts are found. */
static void facts_attack(struct facts_scene *s, const char *what, const char *repository,
			 const char *other)
{
	static const char program[] =
		"import base64, hashlib, json, shutil, sys, urllib.request as u\n"
		"host, data, repo, digest, what, other = sys.argv[1:7]\n"
		"v2 = f'http://{host}/v2/{repo}/'\n"
		"mt = 'application/vnd.oci.image.manifest.v1+json'\n"
		"def ask(method, url, body=None, **h):\n"
		"    h = {k.replace('_', '-'): v for k, v in h.items()}\n"
		"    return u.urlopen(u.Request(url, data=body, method=method, headers=h))\n"
		"tag = digest.replace(':', '-')\n"
		"tags = f'{data}/docker/registry/v2/repositories/{repo}/_manifests/tags/'\n"
		"if what == 'forget':\n"
		"    shutil.rmtree(tags + tag + '.att'); shutil.rmtree(tags + tag); sys.exit()\n"
		"m = json.load(ask('GET', v2 + 'manifests/' + tag + '.att', Accept=mt))\n"
		"for l in m['layers'] if what != 'replay' else []:\n"
		"    x = json.load(ask('GET', v2 + 'blobs/' + l['digest']))\n"
		"    def flip(text, at):\n"
		"        b = bytearray(base64.b64decode(text)); b[at] ^= 1\n"
		"        return base64.b64encode(b).decode()\n"
		"    if what == 'payload':\n"
		"        at = base64.b64decode(x['payload']).rindex(b'expandedSize') + 14\n"
		"        x['payload'] = flip(x['payload'], at)\n"
		"    else: x['signatures'][0]['sig'] = flip(x['signatures'][0]['sig'], 20)\n"
		"    x = json.dumps(x).encode(); d = 'sha256:' + hashlib.sha256(x).hexdigest()\n"
		"    at = ask('POST', v2 + 'blobs/uploads/', b'').headers['Location']\n"
		"    ask('PUT', at + '&digest=' + d, x, Content_Type='application/octet-stream')\n"
		"    l.update(digest=d, size=len(x))\n"
		"to = other.replace(':', '-') if what == 'replay' else tag\n"
		"ask('PUT', v2 + 'manifests/' + to + '.att', json.dumps(m).encode(), "
		"Content_Type=mt)\n"
		"if what != 'replay': shutil.rmtree(tags + tag)\n";

	ORACLE(s->a, "python3", "-c", program, s->x.r.host,
	       arena_printf(s->a, "%s/data", s->x.r.dir), arena_printf(s->a, "team/%s", repository),
	       s->digest, what, other ? other : "");
}

static const char *facts_predicate(struct facts_scene *s, const char *image)
{
	const char *file = rebase_world_path(&s->x, "predicate.json");

	rebase_must(MINIREPO_RUN(&s->x.w.m, "attest", image, "--get", "facts", "--key",
				 facts_key(s, "ann.pub"), "-o", file),
		    "attest --get");
	return file;
}

/* The digest of the facts about the highest layer. */
static const char *facts_last_text(struct facts_scene *s, const char *image)
{
	return str_dup(s->a, ORACLE(s->a, "python3", "-c",
				    "import json, sys\np = json.load(open(sys.argv[1]))\n"
				    "print(p['layers'][-1]['facts']['digest'], end='')",
				    facts_predicate(s, image)));
}

/* Signs another predicate in the place of the one that is there: a change in Python of `p`. */
static void facts_sign_other(struct facts_scene *s, const char *repository, const char *change)
{
	const char *image = facts_ref(s, arena_printf(s->a, "%s:1", repository));
	const char *file = facts_predicate(s, image);

	ORACLE(s->a, "python3", "-c",
	       arena_printf(s->a,
			    "import json, sys\np = json.load(open(sys.argv[1]))\n%s\n"
			    "json.dump(p, open(sys.argv[1], 'w'))\n",
			    change),
	       file);
	facts_attack(s, "forget", repository, NULL);
	rebase_must(MINIREPO_RUN(&s->x.w.m, "attest", image, "--type", "facts", "--predicate", file,
				 "--key", facts_key(s, "ann.pem")),
		    "attest --predicate");
}

static void facts_refused(struct facts_scene *s, struct oracle_run r, const char *says)
{
	cr_expect(r.status == 5 && locks_world_says(r.err, says) &&
			  locks_world_says(r.err, "facts about its layers: "),
		  "%s: %d %s", says, r.status, r.err.p);
	(void)s;
}

Test(rebasing_facts, the_result_is_that_of_reading_and_no_layer_is_fetched, .timeout = 600)
{
	struct facts_scene s;
	const char *facts, *reading;
	struct oracle_run r;
	size_t before, asked;

	facts_open(&s, "linux/amd64");
	facts_put(&s, "one");
	asked = facts_asked(&s, "HEAD", "one");
	facts = facts_ref(&s, "one:by-facts");
	reading = facts_ref(&s, "one:by-reading");
	before = facts_fetched(&s, "one");
	r = facts_rebase(&s, s.x.image, facts, "ann.pub");
	rebase_must(r, "rebase with facts");
	cr_expect_eq(facts_fetched(&s, "one"), before);
	cr_expect_eq(facts_asked(&s, "HEAD", "one"), asked, "its repository has them");
	cr_expect_not(locks_world_says(r.err, "warning"), "%s", r.err.p);
	r = facts_rebase(&s, s.x.image, reading, NULL);
	rebase_must(r, "rebase without facts");
	cr_expect_eq(facts_fetched(&s, "one"), before + s.upper.n);
	cr_expect_str_eq(facts_raw(&s, facts), facts_raw(&s, reading));
	cr_expect_str_eq(rebase_layers(&s.x, facts),
			 rebase_layers(&s.x, rebase_world_layout(&s.x, "one-second")));
	/* what was read is known from then on, whatever is there */
	before = facts_fetched(&s, "one");
	s.stores--;
	rebase_must(facts_rebase(&s, s.x.image, NULL, NULL), "once more");
	cr_expect_eq(facts_fetched(&s, "one"), before);
	/* what a key signed is not */
	s.stores = 0;
	rebase_must(facts_rebase(&s, s.x.image, NULL, NULL), "without the key");
	cr_expect_eq(facts_fetched(&s, "one"), before + s.upper.n);
	facts_close(&s);
}

Test(rebasing_facts, what_is_not_signed_about_this_image_is_refused, .timeout = 600)
{
	static const char nobody[] = "its bytes are not what this key signed";
	struct facts_scene s;
	const char *image, *layer;

	facts_open(&s, "linux/amd64");
	image = facts_put(&s, "one");
	facts_refused(&s, facts_rebase(&s, image, NULL, "eve.pub"),
		      arena_printf(s.a, "facts documents of %s is of the key %s: envelope ",
				   s.digest, facts_key(&s, "eve.pub")));
	/* another image's, which stands on the same base and has the same layers */
	image = facts_ref(&s, "one:other");
	layer = rebase_world_path(&s.x, "one-other");
	ORACLE(s.a, "skopeo", "copy", "--quiet", rebase_world_layout(&s.x, "one-first"),
	       arena_printf(s.a, "oci:%s:latest", layer));
	ORACLE(s.a, "umoci", "config", "--image", arena_printf(s.a, "%s:latest", layer),
	       "--config.label", "other=1");
	rebase_must(MINIREPO_RUN(&s.x.w.m, "push", layer, image), "push");
	facts_attack(&s, "replay", "one",
		     str_dup(s.a, str_trim(ORACLE(s.a, "skopeo", "inspect", "--tls-verify=false",
						  "--format", "{{.Digest}}", image))));
	facts_refused(&s, facts_rebase(&s, image, NULL, "ann.pub"),
		      arena_printf(s.a, ": it signs %s", s.digest));
	/* one bit */
	image = facts_put(&s, "bit");
	facts_attack(&s, "payload", "bit", NULL);
	facts_refused(&s, facts_rebase(&s, image, NULL, "ann.pub"), nobody);
	image = facts_put(&s, "sig");
	facts_attack(&s, "signature", "sig", NULL);
	facts_refused(&s, facts_rebase(&s, image, NULL, "ann.pub"), nobody);
	facts_close(&s);
}

/* The file of a blob in the registry's storage. */
static const char *facts_blob_file(struct facts_scene *s, const char *digest)
{
	return arena_printf(s->a, "%s/data/docker/registry/v2/blobs/sha256/%.2s/%s/data",
			    s->x.r.dir, digest + 7, digest + 7);
}

Test(rebasing_facts, texts_that_were_changed_and_contradictions_are_refused, .timeout = 600)
{
	struct facts_scene s;
	const char *image, *facts;

	facts_open(&s, "linux/amd64");
	image = facts_put(&s, "text");
	facts = facts_last_text(&s, image);
	files_put(facts_blob_file(&s, facts), "other bytes");
	facts_refused(&s, facts_rebase(&s, image, NULL, "ann.pub"), ": other bytes came");
	image = facts_put(&s, "diff");
	facts_sign_other(&s, "diff", "p['layers'][0]['diffId'] = 'sha256:' + 64 * '0'");
	facts_refused(&s, facts_rebase(&s, image, NULL, "ann.pub"),
		      arena_printf(s.a, "signed is sha256:%064d", 0));
	image = facts_put(&s, "size");
	facts_sign_other(&s, "size", "p['layers'][0]['size'] += 1");
	facts_refused(&s, facts_rebase(&s, image, NULL, "ann.pub"), " bytes; signed is ");
	facts_close(&s);
}

/* What nobody signed is read. */
Test(rebasing_facts, layers_that_no_facts_tell_of_are_read, .timeout = 600)
{
	struct facts_scene s;
	struct oracle_run r;
	const char *image;

	facts_open(&s, "linux/amd64");
	r = facts_rebase(&s, s.x.image, NULL, "ann.pub");
	rebase_must(r, "no facts");
	cr_expect(locks_world_says(r.err, "no facts are attached to it; its layers are read"), "%s",
		  r.err.p);
	cr_expect_eq(facts_fetched(&s, "one"), s.upper.n);
	image = facts_put(&s, "lack");
	facts_sign_other(&s, "lack", "del p['layers'][-1]");
	r = facts_rebase(&s, image, NULL, "ann.pub");
	rebase_must(r, "a layer is lacking");
	cr_expect(locks_world_says(r.err, arena_printf(s.a,
						       "do not tell of its layer %s, which is "
						       "read",
						       s.upper.v[s.upper.n - 1])),
		  "%s", r.err.p);
	cr_expect_eq(facts_fetched(&s, "lack"), 1u);
	image = facts_put(&s, "form");
	facts_sign_other(&s, "form", "p['form'] += 1");
	r = facts_rebase(&s, image, NULL, "ann.pub");
	rebase_must(r, "facts of another form");
	cr_expect(locks_world_says(r.err, "are of another version of imgbuild"), "%s", r.err.p);
	cr_expect_eq(facts_fetched(&s, "form"), s.upper.n);
	facts_close(&s);
}

/* Of an index each image has facts of its own. */
Test(rebasing_facts, no_layer_of_an_index_is_fetched, .timeout = 600)
{
	struct facts_scene s;
	struct oracle_run r;
	const char *to;

	facts_open(&s, "linux/amd64,linux/arm64");
	to = facts_ref(&s, "index:moved");
	r = facts_rebase(&s, facts_put(&s, "index"), to, "ann.pub");
	rebase_must(r, "rebase with facts");
	cr_expect_not(locks_world_says(r.err, "warning"), "%s", r.err.p);
	cr_expect_eq(facts_fetched(&s, "index"), 0u);
	cr_expect_str_eq(rebase_layers(&s.x, to),
			 rebase_layers(&s.x, rebase_world_layout(&s.x, "one-second")));
	facts_close(&s);
}

/* Who signs the result signs what is in its layers, too: the next one who rebases it, to where it
 * came from, needs neither. */
Test(rebasing_facts, a_result_that_is_signed_has_facts_of_its_own, .timeout = 600)
{
	struct facts_scene s;
	struct oracle_run r;
	const char *image, *old;

	facts_open(&s, "linux/amd64");
	image = facts_put(&s, "again");
	old = facts_ref(&s, "base:old");
	rebase_must(MINIREPO_RUN(&s.x.w.m, "push", rebase_world_path(&s.x, "base-first"), old),
		    "push the old base");
	rebase_must(MINIREPO_RUN(&s.x.w.m, "--cache-dir", rebase_world_path(&s.x, "store-signing"),
				 "rebase", image, "--base", s.x.base, "--facts-key",
				 facts_key(&s, "ann.pub"), "--sign", facts_key(&s, "eve.pem")),
		    "rebase and sign");
	cr_expect_eq(facts_fetched(&s, "again"), 0u);
	r = MINIREPO_RUN(&s.x.w.m, "verify-signature", image, "--key", facts_key(&s, "eve.pub"));
	rebase_must(r, "verify-signature");
	r = MINIREPO_RUN(&s.x.w.m, "--cache-dir", rebase_world_path(&s.x, "store-back"),
			 "--progress=plain", "rebase", image, "--base", old, "--from", s.x.base,
			 "--facts-key", facts_key(&s, "eve.pub"));
	rebase_must(r, "rebase back");
	cr_expect_not(locks_world_says(r.err, "warning"), "%s", r.err.p);
	cr_expect_eq(facts_fetched(&s, "again"), 0u);
	cr_expect_str_eq(rebase_layers(&s.x, image),
			 rebase_layers(&s.x, rebase_world_layout(&s.x, "one-first")));
	facts_close(&s);
}
