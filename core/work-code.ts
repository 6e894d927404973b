import { z } from 'zod';

/** A work code 业务小结: what a call was about. Names in both languages; a site may bring its own list in the settings. */
export const workCode = z.object({
  code: z.string().regex(/^[a-z0-9-]{1,32}$/),
  name: z.object({ en: z.string().min(1).max(60), 'zh-CN': z.string().min(1).max(60) }),
});
export type WorkCode = z.infer<typeof workCode>;

/** The list a new seat starts with (domain.md: consultation, complaint, repair, order, suggestion). */
export const defaultWorkCodes: readonly WorkCode[] = [
  { code: 'consultation', name: { en: 'Consultation', 'zh-CN': '咨询' } },
  { code: 'complaint', name: { en: 'Complaint', 'zh-CN': '投诉' } },
  { code: 'repair', name: { en: 'Repair', 'zh-CN': '报修' } },
  { code: 'order', name: { en: 'Order', 'zh-CN': '订单' } },
  { code: 'suggestion', name: { en: 'Suggestion', 'zh-CN': '建议' } },
  { code: 'follow-up', name: { en: 'Call back later', 'zh-CN': '稍后回访' } },
  { code: 'wrong-number', name: { en: 'Wrong number', 'zh-CN': '错号' } },
  { code: 'no-one', name: { en: 'Nobody there', 'zh-CN': '无人应答' } },
];
