// Whether the command palette is open; apart from the palette, whose code comes when it is first opened.
import { createSpotlight } from '@mantine/spotlight';

export const [paletteStore, palette] = createSpotlight();
