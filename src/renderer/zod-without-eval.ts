// The page's Content-Security-Policy forbids eval, which zod would try: it is told so before a schema is made, so this
// is the first import of main.tsx.
import { config } from 'zod';

config({ jitless: true });
