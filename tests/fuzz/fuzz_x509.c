/* SPDX-License-Identifier: Apache-2.0 */
#include "feed_stream.h"
#include "signal/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is a certificate. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct signal_ctx ctx = { .sink = &feed_sink, .from = IND_DST };
	x509_put(&ctx, IND_SERVER, cursor_of(data, size));
	return 0;
}
