import { bundle } from '../../tooling/bundle.ts';

// The worker is a file of its own, because a thread is started from a file.
export default bundle({ entry: ['src/index.ts', 'src/journal/worker.ts'] });
