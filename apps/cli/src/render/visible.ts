export { oneLine, showControls } from '@lalia/client';
