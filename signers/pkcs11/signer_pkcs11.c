/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild-signer-pkcs11: keys in PKCS#11 tokens for imgbuild (docs/how-to/sign.md).
 *
 * One question in JSON on standard input, one answer in JSON on standard output; what is wrong goes
 * to standard error. */

#include <stdio.h>
#include <unistd.h>

#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "format/text/base64.h"
#include "token.h"

#define QUESTION_MAX (512u << 20)

struct signer_question {
	const char *key, *algorithm, *message;
	struct str passphrase;
};

static bool signer_read(struct arena *a, struct str text, struct signer_question *out,
			struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;
	uint64_t protocol = 0;
	const char *passphrase;

	if (!json_parse("question", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_opt_u64(&root, "protocol", &protocol, e))
		return false;
	if (protocol != 1)
		return err_set(e, ERR_INPUT, "this program speaks protocol 1, not %llu",
			       (unsigned long long)protocol);
	out->key = jsonx_text(a, &root, "key");
	out->algorithm = jsonx_text(a, &root, "algorithm");
	out->message = jsonx_text(a, &root, "message");
	passphrase = jsonx_text(a, &root, "passphrase");
	if (passphrase)
		out->passphrase = str_of(passphrase);
	return out->key || err_set(e, ERR_INPUT, "the question names no key");
}

static bool signer_tell_key(struct arena *a, const struct token *t, struct jsonw *w,
			    struct error *e)
{
	const char *pem;

	if (!token_public_key(a, t, &pem, e))
		return false;
	jsonw_cstr(w, "public-key", pem);
	return true;
}

static bool signer_tell_signature(struct arena *a, const struct token *t,
				  const struct signer_question *q, struct jsonw *w, struct error *e)
{
	struct token_message m = { .ed25519 = false };
	struct str signature;

	if (!q->algorithm || !q->message || !base64_decode(a, str_of(q->message), &m.bytes))
		return err_set(e, ERR_INPUT, "the question lacks \"algorithm\" or \"message\"");
	m.ed25519 = strcmp(q->algorithm, "ed25519") == 0;
	if (!m.ed25519 && strcmp(q->algorithm, "ecdsa-p256-sha256") != 0)
		return err_set(e, ERR_INPUT, "\"%s\" is not an algorithm of protocol 1",
			       q->algorithm);
	if (!token_sign(a, t, &m, &signature, e))
		return false;
	jsonw_cstr(w, "signature", base64_encode(a, signature));
	return true;
}

static bool signer_answer(struct arena *a, const char *verb, struct str question, struct buf *out,
			  struct error *e)
{
	struct signer_question q = { .key = NULL };
	struct token t = { .uri = NULL };
	struct jsonw w;
	bool ok;

	if (!signer_read(a, question, &q, e))
		return false;
	jsonw_init(&w, out, false);
	jsonw_object(&w, NULL);
	ok = token_open(a, q.key, q.passphrase, &t, e) &&
	     (strcmp(verb, "sign") == 0 ? signer_tell_signature(a, &t, &q, &w, e)
					: signer_tell_key(a, &t, &w, e));
	token_close(&t);
	jsonw_object_end(&w);
	return ok;
}

static bool signer_take_question(struct buf *text, struct error *e)
{
	char block[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0)
		buf_add(text, (struct str){ block, (size_t)n });
	if (n < 0)
		return err_sys(e, "read the question");
	return !text->overflow ||
	       err_set(e, ERR_INPUT, "the question has more than %u bytes", QUESTION_MAX);
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = { 0 };
	struct buf question = { .a = &a, .max = QUESTION_MAX }, answer = { .a = &a };
	struct error e = { 0 };
	char message[2048];

	if (argc != 2 || (strcmp(argv[1], "public-key") != 0 && strcmp(argv[1], "sign") != 0)) {
		fputs("usage: imgbuild-signer-pkcs11 public-key|sign, with a question of imgbuild "
		      "on standard input\n",
		      stderr);
		return 2;
	}
	if (signer_take_question(&question, &e) &&
	    signer_answer(&a, argv[1], buf_str(&question), &answer, &e)) {
		puts(buf_cstr(&answer));
		if (fflush(stdout) == 0 && !ferror(stdout))
			return 0;
		err_set(&e, ERR_SYSTEM, "standard output cannot be written");
	}
	err_format(&e, message, sizeof(message));
	fprintf(stderr, "%s\n", message);
	return err_status(e.kind);
}
