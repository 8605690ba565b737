/* SPDX-License-Identifier: Apache-2.0 */
/* What bundles hold, as an enemy might have written it: flows with signals of any value, claims, ORIGIN records. Two subjects gather them, once in
 * order and once from the last to the first: both assessments say the same, byte for byte. */
#include "assess/inside.h"
#include "base/cursor.h"
#include "indicia/catalogue.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS = 24, SIGNALS = 6, VALUE_BYTES = 48 };
#define NOW_NS UINT64_C(1790000000000000000)

struct input { const uint8_t *at, *end; };

static unsigned byte_of(struct input *in) { return in->at < in->end ? *in->at++ : 0; }

static uint32_t word_of(struct input *in) { return byte_of(in) << 24 | byte_of(in) << 16 | byte_of(in) << 8 | byte_of(in); }

/* Signals that the assessment reads. */
static const uint16_t ids[] = {
	IND_SIG_PATH_CROSS_LAYER, IND_SIG_PATH_PREHELLO, IND_SIG_TLS_JA4, IND_SIG_TCP_SYN, IND_SIG_TCP_SYNACK, IND_SIG_PATH_TTL_STEP, IND_SIG_HTTP_ACCEPT_LANG, IND_SIG_RDP_KEYBOARD,
	IND_SIG_MAIL_DATE, IND_SIG_TCP_CLOCK_SKEW, IND_SIG_NTLM_USER, IND_SIG_ADDR_6TO4, IND_SIG_ADDR_TEREDO, IND_SIG_ADDR_NAT64, IND_SIG_NTLM_TIMESTAMP, IND_SIG_NTP_TIMESTAMP,
	IND_SIG_ICMP_TIMESTAMP, IND_SIG_HTTP_DATE, IND_SIG_HTTP_USER_AGENT, IND_SIG_HTTP_HEADER_ORDER, IND_SIG_SSH_BANNER, IND_SIG_SSH_HOSTKEY, IND_SIG_TLS_SPKI_SHA256, IND_SIG_TLS_SNI,
};

static struct ind_record records[RECORDS];
static struct ind_signal signals[RECORDS][SIGNALS];

static void flow_read(struct input *in, size_t i)
{
	struct ind_flow *f = &records[i].flow.flow;
	uint32_t subject = byte_of(in) % 2;
	*f = (struct ind_flow){
		.start_ns = NOW_NS + (uint64_t)word_of(in) * 1000000, .packets = { byte_of(in), byte_of(in) }, .addr = { { 192, 0, 2, (uint8_t)(1 + subject) }, { 198, 51, 100, 1 } },
		.port = { 40000, (uint16_t)byte_of(in) }, .ip_version = 4, .proto = byte_of(in) % 2 ? 6 : 17, .validated = (uint8_t)(byte_of(in) % 5),
		.client_rtt_us = byte_of(in) % 4 ? word_of(in) : IND_ABSENT_U32, .server_rtt_us = 5, .ttl_min = { (uint8_t)byte_of(in), 64 }, .ttl_max = { (uint8_t)byte_of(in), 64 },
	};
	f->end_ns = f->start_ns + (uint64_t)word_of(in) * 1000;
	size_t count = byte_of(in) % (SIGNALS + 1);
	for (size_t k = 0; k < count; k++) {
		size_t left = (size_t)(in->end - in->at), id = byte_of(in) % (sizeof(ids) / sizeof(ids[0])), bytes = byte_of(in) % VALUE_BYTES;
		left = (size_t)(in->end - in->at);
		bytes = bytes < left ? bytes : left;
		signals[i][k] = (struct ind_signal){ .id = ids[id], .from = (uint8_t)(byte_of(in) % 8 == 0), .time_ns = f->start_ns, .value = (const char *)in->at, .value_bytes = (uint16_t)bytes };
		in->at += bytes < (size_t)(in->end - in->at) ? bytes : (size_t)(in->end - in->at);
		signals[i][k].value_bytes = (uint16_t)(in->at - (const uint8_t *)signals[i][k].value);
	}
	records[i].kind = IND_REC_FLOW;
	records[i].flow.signals = signals[i];
	records[i].flow.signal_count = count;
}

static void claim_read(struct input *in, size_t i)
{
	struct ind_claim *c = &records[i].claim;
	*c = (struct ind_claim){ .kind = (uint8_t)(byte_of(in) % IND_CLAIM_KIND_COUNT), .ip_version = 4, .addr = { 192, 0, 2, (uint8_t)(1 + byte_of(in) % 2) }, .flags = (uint16_t)byte_of(in),
		.asn = byte_of(in), .radius_km = word_of(in), .day = word_of(in), .country = { (char)byte_of(in), (char)byte_of(in) } };
	static const char invalid[] = "invalid"; /* "valid" is the rest of it */
	c->status = (struct ind_text){ invalid + (c->flags & 0x40 ? 2 : 0), (uint16_t)(c->flags & 0x40 ? 5 : 7) };
	c->registered_country[0] = (char)byte_of(in);
	c->registered_country[1] = (char)byte_of(in);
	records[i].kind = IND_REC_CLAIM;
}

static bool take(struct assess *a, const struct ind_record *record)
{
	bool first = record->kind == IND_REC_FLOW ? record->flow.flow.addr[0][3] == 1 : record->claim.addr[3] == 1;
	struct subject *s = &a->subjects[first ? 0 : 1];
	if (record->kind == IND_REC_FLOW)
		return subject_flow(s, record, IND_SRC, 0, true);
	return record->claim.flags & 0x80 ? subject_embedded_claim(s, &record->claim, 0, &record->id) : subject_claim(s, &record->claim, 0, &record->id);
}

/* True if a list was full: which values it holds then depends on their order, and the assessment says that it is cut. */
static bool assess_all(size_t count, bool backwards, struct out *out)
{
	char error[ASSESS_ERROR_BYTES];
	struct assess *a = assess_new();
	if (!a || assess_subject(a, "192.0.2.1", NULL, error) != IND_OK || assess_subject(a, "192.0.2.2", NULL, error) != IND_OK)
		abort();
	a->sensor_count = a->data_count = 1;
	a->sensors[0] = (struct assess_sensor){ "near", true, true, 525200, 134050, 5, geo_point_of(525200, 134050) };
	a->data[0].build_s = NOW_NS / 1000000000;
	for (size_t i = 0; i < count; i++)
		if (!take(a, &records[backwards ? count - 1 - i : i]))
			abort();
	shared_find(a);
	enum ind_err err = assess_conclude(a);
	if (err == IND_OK) {
		assess_json(a, out);
		assess_table(a, out, 0);
		assess_table(a, out, 80);
	} else if (err != IND_LIMIT) {
		abort();
	}
	bool cut = a->subjects[0].cut || a->subjects[1].cut;
	assess_free(a);
	return cut;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	struct out out[2];
	size_t count = 0;
	bool cut = false;
	for (; count < RECORDS && in.at < in.end; count++) {
		records[count] = (struct ind_record){ .id = { .leaf = count } };
		if (byte_of(&in) % 4)
			flow_read(&in, count);
		else
			claim_read(&in, count);
	}
	for (size_t i = 0; i < 2; i++) {
		out_start(&out[i], NULL, NULL);
		cut |= assess_all(count, i == 1, &out[i]);
	}
	if (!cut && (out[0].used != out[1].used || (out[0].used && memcmp(out[0].at, out[1].at, out[0].used) != 0)))
		abort();
	out_free(&out[0]);
	out_free(&out[1]);
	return 0;
}
