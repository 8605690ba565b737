/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked: any bytes are asks, or one line of error. What was read is in its bounds, holds no forbidden words, and becomes a letter whose lines are
 * text. */
#include "base/text.h"
#include "letter/letter.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void letter_check(const struct asks *asks)
{
	struct letter letter = { .tlp = IND_TLP_RED, .to = "to", .asks = asks };
	struct out out;
	out_start(&out, NULL, NULL);
	letter_text(&letter, &out);
	for (const uint8_t *at = (const uint8_t *)out.at, *end = at + out.used; at < end;) {
		size_t bytes = text_utf8_char(at, end);
		if (!bytes || (*at < ' ' && *at != '\n'))
			abort();
		at += bytes;
	}
	out.used = 0;
	letter_html(&letter, &out);
	out_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct asks asks;
	char error[LETTER_ERROR_BYTES] = "";
	char *text = malloc(size + 1);
	if (size > LETTER_ASKS_BYTES_MAX || !text)
		return free(text), 0;
	memcpy(text, data, size);
	enum ind_err err = asks_read(text, size, &asks, error);
	if (err != IND_OK ? !*error || strchr(error, '\n') : *error || !asks.count || asks.count > LETTER_ASKS_MAX)
		abort();
	for (size_t i = 0; err == IND_OK && i < asks.count; i++)
		if (asks.list[i].kind == ASK_TEXT ? !asks.list[i].bytes || forbidden_words(asks.list[i].text, asks.list[i].bytes) != NULL : asks.list[i].from_ns > asks.list[i].to_ns && asks.list[i].to_ns)
			abort();
	if (err == IND_OK)
		letter_check(&asks);
	free(text);
	return 0;
}
