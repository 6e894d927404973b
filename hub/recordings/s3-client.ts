/** A store that does not take a connection for so long is away, in milliseconds. */
const connectMs = 10_000;
/** And one on whose connection nothing moves for so long, in milliseconds: making an object of its parts may take long. */
const silenceMs = 60_000;

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
    // What fails is thrown, and told by whoever catches it; the client would write it to the console as well.
    logger: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
    requestHandler: { connectionTimeout: connectMs, socketTimeout: silenceMs },
  } as const;
}

function quiet(): void {
  // Nothing to say.
}
