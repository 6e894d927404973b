import { z } from 'zod';

// Imported first by a page: its policy forbids making code from text, which zod would else try once, and be reported for.
z.config({ jitless: true });
