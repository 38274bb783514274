/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and the objects in them. Sessions are closed by C_Finalize, too. */

#include "token.h"

#include <string.h>

#include "base/digest.h"
#include "point.h"

#define SLOTS_MAX 64
#define VALUE_MAX 512
#define ATTRIBUTES_MAX 8

#ifndef CKM_EDDSA /* PKCS#11 3.0 */
#define CKM_EDDSA 0x1057UL
#endif

/* What a module refused to do. */
static bool token_fail(const char *what, CK_RV rv, struct error *e)
{
	return err_set(e, ERR_SYSTEM, "%s: %s", what, p11_kit_strerror(rv));
}

static bool token_read_uri(const char *text, struct token *t, struct error *e)
{
	int got;

	t->uri = p11_kit_uri_new();
	got = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, t->uri);
	if (got != P11_KIT_URI_OK)
		return err_set(e, ERR_INPUT, "%s: %s (RFC 7512)", text, p11_kit_uri_message(got));
	if (p11_kit_uri_any_unrecognized(t->uri))
		return err_set(e, ERR_INPUT, "%s has an attribute that is not known", text);
	if (p11_kit_uri_get_pin_value(t->uri) || p11_kit_uri_get_pin_source(t->uri))
		return err_set(e, ERR_INPUT,
			       "a PIN is not part of the URI: give it with --passphrase-file or "
			       "$IMGBUILD_PASSPHRASE");
	return true;
}

static bool token_load_modules(struct token *t, struct error *e)
{
	const char *path = p11_kit_uri_get_module_path(t->uri);
	CK_RV rv;

	if (!path) {
		t->all = p11_kit_modules_load_and_initialize(0);
		return t->all ||
		       err_set(e, ERR_SYSTEM, "load the configured modules: %s", p11_kit_message());
	}
	t->one = p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL);
	if (!t->one)
		return err_set(e, ERR_SYSTEM, "load %s: %s", path, p11_kit_message());
	rv = p11_kit_module_initialize(t->one);
	return rv == CKR_OK || token_fail(path, rv, e);
}

/* The names of tokens end with blanks. */
static const char *token_label(struct arena *a, const CK_TOKEN_INFO *info)
{
	return str_dup(a, str_trim((struct str){ (const char *)info->label, sizeof(info->label) }));
}

/* Opens each token of a module that fits; *found counts them. */
static bool token_try_module(struct arena *a, struct token *t, CK_FUNCTION_LIST *m, unsigned *found,
			     struct error *e)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG n = SLOTS_MAX;
	CK_TOKEN_INFO info;
	CK_RV rv = m->C_GetSlotList(CK_TRUE, slots, &n);

	if (rv != CKR_OK)
		return token_fail("list the slots", rv, e);
	for (CK_ULONG i = 0; i < n; i++) {
		if (m->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    !(info.flags & CKF_TOKEN_INITIALIZED) ||
		    p11_kit_uri_match_token_info(t->uri, &info) != 1)
			continue;
		if ((*found)++)
			continue;
		rv = m->C_OpenSession(slots[i], CKF_SERIAL_SESSION, NULL, NULL, &t->session);
		if (rv != CKR_OK)
			return token_fail("open a session", rv, e);
		t->open = true;
		t->module = m;
		t->name = token_label(a, &info);
	}
	return true;
}

static bool token_login(const struct token *t, struct str pin, struct error *e)
{
	CK_RV rv;

	if (!pin.p)
		return true;
	rv = t->module->C_Login(t->session, CKU_USER, (CK_UTF8CHAR_PTR)(uintptr_t)pin.p, pin.n);
	if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
		return true;
	return token_fail(t->name, rv, e);
}

bool token_open(struct arena *a, const char *uri, struct str pin, struct token *t, struct error *e)
{
	CK_FUNCTION_LIST *one[2] = { NULL, NULL }, **all;
	unsigned found = 0;

	*t = (struct token){ .uri = NULL };
	if (!token_read_uri(uri, t, e) || !token_load_modules(t, e))
		return false;
	one[0] = t->one;
	all = t->all ? t->all : one;
	for (size_t i = 0; all[i]; i++) {
		if (!token_try_module(a, t, all[i], &found, e))
			return false;
	}
	if (found != 1)
		return err_set(e, ERR_INPUT, "%u tokens fit %s; one must", found, uri);
	return token_login(t, pin, e);
}

void token_close(struct token *t)
{
	if (t->open)
		t->module->C_CloseSession(t->session);
	if (t->one) {
		p11_kit_module_finalize(t->one);
		p11_kit_module_release(t->one);
	}
	if (t->all)
		p11_kit_modules_finalize_and_release(t->all);
	if (t->uri)
		p11_kit_uri_free(t->uri);
	*t = (struct token){ .uri = NULL };
}

/* The one object of this class that the URI names. */
static bool token_find(const struct token *t, CK_OBJECT_CLASS class, const char *what,
		       CK_OBJECT_HANDLE *out, struct error *e)
{
	CK_ULONG given = 0, n = 0;
	CK_ATTRIBUTE *from = p11_kit_uri_get_attributes(t->uri, &given);
	CK_ATTRIBUTE wanted[ATTRIBUTES_MAX] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE found[2];
	CK_ULONG used = 1;
	CK_RV rv;

	for (CK_ULONG i = 0; i < given && used < ATTRIBUTES_MAX; i++) {
		if (from[i].type != CKA_CLASS)
			wanted[used++] = from[i];
	}
	rv = t->module->C_FindObjectsInit(t->session, wanted, used);
	if (rv == CKR_OK)
		rv = t->module->C_FindObjects(t->session, found, 2, &n);
	if (rv != CKR_OK)
		return token_fail("look for the key", rv, e);
	t->module->C_FindObjectsFinal(t->session);
	*out = found[0];
	if (n == 1)
		return true;
	return err_set(e, ERR_INPUT, "token %s has %s %s that fits%s", t->name,
		       n ? "more than one" : "no", what,
		       n ? "; name it by object= or id=" : "; is its PIN missing?");
}

static bool token_value(struct arena *a, const struct token *t, CK_OBJECT_HANDLE object,
			CK_ATTRIBUTE_TYPE type, struct str *out, struct error *e)
{
	char *bytes = arena_alloc(a, VALUE_MAX);
	CK_ATTRIBUTE value = { type, bytes, VALUE_MAX };
	CK_RV rv = t->module->C_GetAttributeValue(t->session, object, &value, 1);

	if (rv != CKR_OK)
		return token_fail("read the public key", rv, e);
	*out = (struct str){ bytes, value.ulValueLen };
	return true;
}

bool token_public_key(struct arena *a, const struct token *t, const char **pem, struct error *e)
{
	CK_OBJECT_HANDLE key;
	struct str curve, point;

	return token_find(t, CKO_PUBLIC_KEY, "public key", &key, e) &&
	       token_value(a, t, key, CKA_EC_PARAMS, &curve, e) &&
	       token_value(a, t, key, CKA_EC_POINT, &point, e) &&
	       point_pem(a, curve, point, pem, e);
}

bool token_sign(struct arena *a, const struct token *t, const struct token_message *m,
		struct str *out, struct error *e)
{
	CK_MECHANISM how = { m->ed25519 ? CKM_EDDSA : CKM_ECDSA, NULL, 0 };
	struct digest d = digest_of(m->bytes);
	const struct str bytes = m->ed25519 ? m->bytes
					    : (struct str){ (const char *)d.b, sizeof(d.b) };
	CK_BYTE *raw = arena_alloc(a, VALUE_MAX);
	CK_ULONG n = VALUE_MAX;
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	if (!token_find(t, CKO_PRIVATE_KEY, "private key", &key, e))
		return false;
	rv = t->module->C_SignInit(t->session, &how, key);
	if (rv == CKR_OK)
		rv = t->module->C_Sign(t->session, (CK_BYTE_PTR)(uintptr_t)bytes.p, bytes.n, raw,
				       &n);
	if (rv != CKR_OK)
		return token_fail("sign", rv, e);
	*out = (struct str){ (const char *)raw, n };
	return m->ed25519 || point_signature_der(a, *out, out, e);
}
