import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import { useSeat } from '../desk/use-seat.ts';

/**
 * What a device is called: what people here call it, else its own name, else its kind. A modem and a message desk link
 * nobody has named have no name of their own, only their kind, and that is told in the person's language.
 */
export function useDeviceName(): (device: Pick<DeviceInfo, 'deviceId' | 'name' | 'kind'>) => string {
  const { t } = useTranslation();
  const equipment = useSeat((view) => view.settings.equipment);
  return ({ deviceId, name, kind }) => {
    const piece = equipment.find(({ id }) => id === deviceId);
    const isUnnamed = piece?.name === '' && (kind === 'modem' || kind === 'message-desk');
    return (isUnnamed ? '' : name.trim()) || t(`devices.kind.${kind}`);
  };
}
