/** The revision of the protocol that each request claims. */
import {
  isJSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  type Transport,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/server';

/** Those in which each request says its revision; the older ones agree on it once. */
const CLAIMED = ['2026-07-28'];

/**
 * Refuses each request that claims a revision that is not spoken here, as the protocol wants it. The library looks at the claim
 * only when a connection opens.
 * @param transport one whose messages are served already.
 */
export function refuseUnknownRevisions(transport: Transport): void {
  const serve = transport.onmessage;
  transport.onmessage = (message, ...extra) => {
    const request = isJSONRPCRequest(message) ? message : undefined;
    const requested = request?.params?._meta?.[PROTOCOL_VERSION_META_KEY];
    if (request === undefined || typeof requested !== 'string' || CLAIMED.includes(requested)) {
      serve?.(message, ...extra);
      return;
    }
    const {
      code,
      message: text,
      data,
    } = new UnsupportedProtocolVersionError({ supported: CLAIMED, requested });
    transport
      .send({ jsonrpc: '2.0', id: request.id, error: { code, message: text, data } })
      .catch((error: unknown) => transport.onerror?.(error as Error));
  };
}
