/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* The fixed sentences of a report (docs/method.md, language), in the language that is open. An id that is none of the list gives NULL: then it is shown as
 * the data that it is. Static storage. */

/* "TLP:AMBER+STRICT", never translated, and the class of its style. */
const char *words_tlp(unsigned tlp);
const char *words_tlp_class(unsigned tlp);

/* "LIMITED" and so on. The word on the page; its class of style; a sign that says the same; the sentence about a proposition. */
const char *words_level(const char *level);
const char *words_level_class(const char *level);
const char *words_level_sentence(const char *level);
int words_level_rank(const char *level); /* EXCLUDED -1, INSUFFICIENT 0 to STRONG 3; -2 if it is none */

/* "RELAY" and so on: a short name for a column, and the proposition. ACC is printed "claim of origin". */
const char *words_type(const char *type);
const char *words_proposition(const char *type);
const char *words_class(const char *class_name);

/* A family letter: "territory: registries and databases". */
const char *words_family(char letter);

/* "S08": what the signal is. "S08_OUTSIDE": what the rule asks. */
const char *words_signal(const char *signal);
const char *words_predicate(const char *rule);

/* The translation of a sentence of an assessment's JSON, if it is one of the program's and the language is not English; else NULL: then it is shown as the
 * data that it is. */
const char *words_known(const char *text);

/* "NOT_SEEN" and so on: what the code means. */
const char *words_missing(const char *code);

/* A condition of a gate ("KH"), a rule ("R3"), a verdict ("VALID"), a cause of loss. */
const char *words_gate(const char *condition);
const char *words_rule(const char *rule);
const char *words_verdict(const char *verdict);
const char *words_loss(unsigned cause);

/* Whether the source of a flow is validated ("handshake"). */
const char *words_validated(const char *validated);

/* What a setting of a HEADER means ("privacy", "reduced"): how its sensor recorded. */
const char *words_setting(const char *name, const char *value);

/* A type of custody event ("received"); a kind of exhibit ("packet"). */
const char *words_event(const char *type);
const char *words_exhibit(const char *kind);

#endif
