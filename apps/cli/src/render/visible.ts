export { LINE_BREAK, oneLine, showControls } from '@lalia/client';
