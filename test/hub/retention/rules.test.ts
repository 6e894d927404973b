import { expect, test } from 'vitest';
import { seatWithSound } from '../listening/seat-with-sound.ts';
import { ask, keyOf, newFolder, noon, onBothDatabases, startHub } from '../some-hub.ts';

const reason = 'as the law says';
const url = '/v1/retention-rules';

onBothDatabases((newPlace) => {
  async function ruled() {
    const folder = newFolder();
    if (folder.kind !== 'folder') throw new Error('not a folder');
    const hub = await startHub(await newPlace(), { recordings: { kind: 'folder', path: folder.path } });
    const administrator = await keyOf(hub, 'administrator');
    for (const [name, keepDays] of [
      ['ten-years', 3_652],
      ['short', 30],
    ] as const)
      await ask(hub.url, 'PUT', `/v1/retention-classes/${name}`, administrator, { keepDays, isDefault: false, reason });
    const read = async () => (await ask(hub.url, 'GET', url, administrator)).body;
    const set = async (rules: unknown, revision?: string) =>
      ask(hub.url, 'PUT', url, administrator, { rules, reason, revision: revision ?? (await read()).revision });
    const classes = async () => {
      const rows = await hub.parts.database.tables
        .selectFrom('recording')
        .selectAll()
        .orderBy('recording_id')
        .execute();
      return rows.map(({ seat, recording_id, retention_class }) => `${seat}/${recording_id} ${retention_class}`);
    };
    return { hub, administrator, read, set, classes };
  }

  test('the first rule that fits chooses the class of a new recording; what is there keeps its own', async () => {
    const { hub, set, classes, read } = await ruled();
    const one = await seatWithSound(hub, 'seat-1');
    const two = await seatWithSound(hub, 'seat-2');
    await one.begin('a-before');
    const rules = [
      { by: 'queue', queue: 'tax', retentionClass: 'ten-years' },
      { by: 'seat', seat: 'seat-1', retentionClass: 'short' },
      { by: 'queue', queue: '投诉 2', retentionClass: 'short' },
    ];
    expect((await set(rules)).status).toBe(200);
    expect((await read()).rules).toEqual(rules);
    await one.begin('b-seat');
    await one.begin('c-queue', { queue: 'tax' });
    await two.begin('d-queue', { queue: '投诉 2' });
    await two.begin('e-other', { queue: 'Tax' });
    await two.begin('f-none');
    // What is no name of a queue is none, and nothing else is refused for it.
    await two.begin('g-nonsense', { queue: "tax' or '1'='1" });
    // Begun again after the rules were changed: it stays where it is.
    expect((await set([])).status).toBe(200);
    await one.begin('b-seat');
    expect(await classes()).toEqual([
      'seat-1/a-before standard',
      'seat-1/b-seat short',
      'seat-1/c-queue ten-years',
      'seat-2/d-queue short',
      'seat-2/e-other standard',
      'seat-2/f-none standard',
      'seat-2/g-nonsense standard',
    ]);
  });

  test('rules are set by whoever has seen the ones before, for classes that are there, and stand in the trail', async () => {
    const { hub, read, set } = await ruled();
    const { revision } = await read();
    const rules = [{ by: 'seat', seat: 'seat-1', retentionClass: 'short' }];
    const first = await set(rules, revision);
    expect(first.body).toEqual({ revision: (await read()).revision });
    expect((await set([], revision)).body.code).toBe('CHANGED_MEANWHILE');
    expect((await set([{ by: 'seat', seat: 'seat-1', retentionClass: 'none-such' }])).body.code).toBe('UNKNOWN_CLASS');
    const [rule] = rules;
    for (const bad of [
      [{ ...rule, by: 'person' }],
      [{ by: 'queue', queue: '', retentionClass: 'short' }],
      [{ by: 'seat', seat: '../x', retentionClass: 'short' }],
      Array.from({ length: 101 }, () => rule),
    ])
      expect((await set(bad)).status).toBe(400);
    expect((await read()).rules).toEqual(rules);
    const supervisor = await keyOf(hub, 'supervisor');
    expect((await ask(hub.url, 'PUT', url, supervisor, { rules: [], reason, revision })).status).toBe(403);
    const lines = await hub.parts.database.tables
      .selectFrom('audit_line')
      .select(['role', 'subject', 'detail'])
      .where('action', '=', 'retention-rules-set')
      .execute();
    expect(lines.map(({ detail, ...line }) => ({ ...line, ...JSON.parse(detail) }))).toEqual([
      {
        role: 'administrator',
        subject: 'new recordings',
        reason: expect.stringMatching(/^[0-9a-f]{64}$/),
        count: 1,
        rules: 'seat seat-1: short',
      },
    ]);
  });

  test('the metrics say when erasing by date stands still', async () => {
    const { hub, administrator } = await ruled();
    const stopped = async () =>
      /^hookline_hub_retention_stopped (\d)$/m.exec(await (await fetch(`${hub.url}/metrics`)).text())?.[1];
    expect(await stopped()).toBe('0');
    await hub.parts.database.tables.updateTable('retention_clock').set({ stopped_at: noon, jump_ms: 1 }).execute();
    expect(await stopped()).toBe('1');
    await ask(hub.url, 'POST', '/v1/retention/clock', administrator, { reason });
    expect(await stopped()).toBe('0');
  });
});
