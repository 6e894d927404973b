/** A bucket, and the keys to it. */
export interface S3Place {
  readonly bucket: string;
  /** Null for Amazon's own. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How a client speaks to it. */
export function s3Client({ bucket, endpoint, region, accessKeyId, secretAccessKey }: S3Place) {
  return {
    bucket,
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    credentials: { accessKeyId, secretAccessKey },
    // Compatible stores do not all know the newer trailing checksums; each body is signed with its SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
}
