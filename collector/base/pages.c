/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "base/pages.h"

#include <string.h>
#include <sys/mman.h>

void *pages_reserve(size_t bytes, enum pages pages)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	if (pages == PAGES_LARGE)
		madvise(at, bytes, MADV_HUGEPAGE);
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
