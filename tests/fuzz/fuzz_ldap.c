/* SPDX-License-Identifier: Apache-2.0 */
#include "feed_stream.h"
#include "signal/ldap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return feed_stream(&ldap_parser, data, size);
}
