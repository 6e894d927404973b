import type { PhoneCommand } from '../core/console-api.ts';
import type { Notice } from '../core/notice.ts';
import type { SeatEffect } from '../core/seat-state.ts';
import type { DatedFact } from './seat-log.ts';

/** Who does what a step of the seat asks for. */
export type EffectPerformers = {
  /** On disk when it returns. */
  write(facts: readonly DatedFact[]): void;
  command(command: PhoneCommand): void;
  notice(notice: Notice): void;
  volume(change: 'up' | 'down'): void;
};

/** Performs effects in order; facts that stand side by side are written down in one go. */
export function performInOrder(effects: readonly SeatEffect[], performers: EffectPerformers): void {
  let facts: DatedFact[] = [];
  const writeDown = (): void => {
    if (facts.length > 0) performers.write(facts);
    facts = [];
  };
  for (const effect of effects) {
    if (effect.kind === 'log') {
      facts.push(effect);
      continue;
    }
    writeDown();
    switch (effect.kind) {
      case 'command':
        performers.command(effect.command);
        break;
      case 'notice':
        performers.notice(effect.notice);
        break;
      case 'volume':
        performers.volume(effect.change);
        break;
    }
  }
  writeDown();
}
