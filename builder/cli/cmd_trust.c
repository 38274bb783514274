/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild trust docker://REGISTRY/NAME[:TAG|@DIGEST] --threshold N --keys DIR */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/rfc3339.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/registry_options.h"
#include "format/json/jsonw.h"
#include "inspect/image/manifest.h"
#include "inspect/report/escape.h"
#include "trust/attestation/predicate_types.h"
#include "trust/attestation/rebuilds.h"

#define KEYS_MAX 1000

struct trust_options {
	struct registry_options registry;
	const char *keys, *platform;
	uint64_t threshold;
};

static bool threshold_read(struct arena *a, const char *option, const char *value, void *target,
			   struct error *e)
{
	uint64_t *n = target;

	(void)a;
	return (str_u64(str_of(value), n) && *n > 0 && *n <= KEYS_MAX) ||
	       err_set(e, ERR_USAGE, "%s is a number from 1 to %d, not \"%s\"", option, KEYS_MAX,
		       value);
}

static bool trust_is_key_file(const char *name)
{
	static const char *const ends[] = { ".pub", ".pem", ".crt" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (name[0] != '.' && str_ends(str_of(name), str_of(ends[i])))
			return true;
	}
	return false;
}

/* All keys and certificates of the folder, by name. */
static bool trust_load_keys(struct cli *c, const char *dir, struct keys *out, struct error *e)
{
	struct strings names = { 0 };
	struct stat st;
	AUTO_FD fd = -1;

	if (stat(dir, &st) == 0 ? !S_ISDIR(st.st_mode) : errno == ENOENT || errno == ENOTDIR)
		return err_set(e, ERR_INPUT,
			       "%s is not a folder: --keys names that of the rebuilders' keys",
			       dir);
	fd = file_open_dir(AT_FDCWD, dir, e);
	if (fd < 0 || !file_names(c->a, fd, dir, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!trust_is_key_file(names.v[i]))
			continue;
		if (out->n == KEYS_MAX)
			return err_set(e, ERR_INPUT, "%s holds more than %d keys", dir, KEYS_MAX);
		if (!key_load_trusted(c->a, arena_printf(c->a, "%s/%s", dir, names.v[i]),
				      list_push(c->a, out), e))
			return false;
	}
	return out->n > 0 ||
	       err_set(e, ERR_INPUT,
		       "%s holds no key: name files of rebuilders NAME.pub (a public key) or "
		       "NAME.crt (a certificate)",
		       dir);
}

static void trust_print_text(struct cli *c, const struct reference *image, const char *digest,
			     const struct rebuilds *r, uint64_t threshold)
{
	fprintf(c->out, "%s/%s@%s: rebuilt with the same result by %zu of %zu keys; %llu needed\n",
		image->host, image->name, digest, r->same, r->v.n, (unsigned long long)threshold);
	for (size_t i = 0; i < r->v.n; i++) {
		const struct rebuild *x = &r->v.v[i];
		char when[RFC3339_SIZE] = "";

		if (x->when)
			rfc3339_format(x->when, when);
		fprintf(c->out, "  %s: %s%s%s\n", escape_line(c->a, x->key->file),
			rebuild_result_name(x->result), x->when ? ", " : "", when);
	}
}

static void trust_print_json(struct cli *c, const struct reference *image, const char *digest,
			     const struct rebuilds *r, uint64_t threshold)
{
	static const char *const names[] = { [REBUILD_NONE] = "none",
					     [REBUILD_EXPIRED] = "expired",
					     [REBUILD_DIFFERENT] = "different",
					     [REBUILD_SAME_CONTENT] = "same-content",
					     [REBUILD_SAME_BYTES] = "same" };
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", image->host, image->name);
	jsonw_cstr(&w, "digest", digest);
	jsonw_u64(&w, "threshold", threshold);
	jsonw_u64(&w, "same", r->same);
	jsonw_u64(&w, "different", r->different);
	jsonw_array(&w, "rebuilds");
	for (size_t i = 0; i < r->v.n; i++) {
		const struct rebuild *x = &r->v.v[i];
		char when[RFC3339_SIZE];

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "key", x->key->file);
		jsonw_cstr(&w, "result", names[x->result]);
		if (x->when) {
			rfc3339_format(x->when, when);
			jsonw_cstr(&w, "time", when);
		}
		if (x->version)
			jsonw_cstr(&w, "imgbuild", x->version);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

/* That there is no attestation is an answer, too. */
static bool trust_read(struct cli *c, const struct signing_order *o, struct found_attestations *out,
		       struct error *e)
{
	const struct trust_options *options = c->options;
	const struct attestation_query query = {
		.type = PREDICATE_SUMMARY,
		.platform = options->platform ? options->platform
					      : arena_printf(c->a, "linux/%s", machine_name()),
	};

	if (attestations_read(c->a, o, &query, out, e))
		return true;
	if (e->kind != ERR_FINDINGS)
		return false;
	err_clear(e);
	return true;
}

static bool trust_tell(struct cli *c, const struct reference *image,
		       const struct found_attestations *found, const struct keys *keys,
		       struct error *e)
{
	const struct trust_options *o = c->options;
	struct rebuilds r;

	rebuilds_judge(c->a, found, keys, (int64_t)time(NULL), &r);
	(c->json ? trust_print_json : trust_print_text)(c, image, found->digest, &r, o->threshold);
	if (r.different)
		progress_warn(c->progress, "%zu of the rebuilds gave another image", r.different);
	return r.same >= o->threshold ||
	       err_set(e, ERR_FINDINGS,
		       "%s: %llu rebuilds with the same result are needed, there are %zu",
		       image->text, (unsigned long long)o->threshold, r.same);
}

static bool trust_run(struct cli *c, struct error *e)
{
	const struct trust_options *o = c->options;
	AUTO_KEYS keys = { NULL, 0, 0 };
	struct session_options settings;
	struct reference image;
	const struct signing_order order = { &image, &keys, &settings, NULL };
	struct found_attestations found;

	if (!o->keys)
		return err_set(e, ERR_USAGE,
			       "trust: name the folder with the rebuilders' keys with --keys DIR");
	if (!registry_settings(c, &o->registry, &settings, e))
		return false;
	if (!str_starts(str_of(c->operands.v[0]), STR("docker://")))
		return err_set(
			e, ERR_USAGE,
			"trust: %s: rebuilders sign beside an image in its registry; name it "
			"docker://REGISTRY/NAME[:TAG|@DIGEST]",
			c->operands.v[0]);
	if (!reference_parse(c->a, c->operands.v[0], &image, e) ||
	    !trust_load_keys(c, o->keys, &keys, e))
		return false;
	if (!trust_read(c, &order, &found, e))
		return err_wrap(e, "%s", image.text);
	return trust_tell(c, &image, &found, &keys, e);
}

static const struct option_row trust_options[] = {
	{ "--keys", 0, "DIR",
	  "the keys of rebuilders: NAME.pub (public keys), NAME.crt (certificates), NAME.pem",
	  OPTION_IS_TEXT(struct trust_options, keys), .word = WORD_FOLDER },
	{ "--threshold", 0, "N", "so many of them must have made the same image",
	  OPTION_IS_READ(struct trust_options, threshold, threshold_read), .initial = "1" },
	OPTION_PLATFORM_OF_INDEX(struct trust_options, platform),
	REGISTRY_ROWS(struct trust_options, registry),
	{ NULL },
};

const struct command cmd_trust = {
	.name = "trust",
	.summary = "check who has built an image again, and with what result",
	.operands = { { "docker://REGISTRY/NAME[:TAG|@DIGEST]" } },
	.wanted = "name an image: imgbuild trust docker://REGISTRY/NAME --keys DIR --threshold 2",
	.examples =
		"trust docker://registry.example/team/hello:1.0 --keys rebuilders --threshold 2",
	.text = "Reads what imgbuild verify signed of rebuilds. A key counts once, with its newest result, and not when its "
		"certificate has expired. Exits 1 when fewer rebuilds than --threshold gave the same image.",
	.options = trust_options,
	.options_size = sizeof(struct trust_options),
	.run = trust_run,
};
