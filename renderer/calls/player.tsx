import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import { formatDuration } from '../kit/duration.ts';
import field from '../kit/field.module.css';
import type { LoadedRecording } from './load-recording.ts';
import { drawnSecondsMax } from './peaks.ts';
import styles from './player.module.css';
import { RecordingFlaws } from './recording-flaws.tsx';
import { usePeaks } from './use-peaks.ts';
import { useRecording } from './use-recording.ts';
import { Waveform } from './waveform.tsx';

type PlayerProps = { readonly recordingId: string; readonly end: CallRow['recordingEnd'] };

/** A recording with its waveform, seek bar, speed, and what is missing of it said in words. */
export function Player({ recordingId, end }: PlayerProps) {
  const { t } = useTranslation();
  const loading = useRecording(recordingId);
  if (loading.kind === 'failed') return <p className={styles.failed}>{t('player.failed')}</p>;
  if (loading.kind === 'loading') {
    return (
      <p className={styles.loading} role="status">
        {t('player.loadingShare', { percent: Math.round(loading.share * 100) })}
      </p>
    );
  }
  return <LoadedPlayer recording={loading.recording} end={end} />;
}

type LoadedPlayerProps = { readonly recording: LoadedRecording; readonly end: CallRow['recordingEnd'] };

function LoadedPlayer({ recording, end }: LoadedPlayerProps) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const [atSeconds, setAtSeconds] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const { seconds } = recording.info;
  const seek = (to: number): void => {
    if (audio.current !== null) audio.current.currentTime = to;
    setAtSeconds(to);
  };
  useBlobSource(audio, recording.sound);
  useSmoothTime(audio, isPlaying, setAtSeconds);
  const toggle = (): void => {
    if (isPlaying) audio.current?.pause();
    else void audio.current?.play();
  };
  return (
    <section
      className={styles.player}
      aria-label={t('player.label')}
      onKeyDown={(event) => {
        if (event.key !== ' ' || event.target instanceof HTMLButtonElement) return;
        event.preventDefault();
        toggle();
      }}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: a telephone call has no captions */}
      <audio
        ref={audio}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
      />
      <PlayButton isPlaying={isPlaying} onPress={toggle} />
      <Track recording={recording} atSeconds={atSeconds} onSeek={seek} />
      <p className={styles.time}>
        {formatDuration(atSeconds * 1000)}
        <span> / {formatDuration(seconds * 1000)}</span>
      </p>
      <Speed audio={audio} />
      <RecordingFlaws info={recording.info} end={end} />
    </section>
  );
}

function PlayButton({ isPlaying, onPress }: { readonly isPlaying: boolean; readonly onPress: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={styles.play}
      aria-label={isPlaying ? t('player.pause') : t('player.play')}
      aria-keyshortcuts="Space"
      onClick={onPress}
    >
      {isPlaying ? (
        <IconPlayerPauseFilled size={20} aria-hidden="true" />
      ) : (
        <IconPlayerPlayFilled size={20} aria-hidden="true" />
      )}
    </button>
  );
}

type TrackProps = {
  readonly recording: LoadedRecording;
  readonly atSeconds: number;
  readonly onSeek: (toSeconds: number) => void;
};

/** Both sides of the call as a wave, with its gaps, and the bar that seeks in it. */
function Track({ recording, atSeconds, onSeek }: TrackProps) {
  const { t } = useTranslation();
  const peaks = usePeaks(recording);
  const { seconds } = recording.info;
  return (
    <div className={styles.track}>
      <div className={styles.lanes} aria-hidden="true">
        <span>{t('player.agent')}</span>
        <span>{t('player.caller')}</span>
      </div>
      <div className={styles.wave}>
        {peaks !== null && <Waveform peaks={peaks} share={atSeconds / seconds} />}
        {seconds > drawnSecondsMax && <p className={styles.loading}>{t('player.tooLong')}</p>}
        <Gaps recording={recording} />
        <input
          className={styles.seek}
          type="range"
          min={0}
          max={seconds}
          step={0.1}
          value={Math.min(atSeconds, seconds)}
          aria-label={t('player.seek')}
          aria-valuetext={t('player.at', {
            at: formatDuration(atSeconds * 1000),
            of: formatDuration(seconds * 1000),
          })}
          onChange={(event) => onSeek(event.currentTarget.valueAsNumber)}
        />
      </div>
    </div>
  );
}

function Gaps({ recording }: { readonly recording: LoadedRecording }) {
  const { t } = useTranslation();
  const { gaps, seconds } = recording.info;
  return gaps.map((gap) => (
    <span
      key={gap.atSeconds}
      className={styles.gap}
      title={t('player.gap', { length: formatDuration(gap.seconds * 1000) })}
      style={{ left: `${(100 * gap.atSeconds) / seconds}%`, width: `${(100 * gap.seconds) / seconds}%` }}
    />
  ));
}

const speeds = [1, 1.25, 1.5, 2] as const;

function Speed({ audio }: { readonly audio: RefObject<HTMLAudioElement | null> }) {
  const { t } = useTranslation();
  const [speed, setSpeed] = useState<number>(1);
  useEffect(() => {
    if (audio.current !== null) audio.current.playbackRate = speed;
  }, [audio, speed]);
  return (
    <label className={styles.speed}>
      <span>{t('player.speed')}</span>
      <select className={field.input} value={speed} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
        {speeds.map((each) => (
          <option key={each} value={each}>
            {t('player.speedIs', { speed: each })}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Gives the audio element the sound for as long as both are there. */
function useBlobSource(audio: RefObject<HTMLAudioElement | null>, sound: Blob): void {
  useEffect(() => {
    const place = audio.current;
    if (place === null) return;
    const url = URL.createObjectURL(sound);
    place.src = url;
    return () => {
      place.removeAttribute('src');
      place.load();
      URL.revokeObjectURL(url);
    };
  }, [audio, sound]);
}

/** The position, each frame while it plays; `timeupdate` comes four times a second, which the eye sees as stumbling. */
function useSmoothTime(
  audio: RefObject<HTMLAudioElement | null>,
  isPlaying: boolean,
  tell: (at: number) => void,
): void {
  useEffect(() => {
    if (!isPlaying) return;
    let frame = requestAnimationFrame(function next() {
      tell(audio.current?.currentTime ?? 0);
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [audio, isPlaying, tell]);
}
