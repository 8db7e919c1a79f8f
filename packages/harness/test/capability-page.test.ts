/** Update the page with `vitest run packages/harness/test/capability-page.test.ts -u`. */
import { expect, test } from 'vitest';
import { capabilityPage } from './_capability-page.ts';

test('docs/harnesses.md says what the adapters say', async () => {
  await expect(capabilityPage()).toMatchFileSnapshot('../../../docs/harnesses.md');
});
