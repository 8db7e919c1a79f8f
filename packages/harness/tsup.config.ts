import { bundle } from '../../tooling/bundle.ts';

export default bundle({
  entry: {
    index: 'src/index.ts',
    hooks: 'src/hooks/table.ts',
    probe: 'src/probe/index.ts',
    wake: 'src/wake/wake.ts',
  },
});
