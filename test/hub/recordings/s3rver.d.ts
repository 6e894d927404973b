/** s3rver 3.7 has no types of its own; what the tests use of it. */
declare module 's3rver' {
  interface Written {
    readonly size: number;
    readonly md5: string;
  }

  export default class S3rver {
    constructor(options: {
      address: string;
      port: number;
      silent: boolean;
      directory: string;
      allowMismatchedSignatures?: boolean;
      configureBuckets: readonly { name: string }[];
    });
    readonly store: {
      getResourcePath(bucket: string, key: string | undefined, resource: string): string;
      putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>;
      putObject(object: {
        readonly bucket: string;
        readonly key: string;
        readonly metadata: object;
        readonly content: import('node:stream').Readable;
      }): Promise<Written>;
      putPart(
        bucket: string,
        uploadId: string,
        partNumber: string,
        content: import('node:stream').Readable,
      ): Promise<Written>;
    };
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
