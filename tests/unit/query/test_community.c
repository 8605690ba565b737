/* SPDX-License-Identifier: Apache-2.0 */
/* Community ID version 1 against the values that its authors publish for their captures. */
#include "query/community.h"
#include "support/suite.h"
#include <arpa/inet.h>
#include <string.h>

struct vector { int proto; const char *src, *dst; int sport, dport; const char *want; };

static struct ind_flow flow_of(const struct vector *v)
{
	struct ind_flow flow = { .proto = (uint8_t)v->proto, .port = { (uint16_t)v->sport, (uint16_t)v->dport } };
	int family = strchr(v->src, ':') ? AF_INET6 : AF_INET;
	flow.ip_version = family == AF_INET6 ? 6 : 4;
	ck_assert_int_eq(inet_pton(family, v->src, flow.addr[IND_SRC]), 1);
	ck_assert_int_eq(inet_pton(family, v->dst, flow.addr[IND_DST]), 1);
	return flow;
}

static void check(const struct vector *v)
{
	char text[COMMUNITY_TEXT];
	struct ind_flow flow = flow_of(v);
	const char *got = community_id(&flow, text);
	ck_assert_msg(got && strcmp(got, v->want) == 0, "%s %d > %s %d: %s", v->src, v->sport, v->dst, v->dport, got ? got : "none");
}

START_TEST(tcp_and_udp_both_ways)
{
	static const struct vector vectors[] = {
		{ 6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
		{ 6, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
		{ 6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=" },
		{ 17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
		{ 17, "8.8.8.8", "192.168.1.52", 53, 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
		{ 132, "192.168.170.8", "192.168.170.56", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=" },
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		check(&vectors[i]);
}
END_TEST

/* Ports are the type and the code of the first packet, as flows have them. */
START_TEST(icmp_types_that_answer_each_other)
{
	static const struct vector vectors[] = {
		{ 1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" },
		{ 1, "192.168.0.1", "192.168.0.89", 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" },
		{ 58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=" },
		{ 58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=" },
		{ 58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 0, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=" },
		{ 58, "fe80::260:97ff:fe07:69ea", "ff02::1", 134, 0, "1:pkvHqCL88/tg1k4cPigmZXUtL00=" },
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		check(&vectors[i]);
}
END_TEST

START_TEST(icmp_types_of_one_direction)
{
	static const struct vector vectors[] = {
		{ 1, "10.0.0.1", "10.0.0.2", 11, 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM=" },
		{ 58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0, "1:2ObVBgIn28oZvibYZhZMBgh7WdQ=" },
		{ 58, "3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", 1, 4, "1:hLZd0XGWojozrvxqE0dWB1iM6R0=" },
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		check(&vectors[i]);
}
END_TEST

START_TEST(other_protocols_have_no_ports)
{
	static const struct vector vectors[] = {
		{ 46, "10.1.12.1", "10.1.12.2", 0, 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=" },
		{ 46, "10.1.12.2", "10.1.12.1", 0, 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=" },
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		check(&vectors[i]);
}
END_TEST

START_TEST(unknown_ports_give_no_id)
{
	char text[COMMUNITY_TEXT];
	struct ind_flow flow = flow_of(&(struct vector){ 17, "10.0.0.1", "10.0.0.2", 0, 0, NULL });
	ck_assert_ptr_nonnull(community_id(&flow, text));
	flow.no_ports = 1;
	ck_assert_ptr_null(community_id(&flow, text));
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("community");
	tcase_add_test(tcase, tcp_and_udp_both_ways);
	tcase_add_test(tcase, icmp_types_that_answer_each_other);
	tcase_add_test(tcase, icmp_types_of_one_direction);
	tcase_add_test(tcase, other_protocols_have_no_ports);
	tcase_add_test(tcase, unknown_ports_give_no_id);
	return suite_run("community", tcase);
}
