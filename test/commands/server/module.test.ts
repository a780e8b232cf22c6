import { sameReplies } from "../../support/compare.js";

sameReplies(
  "those who ask which modules there are learn that there are none",
  `
MODULE
MODULE LIST
MODULE LIST x
MODULE nonsense
`,
  { digest: false },
);
