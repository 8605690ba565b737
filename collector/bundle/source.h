/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_SOURCE_H
#define BUNDLE_SOURCE_H

#include "indicia/bundle.h"

/* Fills as much as there is, whatever pieces the source gives; fewer than `count` only at the end. */
static inline enum ind_err source_read(const struct ind_source *source, uint64_t offset, uint8_t *bytes, size_t count, size_t *got)
{
	*got = 0;
	while (*got < count) {
		size_t more = 0;
		enum ind_err err = source->read_at(source->ctx, offset + *got, bytes + *got, count - *got, &more);
		if (err != IND_OK && err != IND_END)
			return err;
		if (more == 0)
			return IND_OK;
		*got += more;
	}
	return IND_OK;
}

#endif
