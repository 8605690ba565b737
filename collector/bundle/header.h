/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_HEADER_H
#define BUNDLE_HEADER_H

#include "bundle/buffer.h"
#include "indicia.pb-c.h"
#include "indicia/bundle.h"

/* HEADER payloads (docs/bundle-format.md sections 2.1 and 6). */

/* `header` complete, `stream` as it stands before this bundle; the payload goes into `out` behind `before` bytes. Text that is not UTF-8
 * is written with its odd bytes as \xNN. */
enum ind_err header_pack(const struct ind_header *header, const struct ind_stream *stream, const uint8_t certificate[static IND_SIGNATURE_BYTES],
	size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;

/* A HEADER as read: `header` borrows `message`. */
struct header_image {
	Indicia__V1__Header *message;
	struct ind_header header;
	struct ind_stream stream;
	uint64_t epoch_start_ns;
	uint8_t certificate[IND_SIGNATURE_BYTES];
};

/* Checks everything but the certificate's signature. On failure *reason is a stable word. */
enum ind_err header_unpack(const uint8_t *payload, size_t bytes, const uint8_t stream_id[static IND_STREAM_ID_BYTES], struct header_image *image,
	const char **reason) IND_MUST_USE;
void header_image_free(struct header_image *image);

#endif
