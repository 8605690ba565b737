/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* Address space that costs memory only where it is touched, zero at first. Large pages suit tables of small items: look-ups go all over
 * them, and most of their cost would be misses of the translation buffer; they are only wished for. NULL if there is no address space. */
enum pages { PAGES_SMALL, PAGES_LARGE };
void *pages_reserve(size_t bytes, enum pages pages);
/* Gives the memory back; what is read there afterwards is zero. */
void pages_forget(void *at, size_t bytes);

void pages_release(void *at, size_t bytes);

#endif
