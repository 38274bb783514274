/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and answers in JSON. Nothing that a program says is believed: a key is read as one of a
 * file is, and each signature is verified with it. */

#include "trust/key/signer_plugin.h"

#include "base/dialogue.h"
#include "base/digest.h"
#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "format/text/base64.h"

#define PROTOCOL 1
#define ANSWER_MAX (64u << 10)

/* The length of SCHEME, or 0. One letter is no scheme. */
static size_t plugin_scheme(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 1 && name[n] == ':' && name[0] >= 'a' && name[0] <= 'z' ? n : 0;
}

bool signer_plugin_names(const char *name)
{
	return plugin_scheme(name) > 0;
}

/* The question up to what is asked. */
static void plugin_begin(struct jsonw *w, struct buf *text, const char *name, struct str passphrase)
{
	jsonw_init(w, text, false);
	jsonw_object(w, NULL);
	jsonw_u64(w, "protocol", PROTOCOL);
	jsonw_cstr(w, "key", name);
	if (passphrase.p)
		jsonw_str(w, "passphrase", passphrase);
}

/* One run of the program; the member of its answer that is wanted. */
static bool plugin_ask(struct arena *a, const char *name, const char *verb, struct str question,
		       const char *member, const char **out, struct error *e)
{
	const char *program = arena_printf(a, "imgbuild-signer-%.*s", (int)plugin_scheme(name),
					   name);
	const char *const argv[] = { program, verb, NULL };
	struct dialogue_answer answer;
	struct error hidden = { 0 };
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!dialogue_run(a, &(struct dialogue){ argv, question, ANSWER_MAX }, &answer, e))
		return err_wrap(e, "key %s (a file of this name is ./%s)", name, name);
	if (!answer.done)
		return err_set(e, ERR_SYSTEM, "key %s: %s %s fails%s%s", name, program, verb,
			       answer.words ? " and says: " : "; it does not say why",
			       answer.words ? answer.words : "");
	if (!json_parse(program, answer.text, &doc, &hidden))
		return err_set(e, ERR_SYSTEM, "key %s: %s %s does not answer in JSON", name,
			       program, verb);
	root = json_root(&doc);
	*out = jsonx_text(a, &root, member);
	return *out || err_set(e, ERR_SYSTEM, "key %s: %s %s answers without \"%s\"", name, program,
			       verb, member);
}

static bool plugin_sign(struct arena *a, const struct key *k, struct str bytes, struct str *out,
			struct error *e)
{
	const struct digest d = digest_of(bytes);
	struct buf text = { .a = a };
	const char *signature;
	struct jsonw w;

	plugin_begin(&w, &text, k->file, k->passphrase);
	jsonw_cstr(&w, "algorithm", k->ed25519 ? "ed25519" : "ecdsa-p256-sha256");
	jsonw_cstr(&w, "message", base64_encode(a, bytes));
	jsonw_cstr(&w, "sha256", base64_encode(a, (struct str){ (const char *)d.b, sizeof(d.b) }));
	jsonw_object_end(&w);
	if (!plugin_ask(a, k->file, "sign", buf_str(&text), "signature", &signature, e))
		return false;
	if (!base64_decode(a, str_of(signature), out))
		return err_set(e, ERR_SYSTEM, "key %s: its signature is not base64", k->file);
	return key_verify(k, bytes, *out) ||
	       err_set(e, ERR_VERIFY,
		       "key %s: what its program gave is not a signature of this key; ECDSA is "
		       "wanted in DER (RFC 3279), Ed25519 as 64 bytes",
		       k->file);
}

bool signer_plugin_load(struct arena *a, const char *name, struct str passphrase, struct key *out,
			struct error *e)
{
	struct buf text = { .a = a };
	const char *pem;
	struct jsonw w;

	*out = (struct key){ .file = name };
	plugin_begin(&w, &text, name, passphrase);
	jsonw_object_end(&w);
	if (!plugin_ask(a, name, "public-key", buf_str(&text), "public-key", &pem, e) ||
	    !key_read_public(a, name, str_of(pem), out, e))
		return false;
	out->sign = plugin_sign;
	if (passphrase.p)
		out->passphrase = str_copy(a, passphrase);
	return true;
}
