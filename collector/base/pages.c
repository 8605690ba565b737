/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "base/pages.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* A table that stays small does not need them, and a page of 2 MiB for a few items is memory wasted. */
enum { SMALL_FIRST_BYTES = 2 << 20 };

void *pages_reserve(size_t bytes, enum pages pages)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	if (pages == PAGES_LARGE && bytes > SMALL_FIRST_BYTES)
		madvise((uint8_t *)at + SMALL_FIRST_BYTES, bytes - SMALL_FIRST_BYTES, MADV_HUGEPAGE);
	return at;
}

void pages_forget(void *at, size_t bytes)
{
	if (madvise(at, bytes, MADV_DONTNEED) != 0)
		memset(at, 0, bytes);
}

void pages_release(void *at, size_t bytes)
{
	if (at)
		munmap(at, bytes);
}
