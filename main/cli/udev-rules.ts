import type { DeviceInfo } from '../../core/device-api.ts';

/** A device a rule is written for. */
export type RuleDevice = Pick<DeviceInfo, 'vendorId' | 'productId' | 'name'>;

/** The last line of assets/udev/70-hookline.rules; what is added stands before it, behind the guards. */
const lastLabel = 'LABEL="hookline_end"';

/** Longer names are cut: they only tell a reader which device a line is for. */
const nameMax = 60;

/**
 * The udev rule that gives one device to whoever sits at the machine (tag uaccess, as hidapi's 69-hid.rules does), and to
 * nobody else: there is no MODE, so the node stays closed to other accounts.
 */
export function udevRule(device: Pick<RuleDevice, 'vendorId' | 'productId'>): string {
  return `KERNEL=="hidraw*", ATTRS{idVendor}=="${hex(device.vendorId)}", ATTRS{idProduct}=="${hex(device.productId)}", TAG+="uaccess"`;
}

/**
 * The rule file of this repository with a line for each of these devices. Boot keyboards and security keys stay out even
 * when they are named here: the file's guards stand before the lines.
 */
export function udevRules(shipped: string, devices: readonly RuleDevice[]): string {
  const end = shipped.lastIndexOf(lastLabel);
  if (end < 0) throw new Error('70-hookline.rules has lost its last label.');
  const rules = new Map(devices.map((device) => [udevRule(device), device]));
  const added = [...rules]
    .filter(([rule, device]) => !shipped.includes(rule) && !isNamed(shipped, device))
    .map(([rule, device]) => `# ${plain(device.name)}\n${rule}\n`);
  return shipped.slice(0, end) + added.join('') + shipped.slice(end);
}

/** Whether a line of the file names this product, alone or among others; of some it gives one interface only. */
function isNamed(shipped: string, device: Pick<RuleDevice, 'vendorId' | 'productId'>): boolean {
  const vendor = `ATTRS{idVendor}=="${hex(device.vendorId)}"`;
  return shipped.split('\n').some((line) => {
    const products = /ATTRS\{idProduct\}=="([^"]*)"/.exec(line)?.[1]?.split('|') ?? [];
    return !line.startsWith('#') && line.includes(vendor) && products.includes(hex(device.productId));
  });
}

/** `05f3:00ff` as a device; undefined when it is none. */
export function ruleDeviceOf(text: string): RuleDevice | undefined {
  const [, vendor, product] = /^([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(text) ?? [];
  if (vendor === undefined || product === undefined) return undefined;
  return {
    vendorId: Number.parseInt(vendor, 16),
    productId: Number.parseInt(product, 16),
    name: 'asked for by number',
  };
}

/** A device's own name, in a file that root reads: one line, nothing that means anything to udev. */
function plain(name: string): string {
  return name.replace(/[^\p{L}\p{N} ().-]/gu, '').slice(0, nameMax);
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}
