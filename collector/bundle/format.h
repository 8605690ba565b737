/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_FORMAT_H
#define BUNDLE_FORMAT_H

/* Numbers of docs/bundle-format.md. */

enum {
	PREAMBLE_BYTES = 32,
	FRAME_HEADER_BYTES = 32,
	FRAME_ALIGN_BYTES = 8,
	FRAME_MAX_BYTES = 8 << 20,
	SMALL_MAX_BYTES = 2 << 20,
	TORN_TAIL_MAX_BYTES = 1 << 20,

	ROWS_MAX = 8192,
	FLOW_SIGNALS_MAX = 4096,
	FRAME_SIGNALS_MAX = 131072,
	SALT_BYTES = 16,
	SALT_SLOTS = 8,              /* of a row */
	GROUPS_MAX = 6,              /* of a row */
	CORE_MAX_BYTES = 95,
	ORIGIN_TEXT_MAX = 255,
};

enum frame_type {
	FRAME_HEADER = 1, FRAME_DATA = 2, FRAME_CLOCK = 3, FRAME_LOSS = 4, FRAME_EPOCH = 5, FRAME_SEALINFO = 6, FRAME_CHECKPOINT = 7,
	FRAME_RECOVERY = 8,
};

/* What the rows of a DATA frame are; the number is hashed into each row's leaf. */
enum row_kind { ROW_FLOW = 1, ROW_EXHIBIT = 2, ROW_CLAIM = 3, ROW_ORIGIN = 4, ROW_KIND_END = 5 };

#endif
