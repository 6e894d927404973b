import { useTranslation } from 'react-i18next';
import { useSeat } from '../desk/use-seat.ts';

/** The four of mainland China. The same digits mean somebody else elsewhere (122 is the fire brigade in Austria). */
const mainland = ['110', '119', '120', '122'] as const;

/** Who answers a number for help, in a word; null where that is not known: a site that lists these four is in mainland China. */
export function useEmergencyName(): (number: string) => string | null {
  const { t } = useTranslation();
  const listed = useSeat((view) => view.settings.emergencyNumbers);
  const isMainland = mainland.every((number) => listed.includes(number));
  return (number) => {
    const known = mainland.find((each) => each === number);
    return isMainland && known !== undefined ? t(`emergency.name.${known}`) : null;
  };
}
