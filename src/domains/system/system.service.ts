/** Tells what runs here. */
import type { Build, License, System } from './system.js';

/** What the running system is made of. */
export interface SystemParts {
  readonly build: Build;
  readonly license: License;
  readonly isDevelopment: boolean;
}

/** The running system. The licence is read once, at start. */
export function createSystem({ build, license, isDevelopment }: SystemParts): System {
  const information = {
    ...build,
    compiler: `node ${process.version}`,
    platform: `${process.platform}/${process.arch}`,
    license,
  };
  return { isDevelopment, information: () => information };
}
