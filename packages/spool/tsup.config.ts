import { bundle } from '../../tooling/bundle.ts';

export default bundle({ entry: ['src/index.ts'] });
