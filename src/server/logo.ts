/** What a terminal sees first. Tools that start servers look for its ` PID: N`. */

import { REDIS_VERSION, TIDEMARK_VERSION } from "../config/version.js";

/** The logo, ending with an empty line. */
export function logo(port: number, pid: number): string {
  return `
        .-~~~-.
    .-~'       \`~-.___          Tidemark ${TIDEMARK_VERSION} (Redis ${REDIS_VERSION} compatible), 64 bit
  -'    .-~~-.        \`~~-__
    .-~'      \`~-._                Running in standalone mode
  -'   .-~~-.      \`~~--.___       Port: ${port}
    .-'      \`~-.__                PID: ${pid}
 ===|================\`~~~==
    |

`;
}
