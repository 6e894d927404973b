/** s3rver 3.7 has no types of its own; what the tests use of it. */
declare module 's3rver' {
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
      getResourcePath(bucket: string, key: string, resource: string): string;
      putObject(object: { readonly bucket: string; readonly key: string }): Promise<{ readonly size: number }>;
    };
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
