/** INFO cpu: seconds of processor time. There are no child processes. */

import { section } from "./section.js";

export const cpu = section("CPU", ({ platform: { host } }) => {
  const all = host.cpu();
  const main = host.mainThreadCpu();
  return [
    ["used_cpu_sys", all.system.toFixed(6)],
    ["used_cpu_user", all.user.toFixed(6)],
    ["used_cpu_sys_children", "0.000000"],
    ["used_cpu_user_children", "0.000000"],
    ["used_cpu_sys_main_thread", main.system.toFixed(6)],
    ["used_cpu_user_main_thread", main.user.toFixed(6)],
  ];
});
