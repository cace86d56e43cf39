// Tags of projects and hosts.
export const tags = {
  label: 'Tags',
  filter: 'Filter by tag',
  any: 'Any tag',
  nothing: 'No such tag',
  hint: 'For example production, eu or a customer. Press Enter after each.',
  badTag: (tag: string) =>
    `“${tag}” is not a tag. Use 1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.`,
} as const;
