/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4514: a distinguished name as text, last relative name first. Descriptors are those of RFC 4514 section 3 and of the IANA registry of
 * LDAP parameters; any other type is a dotted number with its value in hex. A byte that is not of its string type stands as a hex pair. */
#include "base/hash.h"
#include "base/text.h"
#include "signal/der.h"
#include "signal/x509.h"

enum { RDN_MAX = 64, ARC_BITS = 7, ARC_MORE = 0x80 };

struct writer {
	char *at;
	const char *end;
	bool full;
};

struct descriptor {
	const char *name;
	uint8_t oid_bytes;
	uint8_t oid[10];
};

static const struct descriptor descriptors[] = {
	{ "CN", 3, { 0x55, 4, 3 } },
	{ "sn", 3, { 0x55, 4, 4 } },
	{ "serialNumber", 3, { 0x55, 4, 5 } },
	{ "C", 3, { 0x55, 4, 6 } },
	{ "L", 3, { 0x55, 4, 7 } },
	{ "ST", 3, { 0x55, 4, 8 } },
	{ "STREET", 3, { 0x55, 4, 9 } },
	{ "O", 3, { 0x55, 4, 10 } },
	{ "OU", 3, { 0x55, 4, 11 } },
	{ "title", 3, { 0x55, 4, 12 } },
	{ "description", 3, { 0x55, 4, 13 } },
	{ "businessCategory", 3, { 0x55, 4, 15 } },
	{ "postalCode", 3, { 0x55, 4, 17 } },
	{ "name", 3, { 0x55, 4, 41 } },
	{ "givenName", 3, { 0x55, 4, 42 } },
	{ "initials", 3, { 0x55, 4, 43 } },
	{ "generationQualifier", 3, { 0x55, 4, 44 } },
	{ "dnQualifier", 3, { 0x55, 4, 46 } },
	{ "pseudonym", 3, { 0x55, 4, 65 } },
	{ "organizationIdentifier", 3, { 0x55, 4, 97 } },
	{ "UID", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1 } },
	{ "DC", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25 } },
	{ "emailAddress", 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1 } },
	{ "unstructuredName", 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 2 } },
};

static void put(struct writer *w, const void *bytes, size_t count)
{
	if (count > (size_t)(w->end - w->at)) {
		w->full = true;
		return;
	}
	memcpy(w->at, bytes, count);
	w->at += count;
}

static void put_pair(struct writer *w, const char *before, uint8_t byte)
{
	char hex[3];
	hash_hex(&byte, 1, hex);
	put(w, before, strlen(before));
	put(w, hex, 2);
}

static void put_hex(struct writer *w, struct cursor bytes)
{
	put(w, "#", 1);
	while (cursor_left(&bytes))
		put_pair(w, "", cursor_u8(&bytes));
}

/* X.690 section 8.19: base 128; the first two arcs share a number. */
static bool put_oid(struct writer *w, struct cursor oid)
{
	uint64_t arc = 0;
	bool first = true;
	if (!cursor_left(&oid) || (oid.end[-1] & ARC_MORE))
		return false;
	while (cursor_left(&oid)) {
		uint8_t octet = cursor_u8(&oid);
		if (arc > UINT64_MAX >> ARC_BITS)
			return false;
		arc = arc << ARC_BITS | (octet & ~ARC_MORE);
		if (octet & ARC_MORE)
			continue;
		char number[24];
		if (first) {
			uint64_t root = arc < 80 ? arc / 40 : 2;
			put(w, number, text_u64(root, number, sizeof number));
			arc -= root * 40;
		}
		put(w, ".", 1);
		put(w, number, text_u64(arc, number, sizeof number));
		first = false;
		arc = 0;
	}
	return true;
}

/* RFC 4514 section 2.4. `first` and `last` say where in its value the character stands. */
static void put_char(struct writer *w, const uint8_t *p, size_t count, bool first, bool last)
{
	bool edge = (first && (*p == ' ' || *p == '#')) || (last && *p == ' ');
	if (*p == '\0') {
		put_pair(w, "\\", 0);
		return;
	}
	if (edge || strchr("\"+,;<>\\", *p))
		put(w, "\\", 1);
	put(w, p, count);
}

/* A code point of at most 0x10ffff as UTF-8 (RFC 3629 section 3). */
static size_t utf8_encode(uint32_t code, uint8_t out[static 4])
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = count; i-- > 1; code >>= 6)
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
	out[0] = (uint8_t)(count > 1 ? lead[count] | code : code);
	return count;
}

/* The next code point of a BMPString (a UTF-16 surrogate pair counts as one), UniversalString or T61String (read as Latin-1). */
static uint32_t code_next(struct cursor *c, uint8_t tag)
{
	if (tag == DER_T61)
		return cursor_u8(c);
	if (tag == DER_UNIVERSAL)
		return cursor_be32(c);
	uint32_t code = cursor_be16(c);
	if (code >> 10 != 0xd800 >> 10 || cursor_left(c) < 2 || (c->p[0] & 0xfc) != 0xdc)
		return code;
	return 0x10000 + ((code & 0x3ff) << 10 | (cursor_be16(c) & 0x3ff));
}

static bool put_wide(struct writer *w, struct cursor value, uint8_t tag)
{
	for (bool first = true; cursor_left(&value); first = false) {
		uint32_t code = code_next(&value, tag);
		if (!cursor_ok(&value) || code > 0x10ffff || code >> 11 == 0xd800 >> 11)
			return false;
		uint8_t utf8[4];
		put_char(w, utf8, utf8_encode(code, utf8), first, !cursor_left(&value));
	}
	return true;
}

static void put_narrow(struct writer *w, struct cursor value)
{
	for (bool first = true; cursor_left(&value); first = false) {
		size_t count = text_utf8_char(value.p, value.end);
		const uint8_t *at = cursor_take(&value, count ? count : 1);
		if (count)
			put_char(w, at, count, first, !cursor_left(&value));
		else
			put_pair(w, "\\", *at);
	}
}

static bool put_value(struct writer *w, const struct der *value)
{
	switch (value->tag) {
	case DER_T61:
	case DER_BMP:
	case DER_UNIVERSAL:
		return put_wide(w, value->body, value->tag);
	case DER_UTF8:
	case DER_NUMERIC:
	case DER_PRINTABLE:
	case DER_IA5:
	case DER_VISIBLE:
		put_narrow(w, value->body);
		return true;
	default:
		put_hex(w, value->whole);
		return true;
	}
}

static const char *descriptor_of(const struct cursor *oid)
{
	for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
		if (cursor_left(oid) == descriptors[i].oid_bytes && memcmp(oid->p, descriptors[i].oid, descriptors[i].oid_bytes) == 0)
			return descriptors[i].name;
	}
	return NULL;
}

static bool put_attribute(struct writer *w, struct cursor c)
{
	struct der type, value;
	if (!der_expect(&c, DER_OID, &type) || !der_next(&c, &value))
		return false;
	const char *name = descriptor_of(&type.body);
	if (name) {
		put(w, name, strlen(name));
		put(w, "=", 1);
		return put_value(w, &value);
	}
	if (!put_oid(w, type.body))
		return false;
	put(w, "=", 1);
	put_hex(w, value.whole);
	return true;
}

static bool put_rdn(struct writer *w, struct cursor c)
{
	for (bool first = true; first || cursor_left(&c); first = false) {
		struct der attribute;
		if (!der_expect(&c, DER_SEQUENCE, &attribute))
			return false;
		if (!first)
			put(w, "+", 1);
		if (!put_attribute(w, attribute.body))
			return false;
	}
	return true;
}

bool x509_name_text(struct cursor name, char text[static X509_NAME_MAX_BYTES], size_t *bytes)
{
	struct der rdn[RDN_MAX];
	size_t count = 0;
	while (cursor_left(&name)) {
		if (count == RDN_MAX || !der_expect(&name, DER_SET, &rdn[count++]))
			return false;
	}
	struct writer w = { text, text + X509_NAME_MAX_BYTES, false };
	for (size_t i = count; i-- > 0;) {
		if (!put_rdn(&w, rdn[i].body))
			return false;
		if (i > 0)
			put(&w, ",", 1);
	}
	*bytes = (size_t)(w.at - text);
	return !w.full;
}
