import { bundle } from '../../tooling/bundle.ts';

export default bundle({ entry: ['src/main.ts'] });
