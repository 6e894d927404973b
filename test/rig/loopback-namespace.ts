/**
 * The address of the dead end: Asterisk offers no ICE candidate on a loopback interface, so the namespace has a pair of
 * virtual Ethernet ends joined to each other. 192.0.2.0/24 is TEST-NET-1 (RFC 5737): it exists nowhere.
 */
const deadEndAddress = '192.0.2.1/32';

const bringUp = [
  'ip link set lo up',
  'ip link add rig0 type veth peer name rig1',
  `ip address add ${deadEndAddress} dev rig0`,
  'ip link set rig0 addrgenmode none',
  'ip link set rig1 addrgenmode none',
  'ip link set rig0 up',
  'ip link set rig1 up',
  'exec "$@"',
].join(' && ');

/**
 * The same command in a network namespace of its own that has loopback and a dead end, and no route out. Nothing it
 * starts can reach a real network or be reached from one, and the namespace is gone with its last process. Needs root.
 */
export function inLoopbackNamespace(command: readonly string[]): readonly string[] {
  return ['unshare', '--net', '--', 'sh', '-c', bringUp, 'sh', ...command];
}
