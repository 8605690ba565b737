// SPDX-License-Identifier: Apache-2.0
// engine.js ENDPOINT KEYS BUCKET STATEMENTS...: runs deploy/clickhouse in a ClickHouse that is a library (npm: chdb, for tests only) over the rows of a store, with rows.proto in
// the current folder. Each STATEMENT is a file of SQL, or SQL itself; {name} is filled from the environment (Q_name) or from the store. The last result of each is printed as TSV, behind its time in ms.
const fs = require('fs');
const path = require('path');
const chdb = require(require.resolve('chdb', { paths: [process.env.CHDB || process.cwd()] }));

const [endpoint, keys, bucket, ...statements] = process.argv.slice(2);
const key = (name) => fs.readFileSync(keys, 'ascii').match(new RegExp(`^${name} = (\\S+)$`, 'm'))[1];
const known = { endpoint, bucket, access: key('aws_access_key_id'), secret: key('aws_secret_access_key') };
for (const [name, value] of Object.entries(process.env)) if (name.startsWith('Q_')) known[name.slice(2)] = value;

const fill = (sql) => sql.replace(/'[^']*'/g, (text) => text.replace(/\{(\w+)\}/g, (all, name) => known[name] ?? all));
const session = new chdb.Session(path.resolve(process.env.ENGINE_STATE || 'engine-state'));
for (const given of statements) {
	const text = fs.existsSync(given) ? fs.readFileSync(given, 'utf8') : given;
	for (const sql of text.replace(/^--.*$/gm, '').split(/;\s*$/m).filter((s) => s.trim())) {
		const from = process.hrtime.bigint();
		const result = session.query(fill(sql), 'TabSeparated');
		console.log(`# ${Number((process.hrtime.bigint() - from) / 1000000n)} ms`);
		process.stdout.write(result);
	}
}
session.cleanup?.();
