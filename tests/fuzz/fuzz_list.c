/* SPDX-License-Identifier: Apache-2.0 */
/* Lists: the first byte says of what kind, and whether the .meta has a date, the rest is the file. Whatever it holds, it is read or refused
 * with one line, and every look-up ends with claims that a bundle can hold. */
#include "base/gunzip.h"
#include "indicia/catalogue.h"
#include "refdata/list.h"
#include "refdata/unpack.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claims_check(const struct ind_claim *claims, size_t count, unsigned ip_version)
{
	if (count > 2 * LIST_MATCHES_MAX)
		abort();
	for (size_t i = 0; i < count; i++) {
		const struct ind_claim *c = &claims[i];
		bool listed = c->kind > IND_CLAIM_DATABASE && c->kind < IND_CLAIM_KIND_COUNT && c->tlp < IND_TLP_COUNT;
		bool texts = c->label.bytes <= IND_VALUE_MAX_BYTES && c->source.bytes <= IND_VALUE_MAX_BYTES &&
			c->status.bytes <= IND_VALUE_MAX_BYTES && c->indicator.bytes <= IND_VALUE_MAX_BYTES;
		if (!listed || !texts || c->prefix_bits > (ip_version == 4 ? 32 : 128) || c->more_asn_count > IND_CLAIM_MORE_ASNS || !c->signal != !c->indicator.bytes)
			abort();
	}
}

static void origin_check(const struct list *l, const uint8_t addr[static 16], uint32_t asn)
{
	struct ind_claim route = { .kind = IND_CLAIM_PFX2AS, .ip_version = addr[15] % 2 ? 4 : 6, .prefix_bits = addr[15] % 33 };
	memcpy(route.addr, addr, route.ip_version == 4 ? 4 : 16);
	const char *state = l->kind == IND_CLAIM_RPKI ? list_origin_state(l, &route, asn) : NULL;
	if (state && strcmp(state, "valid") != 0 && strcmp(state, "invalid") != 0)
		abort();
}

/* Addresses are taken from the input too: what it lists is likely to be near them. */
static void ask(const struct list *l, const uint8_t *data, size_t size)
{
	struct ind_claim claims[2 * LIST_MATCHES_MAX];
	uint8_t addr[16] = { 192, 0, 2, 1 };
	claims_check(claims, list_address(l, 4, addr, claims, 2 * LIST_MATCHES_MAX), 4);
	for (size_t at = 0; at + sizeof addr <= size && at < 64 * sizeof addr; at += sizeof addr) {
		uint32_t asn;
		memcpy(addr, data + at, sizeof addr);
		memcpy(&asn, addr, sizeof asn);
		claims_check(claims, list_address(l, 4, addr, claims, 2 * LIST_MATCHES_MAX), 4);
		claims_check(claims, list_address(l, 6, addr, claims, 2 * LIST_MATCHES_MAX), 6);
		claims_check(claims, list_as(l, asn, claims, 2 * LIST_MATCHES_MAX), 6);
		origin_check(l, addr, asn);
		claims_check(claims, list_value(l, IND_SIG_TLS_SNI, (const char *)addr, sizeof addr, claims, 2 * LIST_MATCHES_MAX), 6);
	}
	for (unsigned i = 0; i < LIST_RANGES_COUNT; i++)
		for (size_t at = 0; at < l->ranges[i].count; at++)
			if (ranges_find(&l->ranges[i], l->ranges[i].words + at * (2 * l->ranges[i].width + 2)) == RANGES_NONE)
				abort();
}

/* Nothing but the bound matters here: what is unpacked is read as any other list. */
static void unpack_any(const char *text, size_t bytes)
{
	enum { UNPACKED_MAX = 1 << 16 };
	char *out;
	size_t got;
	if (!gunzip_begins(text, bytes) || unpack(text, bytes, UNPACKED_MAX, &out, &got))
		return;
	if (got > UNPACKED_MAX)
		abort();
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t kinds[] = { IND_CLAIM_RIR, IND_CLAIM_PFX2AS, IND_CLAIM_TOR, IND_CLAIM_VPN, IND_CLAIM_HOSTS, IND_CLAIM_SCANNER, IND_CLAIM_IOC, IND_CLAIM_RPKI };
	struct list list;
	struct complaint complaint;
	char error[LIST_NOTE_BYTES] = "";
	if (size == 0)
		return 0;
	const char *text = (const char *)data + 1;
	unpack_any(text, size - 1);
	struct meta meta, kind = { .kind = kinds[data[0] % sizeof kinds], .date_s = data[0] / sizeof kinds % 2 ? 0 : 1 };
	if (meta_read(text, size - 1, &meta, &complaint) && (!complaint.why || !complaint.line))
		abort();
	if (list_read(&list, "fuzz", &kind, text, size - 1, error)) {
		if (!error[0] || strchr(error, '\n'))
			abort();
		return 0;
	}
	ask(&list, data, size);
	list_free(&list);
	return 0;
}
