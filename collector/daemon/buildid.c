/* SPDX-License-Identifier: Apache-2.0 */
/* For dl_iterate_phdr. */
#define _GNU_SOURCE
#include "daemon/buildid.h"
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGEST_MAX = 32 };

static char hex[2 * DIGEST_MAX + 1];
static char text[sizeof hex + sizeof "indicia " INDICIA_VERSION " ()"];

static size_t aligned(size_t bytes) { return (bytes + 3) & ~(size_t)3; }

static void digest_write(const unsigned char *digest, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < count; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
}

/* One segment of notes: each is a head, a name and a description, the latter two padded to four bytes. */
static bool note_find(const unsigned char *at, size_t left)
{
	ElfW(Nhdr) head;
	while (left >= sizeof head) {
		memcpy(&head, at, sizeof head);
		size_t name = aligned(head.n_namesz), whole = sizeof head + name + aligned(head.n_descsz);
		if (whole > left)
			return false;
		if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof "GNU" && memcmp(at + sizeof head, "GNU", sizeof "GNU") == 0 &&
			head.n_descsz <= DIGEST_MAX) {
			digest_write(at + sizeof head + name, head.n_descsz);
			return true;
		}
		at += whole;
		left -= whole;
	}
	return false;
}

/* The first object is the program itself; the libraries behind it have build ids of their own. */
static int program_read(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size, (void)ctx;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		if (segment->p_type == PT_NOTE && note_find((const unsigned char *)(uintptr_t)(info->dlpi_addr + segment->p_vaddr), segment->p_memsz))
			break;
	}
	return 1;
}

const char *buildid_hex(void)
{
	if (!hex[0])
		(void)dl_iterate_phdr(program_read, NULL);
	return hex;
}

const char *buildid_text(void)
{
	const char *digits = buildid_hex();
	if (!digits[0])
		return "indicia " INDICIA_VERSION;
	(void)snprintf(text, sizeof text, "indicia " INDICIA_VERSION " (%s)", digits);
	return text;
}
