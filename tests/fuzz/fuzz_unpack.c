/* SPDX-License-Identifier: Apache-2.0 */
/* What a captured tap process could put into the ring: keep checks it and reads nothing outside the message. */
#include "daemon/unpack.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ind_signal signals[UNPACK_SIGNALS_MAX];
	struct ind_flow flow;
	struct ind_exhibit exhibit;
	struct message_end end;
	size_t count = 0;
	uint8_t *aligned = malloc(size + 1);
	if (!aligned)
		return 0;
	if (size)
		memcpy(aligned, data, size);
	if (unpack_flow(aligned, size, &flow, signals, &count) == IND_OK)
		for (size_t i = 0; i < count; i++)
			sink += (unsigned)signals[i].value[signals[i].value_bytes - 1];
	if (unpack_exhibit(aligned, size, &exhibit) == IND_OK)
		sink += exhibit.bytes[exhibit.bytes_count - 1];
	if (unpack_end(aligned, size, &end) == IND_OK)
		sink += end.text[0];
	free(aligned);
	return 0;
}
