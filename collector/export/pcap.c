/* SPDX-License-Identifier: Apache-2.0 */
/* Savefiles: classic with nanoseconds (draft-ietf-opsawg-pcap), and pcapng (draft-ietf-opsawg-pcapng), both little-endian. */
#include "export/format.h"
#include "export/packet.h"
#include "export/supply.h"
#include <string.h>

enum {
	LINKTYPE_RAW = 101, SNAPLEN = 65535, NANOSECONDS = 9, BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6, OPT_END = 0, OPT_COMMENT = 1,
	OPT_IF_NAME = 2, OPT_IF_DESCRIPTION = 3, OPT_SHB_APPLICATION = 4, OPT_IF_TSRESOL = 9,
	COMMENT_BYTES = 512,
};

#define PCAP_MAGIC_NS UINT32_C(0xa1b23c4d)
#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)

struct state { struct packet packet; };

static void put32(struct out *o, uint32_t value)
{
	const uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24) };
	out_bytes(o, bytes, sizeof(bytes));
}

static void put16(struct out *o, unsigned value) { out_bytes(o, (const uint8_t[2]){ (uint8_t)value, (uint8_t)(value >> 8) }, 2); }

static bool carries(enum query_kind_id kind, size_t at)
{
	return kind == QUERY_KIND_EXHIBIT && (at == QUERY_EXHIBIT_time || at == QUERY_EXHIBIT_bytes || at == QUERY_EXHIBIT_hex || at == QUERY_EXHIBIT_kind);
}

/* pcapng says the rest in a comment. */
static bool carries_ng(enum query_kind_id kind, size_t at) { return kind == QUERY_KIND_EXHIBIT && at != QUERY_EXHIBIT_serial; }

static enum ind_err start(struct export *e)
{
	struct out *o = e->out[0];
	put32(o, PCAP_MAGIC_NS);
	put16(o, 2);
	put16(o, 4);
	put32(o, 0);
	put32(o, 0);
	put32(o, SNAPLEN);
	put32(o, LINKTYPE_RAW);
	return o->err;
}

static struct index_flow *flow_of(const struct export *e, const struct ind_record *r)
{
	const struct flow_index *index = supply_index(e->supply);
	return index ? flow_index_find(index, r->exhibit.flow_serial) : NULL;
}

static void put(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	struct out *o = e->out[0];
	if (!packet_of_exhibit(&s->packet, &r->exhibit, flow_of(e, r))) {
		e->lost_kind[QUERY_KIND_EXHIBIT]++;
		return;
	}
	put32(o, (uint32_t)(r->exhibit.time_ns / 1000000000));
	put32(o, (uint32_t)(r->exhibit.time_ns % 1000000000));
	put32(o, (uint32_t)s->packet.bytes);
	put32(o, (uint32_t)s->packet.original_bytes);
	out_bytes(o, s->packet.at, s->packet.bytes);
}

const struct export_format export_pcap = {
	.wants = IND_WANT(IND_REC_EXHIBIT), .needs_ends = true, .state_bytes = sizeof(struct state), .carries = carries, .start = start, .put = put,
};

static void fill(struct out *o, size_t bytes) { out_fill(o, '\0', (4 - bytes % 4) % 4); }
static size_t filled(size_t bytes) { return (bytes + 3) / 4 * 4; }

static void put_option(struct out *o, unsigned code, const char *text, size_t bytes)
{
	put16(o, code);
	put16(o, (unsigned)bytes);
	out_bytes(o, text, bytes);
	fill(o, bytes);
}

static void put_block(struct out *o, uint32_t type, const struct out *body)
{
	uint32_t bytes = (uint32_t)(12 + body->used);
	put32(o, type);
	put32(o, bytes);
	out_bytes(o, body->at, body->used);
	put32(o, bytes);
}

static void put_interface(struct out *o, struct out *body, const char *name, const char *description)
{
	const char resolution = NANOSECONDS;
	body->used = 0;
	put16(body, LINKTYPE_RAW);
	put16(body, 0);
	put32(body, SNAPLEN);
	put_option(body, OPT_IF_NAME, name, strlen(name));
	put_option(body, OPT_IF_DESCRIPTION, description, strlen(description));
	put_option(body, OPT_IF_TSRESOL, &resolution, 1);
	put_option(body, OPT_END, NULL, 0);
	put_block(o, BLOCK_INTERFACE, body);
}

static enum ind_err start_ng(struct export *e)
{
	static const char about[] = "Exhibits of evidence bundles. The comment of a packet names its record, by which 'indicia verify' and 'indicia disclose' find it.";
	struct out body, *o = e->out[0];
	out_start(&body, NULL, NULL);
	put32(&body, BYTE_ORDER_MAGIC);
	put16(&body, 1);
	put16(&body, 0);
	put32(&body, UINT32_MAX); /* section length: not stated */
	put32(&body, UINT32_MAX);
	put_option(&body, OPT_COMMENT, about, sizeof(about) - 1);
	put_option(&body, OPT_SHB_APPLICATION, "indicia", 7);
	put_option(&body, OPT_END, NULL, 0);
	put_block(o, BLOCK_SECTION, &body);
	put_interface(o, &body, "recorded", "packets as recorded, from the IP header on");
	put_interface(o, &body, "synthesized", "pieces of streams and datagrams as recorded; their IP, TCP and UDP headers are synthesized from the record of the flow");
	enum ind_err err = body.err != IND_OK ? body.err : o->err;
	out_free(&body);
	return err;
}

static size_t comment_of(const struct ind_record *r, const struct index_flow *flow, bool made, char *text)
{
	char id[IND_RECORD_ID_TEXT];
	struct out o = { .at = text, .size = COMMENT_BYTES };
	out_text(&o, "record ");
	out_text(&o, ind_record_id_text(&r->id, id));
	if (flow) {
		out_text(&o, ", of flow ");
		out_text(&o, ind_record_id_text(&flow->id, id));
	}
	out_text(&o, ", ");
	out_text(&o, ind_exhibit_kind_name(r->exhibit.kind));
	out_text(&o, r->exhibit.from == IND_SRC ? " from src (" : " from dst (");
	out_text(&o, ind_side_name(r->exhibit.side));
	out_text(&o, "), frame ");
	out_u64(&o, r->exhibit.packet);
	out_text(&o, " of the capture");
	out_text(&o, made ? ", headers synthesized" : "");
	out_text(&o, r->exhibit.masked ? ", secrets overwritten" : "");
	return o.used;
}

static void put_ng(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	struct out *o = e->out[0];
	const struct packet *p = &s->packet;
	char comment[COMMENT_BYTES];
	struct index_flow *flow = flow_of(e, r);
	if (!packet_of_exhibit(&s->packet, &r->exhibit, flow)) {
		e->lost_kind[QUERY_KIND_EXHIBIT]++;
		return;
	}
	size_t said = comment_of(r, flow, p->made, comment);
	uint32_t bytes = (uint32_t)(12 + 20 + filled(p->bytes) + 4 + filled(said) + 4);
	put32(o, BLOCK_PACKET);
	put32(o, bytes);
	put32(o, p->made);
	put32(o, (uint32_t)(r->exhibit.time_ns >> 32));
	put32(o, (uint32_t)r->exhibit.time_ns);
	put32(o, (uint32_t)p->bytes);
	put32(o, (uint32_t)p->original_bytes);
	out_bytes(o, p->at, p->bytes);
	fill(o, p->bytes);
	put_option(o, OPT_COMMENT, comment, said);
	put_option(o, OPT_END, NULL, 0);
	put32(o, bytes);
}

const struct export_format export_pcapng = {
	.wants = IND_WANT(IND_REC_EXHIBIT), .needs_ends = true, .state_bytes = sizeof(struct state), .carries = carries_ng, .start = start_ng, .put = put_ng,
};
