/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/answer.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

static char seen[1024];

static enum ind_err see(void *ctx, const struct archive_entry *e)
{
	(void)ctx;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s %llu %s;", e->key, (unsigned long long)e->bytes, e->etag);
	return IND_OK;
}

static enum ind_err read_text(const char *xml, struct answer *a)
{
	seen[0] = '\0';
	return answer_read(xml, strlen(xml), see, NULL, a);
}

#define ENTRY(key, size, etag) "<Contents><Key>" key "</Key><Size>" size "</Size><ETag>" etag "</ETag><Owner><Key>no</Key></Owner></Contents>"

START_TEST(a_list)
{
	struct answer a;
	ck_assert_int_eq(read_text("<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"x\">\n <Name>evidence</Name> <IsTruncated>true</IsTruncated>"
				   "<NextContinuationToken>a&amp;b</NextContinuationToken>" ENTRY("k/1", "12", "&quot;aa&quot;") ENTRY("k/2", "0", "bb-2") "</ListBucketResult>", &a),
		IND_OK);
	ck_assert_str_eq(seen, "k/1 12 \"aa\";k/2 0 bb-2;");
	ck_assert(a.cut);
	ck_assert_str_eq(a.token, "a&b");
	ck_assert_uint_eq(a.entries, 2);
	ck_assert_int_eq(read_text("<s3:ListBucketResult xmlns:s3='x'><s3:IsTruncated>false</s3:IsTruncated></s3:ListBucketResult>", &a), IND_OK);
	ck_assert(!a.cut && !a.entries);
}
END_TEST

START_TEST(errors_and_uploads)
{
	struct answer a;
	ck_assert_int_eq(read_text("<Error><Code>AccessDenied</Code><Message>no</Message></Error>", &a), IND_OK);
	ck_assert(a.is_error);
	ck_assert_str_eq(a.code, "AccessDenied");
	ck_assert_str_eq(a.text, "no");
	ck_assert_int_eq(read_text("<InitiateMultipartUploadResult><UploadId>u/1+</UploadId></InitiateMultipartUploadResult>", &a), IND_OK);
	ck_assert_str_eq(a.upload, "u/1+");
	ck_assert_int_eq(read_text("<CompleteMultipartUploadResult><ETag>\"x-2\"</ETag></CompleteMultipartUploadResult>", &a), IND_OK);
	ck_assert_str_eq(a.etag, "\"x-2\"");
}
END_TEST

START_TEST(hostile)
{
	static const char *const bad[] = {
		"", "x", "<html></html>", "<ListBucketResult>", "<ListBucketResult/>x", "<!DOCTYPE a [<!ENTITY b 'c'>]><ListBucketResult/>",
		"<ListBucketResult>" ENTRY("k", "-1", "e") "</ListBucketResult>", "<ListBucketResult>" ENTRY("k", "99999999999999999999", "e") "</ListBucketResult>",
		"<ListBucketResult>" ENTRY("k", "", "e") "</ListBucketResult>", "<ListBucketResult><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>",
		"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "<ListBucketResult><a><b><c><d><e><f><g><h/></g></f></e></d></c></b></a></ListBucketResult>",
		"<ListBucketResult>&x;</ListBucketResult>",
	};
	struct answer a;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(read_text(bad[i], &a) == IND_MALFORMED, "%s", bad[i]);
	char xml[8192] = "<ListBucketResult><Contents><Key>";
	memset(xml + strlen(xml), 'k', ARCHIVE_KEY_MAX + 1);
	snprintf(xml + strlen(xml), 128, "</Key><Size>1</Size><ETag>e</ETag></Contents></ListBucketResult>");
	ck_assert_int_eq(read_text(xml, &a), IND_MALFORMED);
}
END_TEST

static enum ind_err stop(void *ctx, const struct archive_entry *e)
{
	(void)ctx, (void)e;
	return IND_EXISTS;
}

START_TEST(the_caller_ends_it)
{
	static const char xml[] = "<ListBucketResult>" ENTRY("k", "1", "e") "</ListBucketResult>";
	struct answer a;
	ck_assert_int_eq(answer_read(xml, strlen(xml), stop, NULL, &a), IND_EXISTS);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("answer");
	tcase_add_test(t, a_list);
	tcase_add_test(t, errors_and_uploads);
	tcase_add_test(t, hostile);
	tcase_add_test(t, the_caller_ends_it);
	return suite_run("answer", t);
}
