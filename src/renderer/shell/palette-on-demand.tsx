// Opens the command palette by keyboard; its code is loaded on first use.
import { useHotkeys } from '@mantine/hooks';
import { useSpotlight } from '@mantine/spotlight';
import { type ComponentType, useEffect, useState } from 'react';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { palette, paletteStore } from './palette-store.ts';

export function PaletteOnDemand() {
  const [Palette, setPalette] = useState<ComponentType | null>(null);
  const { opened } = useSpotlight(paletteStore);
  useHotkeys([['mod+K', palette.toggle]], []); // also in input fields
  useEffect(() => {
    if (!opened || Palette !== null) return;
    import('./palette.tsx').then(
      (loaded) => setPalette(() => loaded.Palette),
      (error: unknown) => {
        palette.close();
        notifyFailure(error);
      },
    );
  }, [opened, Palette]);
  return Palette === null ? null : <Palette />;
}
