import { bundle } from '../../tooling/bundle.ts';

// One file to load is faster than many: everything but oclif goes into the bundle, and oclif is loaded only when it is needed.
export default bundle({
  entry: ['src/fast.ts', 'src/oclif.ts'],
  inline: [/^@lalia\/(client|keystore|protocol)(\/|$)/, 'ulid'],
});
