// Saves a file as a browser download.

export interface DownloadedFile {
  /** Base64-encoded contents. */
  readonly body: string;
  readonly contentType: string;
  readonly filename: string;
}

export function saveFile({ body, contentType, filename }: DownloadedFile): void {
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  save(new Blob([bytes], { type: contentType }), filename);
}

export function saveBytes(bytes: Uint8Array<ArrayBuffer>, contentType: string, filename: string): void {
  save(new Blob([bytes], { type: contentType }), filename);
}

export function saveText(text: string, contentType: string, filename: string): void {
  save(new Blob([text], { type: contentType }), filename);
}

function save(blob: Blob, filename: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  // The browser has started the download by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
