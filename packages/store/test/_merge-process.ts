/**
 * Merges the packs of a workspace, for tests that kill.
 *
 *   node _merge-process.ts <workspace> <failpoint spec>
 */
import { join } from 'node:path';
import { failpointsFrom } from '../src/failpoints.ts';
import { AtomicFs } from '../src/journal/atomic-fs.ts';
import { mergeSmallPacks } from '../src/journal/pack-merging.ts';

const [workspace = '', spec = ''] = process.argv.slice(2);
const gitDir = join(workspace, '.git');
const atomic = new AtomicFs(join(gitDir, 'lalia/tmp'));
await mergeSmallPacks({ objects: join(gitDir, 'objects'), atomic, failpoint: failpointsFrom(spec) }, 1);
