export declare function complaint(version: string, execPath: string): string | null;
export declare function requireNode24(): void;
