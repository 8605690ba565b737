/* SPDX-License-Identifier: Apache-2.0 */
/* Which groups of fields a cell is made of (docs/bundle-format.md section 5). A cell that no table names is not shown, so that a new field is
 * hidden until somebody says where it belongs. */
#include "query/disclosed.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

/* Bit of what is always there, beside the bits of the groups. */
#define CORE UINT32_C(0x80000000)
enum { SRC_HOST = IND_OPEN_SRC_PREFIX | IND_OPEN_SRC_HOST, DST_HOST = IND_OPEN_DST_PREFIX | IND_OPEN_DST_HOST };
enum { PREFIX_4_BITS = 24, PREFIX_6_BITS = 48 };

static const uint32_t flow_needs[QUERY_FLOW_COUNT] = {
#define OF(key, groups) [QUERY_FLOW_##key] = (uint32_t)(groups),
	OF(record, CORE) OF(sensor, CORE) OF(start, CORE) OF(end, CORE) OF(duration_us, CORE) OF(proto, CORE) OF(orient, CORE)
	OF(spkts, CORE) OF(dpkts, CORE) OF(sbytes, CORE) OF(dbytes, CORE) OF(spayload, CORE) OF(dpayload, CORE) OF(sflags, CORE) OF(dflags, CORE)
	OF(validated, CORE) OF(end_reason, CORE) OF(sfrags, CORE) OF(dfrags, CORE)
	OF(saddr, SRC_HOST) OF(sport, IND_OPEN_SRC_HOST) OF(daddr, DST_HOST) OF(dport, IND_OPEN_DST_HOST)
	OF(community_id, SRC_HOST | DST_HOST)
	OF(sttl_min, IND_OPEN_PATH) OF(sttl_max, IND_OPEN_PATH) OF(dttl_min, IND_OPEN_PATH) OF(dttl_max, IND_OPEN_PATH)
	OF(client_rtt_us, IND_OPEN_PATH) OF(server_rtt_us, IND_OPEN_PATH) OF(vlan, IND_OPEN_PATH) OF(tunnel, IND_OPEN_PATH) OF(carries, IND_OPEN_PATH)
	OF(sretrans, IND_OPEN_PATH) OF(dretrans, IND_OPEN_PATH)
#undef OF
};

static const uint32_t exhibit_needs[QUERY_EXHIBIT_COUNT] = {
#define OF(key, groups) [QUERY_EXHIBIT_##key] = (uint32_t)(groups),
	OF(record, CORE) OF(serial, CORE) OF(time, CORE) OF(packet, CORE) OF(from, CORE) OF(side, CORE) OF(kind, CORE) OF(masked, CORE) OF(bytes, CORE)
	OF(hex, IND_OPEN_BYTES)
#undef OF
};

static const uint32_t claim_needs[QUERY_CLAIM_COUNT] = {
#define OF(key, groups) [QUERY_CLAIM_##key] = (uint32_t)(groups),
	OF(record, CORE) OF(data_set, CORE) OF(build, CORE) OF(addr, IND_OPEN_CLAIM_PREFIX | IND_OPEN_CLAIM_HOST)
	OF(prefix, IND_OPEN_CONTENT) OF(country, IND_OPEN_CONTENT) OF(registered_country, IND_OPEN_CONTENT) OF(region, IND_OPEN_CONTENT)
	OF(city, IND_OPEN_CONTENT) OF(timezone, IND_OPEN_CONTENT) OF(latitude, IND_OPEN_CONTENT) OF(longitude, IND_OPEN_CONTENT)
	OF(radius_km, IND_OPEN_CONTENT) OF(asn, IND_OPEN_CONTENT) OF(asns, IND_OPEN_CONTENT) OF(holder, IND_OPEN_CONTENT) OF(flags, IND_OPEN_CONTENT)
	OF(kind, IND_OPEN_CONTENT) OF(status, IND_OPEN_CONTENT) OF(date, IND_OPEN_CONTENT) OF(grade, IND_OPEN_CONTENT) OF(tlp, IND_OPEN_CONTENT)
	OF(source, IND_OPEN_CONTENT) OF(signal, IND_OPEN_CONTENT) OF(indicator, IND_OPEN_CONTENT) OF(label, IND_OPEN_LABEL)
#undef OF
};

static const uint32_t origin_needs[QUERY_ORIGIN_COUNT] = {
#define OF(key, groups) [QUERY_ORIGIN_##key] = (uint32_t)(groups),
	OF(record, CORE) OF(sensor, CORE) OF(addr, IND_OPEN_ORIGIN_PREFIX | IND_OPEN_ORIGIN_HOST)
	OF(flows, IND_OPEN_SUMMARY) OF(validated, IND_OPEN_SUMMARY) OF(families, IND_OPEN_SUMMARY) OF(missing, IND_OPEN_SUMMARY)
	OF(observations, IND_OPEN_SUMMARY) OF(first, IND_OPEN_SUMMARY) OF(last, IND_OPEN_SUMMARY)
	OF(missing_signals, IND_OPEN_BEHAVIOUR) OF(hops_min, IND_OPEN_BEHAVIOUR) OF(hops_max, IND_OPEN_BEHAVIOUR) OF(hops_mode, IND_OPEN_BEHAVIOUR)
	OF(rtt_samples, IND_OPEN_BEHAVIOUR) OF(rtt_min_us, IND_OPEN_BEHAVIOUR) OF(rtt_p50_us, IND_OPEN_BEHAVIOUR) OF(rtt_span_s, IND_OPEN_BEHAVIOUR)
	OF(access, IND_OPEN_BEHAVIOUR) OF(cotenants, IND_OPEN_BEHAVIOUR) OF(beacons, IND_OPEN_BEHAVIOUR) OF(beacon, IND_OPEN_BEHAVIOUR)
	OF(cells, IND_OPEN_BEHAVIOUR)
#undef OF
};

static void hide(struct query_row *row, const uint32_t *needs, uint32_t opened)
{
	uint32_t there = opened | CORE;
	for (size_t i = 0; i < row->kind->count; i++)
		if (!needs[i] || (needs[i] & there) != needs[i])
			row->cell[i].form = CELL_ABSENT;
}

/* The network of an address whose host is hidden. */
static void put_network(struct query_row *row, unsigned at, uint32_t opened, unsigned prefix_bit, unsigned ip_version, const uint8_t *addr)
{
	enum { ADDR_BYTES = 48, TEXT_BYTES = ADDR_BYTES + 4 };
	uint8_t network[IND_ADDR_BYTES] = { 0 };
	bool v4 = ip_version == 4;
	if ((opened & (prefix_bit | prefix_bit << 1)) != prefix_bit)
		return;
	char *text = row_room(row, TEXT_BYTES);
	if (!text)
		return;
	memcpy(network, addr, (v4 ? PREFIX_4_BITS : PREFIX_6_BITS) / 8);
	size_t used = text_addr(ip_version, network, text, ADDR_BYTES);
	snprintf(text + used, TEXT_BYTES - used, "/%d", v4 ? PREFIX_4_BITS : PREFIX_6_BITS);
	row_text(row, at, text);
}

enum query_kind_id disclosed_kind(enum ind_record_kind kind)
{
	switch (kind) {
	case IND_REC_EXHIBIT: return QUERY_KIND_EXHIBIT;
	case IND_REC_CLAIM: return QUERY_KIND_CLAIM;
	case IND_REC_ORIGIN: return QUERY_KIND_ORIGIN;
	default: return QUERY_KIND_FLOW;
	}
}

static void flow_row(struct query_row *row, const struct ind_disclosed *d, const struct rows_context *context)
{
	const struct ind_flow *f = &d->record.flow.flow;
	row_of_flow(row, &d->record, context);
	hide(row, flow_needs, d->opened);
	put_network(row, QUERY_FLOW_saddr, d->opened, IND_OPEN_SRC_PREFIX, f->ip_version, f->addr[IND_SRC]);
	put_network(row, QUERY_FLOW_daddr, d->opened, IND_OPEN_DST_PREFIX, f->ip_version, f->addr[IND_DST]);
}

void row_of_disclosed(struct query_row *row, const struct ind_disclosed *d, const struct rows_context *context)
{
	const struct ind_record *r = &d->record;
	switch (r->kind) {
	case IND_REC_FLOW:
		flow_row(row, d, context);
		break;
	case IND_REC_EXHIBIT:
		row_of_exhibit(row, r);
		hide(row, exhibit_needs, d->opened);
		break;
	case IND_REC_CLAIM:
		row_of_claim(row, r, context);
		hide(row, claim_needs, d->opened);
		put_network(row, QUERY_CLAIM_addr, d->opened, IND_OPEN_CLAIM_PREFIX, r->claim.ip_version, r->claim.addr);
		break;
	case IND_REC_ORIGIN:
		row_of_origin(row, r, context);
		hide(row, origin_needs, d->opened);
		put_network(row, QUERY_ORIGIN_addr, d->opened, IND_OPEN_ORIGIN_PREFIX, r->origin.ip_version, r->origin.addr);
		break;
	default:
		break;
	}
}

/* Of its flow a signal shows the address of the side that sent it. */
static void signal_address(struct query_row *row, const struct ind_disclosed *d, unsigned from)
{
	const struct ind_flow *f = &d->record.flow.flow;
	unsigned prefix_bit = from == IND_SRC ? IND_OPEN_SRC_PREFIX : IND_OPEN_DST_PREFIX;
	if ((d->opened & (prefix_bit | prefix_bit << 1)) == (prefix_bit | prefix_bit << 1))
		return;
	row->cell[QUERY_SIGNAL_addr].form = CELL_ABSENT;
	put_network(row, QUERY_SIGNAL_addr, d->opened, prefix_bit, f->ip_version, f->addr[from]);
}

void row_of_disclosed_signal(struct query_row *row, const struct ind_disclosed *d, size_t signal)
{
	struct ind_record_id id = d->record.id;
	row_of_signal(row, &d->record, signal);
	id.part = (uint32_t)d->places[signal] + 1;
	row_record(row, QUERY_SIGNAL_record, &id);
	signal_address(row, d, d->record.flow.signals[signal].from);
}

bool disclosed_derives(const struct ind_disclosed *d)
{
	const uint32_t both = IND_OPEN_PATH | IND_OPEN_NAMES;
	return d->record.kind == IND_REC_FLOW && (d->opened & both) == both;
}

void row_of_disclosed_derived(struct query_row *row, const struct ind_disclosed *d, const struct ind_derived *derived, size_t signal)
{
	row_of_derived(row, &d->record, derived, signal);
	signal_address(row, d, derived->signal[signal].from);
}

void row_of_disclosure(struct query_row *row, const char *file, const struct ind_disclosure_result *r)
{
	const struct ind_verify_result *v = &r->verify;
	row_start(row, QUERY_KIND_DISCLOSURE);
	row_text(row, QUERY_DISCLOSURE_file, file);
	row_text(row, QUERY_DISCLOSURE_verdict, ind_verdict_name(v->verdict));
	row_text(row, QUERY_DISCLOSURE_reason, v->reason);
	if (!v->has_header)
		return;
	row_u64(row, QUERY_DISCLOSURE_shown, v->records);
	row_u64(row, QUERY_DISCLOSURE_frame_records, r->frame_records);
	row_u64(row, QUERY_DISCLOSURE_bundle_records, r->bundle_records);
	row_text(row, QUERY_DISCLOSURE_label, IND_DISCLOSURE_LABEL);
	row_hex(row, QUERY_DISCLOSURE_stream, v->stream_id, sizeof(v->stream_id));
	row_u64(row, QUERY_DISCLOSURE_first_leaf, v->first_leaf);
	row_hex(row, QUERY_DISCLOSURE_root, v->root, sizeof(v->root));
	row_time(row, QUERY_DISCLOSURE_not_before, v->not_before_ns);
	row_time(row, QUERY_DISCLOSURE_not_after, v->not_after_ns);
	if (r->final)
		row_true(row, QUERY_DISCLOSURE_final);
	if (r->deterministic)
		row_true(row, QUERY_DISCLOSURE_deterministic);
}
