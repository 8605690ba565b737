/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever answers at a status socket: the screen of it is bounded, and moves no cursor. */
#include "cli/live.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char json[LIVE_BYTES], text[LIVE_BYTES];
	struct lines out = { .text = text, .size = sizeof(text) };
	if (size >= sizeof(json))
		return 0;
	if (size)
		memcpy(json, data, size);
	json[size] = '\0';
	live_screen(json, 80, false, &out);
	for (size_t i = 0; i < out.used; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n')
			abort();
	return 0;
}
