/** An upload as its seat names it. `metadata` is what the seat said of it (tus 1.0, Upload-Metadata). */
export interface BegunUpload {
  readonly uploadId: string;
  readonly owner: string;
  readonly metadata: Readonly<Record<string, string | null>>;
}

/** An upload that is whole. */
export interface FinishedUpload {
  readonly uploadId: string;
  readonly bytes: number;
  /** Of the stored bytes as they were read back, hex. */
  readonly sha256: string;
}

/** Who is told of uploads, so that the hub knows its recordings. */
export interface RecordingRegister {
  /**
   * Before an upload is made or found again; may come any number of times for one. Answers the metadata that may lie
   * beside the bytes: a wrapped key never does. Throws `UploadRefusal` when it must not be taken.
   */
  readonly begun: (upload: BegunUpload) => Promise<Readonly<Record<string, string | null>>>;
  /** After all bytes are durable. Rejects when it could not be written down; it is found later then. */
  readonly finished: (upload: FinishedUpload) => Promise<void>;
  /** Before a seat removes its upload. Throws `UploadRefusal` when it must stay. */
  readonly removing: (uploadId: string) => Promise<void>;
}
