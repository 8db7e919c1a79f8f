export { ago, lasting } from '@lalia/client';
