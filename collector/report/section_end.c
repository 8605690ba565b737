/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader must know to argue: limits, privacy, words, and how to answer. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

static void list(struct view *v, const char *const *sentences, size_t count)
{
	struct page *p = &v->page;
	put_literal(p, "<ul>\n");
	for (size_t i = 0; i < count; i++) {
		put_literal(p, "<li>");
		put_words(p, _(sentences[i]));
		put_literal(p, "</li>\n");
	}
	put_literal(p, "</ul>\n");
}

#define LIST(v, sentences) list((v), (sentences), sizeof(sentences) / sizeof((sentences)[0]))

void section_limits(struct view *v)
{
	static const char *const limits[] = {
		N_("Weights are likelihood ratios by expert judgement, capped at 10 for one signal. They are not measured error rates."),
		N_("A small difference between TLS turn and TCP round trip places the program beside the end of the TCP connection. It does not say that there is no VPN: tunnels of IP packets, relays that end TLS, and tools on rented machines are not detectable this way."),
		N_("Registries and databases are claims about addresses. They err, most of all for mobile, shared and leased addresses."),
		N_("What programs declare of themselves can be set at will. Agreement of such signals is worth little against somebody who wants them to agree."),
		N_("A sensor sees its own link. What went another way is not here, and nothing here says that it did not happen."),
		N_("A seal shows that bytes did not change since they were sealed. It does not show that the sensor told the truth."),
		N_("The sensor's clock is its own unless a time stamp of an authority stands in the custody log."),
	};
	LIST(v, limits);
	if (!v->m->reviewed && !v->m->statement_count)
		view_note(v, _("No human review of this assessment is recorded; without one no claim of origin can be STRONG."));
	else if (!v->m->reviewed)
		view_note(v, _("A human review of this assessment is signed, and the levels were found without it: only one that is given to the assessment (--review) lets a claim of origin be STRONG."));
}

void section_privacy(struct view *v)
{
	static const char *const left_out[] = {
		N_("Content of applications is never recorded; of each connection only its beginning is read."),
		N_("Cookies, authorisation headers, passwords, queries behind “?” and Kerberos ciphertext are overwritten before anything leaves the process that reads packets."),
		N_("Signals that track a device over time are recorded only if a policy turns them on."),
		N_("This report lists the records of its subjects and no others."),
	};
	struct page *p = &v->page;
	LIST(v, left_out);
	for (size_t i = 0; i < v->m->bundle_count; i++) {
		const struct model_bundle *b = &v->m->bundles[i];
		put_literal(p, "<p>");
		put_text(p, b->name);
		put_literal(p, " · ");
		view_setting(v, "privacy", b->privacy ? b->privacy : "full");
		put_literal(p, ". ");
		if (b->retain_until_s)
			put_said(p, _("To be kept until {1}."), DAY(b->retain_until_s));
		else
			put_words(p, _("How long it is to be kept is not stated."));
		put_literal(p, "</p>\n");
	}
}

void section_glossary(struct view *v)
{
	static const struct { const char *word, *means; } words[] = {
		{ N_("subject"), N_("What is assessed: an address, a network or a choice of flows. Never a person, an organisation or a State.") },
		{ N_("flow"), N_("The packets that two ends exchange on one pair of ports, from the first to the last.") },
		{ N_("signal"), N_("One thing that was read or measured in traffic, S01 to S35: a name, a time, the form of a message.") },
		{ N_("handshake"), N_("The first packets of a connection, by which both ends agree to speak.") },
		{ N_("round trip"), N_("The time from a packet to the answer to it. No answer comes faster than light.") },
		{ N_("relay"), N_("A machine that passes traffic on for another one: a proxy, a VPN, an exit of Tor. Seen from outside, it looks like the origin.") },
		{ N_("tier O1 to O5"), N_("Of what something is the origin: O1 the address and who holds it; O2 the machine that completes the handshake; O3 the process that made the bytes; O4 the operator's environment; O5 who is behind it, which is never assessed.") },
		{ N_("family"), N_("Signals that can have one common cause. A family counts once: its largest weight and a quarter of the sum of the others, up to a limit of its own. A reading that follows from another one, as S11 from S10, adds nothing to it.") },
		{ N_("weight"), N_("Rating times quality of the sample times cost of forging, in centibans: 100 are a likelihood ratio of 10.") },
		{ N_("quality, n"), N_("How much a reading rests on: n observations, and from them 0 to 8, where 8 is as many as the method asks for in full.") },
		{ N_("K, KN, KH, TC"), N_("Families that support a hypothesis with a weight of 20 or more; of these, those other than territory; those with a signal that is hard to forge; those that speak of its tier or a higher one.") },
		{ N_("window"), N_("A span of observation; two windows begin 24 hours apart or more.") },
		{ N_("claim"), N_("What one data set says of one address, with name and date. Never a property of traffic.") },
		{ N_("bundle"), N_("A file of evidence, sealed by the sensor's key with a hash tree.") },
		{ N_("exhibit"), N_("The bytes that a signal was read from, secrets overwritten.") },
		{ N_("digest, SHA-256"), N_("A number made of all bytes of a file or a record. Other bytes have another one.") },
		{ N_("hash chain"), N_("Each bundle of a sensor is bound by a digest to the one before it. What is left out or put in between is seen.") },
		{ N_("AS"), N_("Autonomous system: a network, or several, under one routing policy, with a number of its own.") },
		{ N_("TLP"), N_("Traffic Light Protocol: who may read this report and pass it on.") },
		{ N_("validated"), N_("Somebody at the source address, or on the way to it, received an answer that cannot be guessed.") },
	};
	struct page *p = &v->page;
	put_literal(p, "<dl class=\"glossary\">\n");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		put_literal(p, "<div><dt>");
		put_words(p, _(words[i].word));
		put_literal(p, "</dt><dd>");
		put_words(p, _(words[i].means));
		put_literal(p, "</dd></div>\n");
	}
	for (const char *f = "V" MODEL_FAMILY_LETTERS; *f; f++) {
		put_literal(p, "<div><dt>");
		put_letter(p, *f);
		put_literal(p, "</dt><dd>");
		put_words(p, words_family(*f));
		put_literal(p, "</dd></div>\n");
	}
	put_literal(p, "</dl>\n");
	view_note(v, i18n_fixed(I18N_FIXED_NAMES));
}

void section_reply(struct view *v)
{
	static const char *const steps[] = {
		N_("Whoever holds an address named here may answer: the network, its CERT, or the State's point of contact in the global intergovernmental directory of points of contact."),
		N_("An answer may name records by their ids. Records can be handed over with proofs (“indicia disclose”), so that they can be checked without the rest of the bundle."),
		N_("What would settle a question stands under “Missing evidence”. “indicia request” writes the letter that asks for it."),
		N_("A report found wrong is replaced by one that names it and says what was wrong (“indicia report --supersedes”)."),
	};
	LIST(v, steps);
}
