// Adds up the xunit result files of one ./test run and prints the closing line.
// usage: node count-tests.mjs FOLDER FAILED_RUNS SKIPPED ; SKIPPED tests were not even built.
// Exit 1 when a test failed, a runner broke, or nothing ran.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, failedRuns, skipped] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: Number(skipped) };
for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
  const xml = readFileSync(join(folder, file), 'utf8');
  for (const [tag] of xml.matchAll(/<assembly [^>]*>/g)) {
    const count = (name) => Number(tag.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
    sum.passed += count('passed');
    sum.failed += count('failed') + count('errors');
    sum.skipped += count('skipped');
  }
}
const broken = failedRuns !== '0' && sum.failed === 0;
if (broken) {
  console.log(`A test runner ended abnormally; see the logs in ${folder}.`);
  sum.failed += 1;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
