-- SPDX-License-Identifier: Apache-2.0
-- One day of one sensor, or of all ({sensor} = *): what is there twice is merged away, so that a day may be loaded again. Bundle and sensor come out of the object's name.

INSERT INTO indicia.flows
SELECT extract(_path, '([0-9a-f]{64})[.]pb'), record, sensor, fromUnixTimestamp64Nano(toInt64(start)), fromUnixTimestamp64Nano(toInt64(end)), proto, toIPv6(saddr), sport, toIPv6(daddr), dport, spkts,
    dpkts, sbytes, dbytes, client_rtt_us, server_rtt_us, validated, carries, community_id
FROM s3('{endpoint}/{bucket}/r/flows/{sensor}/{yyyy}/{mm}/{dd}/*.pb.gz', '{access}', '{secret}', 'Protobuf',
    'record String, sensor String, start UInt64, end UInt64, proto String, saddr String, sport Nullable(UInt32), daddr String, dport Nullable(UInt32), spkts Nullable(UInt64), dpkts Nullable(UInt64), sbytes Nullable(UInt64), dbytes Nullable(UInt64), client_rtt_us Nullable(UInt32), server_rtt_us Nullable(UInt32), validated Nullable(String), carries Nullable(String), community_id Nullable(String)', 'gzip')
SETTINGS format_schema = 'rows:Flow';

INSERT INTO indicia.signals
SELECT extract(_path, '([0-9a-f]{64})[.]pb'), record, flow, extract(_path, 'r/signals/([^/]+)/'), fromUnixTimestamp64Nano(toInt64(time)), signal, side, toIPv6(addr), value, truncated
FROM s3('{endpoint}/{bucket}/r/signals/{sensor}/{yyyy}/{mm}/{dd}/*.pb.gz', '{access}', '{secret}', 'Protobuf',
    'record String, flow String, time UInt64, signal String, side Nullable(String), addr String, value String, truncated Bool', 'gzip')
SETTINGS format_schema = 'rows:Signal';

INSERT INTO indicia.claims
SELECT extract(_path, '([0-9a-f]{64})[.]pb'), record, extract(_path, 'r/claims/([^/]+)/'), toDate(replaceAll(extract(_path, '/([0-9]{4}/[0-9]{2}/[0-9]{2})/'), '/', '-')), toIPv6(addr), data_set,
    fromUnixTimestamp64Nano(toInt64(build)), prefix, country, registered_country, asn, holder, kind, flags
FROM s3('{endpoint}/{bucket}/r/claims/{sensor}/{yyyy}/{mm}/{dd}/*.pb.gz', '{access}', '{secret}', 'Protobuf',
    'record String, addr String, data_set String, build Nullable(UInt64), prefix Nullable(UInt32), country Nullable(String), registered_country Nullable(String), asn Nullable(UInt32), holder Nullable(String), kind Nullable(String), flags Array(String)', 'gzip')
SETTINGS format_schema = 'rows:Claim';

INSERT INTO indicia.origins
SELECT extract(_path, '([0-9a-f]{64})[.]pb'), record, sensor, toIPv6(addr), fromUnixTimestamp64Nano(toInt64(first)), fromUnixTimestamp64Nano(toInt64(last)), flows, validated, families, hops_mode, rtt_min_us,
    access, cotenants
FROM s3('{endpoint}/{bucket}/r/origins/{sensor}/{yyyy}/{mm}/{dd}/*.pb.gz', '{access}', '{secret}', 'Protobuf',
    'record String, sensor String, addr String, first UInt64, last UInt64, flows UInt64, validated UInt64, families Nullable(String), hops_mode Nullable(UInt32), rtt_min_us Nullable(UInt64), access Nullable(String), cotenants Nullable(UInt32)', 'gzip')
SETTINGS format_schema = 'rows:Origin';
