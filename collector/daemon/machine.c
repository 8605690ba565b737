/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/machine.h"

#include "base/hash.h"
#include "daemon/clock.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 128 };

static size_t text_read(const char *path, char text[static TEXT_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, TEXT_BYTES) : 0;
	if (fd >= 0)
		close(fd);
	return n > 0 ? (size_t)n : 0;
}

static void boot_id_read(uint8_t boot_id[static 16])
{
	static const char hex[] = "0123456789abcdef";
	char text[TEXT_BYTES];
	size_t n = text_read("/proc/sys/kernel/random/boot_id", text), digits = 0;
	for (size_t i = 0; i < n && digits < 32; i++) {
		const char *at = text[i] ? strchr(hex, text[i]) : NULL;
		if (!at)
			continue;
		boot_id[digits / 2] = (uint8_t)(boot_id[digits / 2] << 4 | (at - hex));
		digits++;
	}
}

void machine_read(struct machine *m)
{
	static const char domain[] = "INDICIA-MACHINE";
	char id[TEXT_BYTES], product[TEXT_BYTES];
	*m = (struct machine){ .boottime_ns = clock_boottime_ns() };
	size_t id_bytes = text_read("/etc/machine-id", id), product_bytes = text_read("/sys/class/dmi/id/product_uuid", product);
	const struct hash_part parts[] = { { domain, sizeof domain }, { id, id_bytes }, { "", 1 }, { product, product_bytes } };
	hash_sha256_parts(parts, sizeof parts / sizeof *parts, m->digest);
	m->known = id_bytes != 0 || product_bytes != 0;
	boot_id_read(m->boot_id);
}

const char *machine_differs(const struct machine *then, const struct machine *now)
{
	static const uint8_t none[16];
	if (then->known && now->known && memcmp(then->digest, now->digest, sizeof now->digest) != 0)
		return "this is another machine";
	bool same_boot = memcmp(then->boot_id, none, sizeof none) != 0 && memcmp(then->boot_id, now->boot_id, sizeof now->boot_id) == 0;
	return same_boot && now->boottime_ns < then->boottime_ns ? "this machine was set back to an earlier state" : NULL;
}
