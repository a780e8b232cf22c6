/** What a connection has said with REPLCONF before it asks to be a replica. */
export class Handshake {
  /** The port that the replica listens on; 0 when it has not said. */
  port = 0;
  /** The address that others reach the replica by (`replica-announce-ip`); empty when it has not said. */
  address = "";
  /** Takes a snapshot of unknown length, which ends in a mark. */
  eof = false;
  /** Understands that +CONTINUE names a new replication id. */
  psync2 = false;
  /** Wants a snapshot and no stream. */
  rdbOnly = false;
  /** What the snapshot must not contain: `rdb-filter-only` names what it may. */
  excludesData = false;
  excludesFunctions = false;
  /** The replica's version (REPLCONF VERSION), empty when it has not said. */
  version = "";

  /** Whether only a part of the dataset is wanted; that is never made as a file. */
  get isFiltered(): boolean {
    return this.excludesData || this.excludesFunctions;
  }

  /** Whether a snapshot that is made for `other` will do here too. */
  accepts(other: Handshake): boolean {
    return (!other.eof || this.eof) && (!other.psync2 || this.psync2) && this.wants(other);
  }

  /** Whether both want the same content. */
  wants(other: Handshake): boolean {
    return other.excludesData === this.excludesData && other.excludesFunctions === this.excludesFunctions;
  }
}
