/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_COUNTRY_H
#define BASE_COUNTRY_H

/* The English name of an ISO 3166-1 alpha-2 code in the package iso-codes, which is the message of its catalogues too; NULL if there is none.
 * Static. i18n_country gives it in the language at hand. */
const char *country_name(const char *code);

#endif
