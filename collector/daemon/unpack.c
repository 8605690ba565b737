/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/unpack.h"

#include "base/cursor.h"
#include "indicia/catalogue.h"

static bool tunnels_good(const struct ind_flow *f)
{
	if (f->vlan_count > IND_VLAN_MAX || f->tunnel_count > IND_TUNNEL_MAX || f->carries >= IND_TUNNEL_COUNT)
		return false;
	for (unsigned i = 0; i < f->tunnel_count; i++)
		if (f->tunnel[i] >= IND_TUNNEL_COUNT)
			return false;
	return true;
}

static bool flow_good(const struct ind_flow *f)
{
	return (f->ip_version == 4 || f->ip_version == 6) && f->orient <= IND_ORIENT_ROLE && f->validated <= IND_VALID_ONE_WAY &&
		f->end_reason <= IND_END_REUSED && f->end_ns >= f->start_ns && f->serial && f->no_ports <= 1 && tunnels_good(f);
}

static bool signal_read(struct cursor *c, struct ind_signal *s)
{
	struct message_signal m;
	const uint8_t *fixed = cursor_take(c, sizeof m);
	if (!fixed)
		return false;
	memcpy(&m, fixed, sizeof m);
	bool cut = m.flags & IND_SIGNAL_CUT;
	const char *value = (const char *)cursor_take(c, m.value_bytes);
	const uint8_t *sha256 = cut ? cursor_take(c, IND_SHA256_BYTES) : NULL;
	size_t all = sizeof m + m.value_bytes + (cut ? IND_SHA256_BYTES : 0);
	cursor_skip(c, message_padded(all) - all);
	*s = (struct ind_signal){
		.id = m.id, .side = m.side, .from = m.from, .flags = m.flags, .value_bytes = m.value_bytes, .time_ns = m.time_ns, .packet = m.packet,
		.value = value, .sha256 = sha256,
	};
	const struct ind_signal_info *info = ind_signal_info(m.id);
	return cursor_ok(c) && m.value_bytes && m.value_bytes <= IND_VALUE_MAX_BYTES && m.side <= IND_SERVER && m.from <= IND_DST &&
		m.flags <= IND_SIGNAL_CUT && info && info->recorded != IND_DERIVED;
}

enum ind_err unpack_flow(const void *message, size_t bytes, struct ind_flow *flow, struct ind_signal *signals, size_t *count)
{
	struct cursor c = cursor_of(message, bytes);
	struct message_flow m;
	const uint8_t *fixed = cursor_take(&c, sizeof m);
	if (!fixed)
		return IND_MALFORMED;
	memcpy(&m, fixed, sizeof m);
	if (!flow_good(&m.flow) || m.signal_count > UNPACK_SIGNALS_MAX)
		return IND_MALFORMED;
	for (uint32_t i = 0; i < m.signal_count; i++)
		if (!signal_read(&c, &signals[i]))
			return IND_MALFORMED;
	*flow = m.flow;
	*count = m.signal_count;
	return cursor_left(&c) == 0 ? IND_OK : IND_MALFORMED;
}

enum ind_err unpack_exhibit(const void *message, size_t bytes, struct ind_exhibit *x)
{
	struct cursor c = cursor_of(message, bytes);
	struct message_exhibit m;
	const uint8_t *fixed = cursor_take(&c, sizeof m);
	if (!fixed)
		return IND_MALFORMED;
	memcpy(&m, fixed, sizeof m);
	*x = (struct ind_exhibit){
		.flow_serial = m.flow_serial, .time_ns = m.time_ns, .packet = m.packet, .from = m.from, .side = m.side, .kind = m.kind,
		.masked = m.masked, .bytes_count = m.bytes_count, .bytes = cursor_take(&c, m.bytes_count),
	};
	bool good = cursor_ok(&c) && cursor_left(&c) == 0 && m.bytes_count && m.bytes_count <= IND_EXHIBIT_MAX_BYTES && m.from <= IND_DST &&
		m.side <= IND_SERVER && m.kind <= IND_EXHIBIT_DATAGRAM && m.masked <= 1 && m.flow_serial;
	return good ? IND_OK : IND_MALFORMED;
}

/* 0 is no number. */
static bool number(uint64_t *n, unsigned tap, unsigned taps)
{
	if (*n > UINT64_MAX / taps)
		return false;
	*n = *n ? (*n - 1) * taps + tap + 1 : 0;
	return true;
}

enum ind_err number_flow(struct ind_flow *f, struct ind_signal *signals, size_t count, unsigned tap, unsigned taps)
{
	bool good = number(&f->serial, tap, taps) && number(&f->parent, tap, taps);
	for (size_t i = 0; i < count && good; i++)
		good = number(&signals[i].packet, tap, taps);
	return good ? IND_OK : IND_MALFORMED;
}

enum ind_err number_exhibit(struct ind_exhibit *x, unsigned tap, unsigned taps)
{
	return number(&x->flow_serial, tap, taps) && number(&x->packet, tap, taps) ? IND_OK : IND_MALFORMED;
}

static bool link_type_good(const struct ind_link_type *t)
{
	size_t bytes = strnlen(t->name, sizeof t->name);
	if (bytes == 0 || bytes == sizeof t->name)
		return false;
	for (size_t i = 0; i < bytes; i++)
		if (t->name[i] < ' ' || t->name[i] > '~')
			return false;
	return true;
}

enum ind_err unpack_end(const void *message, size_t bytes, struct message_end *end)
{
	if (bytes != sizeof *end)
		return IND_MALFORMED;
	memcpy(end, message, sizeof *end);
	end->text[sizeof end->text - 1] = '\0';
	if (end->link_count == 1 || end->link_count > IND_LINK_TYPES_MAX)
		return IND_MALFORMED;
	for (uint32_t i = 0; i < end->link_count; i++)
		if (!link_type_good(&end->links[i]) || (i && end->links[i].number <= end->links[i - 1].number))
			return IND_MALFORMED;
	return IND_OK;
}
