// The Mantine theme: one accent colour, slate greys, and text contrast of WCAG AA on every surface.
import {
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Modal,
  Notification,
  Switch,
  Table,
  Tooltip,
} from '@mantine/core';
import { messages } from './messages.ts';

const iris: MantineColorsTuple = [
  '#eef1ff',
  '#dde3fd',
  '#bac5f8',
  '#9dacf5',
  '#8496f1',
  '#6a80ec',
  '#5068e4',
  '#3f55ca',
  '#364bb5',
  '#2a3d9e',
];

const red: MantineColorsTuple = [
  '#fff0ef',
  '#fcdcda',
  '#f5b8b4',
  '#ff9a91',
  '#f0827b',
  '#e05a52',
  '#cf3a32',
  '#b3261e',
  '#9a1d16',
  '#801610',
];

const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#eff1f4',
  '#e6e9ee',
  '#dbdfe6',
  '#c8ced8',
  '#9aa3b1',
  '#5b6472',
  '#454d5a',
  '#2b323d',
  '#171c24',
];

const dark: MantineColorsTuple = [
  '#dde1e8',
  '#b4bbc7',
  '#98a1b0',
  '#6b7585',
  '#465061',
  '#2c343f',
  '#1f262f',
  '#171c24',
  '#12161d',
  '#0d1015',
];

const fontFamily =
  "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 6 },
  colors: { iris, red, gray, dark },
  black: '#171c24',
  fontFamily,
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontFamily,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    // Badges are plain labels; states use chips (ui/chip.tsx).
    Badge: Badge.extend({
      vars: () => ({
        root: {
          '--badge-bg': 'var(--cd-idle-bg)',
          '--badge-color': 'var(--cd-idle)',
          '--badge-fz': '0.75rem',
        },
      }),
      styles: { label: { fontWeight: 550 } },
    }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': messages.close },
      },
      styles: {
        title: { fontSize: '1rem', fontWeight: 600 },
        header: { backgroundColor: 'var(--cd-surface)' },
        content: { backgroundColor: 'var(--cd-surface)', border: '1px solid var(--cd-line)' },
      },
    }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': messages.close } },
      styles: { root: { border: '1px solid var(--cd-line)' } },
    }),
    Switch: Switch.extend({ defaultProps: { withThumbIndicator: false } }),
    Table: Table.extend({ defaultProps: { borderColor: 'var(--cd-line)' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b6472',
    '--mantine-color-placeholder': '#6b7482',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-default-border': '#dbdfe6',
    '--mantine-color-anchor': '#3f55ca',
  },
  dark: {
    '--mantine-color-dimmed': '#98a1b0',
    '--mantine-color-placeholder': '#8b94a3',
    '--mantine-color-error': '#ff9a91',
    '--mantine-color-default-border': '#3f4959',
    '--mantine-color-anchor': '#9dacf5',
    '--mantine-color-disabled': '#2b333e',
    '--mantine-color-disabled-color': '#7d8898',
  },
});
