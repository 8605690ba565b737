/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/credentials.h"
#include "support/suite.h"
#include <string.h>

static enum ind_err parse(const char *text, struct sign_keys *keys)
{
	const char *why;
	return credentials_parse(text, strlen(text), keys, &why);
}

START_TEST(the_form)
{
	struct sign_keys keys;
	ck_assert_int_eq(parse("# a comment\n[default]\n aws_access_key_id = AK \r\naws_secret_access_key=a/b+c=\nregion = x\n", &keys), IND_OK);
	ck_assert_str_eq(keys.access, "AK");
	ck_assert_str_eq(keys.secret, "a/b+c=");
	ck_assert_str_eq(keys.token, "");
	ck_assert_int_eq(parse("aws_access_key_id=A\naws_secret_access_key=B\naws_session_token=C", &keys), IND_OK);
	ck_assert_str_eq(keys.token, "C");
}
END_TEST

START_TEST(what_is_refused)
{
	static const char *const bad[] = {
		"", "aws_access_key_id=A\n", "aws_access_key_id=\naws_secret_access_key=B\n", "aws_access_key_id=A\naws_access_key_id=B\naws_secret_access_key=C\n",
		"aws_access_key_id=A B\naws_secret_access_key=C\n", "aws_access_key_id=A\x01\naws_secret_access_key=C\n", "= \n==\n",
	};
	struct sign_keys keys;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(parse(bad[i], &keys), IND_MALFORMED);
	char text[600] = "aws_secret_access_key=B\naws_access_key_id=";
	memset(text + strlen(text), 'x', SIGN_KEY_MAX);
	ck_assert_int_eq(parse(text, &keys), IND_MALFORMED);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("credentials");
	tcase_add_test(t, the_form);
	tcase_add_test(t, what_is_refused);
	return suite_run("credentials", t);
}
