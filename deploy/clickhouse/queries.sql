-- SPDX-License-Identifier: Apache-2.0
-- Worked questions of a case: {from}, {to} (its window, '2026-11-20 09:00:00'), {address}, {value}. None asks what a person did: all are bounded by the window, and by an address or a value of the case.
-- Records are counted, not rows: of a day that was loaded again, rows are there twice until they are merged.

-- Where and when was this fingerprint seen first and last?
SELECT sensor, min(time) AS first, max(time) AS last, uniqExact(addr) AS addresses, uniqExact(bundle, record) AS sightings
FROM indicia.signals
WHERE signal = 'tls.ja4' AND value = '{value}' AND time >= toDateTime64('{from}', 9, 'UTC') AND time < toDateTime64('{to}', 9, 'UTC')
GROUP BY sensor ORDER BY first, sensor;

-- Which addresses showed the certificates that this address showed?
SELECT value, addr, min(time) AS first, argMin(record, time) AS a_record, argMin(bundle, time) AS its_bundle
FROM indicia.signals
WHERE signal = 'tls.cert_sha256' AND time >= toDateTime64('{from}', 9, 'UTC') AND time < toDateTime64('{to}', 9, 'UTC')
    AND value IN (SELECT value FROM indicia.signals WHERE signal = 'tls.cert_sha256' AND addr = toIPv6('{address}')
        AND time >= toDateTime64('{from}', 9, 'UTC') AND time < toDateTime64('{to}', 9, 'UTC'))
GROUP BY value, addr ORDER BY value, addr;

-- Which sensors saw this address, and was it ever validated?
SELECT sensor, uniqExact(bundle, record) AS flows, uniqExactIf((bundle, record), validated IN ('handshake', 'quic')) AS validated, min(start) AS first, max(end) AS last
FROM indicia.flows
WHERE (saddr = toIPv6('{address}') OR daddr = toIPv6('{address}')) AND carries IS NULL AND start >= toDateTime64('{from}', 9, 'UTC') AND start < toDateTime64('{to}', 9, 'UTC')
GROUP BY sensor ORDER BY sensor;
