/* SPDX-License-Identifier: Apache-2.0 */
#include "query/columns.h"
#include "base/cursor.h"
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_LOOKED_UP = 64, PORTS_LOOKED_UP = 64, ADDR4_BYTES = 4 };

bool columns_start(struct columns *c, struct ind_reader *reader, const struct ind_batch *batch, const struct ind_record_id *id,
	const struct filter_context *context)
{
	c->reader = reader;
	c->batch = batch;
	c->id = *id;
	c->id.leaf = batch->leaf;
	c->context = context;
	if (!c->unknown)
		c->unknown = malloc(c->filter->count + 1);
	if (c->unknown)
		memset(c->unknown, 0, c->filter->count + 1);
	return c->unknown != NULL;
}

void columns_free(struct columns *c)
{
	free(c->unknown);
	free(c->memo);
}

/* ---- zone maps ---- */

static void addr_bytes(struct code_addr a, uint8_t out[static IND_ADDR_BYTES])
{
	for (unsigned i = 0; i < 8; i++) {
		out[i] = (uint8_t)(a.high >> (56 - 8 * i));
		out[8 + i] = (uint8_t)(a.low >> (56 - 8 * i));
	}
}

/* Networks are not in the map: only lists of single addresses are looked up. */
static bool may_hold_list(const struct ind_reader *reader, unsigned ip_version, const struct code_addrs *list, size_t count)
{
	uint8_t addr[IND_ADDR_BYTES];
	for (size_t i = 0; i < count; i++) {
		if (list[i].first.high != list[i].last.high || list[i].first.low != list[i].last.low)
			return true;
		addr_bytes(list[i].first, addr);
		if (ind_batch_may_hold_address(reader, ip_version, addr))
			return true;
	}
	return false;
}

static unsigned addr_possible(const struct code_set *set, const struct ind_reader *reader)
{
	if (set->v4_count + set->v6_count > ADDRESSES_LOOKED_UP)
		return MAY_ALL;
	return may_hold_list(reader, 4, set->v4, set->v4_count) || may_hold_list(reader, 6, set->v6, set->v6_count) ? MAY_ALL : MAY_NO;
}

/* Between what the map says is the least and the most. */
static unsigned range_possible(const struct code_step *step, uint64_t least, uint64_t most)
{
	if (step->test != TEST_RANGE || step->op != CODE_NUMBER)
		return MAY_ALL;
	return step->high < least || step->low > most ? MAY_NO | MAY_UNKNOWN : MAY_ALL;
}

static unsigned dport_possible(const struct code_step *step, const struct ind_reader *reader)
{
	if (step->test != TEST_RANGE || step->high - step->low >= PORTS_LOOKED_UP || step->low > UINT16_MAX)
		return MAY_ALL;
	for (uint64_t port = step->low; port <= step->high && port <= UINT16_MAX; port++)
		if (ind_batch_may_hold_dst_port(reader, (uint16_t)port))
			return MAY_ALL;
	return MAY_NO | MAY_UNKNOWN;
}

static unsigned proto_possible(const struct code_step *step, const struct ind_reader *reader)
{
	if (step->test != TEST_RANGE)
		return MAY_ALL;
	for (uint64_t proto = step->low; proto <= step->high && proto <= UINT8_MAX; proto++)
		if (ind_batch_may_hold_protocol(reader, (uint8_t)proto))
			return MAY_ALL;
	return MAY_NO;
}

static unsigned number_possible(const struct code_step *step, const struct ind_reader *reader, const struct ind_batch *batch)
{
	switch (step->subject) {
	case NUM_SPORT: return range_possible(step, batch->min_src_port, batch->max_src_port);
	case NUM_DPORT: return dport_possible(step, reader);
	case NUM_PROTO: return proto_possible(step, reader);
	default: return MAY_ALL;
	}
}

static unsigned signal_possible(const struct columns *c, const struct code_step *step, const struct ind_reader *reader)
{
	const struct ind_signal_info *info = ind_signal_info(step->subject);
	if ((info && info->recorded == IND_DERIVED) || ind_batch_may_hold_signal(reader, step->subject))
		return MAY_ALL;
	return step->test == TEST_PRESENT && ind_signal_set_has(c->context->rows->signals, step->subject) ? MAY_NO : MAY_UNKNOWN;
}

unsigned columns_possible(const struct columns *c, const struct code_step *step, const struct ind_reader *reader, const struct ind_batch *batch)
{
	switch ((enum code_op)step->op) {
	case CODE_ADDR: return addr_possible(&c->filter->sets[step->set], reader);
	case CODE_NUMBER: return number_possible(step, reader, batch);
	case CODE_SIGNAL: return signal_possible(c, step, reader);
	case CODE_OVERLAP: return batch->min_start_ns >= step->high || batch->max_end_ns < step->low ? MAY_NO : MAY_ALL;
	default: return MAY_ALL;
	}
}

/* ---- rows ---- */

static uint8_t in_addrs4(const struct code_set *set, uint64_t high)
{
	return code_has_addr(set, 4, (struct code_addr){ high, 0 }) * TRUTH_YES;
}

static void ask_addr4(const struct code_set *set, const uint8_t *bytes, size_t count, uint8_t *rows)
{
	struct cursor c = cursor_of(bytes, count * ADDR4_BYTES);
	if (set->v4_count != 1) {
		for (size_t i = 0; i < count; i++)
			rows[i] = in_addrs4(set, (uint64_t)cursor_be32(&c) << 32);
		return;
	}
	uint32_t low = (uint32_t)(set->v4[0].first.high >> 32), span = (uint32_t)(set->v4[0].last.high >> 32) - low;
	for (size_t i = 0; i < count; i++, bytes += ADDR4_BYTES) {
		uint32_t addr = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
		rows[i] = (uint8_t)((addr - low <= span) * TRUTH_YES);
	}
}

/* Gives the addresses of one end to `says`, row by row. */
typedef uint8_t addr_says_fn(struct columns *c, const struct code_step *step, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES]);

static enum ind_err ask_each_addr(struct columns *c, const struct code_step *step, addr_says_fn *says, uint8_t *rows)
{
	const uint64_t *versions;
	const uint8_t *bytes;
	size_t count, all;
	enum ind_err err = ind_batch_addresses(c->reader, step->subject == 1 ? IND_DST : IND_SRC, &bytes, &all);
	if (err == IND_OK)
		err = ind_batch_numbers(c->reader, IND_COL_VERSION, &versions, &count);
	if (err != IND_OK)
		return err;
	if (step->op == CODE_ADDR && all == count * ADDR4_BYTES) {
		ask_addr4(&c->filter->sets[step->set], bytes, count, rows);
		return IND_OK;
	}
	for (size_t i = 0; i < count; i++) {
		uint8_t addr[IND_ADDR_BYTES] = { 0 };
		size_t length = versions[i] == 4 ? ADDR4_BYTES : IND_ADDR_BYTES;
		memcpy(addr, bytes, length);
		bytes += length;
		rows[i] = says(c, step, (unsigned)versions[i], addr);
	}
	return IND_OK;
}

static uint8_t addr_says(struct columns *c, const struct code_step *step, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	return code_has_addr(&c->filter->sets[step->set], ip_version, code_addr_of(addr)) * TRUTH_YES;
}

static uint8_t claim_says(struct columns *c, const struct code_step *step, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	return (uint8_t)filter_claims_say(c->context->claims, (unsigned)step->low, ip_version, addr);
}

static enum ind_err ask_listed(struct columns *c, const struct code_step *step, uint8_t *rows)
{
	bool vlan = step->op == CODE_VLAN;
	const uint64_t *counts, *items;
	size_t count;
	enum ind_err err = ind_batch_numbers(c->reader, vlan ? IND_COL_VLANS : IND_COL_TUNNELS, &counts, &count);
	if (err == IND_OK)
		err = ind_batch_numbers(c->reader, vlan ? IND_COL_VLAN : IND_COL_TUNNEL, &items, &count);
	for (size_t i = 0; err == IND_OK && i < c->batch->rows; i++) {
		rows[i] = TRUTH_NO;
		for (uint64_t k = 0; k < counts[i]; k++)
			rows[i] |= (uint8_t)number_test(c->filter, step, HAS, *items++);
	}
	return err;
}

static enum ind_err ask_overlap(struct columns *c, const struct code_step *step, uint8_t *rows)
{
	const uint64_t *starts, *durations;
	size_t count;
	enum ind_err err = ind_batch_numbers(c->reader, IND_COL_START, &starts, &count);
	if (err == IND_OK)
		err = ind_batch_numbers(c->reader, IND_COL_DURATION, &durations, &count);
	for (size_t i = 0; err == IND_OK && i < count; i++)
		rows[i] = (uint8_t)((starts[i] < step->high && starts[i] + durations[i] >= step->low) * TRUTH_YES);
	return err;
}

/* What a record without a flow in it says already. */
static enum truth row_says(struct columns *c, const struct code_step *step, size_t row)
{
	char id[IND_RECORD_ID_TEXT];
	if (step->op == CODE_TEXT) {
		const char *sensor = c->context->rows->sensor;
		if (step->test == TEST_PRESENT || !*sensor)
			return step->test == TEST_PRESENT ? truth_of(*sensor) : TRUTH_UNKNOWN;
		return truth_of(code_text_passes(c->filter, step->test, step->set, sensor, strlen(sensor)));
	}
	if (step->op != CODE_RECORD || step->test == TEST_PRESENT)
		return TRUTH_YES;
	c->id.row = (uint32_t)row;
	c->id.part = 0;
	ind_record_id_text(&c->id, id);
	return truth_of(code_has_text(&c->filter->sets[step->set], id, strlen(id)));
}

static enum ind_err ask(struct columns *c, const struct code_step *step, uint8_t *rows)
{
	struct code_step other = { .op = CODE_NUMBER, .test = TEST_RANGE, .low = step->low, .high = step->low };
	switch ((enum code_op)step->op) {
	case CODE_NUMBER:
	case CODE_FLAGS: return columns_ask_number(c, step, rows);
	case CODE_ADDR: return ask_each_addr(c, step, addr_says, rows);
	case CODE_CLAIM: return ask_each_addr(c, step, claim_says, rows);
	case CODE_VERSION: other.subject = NUM_VERSION; return columns_ask_number(c, &other, rows);
	case CODE_FAMILY:
		/* V, the only one in columns. */
		other.subject = NUM_VALIDATED;
		other.low = IND_VALID_HANDSHAKE;
		other.high = IND_VALID_QUIC;
		return columns_ask_number(c, &other, rows);
	case CODE_VLAN:
	case CODE_TUNNEL: return ask_listed(c, step, rows);
	case CODE_SIGNAL: return columns_ask_signal(c, step, rows);
	case CODE_OVERLAP: return ask_overlap(c, step, rows);
	default:
		for (size_t i = 0; i < c->batch->rows; i++)
			rows[i] = (uint8_t)row_says(c, step, i);
		return IND_OK;
	}
}

enum ind_err columns_ask(struct columns *c, const struct code_step *step, uint8_t *rows)
{
	enum ind_err err = ask(c, step, rows);
	if (err == IND_OK && memchr(rows, TRUTH_UNKNOWN, c->batch->rows))
		c->unknown[step - c->filter->steps] = 1;
	return err;
}
