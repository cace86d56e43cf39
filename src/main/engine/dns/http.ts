// Calls to DNS providers' APIs. The helper session of issue 3 writes it; the shape is the contract.

export interface DnsHttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON where it is an object. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface DnsHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined for an empty body. */
  readonly json: unknown;
}

export interface DnsHttp {
  /**
   * Resolves for 2xx and for the 4xx that the provider's file reads itself. Rejects with DNS_PROVIDER_UNAVAILABLE
   * (no connection, time-out, 429 or 5xx after the retries, an answer that is not JSON).
   */
  request(request: DnsHttpRequest): Promise<DnsHttpResponse>;
}
