export { oneLine } from '@lalia/client';
