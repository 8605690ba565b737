/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_ERR_H
#define INDICIA_ERR_H

/* The one list of outcomes. Zero is success; a result must be looked at.
 * SHORT, MALFORMED and UNKNOWN are three different outcomes of reading hostile bytes: bytes that end too early, bytes that
 * contradict their own specification, and bytes of a kind that this version does not know. */
#define IND_ERR_LIST(X) \
	X(IND_OK, "success") \
	X(IND_SHORT, "the input ends too early") \
	X(IND_MALFORMED, "the input contradicts its format") \
	X(IND_UNKNOWN, "the input is of an unknown kind") \
	X(IND_END, "no more input") \
	X(IND_USAGE, "the interface was called out of order or with bad arguments; nothing was changed") \
	X(IND_LIMIT, "a documented limit is reached") \
	X(IND_NOMEM, "out of memory") \
	X(IND_IO, "an input/output error; errno says which") \
	X(IND_EXISTS, "the target exists already") \
	X(IND_MISSING, "something that was asked for is missing") \
	X(IND_KEY, "a key cannot be used") \
	X(IND_CRYPTO, "the cryptographic library refused") \
	X(IND_FULL, "no space is left")

enum ind_err {
#define IND_ERR_ENUM(name, text) name,
	IND_ERR_LIST(IND_ERR_ENUM)
#undef IND_ERR_ENUM
};

#define IND_MUST_USE __attribute__((warn_unused_result))

/* What is visible outside the shared library; everything else is hidden. */
#define IND_API __attribute__((visibility("default")))

/* One English sentence without a full stop, static storage; never NULL, also for values outside the list. */
IND_API const char *ind_strerror(enum ind_err err);

#endif
