/* SPDX-License-Identifier: Apache-2.0 */
#include "indicia/bundle.h"

#include "base/hash.h"
#include <inttypes.h>
#include <stdio.h>

const char *ind_record_id_text(const struct ind_record_id *id, char text[static IND_RECORD_ID_TEXT])
{
	enum { SHOWN_BYTES = 4 };
	char stream[2 * SHOWN_BYTES + 1];
	hash_hex(id->stream_id, SHOWN_BYTES, stream);
	int used = snprintf(text, IND_RECORD_ID_TEXT, "%s:%" PRIu64 ":%" PRIu32, stream, id->leaf, id->row);
	if (id->part)
		snprintf(text + used, (size_t)(IND_RECORD_ID_TEXT - used), ":%" PRIu32, id->part);
	return text;
}
