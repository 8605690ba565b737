/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes as a datagram and, behind the first one, as a stream; and as a logon token, bare and in base64, of which what is hidden must read
 * as before. */
#include "feed_stream.h"
#include "signal/kerberos.h"
#include "signal/ntlm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *copy_of(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	return copy;
}

static void count_signal(void *ctx, const struct ind_signal *signal)
{
	feed_signal(NULL, signal);
	++*(size_t *)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t port[2] = { 88, 40000 };
	size_t before = 0, after = 0;
	struct signal_sink counting = feed_sink;
	struct signal_ctx ctx = { .sink = &feed_sink, .at_end = true };
	uint8_t *copy = copy_of(data, size);
	struct cursor bytes = cursor_of(copy, size);
	kerberos_udp_parser.see(&ctx, &bytes, port);
	counting.signal = count_signal;
	counting.ctx = &before;
	ctx.sink = &counting;
	ntlm_token_put(&ctx, cursor_of(copy, size), false);
	if (ntlm_token_hide(copy, size)) {
		counting.ctx = &after;
		ntlm_token_put(&ctx, cursor_of(copy, size), false);
		if (before != after)
			abort();
	}
	free(copy);
	copy = copy_of(data, size);
	ntlm_base64_put(&ctx, copy, size);
	ntlm_base64_hide(copy, size);
	free(copy);
	return feed_stream(&kerberos_tcp_parser, data, size);
}
