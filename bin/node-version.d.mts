export declare function describeOldNode(version: string, execPath: string): string | null;
export declare function requireNode24(): void;
