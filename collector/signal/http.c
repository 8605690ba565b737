/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/http.h"

/* HTTP/1.0 and 1.1 for the whole life of a connection: RFC 9112. Heads are read, bodies are passed over unseen. */

/* state[0] is where a direction stands, state[1] how many unread bytes were searched for the end of a head. */
enum phase { PHASE_MESSAGE, PHASE_CHUNK, PHASE_TRAILER };

enum { CHUNK_LINE_MAX_BYTES = 4096, KIND_BITS = 2, KINDS_MAX = 32 };

/* What requests await a response: the oldest in the low bits, 0 behind the newest. More than fit are not remembered. */
static void queue_push(uint64_t *queue, enum http_kind kind)
{
	bool full = *queue >> (KINDS_MAX - 1) * KIND_BITS;
	for (int i = 0; i < KINDS_MAX && !full; i++) {
		if ((*queue >> (i * KIND_BITS) & 3) == 0) {
			*queue |= (uint64_t)kind << (i * KIND_BITS);
			return;
		}
	}
}

static enum http_kind queue_pop(uint64_t *queue)
{
	enum http_kind kind = *queue & 3;
	*queue >>= KIND_BITS;
	return kind;
}

/* The length of a head with the empty line behind it, 0 if that is not there yet; *searched remembers how far it is known. */
static size_t head_bytes(const struct cursor *bytes, uint64_t *searched)
{
	const uint8_t *at = bytes->p, *p = at + (*searched < cursor_left(bytes) ? *searched : 0), *lf;
	while (p < bytes->end && (lf = memchr(p, '\n', (size_t)(bytes->end - p)))) {
		size_t left = (size_t)(bytes->end - lf) - 1;
		if (left >= 1 && lf[1] == '\n')
			return (size_t)(lf - at) + 2;
		if (left >= 2 && lf[1] == '\r' && lf[2] == '\n')
			return (size_t)(lf - at) + 3;
		if (left < 2) {
			*searched = (uint64_t)(lf - at);
			return 0;
		}
		p = lf + 1;
	}
	*searched = cursor_left(bytes);
	return 0;
}

/* Passes over `count` bytes, those that are there at once. True when the next message is at hand. */
static bool pass(struct signal_ctx *ctx, struct cursor *bytes, uint64_t count)
{
	size_t here = count < cursor_left(bytes) ? (size_t)count : cursor_left(bytes);
	cursor_skip(bytes, here);
	ctx->skip = count - here;
	return ctx->skip == 0;
}

/* RFC 9112 section 6.3. True to go on at once, else *verdict says how. */
static bool pass_body(struct signal_ctx *ctx, struct cursor *bytes, const struct http_head *head, enum parse *verdict)
{
	if (head->chunked) {
		ctx->state[0] = PHASE_CHUNK;
		return true;
	}
	if (!head->coded && !head->bad_length && (head->has_length || !head->is_response))
		return pass(ctx, bytes, head->length);
	*verdict = PARSE_DONE;
	return false;
}

static bool after_response(struct signal_ctx *ctx, struct cursor *bytes, const struct http_head *head, enum parse *verdict)
{
	if (head->status < 200 && head->status != 101)
		return true;
	enum http_kind kind = queue_pop(ctx->shared);
	bool success = head->status / 100 == 2;
	bool unframed = !head->has_length && !head->coded;
	/* A proxy's "connection established" is known by its emptiness where the request was not captured. */
	bool tunnel = success && (kind == HTTP_CONNECT || (kind == HTTP_UNSEEN && unframed && !head->has_type));
	if (head->status == 101 || tunnel) {
		*ctx->shared = 0;
		*verdict = PARSE_NEXT;
		return false;
	}
	if (kind == HTTP_HEAD || head->status == 204 || head->status == 304)
		return true;
	return pass_body(ctx, bytes, head, verdict);
}

static bool see_head(struct signal_ctx *ctx, struct cursor *bytes, size_t count, enum parse *verdict)
{
	struct cursor block = cursor_sub(bytes, count);
	struct http_head head = http_head_see(ctx, block);
	http_head_keep(ctx, block, head.is_response ? IND_SERVER : IND_CLIENT);
	if (head.malformed)
		signal_malformed(ctx);
	if (head.is_response)
		return after_response(ctx, bytes, &head, verdict);
	queue_push(ctx->shared, head.kind);
	return pass_body(ctx, bytes, &head, verdict);
}

/* The whole lines of a head whose end will not come; the next bytes, if there are any, begin anew. */
static void see_rest(struct signal_ctx *ctx, struct cursor *bytes)
{
	size_t count = cursor_left(bytes);
	while (count && bytes->p[count - 1] != '\n')
		count--;
	enum parse ignored;
	if (count)
		see_head(ctx, bytes, count, &ignored);
	cursor_skip(bytes, cursor_left(bytes));
	ctx->state[0] = PHASE_MESSAGE;
	ctx->state[1] = 0;
	ctx->skip = 0;
}

static bool see_message(struct signal_ctx *ctx, struct cursor *bytes, enum parse *verdict)
{
	if (ctx->state[1] == 0) {
		http_pass_line_ends(bytes);
		enum probe probe = http_probe(*bytes);
		if (probe == PROBE_NO)
			*verdict = PARSE_NEXT;
		if (probe != PROBE_YES)
			return false;
	}
	size_t count = head_bytes(bytes, &ctx->state[1]);
	if (count) {
		ctx->state[1] = 0;
		return see_head(ctx, bytes, count, verdict);
	}
	if (ctx->at_end)
		see_rest(ctx, bytes);
	return false;
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 9112 section 7.1: the size of a chunk; extensions are passed over. False if there is none or it is out of reason. */
static bool chunk_size(struct cursor line, uint64_t *size)
{
	int digits = 0;
	*size = 0;
	while (cursor_left(&line) && hex_value(*line.p) >= 0 && digits < 15) {
		*size = *size << 4 | (unsigned)hex_value(cursor_u8(&line));
		digits++;
	}
	return digits && (cursor_left(&line) == 0 || *line.p == ';' || *line.p == ' ' || *line.p == '\t');
}

static bool see_chunk(struct signal_ctx *ctx, struct cursor *bytes, enum parse *verdict)
{
	uint64_t size;
	struct cursor line;
	http_pass_line_ends(bytes); /* behind the chunk before */
	if (cursor_left(bytes) == 0)
		return false;
	if (!memchr(bytes->p, '\n', cursor_left(bytes))) {
		if (cursor_left(bytes) > CHUNK_LINE_MAX_BYTES)
			*verdict = PARSE_DONE;
		return false;
	}
	if (!http_line(bytes, &line) || !chunk_size(line, &size)) {
		signal_malformed(ctx);
		*verdict = PARSE_DONE;
		return false;
	}
	if (size == 0)
		ctx->state[0] = PHASE_TRAILER;
	return size == 0 || pass(ctx, bytes, size);
}

static bool see_trailer(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor line;
	while (cursor_left(bytes) && memchr(bytes->p, '\n', cursor_left(bytes)) && http_line(bytes, &line)) {
		if (cursor_left(&line) == 0) {
			ctx->state[0] = PHASE_MESSAGE;
			return true;
		}
	}
	return false;
}

static enum parse http_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	enum parse verdict = PARSE_MORE;
	bool go_on = true;
	ctx->skip = 0;
	ctx->need = 0;
	while (go_on && cursor_left(bytes)) {
		if (ctx->state[0] == PHASE_CHUNK)
			go_on = see_chunk(ctx, bytes, &verdict);
		else if (ctx->state[0] == PHASE_TRAILER)
			go_on = see_trailer(ctx, bytes);
		else
			go_on = see_message(ctx, bytes, &verdict);
	}
	return verdict;
}

const struct signal_stream_parser http_parser = { "http", http_probe, -1, http_see };
