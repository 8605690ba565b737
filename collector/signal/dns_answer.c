/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"
#include "base/text.h"

/* Resource records: RFC 1035 sections 3.2 and 3.3; AAAA RFC 3596, SRV RFC 2782, unknown types RFC 3597 section 5. */

enum { ANSWERS_MAX = 32, TEXT_MAX_BYTES = 64, VALUE_MAX_BYTES = 2 * DNS_NAME_MAX_BYTES + 64 };

enum type { TYPE_A = 1, TYPE_NS = 2, TYPE_CNAME = 5, TYPE_PTR = 12, TYPE_MX = 15, TYPE_TXT = 16, TYPE_AAAA = 28, TYPE_SRV = 33 };

struct record {
	struct dns_name name;
	uint16_t type;
	struct cursor data;
};

struct value { size_t used; char text[VALUE_MAX_BYTES]; };

static const struct { uint16_t type; char name[11]; } type_names[] = {
	{ TYPE_A, "A" }, { TYPE_AAAA, "AAAA" }, { TYPE_CNAME, "CNAME" }, { TYPE_PTR, "PTR" }, { TYPE_NS, "NS" }, { TYPE_MX, "MX" },
	{ TYPE_TXT, "TXT" }, { TYPE_SRV, "SRV" }, { 65, "HTTPS" }, { 64, "SVCB" }, { 6, "SOA" }, { 13, "HINFO" }, { 35, "NAPTR" }, { 39, "DNAME" },
	{ 43, "DS" }, { 44, "SSHFP" }, { 46, "RRSIG" }, { 47, "NSEC" }, { 48, "DNSKEY" }, { 50, "NSEC3" }, { 51, "NSEC3PARAM" }, { 52, "TLSA" },
	{ 99, "SPF" }, { 249, "TKEY" }, { 250, "TSIG" }, { 257, "CAA" },
};

/* The pieces together stay below VALUE_MAX_BYTES: two names, a type, three numbers or one text. */
static void put(struct value *value, const void *bytes, size_t count)
{
	if (count > sizeof(value->text) - value->used)
		return;
	memcpy(value->text + value->used, bytes, count);
	value->used += count;
}

static void put_number(struct value *value, unsigned number)
{
	char text[12];
	put(value, text, text_u64(number, text, sizeof(text)));
}

static void put_type(struct value *value, unsigned type)
{
	put(value, " ", 1);
	for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		if (type_names[i].type == type) {
			put(value, type_names[i].name, strlen(type_names[i].name));
			return;
		}
	}
	put(value, "TYPE", 4);
	put_number(value, type);
}

static void put_addr(struct value *value, unsigned ip_version, struct cursor data)
{
	char text[48];
	const uint8_t *addr = cursor_take(&data, ip_version == 4 ? 4 : 16);
	if (!addr)
		return;
	put(value, " ", 1);
	put(value, text, text_addr(ip_version, addr, text, sizeof(text)));
}

/* So many 16-bit numbers, then a name. */
static void put_numbers_and_name(struct value *value, unsigned numbers, struct cursor message, struct cursor data)
{
	struct dns_name name;
	size_t used = value->used;
	for (unsigned i = 0; i < numbers; i++) {
		put(value, " ", 1);
		put_number(value, cursor_be16(&data));
	}
	if (!cursor_ok(&data) || dns_name_read(message, &data, &name) != DNS_OK) {
		value->used = used;
		return;
	}
	put(value, " ", 1);
	put(value, name.text, name.bytes);
}

static void put_strings(struct value *value, struct cursor data)
{
	size_t room = TEXT_MAX_BYTES;
	put(value, " ", 1);
	while (cursor_left(&data) && room) {
		struct cursor string = cursor_sub8(&data);
		size_t bytes = cursor_left(&string) < room ? cursor_left(&string) : room;
		if (bytes)
			put(value, string.p, bytes);
		room -= bytes;
	}
}

static void put_data(struct value *value, struct cursor message, const struct record *record)
{
	switch (record->type) {
	case TYPE_A:
		put_addr(value, 4, record->data);
		break;
	case TYPE_AAAA:
		put_addr(value, 6, record->data);
		break;
	case TYPE_NS: case TYPE_CNAME: case TYPE_PTR:
		put_numbers_and_name(value, 0, message, record->data);
		break;
	case TYPE_MX:
		put_numbers_and_name(value, 1, message, record->data);
		break;
	case TYPE_SRV:
		put_numbers_and_name(value, 3, message, record->data);
		break;
	case TYPE_TXT:
		put_strings(value, record->data);
		break;
	default:
		break;
	}
}

static enum dns_outcome record_read(struct cursor message, struct cursor *at, struct record *record)
{
	enum dns_outcome outcome = dns_name_read(message, at, &record->name);
	if (outcome != DNS_OK)
		return outcome;
	record->type = cursor_be16(at);
	cursor_skip(at, 6); /* class, time to live */
	record->data = cursor_sub16(at);
	return cursor_ok(at) ? DNS_OK : DNS_SHORT;
}

enum dns_outcome dns_answers_see(struct signal_ctx *ctx, struct cursor message, struct cursor *at, unsigned count, unsigned *found)
{
	struct record record;
	for (unsigned i = 0; i < count && i < ANSWERS_MAX; i++) {
		struct value value;
		enum dns_outcome outcome = record_read(message, at, &record);
		if (outcome != DNS_OK)
			return outcome;
		value.used = 0;
		put(&value, record.name.text, record.name.bytes);
		put_type(&value, record.type);
		put_data(&value, message, &record);
		signal_put_wire(ctx, IND_SIG_DNS_ANSWER, IND_SERVER, value.text, value.used);
		(*found)++;
	}
	return DNS_OK;
}
