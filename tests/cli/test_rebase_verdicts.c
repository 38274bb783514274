/* SPDX-License-Identifier: Apache-2.0 */
/* Which images are as good as one that was proven before, and which are not. */

#include <criterion/criterion.h>

#include "cli/rebase_verdicts.h"

/* Facts of an image with one of everything. */
struct verdict_image {
	struct image_facts facts;
	struct image_layer layers[2];
	struct env_var env[1], labels[1];
	struct history_line history[1];
	const char *words[1];
};

static void verdict_image(struct verdict_image *x)
{
	const struct strings words = { x->words, 1, 1 };

	*x = (struct verdict_image){ .env = { { "A", "1" } },
				     .labels = { { "l", "1" } },
				     .history = { { .created_by = "COPY" } },
				     .words = { "w" } };
	for (size_t i = 0; i < ARRAY_SIZE(x->layers); i++) {
		const char number = (char)('0' + i);
		const struct content_digest d = content_digest_of((struct str){ &number, 1 },
								  false);

		x->layers[i] = (struct image_layer){
			.media_type = "t", .has_digest = true, .digest = d, .diff_id = d, .size = 10
		};
	}
	x->facts = (struct image_facts){ .os = "linux",
					 .architecture = "amd64",
					 .user = "1",
					 .workdir = "/",
					 .stop_signal = "TERM",
					 .created = "now",
					 .entrypoint = words,
					 .cmd = words,
					 .expose = words,
					 .volumes = words,
					 .health = words,
					 .has_health = true };
	x->facts.layers.v = x->layers;
	x->facts.layers.n = ARRAY_SIZE(x->layers);
	x->facts.env.v = x->env;
	x->facts.labels.v = x->labels;
	x->facts.env.n = x->facts.labels.n = 1;
	x->facts.history.v = x->history;
	x->facts.history.n = 1;
}

static bool verdict_is_shared(void (*change)(struct verdict_image *x))
{
	struct verdict_image one, other;
	struct digest a, b;

	verdict_image(&one);
	verdict_image(&other);
	change(&other);
	a = rebase_verdict_key(&one.facts, &one.facts, &one.facts);
	b = rebase_verdict_key(&other.facts, &one.facts, &one.facts);
	return digest_eq(&a, &b);
}

#define VERDICT_CHANGE(name, what)                \
	static void name(struct verdict_image *x) \
	{                                         \
		x->what;                          \
	}
VERDICT_CHANGE(change_label, labels[0].value = "2")
VERDICT_CHANGE(change_history, history[0].created_by = "RUN")
VERDICT_CHANGE(change_time, facts.created = "later")
VERDICT_CHANGE(change_manifest, facts.manifest.b[0] = 1)
VERDICT_CHANGE(change_layer, layers[1].digest.b[0] ^= 1)
VERDICT_CHANGE(change_diff_id, layers[0].diff_id.b[0] ^= 1)
VERDICT_CHANGE(change_size, layers[0].size++)
VERDICT_CHANGE(change_type, layers[0].media_type = "u")
VERDICT_CHANGE(change_count, facts.layers.n--)
VERDICT_CHANGE(change_machine, facts.architecture = "arm64")
VERDICT_CHANGE(change_variant, facts.variant = "v8")
VERDICT_CHANGE(change_user, facts.user = NULL)
VERDICT_CHANGE(change_folder, facts.workdir = "/x")
VERDICT_CHANGE(change_signal, facts.stop_signal = "INT")
VERDICT_CHANGE(change_entrypoint, facts.entrypoint.n = 0)
VERDICT_CHANGE(change_cmd, facts.cmd.n = 0)
VERDICT_CHANGE(change_ports, facts.expose.n = 0)
VERDICT_CHANGE(change_volumes, facts.volumes.n = 0)
VERDICT_CHANGE(change_health, facts.health.n = 0)
VERDICT_CHANGE(change_has_health, facts.has_health = false)
VERDICT_CHANGE(change_variable, env[0].value = "2")
VERDICT_CHANGE(change_name, env[0].name = "B")
VERDICT_CHANGE(change_path, env[0].name = "PATH")
VERDICT_CHANGE(change_loader, env[0].name = "LD_LIBRARY_PATH")

Test(rebase_verdicts, what_decides_is_in_the_key)
{
	void (*const same[])(struct verdict_image *) = { change_label,	  change_history,
							 change_time,	  change_manifest,
							 change_signal,	  change_volumes,
							 change_variable, change_name };
	void (*const other[])(struct verdict_image *) = {
		change_layer,  change_diff_id,	  change_size,	  change_type,
		change_count,  change_machine,	  change_variant, change_user,
		change_folder, change_entrypoint, change_cmd,	  change_ports,
		change_health, change_has_health, change_path,	  change_loader,
	};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		cr_expect(verdict_is_shared(same[i]), "%zu", i);
	for (size_t i = 0; i < ARRAY_SIZE(other); i++)
		cr_expect_not(verdict_is_shared(other[i]), "%zu", i);
}

Test(rebase_verdicts, obstacles_are_those_that_were_found)
{
	struct rebase_verdicts l = REBASE_VERDICTS_INIT;
	struct rebase_obstacles found = { NULL, 0, 0 }, out = { NULL, 0, 0 };
	struct rebase_proof proof = { .files = 7 }, again = { 0 };
	const struct digest key = digest_of(STR("x")), other = digest_of(STR("y"));
	AUTO_ARENA a = { 0 };

	cr_expect_not(rebase_verdict_find(&l, &key, &a, &again, &out));
	rebase_add(&a, &found, NULL, "of the settings");
	rebase_add(&a, &found, "usr/bin/x", "of the layers");
	rebase_verdict_note(&l, &key, &proof, &found, 1);
	cr_expect_not(rebase_verdict_find(&l, &other, &a, &again, &out));
	cr_assert(rebase_verdict_find(&l, &key, &a, &again, &out));
	cr_expect_eq(again.files, 7u);
	cr_assert_eq(out.n, 1u);
	cr_expect_str_eq(out.v[0].path, "usr/bin/x");
	cr_expect_str_eq(out.v[0].text, "of the layers");
	rebase_verdicts_close(&l);
}
