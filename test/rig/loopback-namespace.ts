/**
 * The same command in a network namespace of its own that has only loopback, up. Nothing it starts can reach a real
 * network or be reached from one, and the namespace is gone with its last process. Needs root.
 */
export function inLoopbackNamespace(command: readonly string[]): readonly string[] {
  return ['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command];
}
