export interface RecordedMenuItem {
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  click(): void;
}
declare const recorder: { install(electron: object): void };
export default recorder;
