import { IconRefresh } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../kit/action-button.tsx';
import { EmptyState } from '../kit/empty-state.tsx';

type ScreenGuardProps = { readonly children: ReactNode };

/**
 * Keeps a screen that cannot be drawn (its file is gone after an update, or a mistake of ours) from taking the call card
 * with it. Another screen is another guard: give it the screen as its key.
 */
export class ScreenGuard extends Component<ScreenGuardProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { t } = useTranslation();
  return (
    <EmptyState
      what={t('screen.failed')}
      step={
        <ActionButton icon={<IconRefresh aria-hidden="true" />} onPress={() => location.reload()}>
          {t('screen.reload')}
        </ActionButton>
      }
    />
  );
}
