import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';

/** What a device is called: its own name, else its kind. */
export function useDeviceName(): (device: Pick<DeviceInfo, 'name' | 'kind'>) => string {
  const { t } = useTranslation();
  return (device) => device.name.trim() || t(`devices.kind.${device.kind}`);
}
