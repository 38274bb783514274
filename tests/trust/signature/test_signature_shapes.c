/* SPDX-License-Identifier: Apache-2.0 */
/* What signatures are made of, with one thing wrong: every value, every member. The good ones are
 * cosign's. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_json_sweep.h"
#include "trust/signature/dsse.h"
#include "trust/signature/simple_signing.h"
#include "trust/signature/statement.h"

#define DATA "tests/data/signatures/"

static bool shape_read_bundle(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct dsse_bundle b;

	(void)of;
	return dsse_bundle_read(&a, text, &b, e);
}

static bool shape_read_statement(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct statement s;

	(void)of;
	return statement_read(&a, text, &s, e);
}

static bool shape_read_payload(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct simple_payload p;

	(void)of;
	return simple_payload_read(&a, text, &p, e);
}

static bool shape_read_layers(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct simple_layers l;

	(void)of;
	return simple_layers_read(&a, text, SIMPLE_PAYLOAD_TYPE, &l, e);
}

/* A certificate in place of the key's hint is told later: by the judge. */
Test(signatures, every_value_and_every_member_of_a_bundle_is_checked)
{
	static const char *const free_values[] = { "verificationMaterial",
						   "dsseEnvelope.signatures[].keyid", NULL };
	AUTO_ARENA a = { 0 };

	json_sweep(&(struct json_sweep){
		.text = files_get(&a, DATA "cosign3.bundle.json"),
		.read = shape_read_bundle,
		.optional = (const char *const[]){ "verificationMaterial.publicKey",
						   "verificationMaterial.publicKey.hint",
						   "verificationMaterial.tlogEntries",
						   "verificationMaterial.timestampVerificationData",
						   "dsseEnvelope.signatures[].keyid", NULL },
		.anything = free_values,
		.nulls = true,
		.open = true,
	});
}

Test(signatures, every_value_and_every_member_of_a_statement_is_checked)
{
	static const char *const free_values[] = { "predicate", "subject[].name", NULL };

	json_sweep(&(struct json_sweep){
		.text = "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"p\","
			"\"subject\":[{\"name\":\"n\",\"digest\":{\"sha256\":\"00\"}}],"
			"\"predicate\":{}}",
		.read = shape_read_statement,
		.optional = (const char *const[]){ "subject[].name", "predicate", NULL },
		.anything = free_values,
		.open = true,
		.no_places = true,
	});
}

Test(signatures, every_value_and_every_member_of_a_payload_is_checked)
{
	static const char *const free_values[] = { "optional", NULL };
	AUTO_ARENA a = { 0 };

	json_sweep(&(struct json_sweep){
		.text = files_get(&a, DATA "cosign2.payload.json"),
		.read = shape_read_payload,
		.optional = (const char *const[]){ "optional", NULL },
		.anything = free_values,
		.open = true,
	});
}

/* A layer of another kind is no signature, and none of its business. */
Test(signatures, every_value_and_every_member_of_a_list_of_layers_is_checked)
{
	static const char *const free_values[] = { "layers[].mediaType", "config", NULL };

	json_sweep(&(struct json_sweep){
		.text = "{\"config\":{},\"layers\":[{\"mediaType\":\"" SIMPLE_PAYLOAD_TYPE
			"\",\"digest\":\"sha256:0\",\"size\":1,\"annotations\":{"
			"\"" SIMPLE_SIGNATURE_NOTE "\":\"c2ln\"}}]}",
		.read = shape_read_layers,
		.optional = (const char *const[]){ "config", "layers[].mediaType", NULL },
		.anything = free_values,
		.open = true,
		.no_places = true,
	});
}
