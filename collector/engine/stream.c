/* SPDX-License-Identifier: Apache-2.0 */
/* Which parser reads what. A direction of a TCP flow is in one of three states: searched for a protocol, read by a parser, or done. */
#include "engine/inside.h"

enum {
	SEARCH_BYTES_MAX = HEAD_BYTES, /* a protocol that has not shown itself by then is not looked for any more */
	SEARCH_TAIL_BYTES = 16,        /* a signature may stand across two segments */
	SEGMENT_TURNS_MAX = 16,        /* a segment can be longer than what a buffer holds */
	SKIP_MAX = 1 << 30,            /* longer bodies are not waited for: sequence numbers could wrap meanwhile */
};

/* A segment's worth of work on one direction. */
struct reading {
	struct engine *e;
	struct flow *f;
	struct flow_tcp *tcp;
	struct flow_head *h;
	struct signal_ctx ctx;
	unsigned way;
};

static void way_set(struct reading *r, unsigned way)
{
	r->way = r->e->current_way = way;
	r->ctx.from = (uint8_t)flow_dir(r->f, way);
}

static void direction_done(struct reading *r)
{
	head_done(&r->e->table, r->h, r->way);
	r->tcp->head_done |= (uint16_t)(1 << r->way);
	if (r->tcp->head_done == 3)
		head_free(&r->e->table, r->tcp);
}

static void parser_set(struct reading *r, uint8_t parser)
{
	r->h->parser[r->way] = parser;
	r->h->state[r->way][0] = r->h->state[r->way][1] = 0;
	r->h->need[r->way] = 0;
	r->h->known &= (uint8_t)~(HEAD_UNSHOWN << r->way);
	if (parser == HEAD_NO_PARSER)
		r->h->searched[r->way] = 0;
}

/* Where in the bytes a parser's protocol begins, searching from `from`: its offset, or count. *wait: bytes from there on may be one. */
static uint32_t resync_find(const struct signal_stream_parser *parser, const uint8_t *bytes, uint32_t from, uint32_t count, bool *wait)
{
	while (from < count) {
		const uint8_t *hit = memchr(bytes + from, parser->resync_byte, count - from);
		if (!hit)
			break;
		uint32_t at = (uint32_t)(hit - bytes);
		enum probe probe = parser->probe(cursor_of(hit, count - at));
		if (probe == PROBE_YES || (probe == PROBE_MORE && count - at < SEARCH_TAIL_BYTES)) {
			*wait = probe == PROBE_MORE;
			return at;
		}
		from = at + 1;
	}
	return count;
}

/* Finds the protocol in unread bytes. Returns how many of them belong to no protocol; *wait if the rest must grow first. */
static uint32_t protocol_search(struct reading *r, const struct head_view *view, bool *wait)
{
	bool may_start = false;
	uint32_t best = view->count;
	*wait = false;
	for (uint8_t i = 0; signal_stream_parsers[i]; i++) {
		enum probe probe = signal_stream_parsers[i]->probe(cursor_of(view->bytes, view->count));
		if (probe == PROBE_YES) {
			parser_set(r, (uint8_t)(i + 1));
			return 0;
		}
		may_start |= probe == PROBE_MORE;
	}
	for (uint8_t i = 0; signal_stream_parsers[i]; i++) {
		bool later;
		if (signal_stream_parsers[i]->resync_byte < 0)
			continue;
		uint32_t at = resync_find(signal_stream_parsers[i], view->bytes, 1, best, &later);
		if (at < best) {
			best = at;
			*wait = later;
			if (!later)
				parser_set(r, (uint8_t)(i + 1));
		}
	}
	if (r->h->parser[r->way] == HEAD_NO_PARSER && may_start && !view->full) {
		*wait = true;
		return 0;
	}
	return best;
}

/* A parser may tell signals of bytes that it leaves unread, because the exhibit of them is not whole: they are shown with it, later. */
static enum parse signals_read(struct reading *r, const struct signal_stream_parser *parser, struct cursor *bytes)
{
	uint8_t unshown = (uint8_t)(HEAD_UNSHOWN << r->way);
	r->e->current_new |= (r->h->known & unshown) != 0;
	enum parse parse = parser->see(&r->ctx, bytes);
	r->h->known = (uint8_t)(r->e->current_new ? r->h->known | unshown : r->h->known & ~unshown);
	return parse;
}

/* Hands the unread bytes to the direction's parser. Returns how many it is done with; *more if it should be asked again at once. */
static uint32_t parser_read(struct reading *r, const struct head_view *view, bool *more)
{
	const struct signal_stream_parser *parser = signal_stream_parsers[r->h->parser[r->way] - 1];
	struct cursor bytes = cursor_of(view->bytes, view->count);
	r->ctx.state = r->h->state[r->way];
	r->ctx.shared = &r->h->shared;
	r->ctx.need = 0;
	r->ctx.skip = 0;
	r->e->current_roles = true;
	r->ctx.turn = false;
	enum parse parse = signals_read(r, parser, &bytes);
	if (r->ctx.turn)
		turn_begin(r->h, r->way, r->ctx.time_ns);
	uint32_t used = (uint32_t)(bytes.p - view->bytes);
	*more = false;
	switch (parse) {
	case PARSE_MORE:
		r->h->need[r->way] = r->ctx.need < HEAD_BYTES ? (uint16_t)r->ctx.need : HEAD_BYTES;
		if (r->ctx.at_end && used == 0)
			parser_set(r, HEAD_NO_PARSER);
		*more = used > 0;
		break;
	case PARSE_NEXT:
		parser_set(r, HEAD_NO_PARSER);
		*more = true;
		break;
	case PARSE_DONE:
		direction_done(r);
		return view->count;
	case PARSE_NOT:
		parser_set(r, HEAD_NO_PARSER);
		used += used < view->count;
		*more = true;
		break;
	}
	if (r->ctx.skip > SKIP_MAX) {
		direction_done(r);
		return view->count;
	}
	if (r->ctx.skip) {
		uint64_t all = used + r->ctx.skip;
		if (all > view->count) {
			r->h->skip[r->way] = (uint32_t)(all - view->count);
			all = view->count;
			*more = false;
		}
		used = (uint32_t)all;
	}
	return used;
}

static bool is_done(const struct reading *r) { return r->tcp->head_done >> r->way & 1; }

/* One turn over the unread bytes. False if nothing more can be done with them now. */
static bool turn(struct reading *r, struct head_view *view)
{
	uint32_t used;
	bool more = true;
	if (r->h->parser[r->way] == HEAD_NO_PARSER) {
		bool wait;
		used = protocol_search(r, view, &wait);
		r->h->searched[r->way] += used;
		more = !wait && r->h->parser[r->way] != HEAD_NO_PARSER;
		if (!more && (r->h->searched[r->way] > SEARCH_BYTES_MAX || (wait && r->ctx.at_end && used == 0))) {
			if (r->h->searched[r->way] > SEARCH_BYTES_MAX) {
				direction_done(r);
				return false;
			}
			used = view->count;
		}
	} else {
		if (view->count < r->h->need[r->way] && !view->full && !r->ctx.at_end)
			used = 0, more = false;
		else
			used = parser_read(r, view, &more);
	}
	if (is_done(r))
		return false;
	view->bytes += used;
	view->count -= used;
	return more && view->count;
}

/* Reads what is contiguous until parsers want more or nothing is left. */
static void view_read(struct reading *r, const struct head_view *view)
{
	struct head_view rest = *view;
	r->ctx.at_end |= view->full;
	while (rest.count && turn(r, &rest))
		;
	if (is_done(r))
		return;
	head_read(&r->e->table, r->h, r->way, view, view->count - rest.count);
	if (r->h->skip[r->way]) {
		head_pass(&r->e->table, r->h, r->way, r->h->skip[r->way]);
		r->h->skip[r->way] = 0;
	}
}

/* Bytes are missing and will not come: what waits behind them is read as the start of something. */
static void gap_cross(struct reading *r)
{
	struct head_view view;
	bool at_end = r->ctx.at_end;
	r->ctx.at_end = true;
	head_view_of(&r->e->table, r->h, r->way, &view);
	if (view.count)
		view_read(r, &view);
	r->ctx.at_end = at_end;
	if (is_done(r))
		return;
	parser_set(r, HEAD_NO_PARSER);
	if (head_jump(&r->e->table, r->h, r->way)) {
		head_view_of(&r->e->table, r->h, r->way, &view);
		view_read(r, &view);
	}
}

/* What was set aside is what the stream goes on with: all that waits before it is given up. */
static void aside_take(struct reading *r)
{
	struct head_view view;
	for (int holes = 0; holes < HEAD_RANGES && !is_done(r) && r->h->buffer[r->way]; holes++)
		gap_cross(r);
	if (is_done(r))
		return;
	parser_set(r, HEAD_NO_PARSER);
	head_swap(&r->e->table, r->h, r->way);
	head_view_of(&r->e->table, r->h, r->way, &view);
	if (view.count)
		view_read(r, &view);
}

/* The other direction acknowledges bytes that this capture never saw. */
static void acknowledged_see(struct reading *r, const struct packet *p)
{
	bool believed = flow_tcp_near(r->tcp, r->way, p->seq + p->payload_bytes);
	way_set(r, !r->way);
	if (!(p->tcp_flags & TCP_ACK) || is_done(r) || !believed)
		return;
	if (head_hole_lost(&r->e->table, r->h, r->way, p->ack))
		gap_cross(r);
	else if (head_aside_taken(r->h, r->way, p->ack))
		aside_take(r);
}

/* A segment within reach. Frames of an offloading interface are longer than a buffer: they are read in turns. */
static void segment_read(struct reading *r, uint32_t seq, const struct packet *p, bool cut)
{
	uint32_t end = seq + p->payload_captured;
	for (int turns = 0; turns < SEGMENT_TURNS_MAX; turns++) {
		struct head_view view;
		uint32_t before = r->h->next[r->way];
		head_offer(&r->e->table, r->h, r->way, seq, p->payload, p->payload_captured, &view);
		r->ctx.at_end = cut;
		if (!view.count)
			return;
		view_read(r, &view);
		if (is_done(r))
			return;
		bool stuck = r->h->next[r->way] == before;
		if (stuck && view.full) {
			parser_set(r, HEAD_NO_PARSER);
			head_pass(&r->e->table, r->h, r->way, HEAD_BYTES);
		}
		bool too_long = (int32_t)(end - before) > HEAD_BYTES;
		if (!too_long || (stuck && !view.full) || (int32_t)(end - r->h->next[r->way]) <= 0)
			return;
	}
}

static void segment_see(struct reading *r, const struct packet *p)
{
	uint32_t seq = p->seq + !!(p->tcp_flags & TCP_SYN);
	head_expect(r->h, r->tcp, r->way, seq);
	if (!head_reaches(r->h, r->way, seq)) {
		bool goes_on = head_set_aside(&r->e->table, r->h, r->way, seq, p->payload, p->payload_captured);
		/* Where the other direction is not captured, nobody can acknowledge. */
		if (goes_on && !r->f->packets[!r->way])
			aside_take(r);
		return;
	}
	bool cut = p->payload_captured < p->payload_bytes;
	segment_read(r, seq, p, cut);
	if (!cut || is_done(r))
		return;
	/* The capture holds only the front of this segment: what follows it begins anew. */
	head_drop(&r->e->table, r->h, r->way);
	if ((int32_t)(seq + p->payload_bytes - r->h->next[r->way]) > 0)
		r->h->next[r->way] = seq + p->payload_bytes;
	parser_set(r, HEAD_NO_PARSER);
}

/* Most segments of a flow bring nothing that a parser waits for: they cost a few comparisons. */
static bool has_work(const struct engine *e, const struct flow_tcp *tcp, unsigned way, const struct packet *p)
{
	if (p->payload_bytes && !(tcp->head_done >> way & 1))
		return true;
	if (!tcp->head || tcp->head_done >> !way & 1)
		return false;
	const struct flow_head *h = pool_at(&e->table.heads, tcp->head);
	return h->buffer[!way] || head_has_aside(h, !way);
}

void stream_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p)
{
	struct flow_tcp *tcp = flow_tcp(&e->table, f);
	if (tcp->head_done == 3)
		return;
	if (p->payload_bytes)
		turn_see(e, f, way, p);
	if (!has_work(e, tcp, way, p))
		return;
	struct reading r = { .e = e, .f = f, .tcp = tcp, .h = head_of(&e->table, tcp), .way = way, .ctx = emit_ctx(e, f, way, p) };
	if (p->payload_bytes && !is_done(&r))
		segment_see(&r, p);
	if (tcp->head_done != 3)
		acknowledged_see(&r, p);
}

void stream_end(struct engine *e, struct flow *f)
{
	struct flow_tcp *tcp = flow_tcp(&e->table, f);
	if (!tcp || !tcp->head)
		return;
	struct reading r = {
		.e = e, .f = f, .tcp = tcp, .h = pool_at(&e->table.heads, tcp->head),
		.ctx = { .sink = &e->sink, .time_ns = f->last_ns, .packet = e->counters.frames, .at_end = true },
	};
	e->current = f;
	e->current_new = false;
	for (unsigned way = 0; way < 2 && tcp->head; way++) {
		way_set(&r, way);
		for (int holes = 0; holes < HEAD_RANGES && tcp->head && !is_done(&r) && r.h->buffer[way]; holes++)
			gap_cross(&r);
	}
}
