/* SPDX-License-Identifier: Apache-2.0 */
/* Which family of systems a SYN looks like, and which one a program names. Forms of SYNs as the systems' own defaults make them: order of option
 * kinds, and the TTL that they start from. What is not one of these is not guessed. */
#include "assess/subject.h"
#include "indicia/catalogue.h"
#include <string.h>

static bool has(const struct ind_signal *s, const char *word)
{
	size_t bytes = strlen(word);
	for (size_t i = 0; i + bytes <= s->value_bytes; i++)
		if (memcmp(s->value + i, word, bytes) == 0)
			return true;
	return false;
}

/* The field of a SYN's text that begins with this letter: "…:o2-4-8-1-3:…". */
static struct ind_text field_of(const struct ind_signal *syn, char letter)
{
	for (size_t i = 0; i + 1 < syn->value_bytes; i++) {
		if (syn->value[i] != ':' || syn->value[i + 1] != letter)
			continue;
		const char *at = syn->value + i + 2, *end = memchr(at, ':', syn->value_bytes - i - 2);
		return (struct ind_text){ at, (uint16_t)((end ? end : syn->value + syn->value_bytes) - at) };
	}
	return (struct ind_text){ NULL, 0 };
}

static bool is(struct ind_text text, const char *word) { return text.bytes == strlen(word) && memcmp(text.at, word, text.bytes) == 0; }

static unsigned number_of(struct ind_text text)
{
	unsigned number = 0;
	for (size_t i = 0; i < text.bytes && i < 3 && text.at[i] >= '0' && text.at[i] <= '9'; i++)
		number = number * 10 + (unsigned)(text.at[i] - '0');
	return number;
}

enum system system_of_syn(const struct ind_signal *syn)
{
	struct ind_text options = field_of(syn, 'o');
	bool high = number_of(field_of(syn, 't')) > 64;
	if (high)
		return is(options, "2-1-3-1-1-4") || is(options, "2-1-3-1-1-8-4") || is(options, "2-1-1-4") ? SYSTEM_WINDOWS : SYSTEM_UNKNOWN;
	if (is(options, "2-4-8-1-3"))
		return SYSTEM_LINUX;
	if (is(options, "2-1-3-1-1-8-4-0-0") || is(options, "2-1-3-1-1-8-4-0"))
		return SYSTEM_APPLE;
	return is(options, "2-1-3-4-8") ? SYSTEM_BSD : SYSTEM_UNKNOWN;
}

/* The order matters: an Android names Linux, too, and an iPhone "like Mac OS X". */
static enum system system_of_words(const struct ind_signal *s)
{
	if (has(s, "Windows"))
		return SYSTEM_WINDOWS;
	if (has(s, "iPhone") || has(s, "iPad") || has(s, "Macintosh") || has(s, "Mac OS X") || has(s, "Darwin"))
		return SYSTEM_APPLE;
	if (has(s, "FreeBSD") || has(s, "OpenBSD") || has(s, "NetBSD"))
		return SYSTEM_BSD;
	if (has(s, "Linux") || has(s, "Android") || has(s, "Ubuntu") || has(s, "Debian"))
		return SYSTEM_LINUX;
	return SYSTEM_UNKNOWN;
}

enum system system_declared(const struct ind_signal *s)
{
	switch (s->id) {
	case IND_SIG_HTTP_USER_AGENT:
	case IND_SIG_SSH_BANNER: return system_of_words(s);
	default: return SYSTEM_UNKNOWN;
	}
}
