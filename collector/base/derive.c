/* SPDX-License-Identifier: Apache-2.0 */
#include "indicia/derive.h"

#include "base/cursor.h"
#include "base/text.h"

enum { MSS_LESS_4 = 40, MSS_LESS_6 = 60, SYN_COLONS_BEFORE_MSS = 3, MSS_DIGITS = 5 };

uint32_t ind_flow_hops(const struct ind_flow *flow, enum ind_dir dir)
{
	unsigned ttl = flow->ttl_max[dir];
	if (!flow->packets[dir])
		return IND_ABSENT_U32;
	return (ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255) - ttl;
}

uint32_t ind_flow_rtt_us(const struct ind_flow *flow, enum ind_dir dir) { return dir == IND_SRC ? flow->client_rtt_us : flow->server_rtt_us; }

/* v4:t64:w64240:m1460:... */
static uint32_t mtu_of(const struct ind_signal *syn)
{
	struct cursor c = cursor_of((const uint8_t *)syn->value, syn->value_bytes);
	uint32_t mss = 0;
	bool v6 = cursor_left(&c) >= 2 && c.p[1] == '6';
	for (unsigned colons = 0; cursor_left(&c) && colons < SYN_COLONS_BEFORE_MSS;)
		colons += cursor_u8(&c) == ':';
	if (!cursor_left(&c) || cursor_u8(&c) != 'm')
		return IND_ABSENT_U32;
	for (unsigned i = 0; i < MSS_DIGITS && cursor_left(&c) && *c.p >= '0' && *c.p <= '9'; i++)
		mss = mss * 10 + cursor_u8(&c) - '0';
	return mss ? mss + (v6 ? MSS_LESS_6 : MSS_LESS_4) : IND_ABSENT_U32;
}

bool ind_mtus_add(struct ind_mtus *mtus, const struct ind_signal *syn)
{
	uint32_t mtu = mtu_of(syn);
	for (unsigned i = 0; i < mtus->count; i++)
		if (mtus->bytes[i] == mtu)
			return false;
	if (mtu == IND_ABSENT_U32 || mtus->count == IND_MTUS_MAX)
		return false;
	mtus->bytes[mtus->count++] = mtu;
	return true;
}

static void put(struct ind_derived *d, const uint64_t *set, struct ind_signal s, uint32_t number)
{
	if (number == IND_ABSENT_U32 || !ind_signal_set_has(set, s.id))
		return;
	char *text = d->text[d->count];
	s.value_bytes = (uint16_t)text_u64(number, text, IND_DERIVED_TEXT_BYTES);
	s.value = text;
	d->signal[d->count++] = s;
}

static void mtus_put(struct ind_derived *d, const uint64_t *set, const struct ind_signal *recorded, size_t count, unsigned dir)
{
	struct ind_mtus mtus = { .count = 0 };
	for (size_t i = 0; i < count; i++) {
		struct ind_signal s = recorded[i];
		if ((s.id != IND_SIG_TCP_SYN && s.id != IND_SIG_TCP_SYNACK) || s.from != dir || !ind_mtus_add(&mtus, &recorded[i]))
			continue;
		s.id = IND_SIG_TCP_MTU_CLASS;
		s.flags = 0;
		s.sha256 = NULL;
		put(d, set, s, mtus.bytes[mtus.count - 1]);
	}
}

void ind_flow_derive(const struct ind_flow *flow, const struct ind_signal *recorded, size_t count,
	const uint64_t set[static IND_SIGNAL_SET_WORDS], struct ind_derived *derived)
{
	derived->count = 0;
	for (unsigned dir = IND_SRC; dir <= IND_DST; dir++) {
		struct ind_signal s = { .side = dir == IND_SRC ? IND_CLIENT : IND_SERVER, .from = (uint8_t)dir, .time_ns = flow->end_ns };
		mtus_put(derived, set, recorded, count, dir);
		s.id = IND_SIG_PATH_HOPS;
		put(derived, set, s, ind_flow_hops(flow, dir));
		s.id = IND_SIG_PATH_RTT_MIN;
		put(derived, set, s, ind_flow_rtt_us(flow, dir));
	}
}
