/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed about images, and lists that the signed names by their digests. */

#include "growth/growth.h"

#include "trust/attestation/kept_inputs.h"
#include "trust/attestation/layer_facts.h"
#include "trust/attestation/provenance.h"
#include "trust/attestation/summary.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
#define FACTS_LAYER                                                                            \
	"{\"digest\":\"sha256:" HEX "#\",\"diffId\":\"sha256:" HEX "#\",\"mediaType\":\"t#\"," \
	"\"size\":1#,\"facts\":{\"digest\":\"sha256:" HEX "#\",\"size\":1,\"expandedSize\":2}},"

static bool trust_layer_facts(struct arena *a, struct str input, struct error *e)
{
	struct layer_facts l;

	return layer_facts_read(a, input, &l, e) >= 0;
}

static bool trust_kept_inputs(struct arena *a, struct str input, struct error *e)
{
	struct kept_inputs l;

	return kept_inputs_read(a, input, &l, e);
}

static bool trust_summary(struct arena *a, struct str input, struct error *e)
{
	struct summary s;

	return summary_read(a, input, &s, e);
}

static bool trust_provenance(struct arena *a, struct str input, struct error *e)
{
	struct digest list;

	return provenance_inputs(a, input, &list, e) >= 0;
}

static const struct growth_case trust_table[] = {
	{ "layer_facts_read", "facts about many layers", 200, "{\"form\":1,\"layers\":[",
	  FACTS_LAYER, "]}", .run = trust_layer_facts },
	{ "layer_facts_read", "many members that nobody knows", 1000, "{", "\"k#\":\"v\",",
	  ",\"form\":1,\"layers\":[]}", .run = trust_layer_facts },
	{ "kept_inputs_read", "many files", 300,
	  "{\"format\":1,\"archive\":{\"sha256\":\"" HEX "abcdef\",\"size\":100},\"files\":[",
	  "{\"path\":\"repository/#\",\"sha256\":\"" HEX "#\",\"offset\":0,\"size\":0},", "]}",
	  .run = trust_kept_inputs },
	{ "summary_read", "many levels", 1000,
	  "{\"verifier\":{\"id\":\"x\"},\"timeVerified\":\"2026-01-02T03:04:05Z\","
	  "\"verificationResult\":\"PASSED\",\"verifiedLevels\":[",
	  "\"LEVEL_#\",", "]}", .run = trust_summary },
	{ "provenance_inputs", "many things that a build made", 500,
	  "{\"runDetails\":{\"byproducts\":[", "{\"mediaType\":\"text/x#\",\"name\":\"#\"},", "]}}",
	  .run = trust_provenance },
};
const struct growth_cases growth_trust_cases = { trust_table, ARRAY_SIZE(trust_table) };
