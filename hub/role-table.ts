import type { AnyContractRouter } from '@orpc/contract';
import { isContractProcedure } from '@orpc/contract';
import { hubApi } from '../core/hub-api.ts';
import type { HubRole } from '../core/hub-route.ts';

/** Routes that are not of the contract: for balancers, Prometheus and people who write programs. */
type PlainRoute =
  | 'healthz'
  | 'readyz'
  | 'metrics'
  | 'openapi'
  | 'recordings.upload'
  | 'recordings.preflight'
  | 'recordings.sound';

/** `journal.push`: the place of a route in the contract. */
type ContractRoute<Router> = {
  [Key in keyof Router & string]: Router[Key] extends { '~orpc': unknown }
    ? Key
    : `${Key}.${ContractRoute<Router[Key]>}`;
}[keyof Router & string];

export type RouteName = ContractRoute<typeof hubApi> | PlainRoute;

/** Who may use a route: some roles, or whoever can reach the hub. */
export type Allowed = readonly HubRole[] | 'anyone';

/**
 * Which role may do what: the only place that says so. A route without a row does not compile, and a test asks the
 * running hub for every pair. An administrator sees no calls, a supervisor makes no keys, an auditor changes nothing.
 */
export const roleTable = {
  'enrolment.createCode': ['administrator'],
  'enrolment.enrol': 'anyone',
  'journal.push': ['seat'],
  'journal.standing': ['seat'],
  'journal.entries': ['seat'],
  'journal.setAside': ['seat', 'supervisor', 'administrator', 'auditor'],
  'calls.list': ['supervisor', 'quality'],
  'records.feed': ['seat', 'agent', 'attendant', 'supervisor', 'quality', 'administrator'],
  'records.put': ['supervisor', 'administrator'],
  'records.remove': ['supervisor', 'administrator'],
  'records.history': ['supervisor', 'quality', 'administrator', 'auditor'],
  'keys.create': ['administrator'],
  'keys.list': ['administrator', 'auditor'],
  'keys.revoke': ['administrator'],
  'seats.list': ['supervisor', 'administrator', 'auditor'],
  'people.create': ['administrator'],
  'people.list': ['supervisor', 'administrator', 'auditor'],
  'people.change': ['administrator'],
  'people.end': ['administrator'],
  'people.signIn': ['seat'],
  'people.standing': ['seat'],
  'people.policy': ['supervisor', 'administrator', 'auditor'],
  'people.setPolicy': ['administrator'],
  'audit.list': ['auditor', 'administrator'],
  'site.about': ['seat', 'agent', 'attendant', 'supervisor', 'quality', 'administrator', 'auditor'],
  // Whoever keeps the hub running, and whoever checks it, hears nobody.
  'recordings.list': ['supervisor', 'quality'],
  'recordings.about': ['supervisor', 'quality'],
  'recordings.sound': ['supervisor', 'quality'],
  'recordings.erased': ['seat'],
  'recordings.hold': ['supervisor', 'quality'],
  'recordings.classify': ['supervisor'],
  'retention.classes': ['supervisor', 'quality', 'administrator', 'auditor'],
  'retention.putClass': ['administrator'],
  'retention.rules': ['supervisor', 'quality', 'administrator', 'auditor'],
  'retention.setRules': ['administrator'],
  'retention.standing': ['supervisor', 'administrator', 'auditor'],
  'retention.trustClock': ['administrator'],
  'requests.ask': ['supervisor', 'administrator'],
  'requests.list': ['supervisor', 'administrator', 'auditor'],
  'requests.confirm': ['supervisor', 'administrator'],
  'requests.withdraw': ['supervisor', 'administrator'],
  'recordings.upload': ['seat'],
  // A browser asks before it shows its key; the answer names headers and nothing else.
  'recordings.preflight': 'anyone',
  healthz: 'anyone',
  readyz: 'anyone',
  metrics: 'anyone',
  openapi: 'anyone',
} as const satisfies Readonly<Record<RouteName, Allowed>>;

/** A route of the contract as HTTP has it; `{recordId}` in the path is a parameter. */
export interface ContractPlace {
  readonly name: RouteName;
  readonly method: string;
  readonly path: string;
}

/** Every route of the contract. Throws when one has no place in HTTP or no row in the table. */
export function contractPlaces(router: AnyContractRouter = hubApi, before = ''): readonly ContractPlace[] {
  return Object.entries(router).flatMap(([key, value]) => {
    const name = `${before}${key}`;
    if (!isContractProcedure(value)) return contractPlaces(value, `${name}.`);
    const { method, path } = value['~orpc'].route;
    if (method === undefined || path === undefined) throw new Error(`${name} has no method or no path`);
    if (!isRouteName(name)) throw new Error(`${name} has no row in the role table`);
    return [{ name, method, path }];
  });
}

function isRouteName(name: string): name is RouteName {
  return Object.hasOwn(roleTable, name);
}
