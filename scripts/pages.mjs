// Writes the pages under docs/ that are generated from the code; run it after `npm run build`.
import { writeFileSync } from "node:fs";
import { renderCommandsPage } from "../dist/commands/page.js";
import { renderConfigurationPage } from "../dist/config/page.js";

const pages = {
  "docs/commands.md": renderCommandsPage,
  "docs/configuration.md": renderConfigurationPage,
};
for (const [path, render] of Object.entries(pages))
  writeFileSync(new URL(`../${path}`, import.meta.url), render());
