/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md sections 5 and 10: a core or part is what its table says, to the last byte, with values that the columns admit. */
#include "bundle/opened.h"

#include "base/cursor.h"
#include "indicia/catalogue.h"
#include <string.h>

enum { PREFIX_4_BYTES = 3, PREFIX_6_BYTES = 6, CLAIM_FLAGS_MAX = 63, CLAIMS_MAX = 15, FLOW_PATH = 4, FLOW_NAMES = 5 };

unsigned row_groups(enum row_kind kind)
{
	static const uint8_t groups[ROW_KIND_END] = { [ROW_FLOW] = 6, [ROW_EXHIBIT] = 1, [ROW_CLAIM] = 4, [ROW_ORIGIN] = 4 };
	return groups[kind];
}

void opened_scratch_free(struct opened_scratch *s)
{
	buffer_free(&s->signals);
	buffer_free(&s->places);
}

static bool has(const struct opened *o, unsigned group) { return o->groups >> group & 1; }

static struct cursor part_of(const struct opened *o, unsigned group) { return cursor_of(o->part[group].at, o->part[group].bytes); }

/* Everything was read, and nothing more. */
static bool done(const struct cursor *c) { return cursor_ok(c) && cursor_left(c) == 0; }

static bool version_ok(unsigned ip_version) { return ip_version == 4 || ip_version == 6; }

static bool bytes_get(struct cursor *c, void *out, size_t count)
{
	const uint8_t *at = cursor_take(c, count);
	if (at)
		memcpy(out, at, count);
	return at != NULL;
}

/* The groups `first` and `first` + 1: network, and the rest of the address with the port if it has one. */
static bool address_get(const struct opened *o, unsigned first, unsigned ip_version, uint8_t *addr, uint16_t *port)
{
	size_t prefix = ip_version == 4 ? PREFIX_4_BYTES : PREFIX_6_BYTES;
	if (has(o, first)) {
		struct cursor c = part_of(o, first);
		if (!bytes_get(&c, addr, prefix) || !done(&c))
			return false;
	}
	if (!has(o, first + 1))
		return true;
	struct cursor c = part_of(o, first + 1);
	bool ok = bytes_get(&c, addr + prefix, address_bytes(ip_version) - prefix);
	if (port)
		*port = cursor_be16(&c);
	return ok && done(&c);
}

static bool flow_core_get(const struct opened *o, struct ind_flow *f)
{
	struct cursor c = cursor_of(o->core, o->core_bytes);
	f->serial = cursor_be64(&c);
	f->parent = cursor_be64(&c);
	f->start_ns = cursor_be64(&c);
	f->end_ns = f->start_ns + cursor_be64(&c);
	f->ip_version = cursor_u8(&c);
	f->proto = cursor_u8(&c);
	unsigned orient = cursor_u8(&c);
	f->orient = orient & (FLOW_NO_PORTS - 1);
	f->no_ports = (orient & FLOW_NO_PORTS) != 0;
	f->validated = cursor_u8(&c);
	f->end_reason = cursor_u8(&c);
	for (unsigned dir = 0; dir < 2; dir++) {
		f->packets[dir] = cursor_be64(&c);
		f->bytes[dir] = cursor_be64(&c);
		f->payload[dir] = cursor_be64(&c);
		f->fragments[dir] = cursor_be32(&c);
		f->tcp_flags[dir] = cursor_u8(&c);
	}
	return done(&c) && version_ok(f->ip_version) && orient < 2 * FLOW_NO_PORTS && f->validated <= IND_VALID_ONE_WAY && f->end_reason <= IND_END_REUSED;
}

static bool lists_get(struct cursor *c, struct ind_flow *f)
{
	f->vlan_count = cursor_u8(c);
	if (f->vlan_count > IND_VLAN_MAX)
		return false;
	for (size_t i = 0; i < f->vlan_count; i++)
		f->vlan[i] = cursor_be16(c);
	f->tunnel_count = cursor_u8(c);
	if (f->tunnel_count > IND_TUNNEL_MAX)
		return false;
	for (size_t i = 0; i < f->tunnel_count; i++) {
		f->tunnel[i] = cursor_u8(c);
		if (f->tunnel[i] >= IND_TUNNEL_COUNT)
			return false;
	}
	return true;
}

static bool path_get(struct cursor *c, struct ind_flow *f)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		f->ttl_min[dir] = cursor_u8(c);
		f->ttl_max[dir] = cursor_u8(c);
	}
	f->retransmits[IND_SRC] = cursor_be32(c);
	f->retransmits[IND_DST] = cursor_be32(c);
	f->client_rtt_us = cursor_be32(c);
	f->server_rtt_us = cursor_be32(c);
	f->carries = cursor_u8(c);
	return f->carries < IND_TUNNEL_COUNT && lists_get(c, f);
}

static bool signal_get(struct cursor *c, unsigned group_bit, uint16_t *place, struct ind_signal *s)
{
	*place = cursor_be16(c);
	uint16_t id = cursor_be16(c);
	unsigned bits = cursor_u8(c);
	const struct ind_signal_info *info = ind_signal_info(id);
	*s = (struct ind_signal){
		.id = id,
		.side = bits & SIGNAL_BIT_SIDE ? IND_SERVER : IND_CLIENT,
		.from = bits & SIGNAL_BIT_FROM ? IND_DST : IND_SRC,
		.flags = bits & SIGNAL_BIT_CUT ? IND_SIGNAL_CUT : 0,
	};
	s->time_ns = cursor_be64(c);
	s->packet = cursor_be64(c);
	s->value_bytes = cursor_be16(c);
	if (s->value_bytes > IND_VALUE_MAX_BYTES)
		return false;
	const uint8_t *value = cursor_take(c, s->value_bytes);
	s->value = value ? (const char *)value : "";
	if (bits & SIGNAL_BIT_CUT)
		s->sha256 = cursor_take(c, IND_SHA256_BYTES);
	return cursor_ok(c) && id >= 1 && id < IND_SIGNAL_ID_END && (!info || info->recorded != IND_DERIVED) && *place < FLOW_SIGNALS_MAX &&
		bits <= (SIGNAL_BIT_SIDE | SIGNAL_BIT_FROM | SIGNAL_BIT_CUT | SIGNAL_BIT_NAMES) && (bits & SIGNAL_BIT_NAMES) == group_bit;
}

/* The signals of one group, ascending by place, behind those of the record so far. */
static enum ind_err signals_get(struct cursor *c, unsigned group_bit, struct opened_scratch *s, size_t *count)
{
	size_t more = cursor_be16(c);
	int before = -1;
	if (more > FLOW_SIGNALS_MAX)
		return IND_MALFORMED;
	if (!buffer_reserve(&s->signals, (*count + more + 1) * sizeof(struct ind_signal)) || !buffer_reserve(&s->places, (*count + more + 1) * sizeof(uint16_t)))
		return IND_NOMEM;
	struct ind_signal *signals = (struct ind_signal *)(void *)s->signals.at;
	uint16_t *places = (uint16_t *)(void *)s->places.at;
	for (; more; more--, ++*count) {
		if (!signal_get(c, group_bit, &places[*count], &signals[*count]) || places[*count] <= before)
			return IND_MALFORMED;
		before = places[*count];
	}
	return done(c) ? IND_OK : IND_MALFORMED;
}

/* Two ascending runs become one, behind them; each place of 0, 1, 2, … is in exactly one of them. */
static enum ind_err places_merge(struct opened_scratch *s, size_t first, size_t count)
{
	size_t a = 0, b = first;
	if (count > FLOW_SIGNALS_MAX)
		return IND_MALFORMED;
	if (!buffer_reserve(&s->signals, (2 * count + 1) * sizeof(struct ind_signal)))
		return IND_NOMEM;
	struct ind_signal *signals = (struct ind_signal *)(void *)s->signals.at, *merged = signals + count;
	uint16_t *places = (uint16_t *)(void *)s->places.at;
	for (size_t place = 0; place < count; place++) {
		if (a < first && places[a] == place)
			merged[place] = signals[a++];
		else if (b < count && places[b] == place)
			merged[place] = signals[b++];
		else
			return IND_MALFORMED;
	}
	for (size_t place = 0; place < count; place++)
		places[place] = (uint16_t)place;
	return IND_OK;
}

static enum ind_err flow_signals_get(const struct opened *o, struct ind_disclosed *out, struct opened_scratch *s)
{
	size_t count = 0, of_path = 0;
	if (has(o, FLOW_PATH)) {
		struct cursor c = part_of(o, FLOW_PATH);
		enum ind_err err = path_get(&c, &out->record.flow.flow) ? signals_get(&c, 0, s, &count) : IND_MALFORMED;
		if (err != IND_OK)
			return err;
		of_path = count;
	}
	if (has(o, FLOW_NAMES)) {
		struct cursor c = part_of(o, FLOW_NAMES);
		enum ind_err err = signals_get(&c, SIGNAL_BIT_NAMES, s, &count);
		if (err != IND_OK)
			return err;
	}
	bool both = has(o, FLOW_PATH) && has(o, FLOW_NAMES);
	enum ind_err err = both ? places_merge(s, of_path, count) : IND_OK;
	if (err != IND_OK || count == 0)
		return err;
	out->record.flow.signals = (const struct ind_signal *)(const void *)s->signals.at + (both ? count : 0);
	out->record.flow.signal_count = count;
	out->places = (const uint16_t *)(const void *)s->places.at;
	return IND_OK;
}

static enum ind_err flow_opened(const struct opened *o, struct opened_scratch *s, struct ind_disclosed *out)
{
	struct ind_flow *f = &out->record.flow.flow;
	*f = (struct ind_flow){ .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32 };
	out->record.flow.signals = NULL;
	out->record.flow.signal_count = 0;
	if (!flow_core_get(o, f) || !address_get(o, 0, f->ip_version, f->addr[IND_SRC], &f->port[IND_SRC]) ||
		!address_get(o, 2, f->ip_version, f->addr[IND_DST], &f->port[IND_DST]))
		return IND_MALFORMED;
	return flow_signals_get(o, out, s);
}

static bool exhibit_opened(const struct opened *o, struct ind_exhibit *e)
{
	struct cursor c = cursor_of(o->core, o->core_bytes);
	*e = (struct ind_exhibit){ .flow_serial = cursor_be64(&c) };
	e->time_ns = cursor_be64(&c);
	e->packet = cursor_be64(&c);
	e->from = cursor_u8(&c);
	e->side = cursor_u8(&c);
	e->kind = cursor_u8(&c);
	e->masked = cursor_u8(&c);
	e->bytes_count = cursor_be16(&c);
	e->bytes = has(o, 0) && !o->part[0].bytes ? (const uint8_t *)"" : o->part[0].at;
	return done(&c) && exhibit_check(e) == IND_OK && (!has(o, 0) || o->part[0].bytes == e->bytes_count);
}

static void text_get(struct cursor *c, struct ind_text *text)
{
	text->bytes = cursor_be16(c);
	text->at = (const char *)cursor_take(c, text->bytes);
}

static void claim_texts_get(struct cursor *c, struct ind_claim *claim)
{
	text_get(c, &claim->region);
	text_get(c, &claim->city);
	text_get(c, &claim->timezone);
	text_get(c, &claim->holder);
	text_get(c, &claim->status);
	text_get(c, &claim->source);
	text_get(c, &claim->indicator);
}

static bool claimed_get(struct cursor c, struct ind_claim *claim)
{
	claim->prefix_bits = cursor_u8(&c);
	claim->flags = cursor_be16(&c);
	claim->asn = cursor_be32(&c);
	claim->radius_km = cursor_be32(&c);
	claim->latitude_1e4 = (int32_t)cursor_be32(&c);
	claim->longitude_1e4 = (int32_t)cursor_be32(&c);
	bool ok = bytes_get(&c, claim->country, 2) && bytes_get(&c, claim->registered_country, 2);
	claim_texts_get(&c, claim);
	claim->kind = cursor_u8(&c);
	claim->day = cursor_be32(&c);
	ok = ok && bytes_get(&c, claim->grade, 2);
	claim->tlp = cursor_u8(&c);
	claim->signal = cursor_u8(&c);
	claim->more_asn_count = cursor_u8(&c);
	if (claim->more_asn_count > IND_CLAIM_MORE_ASNS)
		return false;
	for (size_t i = 0; i < claim->more_asn_count; i++)
		claim->more_asn[i] = cursor_be32(&c);
	return ok && done(&c);
}

static bool claim_opened(const struct opened *o, size_t data_sets, struct ind_claim *claim)
{
	struct cursor c = cursor_of(o->core, o->core_bytes);
	*claim = (struct ind_claim){ .ip_version = cursor_u8(&c), .radius_km = IND_ABSENT_U32 };
	claim->data_set = cursor_be16(&c);
	if (!done(&c) || !version_ok(claim->ip_version) || !address_get(o, 0, claim->ip_version, claim->addr, NULL))
		return false;
	if (has(o, 2) && !claimed_get(part_of(o, 2), claim))
		return false;
	if (has(o, 3)) {
		struct cursor label = part_of(o, 3);
		text_get(&label, &claim->label);
		if (!done(&label))
			return false;
	}
	return claim_check(claim, data_sets) == IND_OK;
}

static bool summary_get(struct cursor c, struct ind_origin *origin)
{
	origin->claims = cursor_u8(&c);
	bool ok = bytes_get(&c, origin->missing, IND_FAMILY_COUNT);
	origin->first_ns = cursor_be64(&c);
	origin->last_ns = cursor_be64(&c);
	origin->flows = cursor_be64(&c);
	origin->validated = cursor_be64(&c);
	for (size_t i = 0; i < IND_FAMILY_COUNT; i++)
		origin->observations[i] = cursor_be32(&c);
	origin->signals[1] = cursor_be64(&c);
	origin->signals[0] = cursor_be64(&c);
	return ok && done(&c);
}

static bool behaviour_get(struct cursor c, struct ind_origin *origin, uint64_t *cells)
{
	struct ind_beacon *b = &origin->beacon;
	bool ok = bytes_get(&c, origin->silent, IND_WATCHED_PLACES);
	origin->cotenants = cursor_be16(&c);
	origin->hops_min = cursor_u8(&c);
	origin->hops_max = cursor_u8(&c);
	origin->hops_mode = cursor_u8(&c);
	origin->rtt_samples = cursor_be32(&c);
	origin->rtt_min_us = cursor_be32(&c);
	origin->rtt_p50_us = cursor_be32(&c);
	origin->rtt_span_s = cursor_be32(&c);
	origin->beacons = cursor_be32(&c);
	b->port = cursor_be16(&c);
	b->proto = cursor_u8(&c);
	b->period_ms = cursor_be32(&c);
	b->mad_ms = cursor_be32(&c);
	b->intervals = cursor_u8(&c);
	b->flows = cursor_be32(&c);
	origin->cell_count = cursor_be16(&c);
	if (origin->cell_count > IND_CELLS_MAX)
		return false;
	for (size_t i = 0; i < origin->cell_count; i++)
		cells[i] = cursor_be32(&c);
	origin->cells = cells;
	return ok && done(&c);
}

static bool origin_opened(const struct opened *o, uint64_t *cells, struct ind_origin *origin)
{
	struct cursor c = cursor_of(o->core, o->core_bytes);
	*origin = (struct ind_origin){
		.ip_version = cursor_u8(&c), .hops_min = IND_HOPS_ABSENT, .hops_max = IND_HOPS_ABSENT, .hops_mode = IND_HOPS_ABSENT,
	};
	return done(&c) && version_ok(origin->ip_version) && address_get(o, 0, origin->ip_version, origin->addr, NULL) &&
		(!has(o, 2) || summary_get(part_of(o, 2), origin)) && (!has(o, 3) || behaviour_get(part_of(o, 3), origin, cells)) &&
		origin_check(origin) == IND_OK;
}

enum ind_err opened_record(enum row_kind kind, const struct opened *o, size_t data_sets, struct opened_scratch *s, struct ind_disclosed *out)
{
	bool ok = false;
	out->opened = o->groups;
	out->places = NULL;
	switch (kind) {
	case ROW_FLOW:
		out->record.kind = IND_REC_FLOW;
		return flow_opened(o, s, out);
	case ROW_EXHIBIT:
		out->record.kind = IND_REC_EXHIBIT;
		ok = exhibit_opened(o, &out->record.exhibit);
		break;
	case ROW_CLAIM:
		out->record.kind = IND_REC_CLAIM;
		ok = claim_opened(o, data_sets, &out->record.claim);
		break;
	case ROW_ORIGIN:
		out->record.kind = IND_REC_ORIGIN;
		ok = origin_opened(o, s->cells, &out->record.origin);
		break;
	case ROW_KIND_END:
		break;
	}
	return ok ? IND_OK : IND_MALFORMED;
}
