/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_SEALED_H
#define FLEET_SEALED_H

#include "indicia/verify.h"

/* Is a bundle sealed to its end, as far as its frames say without their records being opened: form, order and CRC of each frame, the certificate
 * of the HEADER, one key from beginning to end, and its signature under the final CHECKPOINT? It does not find records that were changed together
 * with their CRCs: ind_verify does, for much more time, and every reader asks it. */

/* True if so: then the result has what a custody event says of a bundle (stream, tree, identity), with the verdict UNTRUSTED, for nobody was asked
 * whom to trust. False says nothing: ask ind_verify. `bytes` is the size of the file. */
bool sealed_by_frames(const struct ind_source *source, uint64_t bytes, struct ind_verify_result *result);

#endif
