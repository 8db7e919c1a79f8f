import { expect, it } from 'vitest';
import * as face from '../src/index.ts';

it('the public face is exactly this: a name that is missing breaks other people’s code, a new one is a promise', () => {
  expect(Object.keys(face).sort()).toEqual([
    'Agent',
    'Client',
    'DAEMON',
    'ERRORS',
    'EXIT',
    'HUMAN',
    'LaliaError',
    'PROTOCOL_VERSION',
    'VERSION',
    'bodyFromBytes',
    'callerFacts',
    'captureSession',
    'checkBody',
    'checkName',
    'compareVersions',
    'connect',
    'defaultWaitMs',
    'errorFromBody',
    'fail',
    'formatAddress',
    'isLaliaError',
    'isName',
    'isUlid',
    'limits',
    'parseAddress',
    'restartDaemon',
    'runDaemonCommand',
    'startDaemon',
    'stopDaemon',
    'suggestName',
    'workingPlace',
  ]);
});
