/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* Address space that costs memory only where it is touched, zero at first. Large pages are wished for: look-ups go all over such
 * tables, and most of their cost would be misses of the translation buffer. NULL if there is no address space. */
void *pages_reserve(size_t bytes);
void pages_release(void *at, size_t bytes);

#endif
