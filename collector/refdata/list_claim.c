/* SPDX-License-Identifier: Apache-2.0 */
/* What a list says, as claims. */
#include "indicia/catalogue.h"
#include "refdata/list.h"
#include "refdata/network.h"

#include <string.h>

static uint16_t flags_of(unsigned kind)
{
	switch (kind) {
	case IND_CLAIM_TOR:
	case IND_CLAIM_VPN: return IND_CLAIM_ANONYMISER;
	case IND_CLAIM_HOSTS: return IND_CLAIM_HOSTING;
	default: return 0;
	}
}

static struct ind_text text_of(const struct pool *p, uint32_t number)
{
	size_t bytes = 0;
	const char *at = number ? pool_get(p, number, &bytes) : NULL;
	return (struct ind_text){ at, (uint16_t)bytes };
}

/* Of a routing table: a word of flags and the origins. */
static void origins_fill(const struct list *l, uint32_t value, struct ind_claim *c)
{
	size_t bytes;
	const uint32_t *words = pool_get(&l->pool, value, &bytes);
	size_t count = bytes / sizeof *words - 1;
	c->flags |= (uint16_t)words[0];
	c->asn = words[1];
	c->more_asn_count = (uint8_t)(count - 1);
	memcpy(c->more_asn, words + 2, (count - 1) * sizeof *words);
}

static void entry_fill(const struct list *l, uint32_t value, struct ind_claim *c)
{
	struct list_entry e = { 0 };
	size_t bytes;
	if (value)
		memcpy(&e, pool_get(&l->pool, value, &bytes), sizeof e);
	memcpy(c->registered_country, e.country, sizeof e.country);
	memcpy(c->grade, e.grade[0] ? e.grade : l->grade, sizeof e.grade);
	c->day = e.day;
	c->tlp = e.tlp;
	c->status = text_of(&l->pool, e.status);
	c->label = text_of(&l->pool, e.label);
	c->source = text_of(&l->pool, e.source);
}

static void claim_fill(const struct list *l, uint32_t value, struct ind_claim *c)
{
	*c = (struct ind_claim){ .kind = l->kind, .flags = flags_of(l->kind), .radius_km = IND_ABSENT_U32 };
	if (l->kind == IND_CLAIM_PFX2AS)
		origins_fill(l, value, c);
	else
		entry_fill(l, value, c);
}

/* Of indicators every entry counts: they come from different sources. Of all else the longest match is what the list says. */
static size_t matches_max(const struct list *l, size_t max)
{
	size_t most = l->kind == IND_CLAIM_IOC ? LIST_MATCHES_MAX : 1;
	return max < most ? max : most;
}

static size_t matches(const struct list *l, unsigned which, const uint32_t *key, struct ind_claim *claims, size_t max)
{
	const struct ranges *r = &l->ranges[which];
	size_t count = 0;
	uint32_t at = r->count && max ? ranges_find(r, key) : RANGES_NONE;
	for (; at != RANGES_NONE && count < max; at = ranges_around(r, at, key)) {
		claim_fill(l, ranges_value(r, at), &claims[count]);
		claims[count++].prefix_bits = (uint8_t)ranges_prefix(r, at, key);
	}
	return count;
}

size_t list_address(const struct list *l, unsigned ip_version, const uint8_t *addr, struct ind_claim *claims, size_t max)
{
	uint32_t key[RANGES_KEY_WORDS];
	if (l->kind == IND_CLAIM_RPKI) /* says nothing of an address, but of routes */
		return 0;
	network_key(ip_version, addr, key);
	return matches(l, ip_version == 4 ? LIST_IP4 : LIST_IP6, key, claims, matches_max(l, max));
}

size_t list_as(const struct list *l, uint32_t asn, struct ind_claim *claims, size_t max)
{
	size_t count = matches(l, LIST_AS, &asn, claims, matches_max(l, max));
	for (size_t i = 0; i < count; i++) {
		claims[i].kind = l->kind == IND_CLAIM_RIR ? IND_CLAIM_RIR_AS : l->kind;
		claims[i].asn = asn;
		claims[i].prefix_bits = 0;
	}
	return count;
}

bool list_is_name(unsigned signal) { return signal == IND_SIG_TLS_SNI || signal == IND_SIG_HTTP_HOST || signal == IND_SIG_DNS_QNAME; }

static uint32_t value_find(const struct list *l, uint8_t what, const char *value, size_t bytes)
{
	uint8_t key[1 + IND_VALUE_MAX_BYTES];
	key[0] = what;
	for (size_t i = 0; i < bytes; i++)
		key[1 + i] = (uint8_t)(value[i] >= 'A' && value[i] <= 'Z' ? value[i] - 'A' + 'a' : value[i]);
	return pool_find(&l->values, key, 1 + bytes);
}

/* "example.org:8080" without the port. */
static size_t host_bytes(const char *value, size_t bytes)
{
	size_t end = bytes;
	while (end && value[end - 1] >= '0' && value[end - 1] <= '9')
		end--;
	return end && end < bytes && value[end - 1] == ':' ? end - 1 : bytes;
}

static size_t entries_claim(const struct list *l, uint32_t found, unsigned signal, struct ind_claim *claims, size_t max)
{
	size_t count = 0;
	for (uint32_t at = found ? pool_mark(&l->values, found) : 0; at && count < max && count < LIST_MATCHES_MAX; count++) {
		struct list_entry e;
		size_t entry_bytes;
		memcpy(&e, pool_get(&l->pool, at, &entry_bytes), sizeof e);
		claim_fill(l, at, &claims[count]);
		claims[count].signal = (uint8_t)signal;
		claims[count].indicator = text_of(&l->values, found);
		claims[count].indicator.at++;
		claims[count].indicator.bytes--;
		at = e.next;
	}
	return count;
}

size_t list_value(const struct list *l, unsigned signal, const char *value, size_t bytes, struct ind_claim *claims, size_t max)
{
	if (bytes > IND_VALUE_MAX_BYTES || signal >= 64 * IND_SIGNAL_SET_WORDS || !ind_signal_set_has(l->signals, signal))
		return 0;
	size_t count = entries_claim(l, value_find(l, (uint8_t)signal, value, bytes), signal, claims, max);
	if (!list_is_name(signal))
		return count;
	uint32_t found = value_find(l, LIST_NAME, value, signal == IND_SIG_HTTP_HOST ? host_bytes(value, bytes) : bytes);
	return count + entries_claim(l, found, signal, claims + count, max - count);
}
