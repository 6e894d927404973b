import HID from 'node-hid';

/**
 * Loaded into a device process before it starts (`--import`): opening the device of HOOKLINE_TEST_CRASH_AT ends the whole
 * process at once, as a fault in native code does.
 */
const at = process.env.HOOKLINE_TEST_CRASH_AT;
const open: (path: string, options?: object) => Promise<HID.HIDAsync> = HID.HIDAsync.open.bind(HID.HIDAsync);
Object.assign(HID.HIDAsync, {
  open: async (path: string, options?: object): Promise<HID.HIDAsync> => {
    if (path === at) process.abort();
    return open(path, options);
  },
});
