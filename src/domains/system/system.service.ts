/** Tells what runs here. */
import type { Build, License, System } from './system.js';

/** The running system. The licence is read once, at start. */
export function createSystem({ build, license }: { readonly build: Build; readonly license: License }): System {
  const information = {
    ...build,
    compiler: `node ${process.version}`,
    platform: `${process.platform}/${process.arch}`,
    license,
  };
  return { information: () => information };
}
