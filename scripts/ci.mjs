// Everything that CI runs, in the order in which a mistake shows soonest. Its last line is always `N passed, N failed`:
// the tests as vitest counted them, and every other step that failed as one failure.
//
//   npm test                                         everything
//   npm run check                                    everything but the tests
//   npm test -- --only vitest packages/store         one step, with arguments for it

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './toolbox.mjs';

// A folder of our own: two runs at once in one checkout must not read each other's report.
const report = join(mkdtempSync(join(tmpdir(), 'lalia-ci-')), 'vitest.json');
// In a log of CI, colours are noise.
const color = process.stdout.isTTY ? '--color' : '--no-color';
const vitest = [
  'vitest',
  'run',
  color,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
];

// turbo knows the outcome of a step for a checkout in which no file is different, and does not run it again.
const turbo = (task) => ['turbo', 'run', task, '--output-logs=errors-only'];
const step = (name) => ({ name, command: turbo(`//#step:${name}`) });

const build = { name: 'build', command: turbo('build') };
const checks = [build, ...['types', 'biome', 'eslint', 'arrows', 'unused'].map(step)];
const packages = step('packages');
const tests = { name: 'vitest', command: vitest };

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(dirname(report), { recursive: true, force: true });
}

async function main(args) {
  if (args[0] === '--only') return runOnly(args[1], args.slice(2));
  const failed = await runAll(checks, 2);
  if (!failed.includes('build')) failed.push(...(await runAll([packages], 1)));
  if (args[0] === '--checks') return summary({ passed: 0, failed: 0 }, failed);
  return summary(await runTests(tests), failed);
}

async function runOnly(name, args) {
  const found = [...checks, packages, tests].find((candidate) => candidate.name === name);
  if (!found)
    throw new Error(
      `No step ${name}; there are ${[...checks, packages, tests].map((each) => each.name).join(', ')}.`,
    );
  // Some tests start real processes, and the archives hold what was built.
  const first = found === tests || found === packages ? await runAll([build], 1) : [];
  const isTurbos = found !== tests && args.length > 0;
  const narrowed = { ...found, command: [...found.command, ...(isTurbos ? ['--'] : []), ...args] };
  if (found === tests) return summary(await runTests(narrowed), first);
  return summary({ passed: 0, failed: 0 }, [...first, ...(await runAll([narrowed], 1))]);
}

/** Runs steps, so many at a time, prints a line for each and the output of those that fail; returns the names of these. */
async function runAll(steps, atOnce) {
  const queue = [...steps];
  const failed = [];
  const worker = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) {
      const startedMs = Date.now();
      const { code, output } = await run(step.command, 'pipe');
      console.log(
        `${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`,
      );
      if (code === 0) continue;
      failed.push(step.name);
      console.log(`\n${output.trimEnd()}\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return failed;
}

/** Runs vitest with its own output on our terminal, and counts from its report. */
async function runTests(step) {
  const { code } = await run(step.command, 'inherit');
  const counted = count();
  // A file that does not load, or an error outside any test, fails the run without failing a test.
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

function count() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const broken = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

function summary({ passed, failed }, failedSteps) {
  if (failedSteps.length > 0) console.log(`\nFailed besides the tests: ${failedSteps.join(', ')}`);
  console.log(`${passed} passed, ${failed + failedSteps.length} failed`);
  return failed + failedSteps.length > 0 ? 1 : 0;
}

function run([program, ...args], out) {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', out, out] });
  return new Promise((resolve) => {
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
