/* SPDX-License-Identifier: Apache-2.0 */
#include "report/view.h"

/* The paragraph stands in one text node, unbroken. */
void section_caution(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<div class=\"caution\" role=\"note\">\n<p class=\"pp8\">");
	put_words(p, i18n_fixed(I18N_FIXED_CAUTION));
	put_literal(p, "</p>\n<p class=\"note\">");
	put_words(p, i18n_caution_source());
	put_literal(p, "</p>\n<p class=\"o5\">");
	put_words(p, i18n_fixed(I18N_FIXED_O5));
	put_literal(p, "</p>\n</div>\n");
}
