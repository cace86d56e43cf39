// The open state of the command palette; separate, because the palette's code is loaded on first use.
import { createSpotlight } from '@mantine/spotlight';

export const [paletteStore, palette] = createSpotlight();
