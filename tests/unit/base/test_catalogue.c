/* SPDX-License-Identifier: Apache-2.0 */
#include "indicia/catalogue.h"
#include "support/suite.h"

#include <string.h>

START_TEST(the_list_is_in_order_and_found_both_ways)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	ck_assert_uint_gt(count, 20);
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_gt(list[i].id, i ? list[i - 1].id : 0);
		ck_assert_uint_lt(list[i].id, IND_SIGNAL_ID_END);
		ck_assert_ptr_eq(ind_signal_info(list[i].id), &list[i]);
		ck_assert_ptr_eq(ind_signal_find(list[i].name, strlen(list[i].name)), &list[i]);
		ck_assert(list[i].group == IND_GROUP_PATH || list[i].group == IND_GROUP_NAMES);
		ck_assert_int_ne(ind_family_letter(list[i].family), '?');
	}
	ck_assert_ptr_null(ind_signal_info(0));
	ck_assert_ptr_null(ind_signal_info(127));
	ck_assert_ptr_null(ind_signal_find("tls.ja", 6));
}
END_TEST

START_TEST(words_have_an_answer_for_every_number)
{
	char text[8];
	ck_assert_str_eq(ind_orient_name(IND_ORIENT_ROLE), "role");
	ck_assert_str_eq(ind_validated_name(IND_VALID_ONE_WAY), "one_way");
	ck_assert_str_eq(ind_tunnel_name(IND_TUNNEL_PBB), "pbb");
	ck_assert_str_eq(ind_missing_name(IND_MISSING_COTENANCY), "SUPPRESSED_COTENANCY");
	ck_assert_str_eq(ind_loss_name(IND_LOSS_ORIGIN_TABLE), "origin_table");
	ck_assert_str_eq(ind_loss_name(IND_LOSS_FRAGMENT), "fragment");
	ck_assert_str_eq(ind_claim_kind_name(IND_CLAIM_IOC), "ioc");
	ck_assert_str_eq(ind_claim_kind_name(IND_CLAIM_KIND_COUNT), "?");
	ck_assert_str_eq(ind_tlp_name(IND_TLP_RED), "red");
	ck_assert_str_eq(ind_side_name(2), "?");
	ck_assert_str_eq(ind_loss_name(0), "?");
	ck_assert_str_eq(ind_loss_help(IND_LOSS_MAX), "?");
	ck_assert_int_eq(ind_family_letter(IND_FAMILY_COUNT), '?');
	ck_assert_str_eq(ind_proto_name(6, text), "tcp");
	ck_assert_str_eq(ind_proto_name(58, text), "icmp6");
	ck_assert_str_eq(ind_proto_name(0, text), "0");
	ck_assert_str_eq(ind_proto_name(132, text), "132");
	ck_assert_str_eq(ind_proto_name(50, text), "50");
}
END_TEST

START_TEST(every_outcome_has_a_text)
{
	for (int e = IND_OK; e <= IND_CRYPTO; e++)
		ck_assert_uint_gt(strlen(ind_strerror((enum ind_err)e)), 3);
	ck_assert_str_eq(ind_strerror((enum ind_err)1000), "an unknown error");
}
END_TEST

/* A set comes from a HEADER, too, and names may be those of a later version. */
START_TEST(sets_by_their_names)
{
	static const char names[] = "tls.ja3,later.name,,path.hops";
	uint64_t set[IND_SIGNAL_SET_WORDS], none[IND_SIGNAL_SET_WORDS] = { 0 };
	ck_assert_ptr_eq(ind_signal_set(names, sizeof names - 1, set), names + 8);
	ck_assert_uint_eq(set[0], UINT64_C(1) << IND_SIG_TLS_JA3 | UINT64_C(1) << IND_SIG_PATH_HOPS);
	ck_assert_uint_eq(set[1], 0);
	ck_assert_ptr_null(ind_signal_set("none", 4, set));
	ck_assert_mem_eq(set, none, sizeof set);
	ck_assert_ptr_null(ind_signal_set(NULL, 0, set));
	ck_assert_mem_eq(set, none, sizeof set);
	ck_assert_ptr_null(ind_signal_set("default", 7, set));
	ck_assert(set[0] >> IND_SIG_PATH_HOPS & 1 && !(set[0] >> IND_SIG_TLS_TICKET & 1));
	ck_assert_ptr_null(ind_signal_set("all", 3, set));
	ck_assert(set[0] >> IND_SIG_TLS_TICKET & 1);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("catalogue");
	tcase_add_test(t, sets_by_their_names);
	tcase_add_test(t, the_list_is_in_order_and_found_both_ways);
	tcase_add_test(t, words_have_an_answer_for_every_number);
	tcase_add_test(t, every_outcome_has_a_text);
	return suite_run("base.catalogue", t);
}
