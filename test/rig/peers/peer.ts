/** The account a peer phone of the benches registers with. */
export type PeerAccount = {
  readonly server: string;
  readonly user: string;
  readonly domain: string;
  readonly password: string;
};

/** A phone of somebody else's, in a page: it rings, and answers when told. */
export type Peer = { answer(): void };
