import { callProcesses } from './catalogue/call-processes.ts';
import { damagedLogs } from './catalogue/damaged-logs.ts';
import { damagedSound } from './catalogue/damaged-sound.ts';
import { disks } from './catalogue/disks.ts';
import { hubAbuse } from './catalogue/hub-abuse.ts';
import { hubClocks } from './catalogue/hub-clocks.ts';
import { hubs } from './catalogue/hubs.ts';
import { instances } from './catalogue/instances.ts';
import { otherTests } from './catalogue/other-tests.ts';
import { roadItself } from './catalogue/road-itself.ts';
import { roads } from './catalogue/roads.ts';
import { seatClocks } from './catalogue/seat-clocks.ts';
import { seatKills } from './catalogue/seat-kills.ts';
import { sites } from './catalogue/sites.ts';
import { switches } from './catalogue/switches.ts';
import { uploads } from './catalogue/uploads.ts';
import type { Fault } from './fault.ts';

/** Every fault by its name, as `npm run faults -- NAME` takes it, in the order in which `all` runs them. */
export const catalogue: Readonly<Record<string, Fault>> = {
  ...seatKills,
  ...instances,
  ...disks,
  ...damagedLogs,
  ...damagedSound,
  ...seatClocks,
  ...hubs,
  ...hubAbuse,
  ...hubClocks,
  ...sites,
  ...uploads,
  ...roadItself,
  ...roads,
  ...switches,
  ...callProcesses,
  ...otherTests,
};
