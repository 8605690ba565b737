/* SPDX-License-Identifier: Apache-2.0 */
/* What a list costs: bench_list [plain4|plain6|pfx2as|rir|tor|ioc] [lines]. A list of that many lines in random order, nested now and then, is made in memory
 * and read; then it is asked, half of the time for what it holds. A program, not a test: figures are for people. */
#include "indicia/catalogue.h"
#include "refdata/list.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE = 192, LOOKUPS = 2000000 };

struct kind { const char *name; unsigned kind; bool is_value; const char *heading; };
static const struct kind kinds[] = {
	{ "plain4", IND_CLAIM_VPN, false, "" }, { "plain6", IND_CLAIM_VPN, false, "" }, { "pfx2as", IND_CLAIM_PFX2AS, false, "" },
	{ "rir", IND_CLAIM_RIR, false, "" },
	{ "tor", IND_CLAIM_TOR, false, "network-status-version 3 microdesc\n" }, { "ioc", IND_CLAIM_IOC, true, "indicator,type,source,date,grade,tlp,label\n" },
};

static uint64_t state = 88172645463325252;

static uint32_t chance(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int line_make(const char *kind, char *at)
{
	uint32_t a = chance(), bits = 16 + chance() % 17;
	uint32_t net = bits == 32 ? a : a & ~(UINT32_MAX >> bits);
	if (strcmp(kind, "plain6") == 0)
		return snprintf(at, LINE, "2%03x:%x:%x::/%u\n", a & 0xfff, a >> 16, chance() & 0xffff, 32 + chance() % 97);
	if (strcmp(kind, "pfx2as") == 0)
		return snprintf(at, LINE, "%u.%u.%u.%u\t%u\t%u\n", net >> 24, net >> 16 & 255, net >> 8 & 255, net & 255, bits, 1 + chance() % 80000);
	if (strcmp(kind, "rir") == 0)
		return snprintf(at, LINE, "ripencc|ZZ|ipv4|%u.%u.%u.%u|%u|%u%02u%02u|allocated|x\n", a >> 24, a >> 16 & 255, a >> 8 & 255, 0, 256, 1990 + a % 36,
			1 + a % 12, 1 + a % 28);
	if (strcmp(kind, "tor") == 0)
		return snprintf(at, LINE, "r relay AAAAAAAAAAAAAAAAAAAAAAAAAAA 2038-01-01 00:00:00 %u.%u.%u.%u 9001 0\nm AAAA\ns%s Fast%s%s Running Stable V2Dir Valid\n", a >> 24,
			a >> 16 & 255, a >> 8 & 255, a & 255, bits % 5 ? "" : " Exit", bits % 3 ? "" : " Guard", bits % 2 ? " HSDir" : "");
	if (strcmp(kind, "ioc") == 0)
		return snprintf(at, LINE, "host%u.example,domain,Source %u,2026-10-%02u,B2,green,Label %u\n", a, a % 100, 1 + a % 28, a % 1000);
	return snprintf(at, LINE, "%u.%u.%u.%u/%u\n", net >> 24, net >> 16 & 255, net >> 8 & 255, net & 255, bits);
}

static char *text_make(const struct kind *kind, size_t lines, size_t *bytes)
{
	char *text = malloc(lines * LINE + LINE);
	if (!text)
		exit(1);
	*bytes = (size_t)snprintf(text, LINE, "%s", kind->heading);
	for (size_t i = 0; i < lines; i++)
		*bytes += (size_t)line_make(kind->name, text + *bytes);
	return text;
}

static size_t ask_addresses(const struct list *l, unsigned version)
{
	const struct ranges *r = &l->ranges[version == 4 ? LIST_IP4 : LIST_IP6];
	struct ind_claim claims[LIST_MATCHES_MAX];
	size_t found = 0;
	for (size_t i = 0; i < LOOKUPS; i++) {
		uint32_t key[4] = { chance(), chance(), chance(), chance() };
		const uint32_t *in = r->words + chance() % r->count * (2 * r->width + 2);
		uint8_t addr[16];
		for (unsigned w = 0; w < r->width; w++) {
			uint32_t word = i % 2 ? in[w] : key[w];
			for (unsigned b = 0; b < 4; b++)
				addr[4 * w + b] = (uint8_t)(word >> (24 - 8 * b));
		}
		found += list_address(l, version, addr, claims, LIST_MATCHES_MAX) != 0;
	}
	return found;
}

/* The name in the line after some place in the text, or in the first line. */
static int name_near(const char *text, size_t bytes, char *value)
{
	const char *line = memchr(text + (((uint64_t)chance() << 32 | chance()) % bytes), '\n', LINE);
	line = line && line + 1 < text + bytes ? line + 1 : strchr(text, '\n') + 1;
	return snprintf(value, LINE, "%.*s", (int)strcspn(line, ","), line);
}

/* Half of them names that the list holds. */
static size_t ask_values(const struct list *l, const char *text, size_t text_bytes)
{
	struct ind_claim claims[LIST_MATCHES_MAX];
	size_t found = 0;
	for (size_t i = 0; i < LOOKUPS; i++) {
		char value[LINE];
		int bytes = i % 2 ? name_near(text, text_bytes, value) : snprintf(value, sizeof value, "host%u.example", chance());
		found += list_value(l, IND_SIG_TLS_SNI, value, (size_t)bytes, claims, LIST_MATCHES_MAX) != 0;
	}
	return found;
}

static size_t memory_of(const struct list *l)
{
	size_t bytes = l->pool.room + l->values.room + (l->pool.slot_count + l->values.slot_count) * sizeof(uint32_t);
	for (unsigned i = 0; i < LIST_RANGES_COUNT; i++)
		bytes += (l->ranges[i].room * (2 * l->ranges[i].width + 2) + l->ranges[i].sample_count * l->ranges[i].width) * sizeof(uint32_t);
	return bytes;
}

int main(int argc, char **argv)
{
	const struct kind *kind = &kinds[0];
	size_t lines = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000, bytes;
	for (size_t i = 0; argc > 1 && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			kind = &kinds[i];
	char *text = text_make(kind, lines, &bytes), error[LIST_NOTE_BYTES];
	struct meta meta = { .kind = (uint8_t)kind->kind, .date_s = 1 };
	struct list list;
	double start = cpu_seconds();
	if (list_read(&list, kind->name, &meta, text, bytes, error)) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	double read = cpu_seconds() - start;
	start = cpu_seconds();
	size_t found = kind->is_value ? ask_values(&list, text, bytes) : ask_addresses(&list, strcmp(kind->name, "plain6") == 0 ? 6 : 4);
	double asked = cpu_seconds() - start;
	printf("%s: %zu lines, %.1f MB: read in %.3f s, %.0f bytes of memory a line; %d look-ups, %zu found, %.0f ns each\n", kind->name, lines,
		(double)bytes / 1e6, read, (double)memory_of(&list) / (double)lines, LOOKUPS, found, asked / LOOKUPS * 1e9);
	list_free(&list);
	free(text);
	return 0;
}
