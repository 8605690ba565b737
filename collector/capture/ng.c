/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng savefiles (draft-ietf-opsawg-pcapng): both byte orders, several sections, several interfaces of different link types. Blocks are
 * read in place, frames point into the buffer; what is not read is skipped by its length and never held. */
#include "capture/ng.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK_INTERFACE = 1, BLOCK_OLD_PACKET = 2, BLOCK_SIMPLE_PACKET = 3, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6, BLOCK_SECTION = 0x0a0d0d0a };
enum { BLOCK_HEAD_BYTES = 8, BLOCK_TAIL_BYTES = 4, BLOCK_LEAST_BYTES = 12, BLOCK_MOST_BYTES = CAPTURE_FRAME_MAX_BYTES + (256 << 10) };
enum { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14, OPTION_LOST = 4, OPTION_LOST_INTERFACE = 5, OPTION_LOST_SYSTEM = 7 };
static const uint32_t order_magic = 0x1a2b3c4d;

/* What came of looking at the next block, or of taking it. */
enum step { STEP_BLOCK, STEP_FRAME, STEP_ON, STEP_MORE, STEP_FAILED };

struct block {
	uint32_t type, bytes;
	struct cursor body;
};

#define FAIL(c, err, ...) ((c)->outcome = capture_fail((c), (err), __VA_ARGS__), STEP_FAILED)

static unsigned long long after(const struct capture *c) { return c->number; }

/* ---- options ---- */

/* The next option's code and value; 0 at the end of the list, and where the list is damaged (the cursor is poisoned then). */
static uint16_t option_next(const struct ng *ng, struct cursor *c, struct cursor *value)
{
	if (cursor_left(c) == 0)
		return OPTION_END;
	uint16_t code = ng_u16(ng, c), bytes = ng_u16(ng, c);
	*value = cursor_sub(c, bytes);
	/* The last value of a list is sometimes not padded. */
	size_t pad = (4u - bytes) & 3u;
	cursor_skip(c, pad < cursor_left(c) ? pad : cursor_left(c));
	return cursor_ok(c) ? code : OPTION_END;
}

/* ---- blocks without packets ---- */

static enum step section_take(struct capture *c, struct block *b)
{
	struct ng *ng = c->ng;

	cursor_skip(&b->body, sizeof order_magic);
	uint16_t major = ng_u16(ng, &b->body), minor = ng_u16(ng, &b->body);
	cursor_skip(&b->body, sizeof(uint64_t));
	if (!cursor_ok(&b->body))
		return FAIL(c, IND_MALFORMED, "%s: after record %llu: a section header is too short", c->name, after(c));
	if (major != 1)
		return FAIL(c, IND_MALFORMED, "%s: after record %llu: a section of version %u.%u, which is not known", c->name, after(c), major, minor);
	memset(ng->interfaces, 0, ng->interface_count * sizeof *ng->interfaces);
	ng->interface_count = 0;
	return STEP_ON;
}

/* if_tsresol and if_tsoffset; a damaged or contradictory list leaves the times unknown. */
static bool interface_options(const struct ng *ng, struct cursor *c, struct ng_clock *clock)
{
	struct cursor value;
	uint16_t code;
	uint8_t resolution = 6;
	uint64_t offset_s = 0;
	bool resolved = false, moved = false, twice = false;

	while ((code = option_next(ng, c, &value)) != OPTION_END) {
		if (code == OPTION_RESOLUTION) {
			twice |= resolved;
			resolved = true;
			resolution = cursor_u8(&value);
		} else if (code == OPTION_OFFSET) {
			twice |= moved;
			moved = true;
			offset_s = ng_u64(ng, &value);
		} else {
			continue;
		}
		if (!cursor_ok(&value) || cursor_left(&value))
			return false;
	}
	return !twice && cursor_ok(c) && ng_clock_set(clock, resolution, (int64_t)offset_s);
}

static enum step interface_take(struct capture *c, struct block *b)
{
	struct ng *ng = c->ng;
	struct ng_interface i = { 0 };

	uint16_t link = ng_u16(ng, &b->body);
	cursor_skip(&b->body, 2);
	i.snaplen = ng_u32(ng, &b->body);
	if (!cursor_ok(&b->body) || !interface_options(ng, &b->body, &i.clock))
		return FAIL(c, IND_MALFORMED, "%s: after record %llu: the description of interface %zu is damaged", c->name, after(c), ng->interface_count);
	if (ng->interface_count == NG_INTERFACES_MAX)
		return FAIL(c, IND_MALFORMED, "%s: after record %llu: more than %d interfaces", c->name, after(c), NG_INTERFACES_MAX);
	c->outcome = link_of_file(c, link, &i.link);
	if (c->outcome)
		return STEP_FAILED;
	uint32_t most = i.snaplen && i.snaplen < CAPTURE_FRAME_MAX_BYTES ? i.snaplen : CAPTURE_FRAME_MAX_BYTES;
	c->source_snaplen = most > c->source_snaplen ? most : c->source_snaplen;
	ng->interfaces[ng->interface_count++] = i;
	return STEP_ON;
}

/* Totals since the start of the capture; of an interface that is not described they say nothing. */
static enum step statistics_take(struct capture *c, struct block *b)
{
	struct ng *ng = c->ng;
	struct cursor value;
	uint16_t code;
	uint64_t interface = UINT64_MAX, system = UINT64_MAX;
	uint32_t id = ng_u32(ng, &b->body);

	cursor_skip(&b->body, sizeof(uint64_t));
	if (!cursor_ok(&b->body) || id >= ng->interface_count)
		return STEP_ON;
	while ((code = option_next(ng, &b->body, &value)) != OPTION_END)
		if ((code == OPTION_LOST_INTERFACE || code == OPTION_LOST_SYSTEM) && cursor_left(&value) == sizeof(uint64_t))
			*(code == OPTION_LOST_SYSTEM ? &system : &interface) = ng_u64(ng, &value);
	ng_lost_total(&ng->interfaces[id], interface, system, &c->stats);
	return STEP_ON;
}

/* ---- packets ---- */

struct packet_said {
	uint32_t interface, captured, wire;
	uint64_t units;              /* of time */
	uint64_t lost;               /* before it */
};

/* Where the packet belongs, for all three kinds. */
static uint32_t interface_of(const struct ng *ng, uint32_t type, struct cursor *body)
{
	if (type == BLOCK_PACKET)
		return ng_u32(ng, body);
	return type == BLOCK_OLD_PACKET ? ng_u16(ng, body) : 0;
}

/* What stands before the packet's bytes. */
static void packet_head(const struct ng *ng, struct block *b, struct packet_said *p)
{
	static const uint16_t not_stated = 0xffff;

	*p = (struct packet_said){ .interface = interface_of(ng, b->type, &b->body) };
	if (b->type == BLOCK_SIMPLE_PACKET) {
		uint32_t most = ng->interfaces[0].snaplen;
		p->wire = ng_u32(ng, &b->body);
		p->captured = most && most < p->wire ? most : p->wire;
		return;
	}
	if (b->type == BLOCK_OLD_PACKET) {
		p->lost = ng_u16(ng, &b->body);
		p->lost = p->lost == not_stated ? 0 : p->lost;
	}
	p->units = (uint64_t)ng_u32(ng, &b->body) << 32;
	p->units |= ng_u32(ng, &b->body);
	p->captured = ng_u32(ng, &b->body);
	p->wire = ng_u32(ng, &b->body);
}

/* What stands behind them. */
static void packet_options(const struct ng *ng, struct block *b, struct packet_said *p)
{
	struct cursor value;
	uint16_t code;

	cursor_skip(&b->body, (4u - p->captured) & 3u);
	while (b->type == BLOCK_PACKET && (code = option_next(ng, &b->body, &value)) != OPTION_END)
		if (code == OPTION_LOST && cursor_left(&value) == sizeof(uint64_t))
			p->lost = ng_u64(ng, &value);
}

/* NFLOG's records of length and type are in the capturing machine's byte order; frames have them little-endian. */
static void nflog_turn(uint8_t *at, size_t bytes)
{
	enum { HEAD = 4 };

	for (size_t i = HEAD; i + HEAD <= bytes;) {
		size_t length = (size_t)at[i] << 8 | at[i + 1];
		for (size_t k = i; k < i + HEAD; k += 2) {
			uint8_t high = at[k];
			at[k] = at[k + 1];
			at[k + 1] = high;
		}
		if (length < HEAD)
			return;
		i += (length + 3) & ~(size_t)3;
	}
}

static enum step packet_take(struct capture *c, struct block *b, struct frame *frame)
{
	struct ng *ng = c->ng;
	struct packet_said p;
	unsigned long long number = after(c) + 1;

	packet_head(ng, b, &p);
	if (cursor_ok(&b->body) && p.captured > CAPTURE_FRAME_MAX_BYTES)
		return FAIL(c, IND_MALFORMED, "%s: record %llu claims %u captured bytes, more than any frame has", c->name, number, p.captured);
	const uint8_t *bytes = cursor_take(&b->body, p.captured);
	if (!cursor_ok(&b->body))
		return FAIL(c, IND_MALFORMED, "%s: record %llu is longer than its block", c->name, number);
	if (p.interface >= ng->interface_count)
		return FAIL(c, IND_MALFORMED, "%s: record %llu is of interface %u, which the file does not describe", c->name, number, p.interface);
	packet_options(ng, b, &p);
	struct ng_interface *i = &ng->interfaces[p.interface];
	if (b->type != BLOCK_SIMPLE_PACKET)
		ng->last_ns = ng_time(&i->clock, p.units);
	if (p.lost)
		ng_lost_between(i, p.lost, &c->stats);
	if (ng->big && i->link->told.number == PACKET_LINK_NFLOG)
		nflog_turn(c->buffer + (bytes - c->buffer), p.captured);
	c->number++;
	i->link->told.seen = true;
	*frame = (struct frame){
		.bytes = bytes, .captured = p.captured < c->asked_snaplen ? p.captured : c->asked_snaplen, .time_ns = ng->last_ns, .number = c->number,
		.link = i->link->told.number,
	};
	frame->wire = p.wire < frame->captured ? frame->captured : p.wire;
	return filter_takes(i->link, frame->captured, frame->wire, bytes) ? STEP_FRAME : STEP_ON;
}

/* ---- one block after the other ---- */

static bool is_packet(uint32_t type) { return type == BLOCK_PACKET || type == BLOCK_OLD_PACKET || type == BLOCK_SIMPLE_PACKET; }

static bool is_read(uint32_t type) { return is_packet(type) || type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_STATISTICS; }

/* Both lengths of a block are the same, or one of them is damaged. */
static enum step tail_check(struct capture *c, const uint8_t *at, uint32_t bytes)
{
	struct cursor tail = cursor_of(at, BLOCK_TAIL_BYTES);

	if (ng_u32(c->ng, &tail) == bytes)
		return STEP_ON;
	return FAIL(c, IND_MALFORMED, "%s: after record %llu: the two lengths of a block differ", c->name, after(c));
}

static enum step skip_on(struct capture *c)
{
	struct ng *ng = c->ng;
	size_t left = c->end - c->at, inside = ng->skip - BLOCK_TAIL_BYTES, now = inside < left ? inside : left;

	c->at += now;
	ng->skip -= (uint32_t)now;
	if (ng->skip > BLOCK_TAIL_BYTES || left - now < BLOCK_TAIL_BYTES)
		return STEP_MORE;
	c->at += BLOCK_TAIL_BYTES;
	ng->skip = 0;
	return tail_check(c, c->buffer + c->at - BLOCK_TAIL_BYTES, ng->skip_bytes);
}

/* A section header says in which byte order its section is (section 4.1). */
static bool order_get(struct cursor head, bool *big)
{
	struct cursor same = head;

	*big = cursor_be32(&same) == order_magic;
	return *big || cursor_le32(&head) == order_magic;
}

/* The next block that is read, whole; it stays where it is until it is taken. */
static enum step block_look(struct capture *c, struct block *b)
{
	struct ng *ng = c->ng;
	size_t left = c->end - c->at;

	if (ng->skip)
		return skip_on(c);
	if (left < BLOCK_LEAST_BYTES)
		return STEP_MORE;
	struct cursor head = cursor_of(c->buffer + c->at, BLOCK_LEAST_BYTES);
	b->type = ng_u32(ng, &head);
	if (b->type == BLOCK_SECTION && !order_get(cursor_of(c->buffer + c->at + BLOCK_HEAD_BYTES, sizeof order_magic), &ng->big))
		return FAIL(c, IND_MALFORMED, "%s: after record %llu: a section header without a byte order", c->name, after(c));
	b->bytes = ng_u32(ng, &head);
	if (b->bytes < BLOCK_LEAST_BYTES || b->bytes % 4)
		return FAIL(c, IND_MALFORMED, "%s: after record %llu: a block of %u bytes", c->name, after(c), b->bytes);
	if (!is_read(b->type)) {
		ng->skip = ng->skip_bytes = b->bytes;
		return skip_on(c);
	}
	if (b->bytes > BLOCK_MOST_BYTES)
		return FAIL(c, IND_MALFORMED, "%s: after record %llu: a block of %u bytes is larger than any that is read", c->name, after(c), b->bytes);
	if (b->bytes > left)
		return STEP_MORE;
	const uint8_t *at = c->buffer + c->at;
	b->body = cursor_of(at + BLOCK_HEAD_BYTES, b->bytes - BLOCK_LEAST_BYTES);
	return tail_check(c, at + b->bytes - BLOCK_TAIL_BYTES, b->bytes) == STEP_ON ? STEP_BLOCK : STEP_FAILED;
}

static enum step block_take(struct capture *c, struct block *b, struct frame *frame)
{
	c->at += b->bytes;
	switch (b->type) {
	case BLOCK_SECTION: return section_take(c, b);
	case BLOCK_INTERFACE: return interface_take(c, b);
	case BLOCK_STATISTICS: return statistics_take(c, b);
	default: return packet_take(c, b, frame);
	}
}

/* As many whole blocks as the buffer holds. */
static enum ind_err blocks_take(struct capture *c, struct frame *frames, size_t max, size_t *count)
{
	struct block b;

	while (*count < max) {
		enum step step = block_look(c, &b);
		if (step == STEP_BLOCK)
			step = block_take(c, &b, &frames[*count]);
		if (step == STEP_MORE || step == STEP_FAILED)
			return step == STEP_MORE ? IND_OK : c->outcome;
		*count += step == STEP_FRAME;
	}
	return IND_OK;
}

static enum ind_err ng_more(struct capture *c) { return piece_read(c, c->ng->skip != 0, "a block after record", c->number); }

static enum ind_err ng_next(struct capture *c, struct frame *frames, size_t max, size_t *count)
{
	enum ind_err err = blocks_take(c, frames, max, count);
	if (err || *count)
		return err;
	err = ng_more(c);
	return err ? err : blocks_take(c, frames, max, count);
}

bool ng_likes(const struct source *s)
{
	struct cursor head = cursor_of(s->head, s->head_bytes);
	bool big;

	uint32_t type = cursor_be32(&head);
	cursor_skip(&head, sizeof(uint32_t));
	return type == BLOCK_SECTION && order_get(head, &big);
}

/* Reads up to the first packet, which says which link type is the capture's first. What is wrong with it is told when it is asked for. */
static enum ind_err interfaces_find(struct capture *c)
{
	struct ng *ng = c->ng;
	struct block b;
	enum ind_err err = IND_OK;
	enum step step = STEP_ON;

	while (!err && step != STEP_FAILED) {
		step = block_look(c, &b);
		if (step == STEP_BLOCK && is_packet(b.type)) {
			uint32_t i = interface_of(ng, b.type, &b.body);
			c->first_link = i < ng->interface_count ? (size_t)(ng->interfaces[i].link - c->links) : 0;
			break;
		}
		if (step == STEP_BLOCK)
			step = block_take(c, &b, NULL);
		if (step == STEP_MORE)
			err = ng_more(c);
	}
	if (step == STEP_FAILED || (err == IND_SHORT && !c->source.err && !ng->interface_count))
		return step == STEP_FAILED ? c->outcome : capture_fail(c, IND_SHORT, "%s: the file ends inside its header", c->name);
	if (!ng->interface_count)
		return err && err != IND_END ? err : capture_fail(c, IND_UNKNOWN, "%s: the file describes no interface before its packets", c->name);
	c->error[0] = '\0';
	return IND_OK;
}

enum ind_err ng_open(struct capture *c)
{
	c->ng = calloc(1, sizeof *c->ng);
	if (!c->ng)
		return capture_fail(c, IND_NOMEM, "%s: out of memory", c->name);
	c->next = ng_next;
	c->reader = "the program's own reader of pcapng files";
	enum ind_err err = piece_start(c, BLOCK_MOST_BYTES);
	return err ? err : interfaces_find(c);
}

void ng_close(struct capture *c) { free(c->ng); }
