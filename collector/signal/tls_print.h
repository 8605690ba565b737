/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_PRINT_H
#define SIGNAL_TLS_PRINT_H

#include "base/hash.h"
#include "signal/tls_hello.h"

/* Fingerprints of hellos: JA3 and JA3S (MD5 of the string that their authors published in 2017), JA4 of TLS clients (FoxIO, 2023). */

enum { TLS_JA4_BYTES = 36 };

void tls_ja3(const struct tls_hello *hello, uint8_t md5[static HASH_MD5_BYTES]);
void tls_ja3s(const struct tls_hello *hello, uint8_t md5[static HASH_MD5_BYTES]);

/* Not NUL-terminated. */
void tls_ja4(const struct tls_hello *hello, char transport, char text[static TLS_JA4_BYTES]);

#endif
